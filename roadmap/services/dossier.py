"""The dossier of a roadmap: its documents made from one edition, kept as files, made again when they change.

The work is asked once and done by the worker, one document after the other: what is done is kept, and whoever takes the
work again, here or there, goes on from it.
"""

import logging
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from authorities.models import Authority
from common.errors import DomainError
from common.pdf import PdfError
from common.text import typography
from roadmap import tasks
from roadmap.documents.catalogue import FULL_PDF, DossierDocument, documents_of
from roadmap.documents.content import build_content
from roadmap.documents.edition import Edition, draft_edition
from roadmap.documents.presentation import Adoption
from roadmap.documents.shelf import FOLDER, Shelf, old_files
from roadmap.enums import PublicationStatus
from roadmap.models import DossierOrder, Roadmap, RoadmapVersion
from roadmap.models.versions import document_folder

logger = logging.getLogger(__name__)

# How long a request may work on a dossier when no worker does: the page comes back with what is ready.
REQUEST_BUDGET = timedelta(seconds=6)
EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def edition_of_draft(roadmap: Roadmap, *, now: datetime) -> Edition:
    """Return the roadmap as it is today."""
    return draft_edition(build_content(roadmap, on=timezone.localdate(now), now=now))


def edition_of_version(version: RoadmapVersion) -> Edition:
    """Return a frozen version, from its snapshot only, adopted when it is."""
    resolution = version.resolution_or_none
    if resolution is None:
        return Edition(version.content, PublicationStatus.FROZEN, version.frozen_at, version.number)
    adoption = Adoption(resolution.adopted_on, resolution.reference, resolution.body)
    return Edition(version.content, PublicationStatus.ADOPTED, resolution.recorded_at, version.number, adoption)


def shelf_of(roadmap: Roadmap, suffix: str) -> Shelf:
    """Return where the files of an edition are kept; `suffix` is that of the edition."""
    return Shelf(f"{document_folder(roadmap)}/{FOLDER}/{suffix}")


def take_document(
    *, roadmap: Roadmap, edition: Edition, document: DossierDocument, version: RoadmapVersion | None = None
) -> bytes:
    """Return a document, made only when its content changed. Raises `DomainError` when it cannot be made.

    The whole PDF of a version is the file that was kept the day it was frozen, or adopted.
    """
    if version is not None and document.code == FULL_PDF.code:
        return read_kept_pdf(version)
    shelf = shelf_of(roadmap, edition.suffix)
    try:
        return shelf.take(document.code, document.key(edition), lambda: document.build(edition))
    except PdfError as error:
        raise DomainError(str(error)) from error


def read_kept_pdf(version: RoadmapVersion) -> bytes:
    """Return the file of a version, the adopted one when it is. Raises `DomainError` when the storage lost it."""
    resolution = version.resolution_or_none
    file = resolution.pdf if resolution is not None else version.pdf
    try:
        with file.open("rb") as stream:
            content: bytes = stream.read()
    except FileNotFoundError as error:
        logger.error("a frozen document is missing from the storage: %s", file.name)
        raise DomainError("Le document figé est introuvable : prévenez l’administration du site.") from error
    return content


def render_draft_pdf(*, roadmap: Roadmap, now: datetime) -> bytes:
    """Return the PDF of the roadmap as it is, marked « Projet »; laid out again only when something changed."""
    return take_document(roadmap=roadmap, edition=edition_of_draft(roadmap, now=now), document=FULL_PDF)


@transaction.atomic
def ask_dossier(*, roadmap: Roadmap, version: RoadmapVersion | None, actor: User, now: datetime) -> DossierOrder:
    """Ask the worker for all the documents of the roadmap as it is, or of a version; an order under way is kept.

    Raises `DomainError` while there is no action sheet.
    """
    if version is None and not roadmap.sheets.exists():
        raise DomainError(typography("Créez les fiches actions avant de préparer le dossier."))
    Roadmap.objects.select_for_update(of=("self",)).get(pk=roadmap.pk)
    current = DossierOrder.objects.filter(roadmap=roadmap, version=version, ended_at=None).first()
    if current is not None and not current.is_stopped(now):
        return current
    # One that nobody carries out any more gives way: the new one goes on from its files.
    DossierOrder.objects.filter(roadmap=roadmap, version=version).delete()
    order = DossierOrder.objects.create(roadmap=roadmap, version=version, asked_at=now, asked_by=actor)
    transaction.on_commit(lambda: tasks.make_dossier.enqueue(order.pk))
    return order


def go_on_here(*, roadmap: Roadmap, version: RoadmapVersion | None, now: datetime) -> DossierOrder | None:
    """Make documents in the request for a few seconds, when an order waits and no worker takes it."""
    order = DossierOrder.objects.filter(roadmap=roadmap, version=version, ended_at=None).first()
    if order is None or order.is_at_work(now):
        return order
    deadline = timezone.now() + REQUEST_BUDGET
    return carry_out(order.pk, is_time_over=lambda: timezone.now() > deadline)


def carry_out(order_pk: int, *, is_time_over: Callable[[], bool] = lambda: False) -> DossierOrder | None:
    """Make the missing documents of an order one by one, the short ones first; return it, or None when it is gone.

    One that fails is named and does not stop the others.
    """
    order = (
        DossierOrder.objects.select_related("roadmap__initiative__authority", "version__resolution")
        .filter(pk=order_pk, ended_at=None)
        .first()
    )
    if order is None:
        return None
    roadmap = order.roadmap
    edition = (
        edition_of_draft(roadmap, now=timezone.now()) if order.version is None else edition_of_version(order.version)
    )
    documents = sorted(_to_make(edition), key=lambda document: not document.is_light)
    failures: list[str] = []
    for done, document in enumerate(documents):
        if not _write(order, done=done, total=len(documents), beat_at=timezone.now()):
            return None
        if is_time_over():
            return order
        try:
            take_document(roadmap=roadmap, edition=edition, document=document)
        except DomainError as error:
            failures.append(f"{document.label} : {error.message}")
        except Exception:
            logger.exception("a document of a dossier could not be made: %s, order %s", document.code, order.pk)
            failures.append(document.label)
    made = len(documents) - len(failures)
    is_kept = _write(order, done=made, total=len(documents), failures=failures, ended_at=timezone.now())
    return order if is_kept else None


def _to_make(edition: Edition) -> list[DossierDocument]:
    """Return the documents that are made apart: the whole PDF of a frozen version is kept with it."""
    return [item for item in documents_of(edition.content) if edition.is_draft or item.code != FULL_PDF.code]


def _write(order: DossierOrder, **fields: Any) -> bool:
    """Write how far an order is; tell whether it is still there.

    One that went was asked anew by somebody, or its space or a person of it was erased: then nothing made stays.
    """
    if DossierOrder.objects.filter(pk=order.pk).update(**fields):
        for name, value in fields.items():
            setattr(order, name, value)
        return True
    if not DossierOrder.objects.filter(roadmap=order.roadmap_id, version=order.version_id).exists():
        suffix = "projet" if order.version is None else f"v{order.version.number}"
        shelf_of(order.roadmap, suffix).clear()
    return False


def pack(files: list[tuple[str, bytes]]) -> bytes:
    """Return a zip of files (name, content), the same for the same files; what is already compressed is stored."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, EPOCH_OF_ZIP)
            archive.writestr(info, content, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def prune_dossiers(*, now: datetime, age: timedelta) -> int:
    """Erase the files made so long ago, and the orders; return how many files. They can be made again."""
    DossierOrder.objects.filter(asked_at__lt=now - age).delete()
    count = 0
    for path in old_files((now - age).timestamp()):
        path.unlink(missing_ok=True)
        count += 1
    return count


def abandon_dossiers(authority: Authority) -> None:
    """Stop the preparations under way, and erase every document made for an authority."""
    DossierOrder.objects.filter(roadmap__initiative__authority=authority).delete()
    forget_dossiers(authority)


def forget_dossiers(authority: Authority) -> None:
    """Erase every document made for an authority, once the transaction is kept; the frozen ones are not here."""
    roadmaps = Roadmap.objects.filter(initiative__authority=authority).select_related("initiative__authority")
    shelves = [Shelf(f"{document_folder(roadmap)}/{FOLDER}") for roadmap in roadmaps]

    def clear() -> None:
        for shelf in shelves:
            shelf.clear()

    transaction.on_commit(clear)
