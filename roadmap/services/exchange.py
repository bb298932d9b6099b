"""A workbook of action sheets read back: it waits in its preview, and nothing is written before the confirmation."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from authorities.models import Initiative
from common.errors import DomainError
from common.numbers import pluralise
from common.spreadsheets.tables import Refused
from common.text import typography
from common.versioning import StaleVersionError
from roadmap.exchange.preview import FieldChange, SheetDiff, compare_entry, exchange_preview
from roadmap.exchange.reader import ExchangeReading
from roadmap.models import ActionSheet, Roadmap, SheetImport
from roadmap.selectors.history import sheets_with_texts
from roadmap.services.roadmaps import ensure_roadmap, record, require_valid
from roadmap.services.sheets import save_sheet
from roadmap.services.trail import record_on_sheet
from roadmap.sheet_rows import BUDGET_LINES, HUMAN_MEANS, ROW_KINDS, SheetRow
from roadmap.sheet_texts import DAYS_BY_HALF_YEAR, LISTS, read_field

MOVED = "Une fiche a changé depuis l’aperçu : le voici à jour, relisez-le avant d’enregistrer. Rien n’a été écrit."
ALREADY = "Ce tableur est déjà enregistré : rien n’est ajouté une seconde fois."
NOTHING = "Rien n’est à enregistrer : choisissez un texte du tableur, ou abandonnez-le."
TOTAL = "Fiche {number} : {what} se calcule depuis son détail. Changez le détail, ou videz-le."
KEPT_REFUSALS = 200
# A total, the fields and the rows that make it.
_TOTALS = {
    "human_days": ((DAYS_BY_HALF_YEAR,), HUMAN_MEANS, "le nombre de jours"),
    "budget_eur": ((), BUDGET_LINES, "le budget"),
}


class ExchangeMovedError(DomainError):
    """A sheet changed since the preview: nothing was written."""


@transaction.atomic
def prepare_exchange(
    *, initiative: Initiative, file_name: str, reading: ExchangeReading, actor: User, now: datetime
) -> SheetImport:
    """Keep what a workbook says until it is confirmed; what the same person had left waiting is dropped.

    Each sheet is tried, then undone: what could not be saved as it stands is refused now, with its reason.
    """
    SheetImport.objects.filter(read_at__lt=now - timedelta(days=settings.IMPORT_RETENTION_DAYS)).delete()
    SheetImport.objects.filter(initiative=initiative, created_by=actor, applied_at=None).delete()
    content = [asdict(entry) for entry in reading.entries]
    kept, refused = _try_entries(initiative, content, actor, now)
    return SheetImport.objects.create(
        initiative=initiative,
        file_name=file_name[:150],
        content=kept,
        refused=[asdict(line) for line in (*reading.refused, *refused)][:KEPT_REFUSALS],
        untouched_count=reading.untouched_count,
        read_at=now,
        created_by=actor,
    )


def _try_entries(
    initiative: Initiative, content: Sequence[dict[str, Any]], actor: User, now: datetime
) -> tuple[list[dict[str, Any]], list[Refused]]:
    """Return the entries that may be saved, and why the others may not. What is written to know it is undone."""
    kept, refused = [], []
    with transaction.atomic():
        roadmap = ensure_roadmap(initiative=initiative)
        sheets = _sheets_of(content)
        for entry in content:
            sheet = sheets.get(entry["pk"]) if entry["pk"] else None
            diff = compare_entry(entry, sheet) if sheet else SheetDiff(entry, None, [])
            try:
                with transaction.atomic():
                    _write_diff(roadmap, diff, {change.key for change in diff.conflicts}, actor, now)
                kept.append(entry)
            except DomainError as error:
                refused.append(Refused(entry["place"], entry["row"], "", error.message))
        transaction.set_rollback(True)
    return kept, refused


@transaction.atomic
def confirm_exchange(*, waiting: SheetImport, token: str, taken: Set[str], actor: User, now: datetime) -> int:
    """Write what a workbook says, all or nothing; return how many sheets it added or changed.

    `taken`: keys of the conflicts settled for the workbook; elsewhere the site's text stays. Raises
    `ExchangeMovedError` when a sheet changed since the preview that bore `token`, `DomainError` on a refused value.
    """
    roadmap = ensure_roadmap(initiative=waiting.initiative)
    # Two confirmations at the same time wait for each other here.
    Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    waiting = SheetImport.objects.select_for_update().select_related("initiative__authority").get(pk=waiting.pk)
    if waiting.applied_at is not None:
        raise DomainError(typography(ALREADY))
    preview = exchange_preview(waiting)
    if preview.token != token:
        raise ExchangeMovedError(typography(MOVED))
    count = 0
    for diff in (*preview.changed, *preview.added):
        try:
            count += _write_diff(roadmap, diff, taken, actor, now)
        except StaleVersionError as error:
            raise ExchangeMovedError(typography(MOVED)) from error
    if not count:
        raise DomainError(typography(NOTHING))
    # The texts are where they belong; the row tells that it was done.
    waiting.content, waiting.refused, waiting.applied_at = [], [], now
    waiting.save(update_fields=["content", "refused", "applied_at"])
    counted = f"{count} {pluralise(count, 'fiche', 'fiches')}"
    record(roadmap, f"a enregistré {counted} d’après un tableur déposé", actor, now)
    return count


@transaction.atomic
def discard_exchange(*, waiting: SheetImport) -> None:
    """Forget a workbook that was not confirmed."""
    waiting.delete()


def _sheets_of(content: Sequence[Mapping[str, Any]]) -> dict[int, ActionSheet]:
    pks = [entry["pk"] for entry in content if entry["pk"]]
    return {sheet.pk: sheet for sheet in sheets_with_texts(pks)} if pks else {}


def _write_diff(roadmap: Roadmap, diff: SheetDiff, taken: Set[str], actor: User, now: datetime) -> bool:
    """Write what a workbook says of one sheet; tell whether there was something to write."""
    if diff.sheet is None:
        sheet = _add_sheet(roadmap, diff.entry, actor, now)
        fields = {name: text for name, text in diff.entry["fields"].items() if name != "title"}
        rows = {kind: [_row(kind, row["text"], sheet) for row in found] for kind, found in diff.entry["rows"].items()}
    else:
        sheet = diff.sheet
        kept = diff.kept(taken)
        fields = {change.name: change.after for change in kept if "." not in change.name}
        rows = _rows_of(sheet, kept)
    if not fields and not rows:
        return diff.sheet is None
    values = {name: _value(name, text, sheet) for name, text in fields.items()}
    _check_totals(sheet, values, rows)
    save_sheet(
        sheet=sheet,
        expected_version=sheet.version,
        changes={name: value for name, value in values.items() if name not in LISTS},
        rows=rows,
        links={name: value for name, value in values.items() if name in LISTS},
        actor=actor,
        now=now,
    )
    return True


def _add_sheet(roadmap: Roadmap, entry: Mapping[str, Any], actor: User, now: datetime) -> ActionSheet:
    last = ActionSheet.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0
    title = entry["fields"]["title"]
    sheet = ActionSheet(roadmap=roadmap, number=last + 1, title=title, identified_on=timezone.localdate(now))
    require_valid(sheet)
    sheet.save()
    record_on_sheet(sheet, f"a créé la fiche {sheet.number}, « {title} », d’un tableur", actor=actor, now=now)
    return sheet


def _rows_of(sheet: ActionSheet, kept: Sequence[FieldChange]) -> dict[str, list[SheetRow]]:
    """Return all the rows of each kind that changes: those of the site, with what the workbook says instead."""
    rows: dict[str, list[SheetRow]] = {}
    for change in kept:
        kind, dot, rank = change.name.partition(".")
        if not dot:
            continue
        if kind not in rows:
            rows[kind] = [_stored_row(kind, row) for row in getattr(sheet, kind).all()]
        value = _row(kind, change.after, sheet)
        if rank.startswith("+"):
            rows[kind].append(value)
        else:
            rows[kind][int(rank) - 1] = value
    return rows


def _stored_row(kind: str, row: Any) -> SheetRow:
    described = ROW_KINDS[kind]
    return described.values(**{column: getattr(row, column) for column in described.columns})


def _row(kind: str, text: str, sheet: ActionSheet) -> SheetRow:
    value: SheetRow = _value(f"{kind}.1", text, sheet)
    return value


def _value(name: str, text: str, sheet: ActionSheet) -> Any:
    """Return the value of a text. Raises `DomainError` when what it names is no longer here."""
    try:
        return read_field(name, text, sheet)
    except (LookupError, ValueError, ArithmeticError) as error:
        message = f"Fiche {sheet.number} : « {text[:60]} » n’est plus dans la démarche. Déposez le tableur de nouveau."
        raise DomainError(typography(message)) from error


def _check_totals(sheet: ActionSheet, values: dict[str, Any], rows: Mapping[str, Sequence[SheetRow]]) -> None:
    """Refuse a total that contradicts its detail; one that has a detail is left to the calculation."""
    for name, (fields, kind, what) in _TOTALS.items():
        if name not in values:
            continue
        details: list[Any] = [values.get(field, getattr(sheet, field)) for field in fields]
        details.append(rows[kind] if kind in rows else list(getattr(sheet, kind).all()))
        totals = [total for detail in details if detail and (total := _total(detail))]
        if not totals:
            continue
        if values[name] is not None and float(values[name]) != totals[0]:
            raise DomainError(typography(TOTAL.format(number=sheet.number, what=what)))
        del values[name]


def _total(detail: Any) -> float:
    if isinstance(detail, Mapping):
        return float(sum(detail.values()))
    return float(sum(row.days if hasattr(row, "days") else row.cost_eur for row in detail))
