"""Writes of the import of a table of the estate: received, read, its columns and families chosen, its preview."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Length
from django_tasks import task

from accounts.models import User
from authorities.models import Participant
from common.errors import DomainError
from common.spreadsheets.long_tables import CSV_EXTENSIONS, TableReader, TableRefused, kind_of_table, open_table
from common.spreadsheets.process import MAX_FILE_BYTES
from common.text import typography
from inventory.devices.cells import month_of
from inventory.devices.fields import Layout, check_columns, find_layout
from inventory.devices.preview import Sorter, compare, sorter_of
from inventory.devices.tally import TallyMaker, TallyRefused
from inventory.devices.vocabulary import vocabulary
from inventory.enums import ImportState
from inventory.models import ColumnMemory, DeviceChoice, EquipmentCategory, ImportFile, Inventory, InventoryImport
from inventory.selectors.imports import ReceivedFile
from inventory.services import FROZEN_MESSAGE, Actor, drop_old_imports

logger = logging.getLogger(__name__)

# A smaller file is read while its sender waits; a larger one by the worker, and the page shows how far it is.
READ_AT_ONCE_BYTES = 1024 * 1024
PROGRESS_STEP = 4
NO_TABLE = (
    "Aucun tableau n’est reconnu dans ce fichier\u00a0: il faut une ligne d’en-têtes, puis une ligne par équipement."
)
BROKEN = (
    "La lecture s’est arrêtée sur une erreur de notre part\u00a0: le fichier n’y est pour rien. Déposez-le de nouveau."
)


class ImportGone(Exception):
    """The import was given up while it was read."""


@transaction.atomic
def receive_table(
    *, inventory: Inventory, file_name: str, data: bytes, asks_columns: bool = False, actor: Actor, now: datetime
) -> InventoryImport:
    """Keep a file until it is read and confirmed, a day at most. Nothing of it is read yet.

    `asks_columns`: its columns are shown before it is counted, even those that are sure.
    Raises DomainError when the lot is frozen or when the file is no table at all.
    """
    if len(data) > MAX_FILE_BYTES:
        raise TableRefused("too_heavy")
    kind_of_table(data, file_name)
    if inventory.is_frozen:
        raise DomainError(FROZEN_MESSAGE)
    drop_old_imports(now)
    who = {
        "created_by": actor if isinstance(actor, User) else None,
        "created_by_participant": actor if isinstance(actor, Participant) else None,
    }
    inventory.imports.filter(**who).exclude(state=ImportState.APPLIED).delete()
    waiting = InventoryImport.objects.create(
        inventory=inventory,
        inventory_version=inventory.version,
        file_name=file_name[-150:],
        layout={"asks_columns": True} if asks_columns else {},
        state=ImportState.WAITING,
        created_at=now,
        **who,
    )
    ImportFile.objects.create(waiting=waiting, content=data)
    return waiting


@transaction.atomic
def take_table(
    *, inventory: Inventory, file_name: str, data: bytes, asks_columns: bool = False, actor: Actor, now: datetime
) -> InventoryImport:
    """Keep a file and read it, at once when it is small. Raises DomainError when it is refused: what the same person
    had left waiting is still there then.
    """
    waiting = receive_table(
        inventory=inventory, file_name=file_name, data=data, asks_columns=asks_columns, actor=actor, now=now
    )
    return start_reading(waiting)


def may_be_ours(received: ReceivedFile) -> bool:
    """Tell whether a file may be our own spreadsheet, filled: a workbook of a modest size."""
    extension = (received.name or "").rpartition(".")[2].lower()
    return extension not in CSV_EXTENSIONS and (received.size or 0) <= READ_AT_ONCE_BYTES


def start_reading(waiting: InventoryImport) -> InventoryImport:
    """Read a file that waits: at once when it is small, else by the worker once what was written is committed.

    Raises DomainError when it is read at once and refused; nothing of it is kept then.
    """
    size = ImportFile.objects.filter(waiting=waiting).annotate(size=Length("content")).values_list("size", flat=True)
    if (size.first() or 0) > READ_AT_ONCE_BYTES:
        transaction.on_commit(lambda: enqueue_reading(waiting.pk))
        return waiting
    read_table(waiting.pk)
    waiting.refresh_from_db(fields=["state", "error"])
    if waiting.state == ImportState.FAILED:
        waiting.delete()
        raise DomainError(waiting.error)
    return waiting


def read_table(import_pk: int) -> None:
    """Read a file that waits: up to the choice of its columns when they are not sure, else up to its preview.

    A file that cannot be read ends as refused, with the sentence to show. Reading the same import twice at once, or one
    that was given up, does nothing.
    """
    claimed = InventoryImport.objects.filter(pk=import_pk, state=ImportState.WAITING)
    if not claimed.update(state=ImportState.READING, progress=0, error=""):
        return
    try:
        waiting = InventoryImport.objects.select_related("inventory__initiative__authority", "file").get(pk=import_pk)
        _read(waiting)
    except (ImportGone, InventoryImport.DoesNotExist):
        return
    except (DomainError, TallyRefused) as error:
        _refuse(import_pk, str(error.args[0]))
    except Exception:
        logger.exception("the import %s could not be read", import_pk)
        _refuse(import_pk, BROKEN)


def _refuse(import_pk: int, message: str) -> None:
    ImportFile.objects.filter(waiting_id=import_pk).delete()
    InventoryImport.objects.filter(pk=import_pk).update(
        state=ImportState.FAILED, error=typography(message)[:300], layout={}, tally={}
    )


def _read(waiting: InventoryImport) -> None:
    with open_table(bytes(waiting.file.content), waiting.file_name) as reader:
        layout, is_sure = _layout_of(waiting, reader)
        if not is_sure:
            waiting.layout, waiting.state = layout.as_json, ImportState.COLUMNS
            waiting.save(update_fields=["layout", "state"])
            return
        waiting.layout = layout.as_json | {"is_chosen": True, "guessed": waiting.layout.get("guessed", layout.columns)}
        waiting.tally = _count(waiting, reader, layout)
    _save_preview(waiting)


def _layout_of(waiting: InventoryImport, reader: TableReader) -> tuple[Layout, bool]:
    """Return the table of a file and whether its columns are sure: chosen, remembered, or those of an asset tool."""
    if waiting.layout.get("is_chosen"):
        return layout_from(waiting.layout), True
    words = vocabulary()
    found = find_layout([(sheet.name, sheet.rows) for sheet in reader.starts], words.headers, words.priorities)
    if found is None:
        raise DomainError(NO_TABLE)
    asks_columns = waiting.layout.get("asks_columns", False)
    waiting.layout = {"guessed": dict(found.columns)}
    authority = waiting.inventory.initiative.authority
    memory = ColumnMemory.objects.filter(authority=authority, key=found.key).first()
    if memory is not None:
        return layout_from(found.as_json | {"columns": memory.columns}), not asks_columns
    return found, found.names_devices and not asks_columns


def layout_from(data: Mapping[str, Any]) -> Layout:
    """Return a layout as it is kept with an import."""
    return Layout(
        sheet=data["sheet"],
        header_row=data["header_row"],
        headers=tuple(data["headers"]),
        samples=tuple(tuple(values) for values in data["samples"]),
        columns=data["columns"],
    )


def _count(waiting: InventoryImport, reader: TableReader, layout: Layout) -> dict[str, Any]:
    names = {name: layout.headers[column - 1] for name, column in layout.columns.items()}
    on_month = month_of(waiting.inventory.dated_on)
    maker = TallyMaker(list(layout.columns), names, vocabulary(), on_month=on_month)
    shown = 0
    for batch in reader.batches(sheet=layout.sheet, after=layout.header_row, columns=list(layout.columns.values())):
        maker.add(batch.rows)
        percent = int(batch.share * 100)
        if percent >= shown + PROGRESS_STEP:
            shown = percent
            reading = InventoryImport.objects.filter(pk=waiting.pk, state=ImportState.READING)
            if not reading.update(progress=percent):
                raise ImportGone
    tally = maker.finish()
    if not tally.groups and not tally.refused_count:
        raise DomainError("Aucun équipement sous les en-têtes de ce fichier\u00a0: vérifiez l’export.")
    return tally.as_json


def _save_preview(waiting: InventoryImport, sorter: Sorter | None = None) -> None:
    """Compare with the lot as it is now, and wait for a confirmation."""
    inventory = Inventory.objects.select_related("initiative__authority", "factor_set").get(pk=waiting.inventory_id)
    waiting.inventory = inventory
    waiting.changes, waiting.report = compare(waiting, sorter or sorter_of(inventory.initiative.authority, inventory))
    waiting.inventory_version, waiting.state = inventory.version, ImportState.PENDING
    if not InventoryImport.objects.filter(pk=waiting.pk).update(
        **{
            name: getattr(waiting, name)
            for name in ("layout", "tally", "changes", "report", "inventory_version", "state")
        }
    ):
        raise ImportGone


# Choices of people --------------------------------------------------------------------------------------------------


@transaction.atomic
def save_columns(*, waiting: InventoryImport, columns: Mapping[str, int], is_final: bool, now: datetime) -> None:
    """Keep the columns chosen for a file; when they are final, remember them and have the file read with them.

    Raises DomainError when the table cannot be counted with these columns, or when it is not waiting for them.
    """
    waiting = InventoryImport.objects.select_for_update().select_related("inventory__initiative").get(pk=waiting.pk)
    if waiting.state not in {ImportState.COLUMNS, ImportState.PENDING} or not waiting.is_table:
        raise DomainError("Ce fichier n’attend plus le choix de ses colonnes\u00a0: déposez-le de nouveau.")
    layout = waiting.layout | {"columns": {name: columns[name] for name in vocabulary().priorities if name in columns}}
    if is_final:
        missing = check_columns(layout["columns"])
        if missing:
            raise DomainError(missing)
        ColumnMemory.objects.update_or_create(
            authority_id=waiting.inventory.initiative.authority_id,
            key=layout_from(layout).key,
            defaults={"columns": layout["columns"], "updated_at": now},
        )
        layout["is_chosen"] = True
        waiting.state, waiting.progress = ImportState.WAITING, 0
    elif waiting.state == ImportState.PENDING:
        # The preview is that of the former columns: it comes back with the next reading.
        waiting.state = ImportState.COLUMNS
    waiting.layout = layout
    waiting.save(update_fields=["layout", "state", "progress"])


@transaction.atomic
def refresh_preview(*, waiting: InventoryImport) -> None:
    """Compare a file with the lot as it is now: its preview was that of an earlier state. Raises DomainError."""
    _save_preview(_lock_preview(waiting))


def _lock_preview(waiting: InventoryImport) -> InventoryImport:
    locked = InventoryImport.objects.select_for_update().select_related("inventory__initiative").get(pk=waiting.pk)
    if locked.state != ImportState.PENDING or not locked.tally:
        raise DomainError("L’aperçu de ce fichier n’existe plus\u00a0: déposez-le de nouveau.")
    if locked.inventory.is_frozen:
        raise DomainError(FROZEN_MESSAGE)
    return locked


@transaction.atomic
def save_families(
    *,
    waiting: InventoryImport,
    choices: Mapping[tuple[str, str], EquipmentCategory | None],
    forgotten: frozenset[tuple[str, str]],
    labels: Mapping[tuple[str, str], tuple[str, str]],
    now: datetime,
) -> InventoryImport:
    """Keep the family that an authority gives to types and models, and redo the preview of the file.

    `choices`: (type, model), normalised → family, None out of the perimeter; `forgotten`: those that the rules decide
    again; `labels`: how each was written in the file.
    """
    waiting = _lock_preview(waiting)
    authority = waiting.inventory.initiative.authority
    for kind, model in forgotten:
        DeviceChoice.objects.filter(authority=authority, type_key=kind, model_key=model).delete()
    for (kind, model), category in choices.items():
        type_label, model_label = labels[kind, model]
        DeviceChoice.objects.update_or_create(
            authority=authority,
            type_key=kind,
            model_key=model,
            defaults={
                "type_label": type_label,
                "model_label": model_label,
                "category": category,
                "updated_at": now,
            },
        )
    _save_preview(waiting)
    return waiting


# Worker -------------------------------------------------------------------------------------------------------------


@task()
def read_table_later(import_pk: int) -> None:
    """Read a large file that somebody sent; run by the worker (`manage.py db_worker`)."""
    read_table(import_pk)


def enqueue_reading(import_pk: int) -> None:
    """Ask the worker to read a file."""
    read_table_later.enqueue(import_pk)
