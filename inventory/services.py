"""Writes of the inventory."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from authorities.enums import EventKind, Track
from authorities.events import record_event
from authorities.models import Event, Initiative, Participant
from common.errors import DomainError
from common.versioning import StaleVersionError, VersionedModel, save_versioned
from inventory.before import UNSORTED, ChangedSinceError, UndoChoice, changed_since, keep_before, put_back, typed_value
from inventory.columns import COLUMNS_BY_NAME
from inventory.enums import ImportState, InventoryState
from inventory.hosting import check_hostings, copy_hostings
from inventory.models import (
    EquipmentCategory,
    FigureKind,
    ImportFile,
    Inventory,
    InventoryFigure,
    InventoryImport,
    InventoryLine,
)
from inventory.selectors import footprint_of, freeze_data, observed_footprint_of, read_data
from inventory.selectors.pages import figure_kinds

Actor = User | Participant | None

# Repeated saves of one person are one line of the audit trail.
EVENT_QUIET_TIME = timedelta(hours=1)
IMPORT_KEPT_FOR = timedelta(days=1)
# How many confirmed imports of a lot can be undone: the last ones.
UNDOABLE_IMPORTS = 5
FROZEN_MESSAGE = "Ce lot est figé\u00a0: copiez-le dans un nouveau lot pour le modifier."

NOT_AGREED = (
    "Ce fichier compte bien moins d’équipements que le lot : cochez la case avant le bouton pour remplacer, ou "
    "abandonnez ce fichier."
)

FIGURE_FIELDS = ("value", "confidence", "source")


@dataclass
class SheetVersion:
    """What the base holds for a page of lines or of figures, in the place of one object.

    Its version is the sum of the versions of what the page shows: it grows with each save of any of them.
    """

    version: int
    updated_at: datetime
    values: dict[str, dict[str, Any]]


# Lots ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_inventory(
    *,
    initiative: Initiative,
    dated_on: date,
    actor: Actor,
    now: datetime,
    copied_from: Inventory | None = None,
) -> Inventory:
    """Open a lot, empty with the families of the track, or copied from another lot of the démarche.

    Raises DomainError when a lot is already in preparation.
    """
    lots = Inventory.objects.select_for_update().filter(initiative=initiative)
    if lots.filter(state=InventoryState.DRAFT).exists():
        raise DomainError("Un lot est déjà en préparation\u00a0: complétez-le ou figez-le d’abord.")
    if copied_from is not None and copied_from.initiative_id != initiative.pk:
        raise DomainError("Ce lot n’appartient pas à cette démarche.")
    if not EquipmentCategory.objects.exists():
        raise DomainError(
            "Les familles d’équipements ne sont pas chargées\u00a0: lancez «\u00a0manage.py load_reference\u00a0»."
        )
    number = (lots.aggregate(last=Max("number"))["last"] or 0) + 1
    zones = {} if copied_from is None else {"zone": copied_from.zone, "hosting_zone": copied_from.hosting_zone}
    inventory = Inventory.objects.create(initiative=initiative, number=number, dated_on=dated_on, **zones)
    if copied_from is None:
        _add_empty_rows(inventory, initiative)
        verb = f"a ouvert l’inventaire (lot {number})"
    else:
        _copy_rows(copied_from, inventory)
        verb = f"a copié le lot {copied_from.number} de l’inventaire dans le lot {number}"
    record_event(
        authority=initiative.authority, kind=EventKind.INVENTORY, initiative=initiative, actor=actor, verb=verb, now=now
    )
    return inventory


def _add_empty_rows(inventory: Inventory, initiative: Initiative) -> None:
    shown = {"is_light": True} if initiative.track == Track.LIGHT else {"is_flash": True}
    categories = EquipmentCategory.objects.filter(**shown)
    InventoryLine.objects.bulk_create([InventoryLine(inventory=inventory, category=item) for item in categories])
    kinds = figure_kinds(initiative)
    InventoryFigure.objects.bulk_create([InventoryFigure(inventory=inventory, kind=item) for item in kinds])


def _copy_rows(source: Inventory, target: Inventory) -> None:
    lines = list(source.lines.select_related("hosting"))
    copies = InventoryLine.objects.bulk_create(
        [
            InventoryLine(
                inventory=target,
                category_id=line.category_id,
                **{name: getattr(line, name) for name in COLUMNS_BY_NAME},
            )
            for line in lines
        ]
    )
    copy_hostings(lines, copies)
    target.purchases, target.unsorted_devices = source.purchases, source.unsorted_devices
    target.save(update_fields=["purchases", "unsorted_devices"])
    InventoryFigure.objects.bulk_create(
        [
            InventoryFigure(
                inventory=target,
                kind_id=figure.kind_id,
                **{name: getattr(figure, name) for name in FIGURE_FIELDS},
            )
            for figure in source.figures.all()
        ]
    )


@transaction.atomic
def add_category(*, inventory: Inventory, category: EquipmentCategory, actor: Actor, now: datetime) -> InventoryLine:
    """Add a family to a lot in preparation. Adding it twice changes nothing."""
    inventory = lock_draft(inventory)
    if not category.is_offered:
        raise DomainError("Cette famille est hors du périmètre de l’inventaire.")
    line, is_new = InventoryLine.objects.get_or_create(inventory=inventory, category=category)
    if is_new:
        touch(inventory)
        record_edit(inventory, actor, now)
    return line


@transaction.atomic
def freeze_inventory(
    *, inventory: Inventory, dated_on: date, expected_version: int, actor: User, now: datetime
) -> Inventory:
    """Freeze a lot with its date, its set of factors and its result: it never changes again.

    Raises DomainError when the lot is frozen already or holds no quantity, StaleVersionError when it changed since the
    reader looked at it.
    """
    inventory = lock_draft(inventory)
    if dated_on > timezone.localdate(now):
        raise DomainError("La date du lot ne peut pas être à venir\u00a0: indiquez celle du relevé.")
    inventory.dated_on = dated_on
    data = read_data(inventory)
    if not data.filled_lines:
        raise DomainError("Aucune quantité n’est renseignée\u00a0: complétez au moins une famille avant de figer.")
    observed = observed_footprint_of(data)
    inventory.state = InventoryState.FROZEN
    inventory.factor_set = data.factor_set
    inventory.result = {
        **freeze_data(data),
        "reference": asdict(footprint_of(data)),
        "observed": asdict(observed) if observed else None,
    }
    inventory.frozen_at = now
    inventory.frozen_by = actor
    fields = ["dated_on", "state", "factor_set", "result", "frozen_at", "frozen_by"]
    save_versioned(inventory, expected_version=expected_version, update_fields=fields)
    inventory.imports.all().delete()
    record_event(
        authority=inventory.initiative.authority,
        kind=EventKind.INVENTORY,
        initiative=inventory.initiative,
        actor=actor,
        verb=f"a figé l’inventaire (lot {inventory.number})",
        now=now,
    )
    return inventory


@transaction.atomic
def save_electricity(
    *, inventory: Inventory, values: Mapping[str, str], expected_version: int, actor: Actor, now: datetime
) -> Inventory:
    """Save the electricity of the premises and of the hosting: field name → zone, empty for that of the factors.

    Raises StaleVersionError, and DomainError on a frozen lot.
    """
    inventory = lock_draft(inventory)
    fields = {name: values[name] for name in ("zone", "hosting_zone")}
    for name, value in fields.items():
        setattr(inventory, name, value)
    save_versioned(inventory, expected_version=expected_version, update_fields=list(fields))
    record_edit(inventory, actor, now)
    return inventory


# Lines and figures ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_lines(
    *,
    inventory: Inventory,
    values: Mapping[str, Mapping[str, Any]],
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Save the lines of a page: category code → field name → value. Return the new version of the page.

    Only what differs is written. Raises StaleVersionError, whose `current` is a `SheetVersion`, when a line of the
    page was saved since the reader opened it, and DomainError on a frozen lot or a family that the lot has not got.
    """
    inventory = lock_draft(inventory)
    lines = {
        line.category.code: line
        for line in inventory.lines.select_related("category").filter(category__code__in=list(values))
    }
    if set(lines) != set(values):
        raise DomainError("Une famille n’est plus dans ce lot\u00a0: rechargez la page.")
    _check_version(lines, values, expected_version, now)
    version = _write(inventory, lines, values, actor, now)
    check_hostings(inventory)
    return version


@transaction.atomic
def save_figures(
    *,
    inventory: Inventory,
    values: Mapping[str, Mapping[str, Any]],
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Save the key figures of a page: kind code → field name → value. Return the new version; see `save_lines`."""
    inventory = lock_draft(inventory)
    kinds = {kind.code: kind for kind in FigureKind.objects.filter(code__in=list(values))}
    if set(kinds) != set(values):
        raise DomainError("Un chiffre clé n’existe plus\u00a0: rechargez la page.")
    figures = {
        item.kind.code: item for item in inventory.figures.select_related("kind").filter(kind__code__in=list(values))
    }
    for code in set(kinds) - set(figures):
        figures[code] = InventoryFigure(inventory=inventory, kind=kinds[code], version=0)
    _check_version(figures, values, expected_version, now)
    return _write(inventory, figures, values, actor, now)


def page_version(rows: Mapping[str, InventoryLine] | Mapping[str, InventoryFigure]) -> int:
    """Return the version of a page that shows these rows."""
    return sum(row.version for row in rows.values() if row.pk)


def _check_version(
    rows: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]], expected_version: int, now: datetime
) -> None:
    version = page_version(rows)
    if version == expected_version:
        return
    stored = {code: {name: getattr(rows[code], name) for name in fields} for code, fields in values.items()}
    saved = [row.updated_at for row in rows.values() if row.pk]
    current: Any = SheetVersion(version, max(saved, default=now), stored)
    raise StaleVersionError(current)


def _write(
    inventory: Inventory,
    rows: Mapping[str, VersionedModel],
    values: Mapping[str, Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> int:
    is_changed = False
    for code, fields in values.items():
        row = rows[code]
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        if not changed:
            continue
        is_changed = True
        for name in changed:
            setattr(row, name, fields[name])
        if row.pk:
            save_versioned(row, expected_version=row.version, update_fields=changed)
        else:
            row.version = 1
            row.save()
    if is_changed:
        touch(inventory)
        record_edit(inventory, actor, now)
    return sum(row.version for row in rows.values() if row.pk)


def lock_draft(inventory: Inventory) -> Inventory:
    """Return the stored lot, locked. Raises DomainError when it is frozen."""
    initiative = inventory.initiative
    locked = Inventory.objects.select_for_update().get(pk=inventory.pk)
    locked.initiative = initiative
    if locked.is_frozen:
        raise DomainError(FROZEN_MESSAGE)
    return locked


def touch(inventory: Inventory) -> None:
    """Add one to the version of the lot: a preview of import made before is stale."""
    save_versioned(inventory, expected_version=inventory.version, update_fields=[])


def record_edit(inventory: Inventory, actor: Actor, now: datetime) -> None:
    verb = f"a complété l’inventaire (lot {inventory.number})"
    recent = Event.objects.filter(
        authority=inventory.initiative.authority,
        verb=verb,
        occurred_at__gt=now - EVENT_QUIET_TIME,
        actor_user=actor if isinstance(actor, User) else None,
        actor_participant=actor if isinstance(actor, Participant) else None,
    )
    if not recent.exists():
        initiative = inventory.initiative
        record_event(
            authority=initiative.authority,
            kind=EventKind.INVENTORY,
            initiative=initiative,
            actor=actor,
            verb=verb,
            now=now,
        )


# Spreadsheet ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_import(
    *,
    inventory: Inventory,
    file_name: str,
    changes: Mapping[str, Any],
    report: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> InventoryImport:
    """Keep what a spreadsheet would change until it is confirmed; nothing of the inventory is written.

    What waited for more than a day, and what the same person had left waiting on this lot, is dropped.
    """
    inventory = lock_draft(inventory)
    who = {
        "created_by": actor if isinstance(actor, User) else None,
        "created_by_participant": actor if isinstance(actor, Participant) else None,
    }
    drop_old_imports(now)
    inventory.imports.filter(**who).exclude(state=ImportState.APPLIED).delete()
    return InventoryImport.objects.create(
        inventory=inventory,
        inventory_version=inventory.version,
        file_name=file_name[:150],
        changes=dict(changes),
        report=dict(report),
        created_at=now,
        **who,
    )


def drop_old_imports(now: datetime) -> int:
    """Forget what waited for more than a day, with its file. Return how many imports."""
    old = InventoryImport.objects.filter(created_at__lt=now - IMPORT_KEPT_FOR).exclude(state=ImportState.APPLIED)
    return old.delete()[1].get(InventoryImport._meta.label, 0)


@transaction.atomic
def confirm_import(*, waiting: InventoryImport, actor: Actor, now: datetime, is_agreed: bool = False) -> int:
    """Write what the preview showed, forget it and its file, and keep what it takes to undo it.

    Return how many families and figures were changed. `is_agreed`: somebody read that the file holds far fewer devices
    than the lot, and replaces the figures all the same.

    Raises DomainError when it was confirmed already, waited too long or asks for that agreement, StaleVersionError when
    the lot was saved since the spreadsheet was read: nothing is written then.
    """
    inventory = lock_draft(waiting.inventory)
    waiting = InventoryImport.objects.select_for_update().get(pk=waiting.pk)
    if waiting.state != ImportState.PENDING or now - waiting.created_at > IMPORT_KEPT_FOR:
        raise DomainError(
            "Cet import a déjà été confirmé ou date de plus d’un jour\u00a0: déposez de nouveau le tableur."
        )
    if waiting.inventory_version != inventory.version:
        raise StaleVersionError(inventory)
    if waiting.is_shrinking and not is_agreed:
        raise DomainError(NOT_AGREED)
    before = keep_before(inventory, waiting.changes)
    lines, figures = waiting.changes.get("lines", {}), waiting.changes.get("figures", {})
    count = _import_lines(inventory, lines) + _import_figures(inventory, figures)
    check_hostings(inventory)
    if waiting.changes.get("purchases"):
        inventory.purchases = {**inventory.purchases, **waiting.changes["purchases"]}
    inventory.unsorted_devices = waiting.changes.get(UNSORTED, inventory.unsorted_devices)
    if count:
        save_versioned(inventory, expected_version=inventory.version, update_fields=["purchases", "unsorted_devices"])
    # The preview and the file are not needed any more; the row tells that it was done, and how to undo it.
    ImportFile.objects.filter(waiting=waiting).delete()
    waiting.state, waiting.applied_at, waiting.before = ImportState.APPLIED, now, before
    # The samples of its columns may hold names of people: they go too.
    waiting.changes, waiting.report, waiting.tally, waiting.layout = {}, {}, {}, {}
    waiting.save(update_fields=["state", "applied_at", "before", "changes", "report", "tally", "layout"])
    kept = inventory.imports.filter(state=ImportState.APPLIED).order_by("-applied_at", "-pk")[:UNDOABLE_IMPORTS]
    inventory.imports.filter(state=ImportState.APPLIED).exclude(pk__in=[item.pk for item in kept]).delete()
    record_event(
        authority=inventory.initiative.authority,
        kind=EventKind.INVENTORY,
        initiative=inventory.initiative,
        actor=actor,
        verb=f"a importé un tableur dans l’inventaire (lot {inventory.number}, {count} changements)",
        now=now,
    )
    return count


@transaction.atomic
def discard_import(*, waiting: InventoryImport) -> None:
    """Forget a spreadsheet that was read and not confirmed."""
    waiting.delete()


def _import_lines(inventory: Inventory, changes: Mapping[str, Mapping[str, Any]]) -> int:
    stored = {line.category.code: line for line in inventory.lines.select_related("category")}
    categories = {item.code: item for item in EquipmentCategory.objects.filter(code__in=list(changes))}
    for code, fields in changes.items():
        line = stored.get(code) or InventoryLine.objects.create(inventory=inventory, category=categories[code])
        for name, value in fields.items():
            setattr(line, name, typed_value(name, value))
        save_versioned(line, expected_version=line.version, update_fields=list(fields))
    return len(changes)


def _import_figures(inventory: Inventory, changes: Mapping[str, Mapping[str, Any]]) -> int:
    stored = {item.kind.code: item for item in inventory.figures.select_related("kind")}
    kinds = {item.code: item for item in FigureKind.objects.filter(code__in=list(changes))}
    for code, fields in changes.items():
        figure = stored.get(code) or InventoryFigure.objects.create(inventory=inventory, kind=kinds[code])
        for name, value in fields.items():
            setattr(figure, name, typed_value(name, value))
        save_versioned(figure, expected_version=figure.version, update_fields=list(fields))
    return len(changes)


@transaction.atomic
def undo_import(*, applied: InventoryImport, choice: UndoChoice | None, actor: Actor, now: datetime) -> int:
    """Put the lines and the figures back as they were before an import. Return how many.

    Raises DomainError when it was undone already or on a frozen lot, and ChangedSinceError, which names them, when
    families or figures were changed after the import and nobody chose what to do with these.
    """
    inventory = lock_draft(applied.inventory)
    applied = InventoryImport.objects.select_for_update().get(pk=applied.pk)
    if applied.state != ImportState.APPLIED:
        raise DomainError("Cet import est déjà annulé, ou n’a pas été confirmé\u00a0: rien n’a changé.")
    changed = changed_since(inventory, applied.before)
    if changed and choice is None:
        raise ChangedSinceError(changed)
    skipped = frozenset(changed) if choice is UndoChoice.UNTOUCHED else frozenset()
    count = put_back(inventory, applied.before, skipped=skipped)
    check_hostings(inventory)
    save_versioned(inventory, expected_version=inventory.version, update_fields=["purchases", "unsorted_devices"])
    applied.state, applied.before = ImportState.UNDONE, {}
    applied.save(update_fields=["state", "before"])
    words = f", sauf {len(skipped)} changés depuis" if skipped else ""
    record_event(
        authority=inventory.initiative.authority,
        kind=EventKind.INVENTORY,
        initiative=inventory.initiative,
        actor=actor,
        verb=f"a annulé un import de l’inventaire (lot {inventory.number}, {count} retours{words})",
        now=now,
    )
    return count
