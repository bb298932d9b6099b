"""Writes about frozen versions: freezing, validation by the steering committee, adoption by the council.

A version is rendered from its snapshot only. The file is written first, under a name that holds its digest; the row
that makes it exist comes last, in one transaction: whatever fails, no version is half there.
"""

import hashlib
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from common.dates import format_day
from common.errors import DomainError
from common.pdf import PdfError
from common.text import typography
from roadmap.documents.catalogue import build_full_pdf
from roadmap.documents.content import build_content
from roadmap.documents.edition import Edition
from roadmap.documents.presentation import Adoption
from roadmap.enums import PublicationStatus
from roadmap.models import CouncilResolution, Roadmap, RoadmapVersion, SteeringValidation
from roadmap.services.roadmaps import record


def _next_number(roadmap: Roadmap) -> int:
    return (RoadmapVersion.objects.filter(roadmap=roadmap).aggregate(last=Max("number"))["last"] or 0) + 1


def _render(edition: Edition) -> bytes:
    """Lay out an edition; a machine that cannot make a PDF gives a `DomainError` that says what to install."""
    try:
        return build_full_pdf(edition)
    except PdfError as error:
        raise DomainError(str(error)) from error


def freeze_version(
    *, roadmap: Roadmap, actor: User, now: datetime, note: str = "", accepts_no_foreword: bool = False
) -> RoadmapVersion:
    """Freeze the roadmap as it is: a numbered snapshot and its PDF, which never change again.

    Gaps do not forbid it; a blocking one withholds « utilisable comme stratégie REEN ». A document without foreword
    is frozen knowingly only. Raises `DomainError` when there is no action sheet, when the foreword is blank and nobody
    accepted it, or when somebody froze another version at the same time.
    """
    if not roadmap.sheets.exists():
        raise DomainError(typography("Créez les fiches actions avant de figer une version."))
    if not roadmap.has_foreword and not accepts_no_foreword:
        raise DomainError(
            typography("Le mot de l’élu est vide : écrivez-le, ou cochez que vous figez la version sans avant-propos.")
        )
    number = _next_number(roadmap)
    content = build_content(roadmap, on=timezone.localdate(now), now=now)
    # Rendering takes seconds: outside the transaction, so that nobody else waits to write.
    pdf = _render(Edition(content, PublicationStatus.FROZEN, now, version_number=number))
    version = RoadmapVersion(
        roadmap=roadmap,
        number=number,
        content=content,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        pdf_size_bytes=len(pdf),
        is_reen_usable=content["is_reen_usable"],
        note=note.strip()[:300],
        frozen_at=now,
        frozen_by=actor,
        frozen_by_label=str(actor),
    )
    version.pdf.save("version.pdf", ContentFile(pdf), save=False)
    try:
        _write_version(version, actor, now)
    except BaseException:
        version.pdf.delete(save=False)
        raise
    return version


@transaction.atomic
def _write_version(version: RoadmapVersion, actor: User, now: datetime) -> None:
    roadmap = Roadmap.objects.select_for_update(of=("self",)).get(pk=version.roadmap_id)
    if _next_number(roadmap) != version.number:
        raise DomainError(typography("Une autre version vient d’être figée : rechargez la page."))
    version.save()
    record(version.roadmap, f"a figé la version {version.number} de la feuille de route", actor, now)


@transaction.atomic
def record_steering_validation(
    *, version: RoadmapVersion, validated_on: date, body: str, note: str, actor: User, now: datetime
) -> SteeringValidation:
    """Record that the steering committee validated a version. Raises `DomainError` on a bad date or a second time."""
    _check_version_date(version, validated_on, now)
    if version.validation_or_none is not None:
        raise DomainError(typography(f"La version {version.number} est déjà validée."))
    validation = SteeringValidation.objects.create(
        version=version,
        validated_on=validated_on,
        body=body.strip() or "Comité de pilotage",
        note=note.strip(),
        recorded_at=now,
        recorded_by=actor,
    )
    record(version.roadmap, f"a enregistré la validation de la version {version.number}", actor, now)
    return validation


def record_adoption(
    *,
    version: RoadmapVersion,
    adopted_on: date,
    reference: str,
    actor: User,
    now: datetime,
    body: str = "",
) -> CouncilResolution:
    """Record the deliberation that adopts a version: its date, its reference, a file with an adoption page.

    The snapshot is untouched. Raises `DomainError` on a bad date, without reference, or a second time.
    """
    _check_version_date(version, adopted_on, now)
    if not reference.strip():
        raise DomainError(typography("Indiquez la référence de la délibération."))
    if version.resolution_or_none is not None:
        raise DomainError(typography(f"La version {version.number} est déjà adoptée."))
    adoption = Adoption(adopted_on, reference.strip(), body.strip())
    pdf = _render(Edition(version.content, PublicationStatus.ADOPTED, now, version.number, adoption))
    resolution = CouncilResolution(
        version=version,
        adopted_on=adopted_on,
        reference=reference.strip(),
        body=body.strip(),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        pdf_size_bytes=len(pdf),
        recorded_at=now,
        recorded_by=actor,
    )
    resolution.pdf.save("adoption.pdf", ContentFile(pdf), save=False)
    try:
        _write_resolution(resolution, actor, now)
    except BaseException:
        resolution.pdf.delete(save=False)
        raise
    return resolution


@transaction.atomic
def _write_resolution(resolution: CouncilResolution, actor: User, now: datetime) -> None:
    version = resolution.version
    if CouncilResolution.objects.filter(version=version).exists():
        raise DomainError(typography(f"La version {version.number} est déjà adoptée."))
    resolution.save()
    initiative = version.roadmap.initiative
    verb = f"a enregistré l’adoption de la version {version.number}, délibération {resolution.reference}"
    record_event(
        authority=initiative.authority,
        kind=EventKind.ROADMAP,
        initiative=initiative,
        verb=typography(verb),
        now=now,
        actor=actor,
    )


def _check_version_date(version: RoadmapVersion, day: date, now: datetime) -> None:
    """Refuse a date before the freezing or in the future."""
    frozen_on = timezone.localdate(version.frozen_at)
    today = timezone.localdate(now)
    if not frozen_on <= day <= today:
        message = (
            f"Indiquez une date entre le {format_day(frozen_on)}, jour où la version a été figée, et le "
            f"{format_day(today)}."
        )
        raise DomainError(typography(message))
