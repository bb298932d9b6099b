"""Leave with one's data: take the archive, plan the erasure of the space, carry it out, keep a receipt."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction

from accounts.models import MailPreference, OutboxMessage, User
from authorities.events import record_event
from authorities.models import Authority, AuthorityMessage, Event, Participant
from common.attachments import delete_on_commit
from common.errors import DomainError
from common.text import normalise
from roadmap.archive import build_archive
from roadmap.mails import CANCELLED, DONE, PLANNED, addresses_to_tell, tell_erasure
from roadmap.models import Erasure
from roadmap.personal_data import AUTHORITY_LOOKUPS
from roadmap.services.dossier import forget_dossiers

logger = logging.getLogger(__name__)

# What the event of an archive is about: its digest, so that the receipt names the archive that was taken last.
ARCHIVE_KEY = "archive "
# The archive that one leaves with is recent.
ARCHIVE_AGE = timedelta(days=1)


@transaction.atomic
def export_archive(*, authority: Authority, actor: User, now: datetime) -> bytes:
    """Return the archive of an authority; the trail says who took it, and keeps its digest."""
    content = build_archive(authority=authority, now=now)
    digest = hashlib.sha256(content).hexdigest()
    verb = "a téléchargé l’archive complète de l’espace"
    record_event(authority=authority, verb=verb, now=now, actor=actor, subject_key=f"{ARCHIVE_KEY}{digest}")
    return content


@transaction.atomic
def plan_erasure(*, authority: Authority, actor: User, now: datetime) -> Erasure:
    """Ask that the space be erased after the delay of this site; référents and elected officials are told.

    Raises `DomainError` without a recent archive, or when it is already planned.
    """
    if not _archives(authority).filter(occurred_at__gt=now - ARCHIVE_AGE, occurred_at__lte=now).exists():
        raise DomainError("Téléchargez d’abord l’archive : elle doit dater de moins d’un jour.")
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(
                authority=authority,
                authority_name=authority.name,
                siren=authority.siren,
                code=secrets.token_urlsafe(32),
                asked_at=now,
                asked_by=actor,
                due_at=now + timedelta(days=settings.ERASURE_DELAY_DAYS),
            )
    except IntegrityError:
        raise DomainError("L’effacement de cet espace est déjà prévu : vous pouvez l’annuler.") from None
    record_event(authority=authority, verb="a demandé l’effacement de l’espace", now=now, actor=actor)
    tell_erasure(erasure, PLANNED, addresses_to_tell(authority), now=now)
    return erasure


@transaction.atomic
def cancel_erasure(*, authority: Authority, actor: User, now: datetime) -> None:
    """Keep the space after all; the same people are told."""
    erasure = Erasure.objects.pending().select_for_update().filter(authority=authority).first()
    if erasure is None:
        raise DomainError("Aucun effacement n’est prévu : il n’y a rien à annuler.")
    erasure.cancelled_at = now
    erasure.save(update_fields=["cancelled_at"])
    record_event(authority=authority, verb="a annulé l’effacement de l’espace", now=now, actor=actor)
    tell_erasure(erasure, CANCELLED, addresses_to_tell(authority), now=now)


def erase_due_authorities(*, now: datetime) -> tuple[int, int]:
    """Erase the spaces whose delay is over, each in its own transaction; return how many were, and how many failed.

    A failure stops no other one; the log names it by its number.
    """
    erased = failed = 0
    for pk in Erasure.objects.pending().filter(due_at__lte=now).values_list("pk", flat=True):
        try:
            erased += _erase_authority(pk, now=now)
        except Exception as error:
            # Only the kind: the words of an error of the base may hold personal data.
            logger.error("erasure %s failed: %s", pk, type(error).__name__)  # noqa: TRY400
            failed += 1
    return erased, failed


@transaction.atomic
def _erase_authority(erasure_pk: int, *, now: datetime) -> bool:
    """Erase every row and every file of an authority; tell whether it was done (somebody may have cancelled it)."""
    erasure = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_pk)
    authority = erasure.authority
    if authority is None or not erasure.is_due(now):
        return False
    told, known = addresses_to_tell(authority), _addresses_of(authority)
    files = _files_of(authority)
    forget_dossiers(authority)
    archive = _archives(authority).order_by("-occurred_at", "-pk").first()
    erasure.archive_sha256 = archive.subject_key.removeprefix(ARCHIVE_KEY) if archive else ""
    counts: dict[str, int] = {}
    for rows in (_messages_of(authority), Erasure.objects.filter(authority=authority).exclude(pk=erasure.pk)):
        _add(counts, rows.delete()[1])
    _add(counts, Authority.objects.filter(pk=authority.pk).delete()[1])
    _add(counts, _forgotten_preferences(known).delete()[1])
    erasure.counts = dict(sorted(counts.items(), key=lambda item: normalise(item[0])))
    erasure.authority, erasure.asked_by, erasure.erased_at = None, None, now
    erasure.save(update_fields=["authority", "asked_by", "erased_at", "archive_sha256", "counts"])
    tell_erasure(erasure, DONE, told, now=now)
    delete_on_commit(files)
    return True


def _archives(authority: Authority) -> models.QuerySet[Event]:
    return Event.objects.filter(authority=authority, subject_key__startswith=ARCHIVE_KEY)


def _messages_of(authority: Authority) -> models.QuerySet[OutboxMessage]:
    """Return the messages of this authority and of no other: a grouped message also belongs to the others."""
    ties = AuthorityMessage.objects.filter(authority=authority).values("message")
    shared = AuthorityMessage.objects.exclude(authority=authority).values("message")
    return OutboxMessage.objects.filter(pk__in=ties).exclude(pk__in=shared)


def _addresses_of(authority: Authority) -> set[str]:
    return set(Participant.objects.for_authority(authority).exclude(email="").values_list("email", flat=True))


def _forgotten_preferences(addresses: set[str]) -> models.QuerySet[MailPreference]:
    """Return the choices of mail of these addresses, but for those that another committee or an account knows."""
    known = set(Participant.objects.filter(email__in=addresses).values_list("email", flat=True))
    known |= set(User.objects.filter(email__in=addresses).values_list("email", flat=True))
    return MailPreference.objects.filter(email__in=addresses - known)


def _add(counts: dict[str, int], deleted: dict[str, int]) -> None:
    """Add what a deletion tells, model → rows, under the French names of the tables."""
    for label, count in deleted.items():
        name = table_name(apps.get_model(label))
        if count:
            counts[name] = counts.get(name, 0) + count


def table_name(model: type[models.Model]) -> str:
    """Return the French name of a table; those that only tie two others share one."""
    return "rattachements" if model._meta.auto_created else str(model._meta.verbose_name_plural)


def _files_of(authority: Authority) -> list[str]:
    names: list[str] = []
    for model, lookup in AUTHORITY_LOOKUPS.items():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                rows = model._base_manager.filter(**{lookup: authority.pk})
                names += [name for name in rows.values_list(field.name, flat=True) if name]
    return names
