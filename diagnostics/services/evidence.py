"""Evidence joined to an answer or to an agreed level: a link or a file, removed by whoever joined it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.attachments import Attachment, delete_on_commit, stored_content
from common.errors import DomainError
from diagnostics.enums import DiagnosisState
from diagnostics.models import AgreedLevel, Diagnosis, Evidence, Rating
from diagnostics.services.rules import locked, record, require_meeting

MAX_EVIDENCE = 3
FULL = f"Il y a déjà {MAX_EVIDENCE} pièces ici\u00a0: retirez-en une avant d’en joindre une autre."
CLOSED = "Les avis sont clos\u00a0: les pièces ne changent plus."
NOT_YOURS = "Cette pièce a été jointe par quelqu’un d’autre\u00a0: elle est gardée."
KEPT_ANSWER = "Cette réponse n’est pas de votre saisie\u00a0: aucune pièce ne s’y joint d’ici."


@dataclass(frozen=True)
class EvidenceValues:
    """What is joined: a link or a checked file, and the words that name it."""

    label: str
    url: str = ""
    attachment: Attachment | None = None


@transaction.atomic
def join_to_rating(*, rating: Rating, values: EvidenceValues, now: datetime, actor: User | None = None) -> Evidence:
    """Join evidence to an answer while the answers are open. With `actor`, it comes from an interview that they typed.

    Raises `DomainError` after the closing, when there are enough, or when the answer is not of this author.
    """
    diagnosis = locked(rating.diagnosis)
    _require_open(diagnosis, now)
    rating = Rating.objects.get(pk=rating.pk)
    if actor is not None and rating.entered_by_id != actor.pk:
        raise DomainError(KEPT_ANSWER)
    evidence = _join(
        diagnosis, Evidence(diagnosis=diagnosis, rating=rating), rating.evidence.count(), values, actor, now
    )
    if actor is not None:
        record(diagnosis, f"a joint une pièce à l’entretien de {rating.participant.name}", actor, now)
    return evidence


@transaction.atomic
def join_to_agreed_level(*, agreed: AgreedLevel, values: EvidenceValues, actor: User, now: datetime) -> Evidence:
    """Join evidence to an agreed level, until the end of the meeting."""
    diagnosis = locked(agreed.diagnosis)
    require_meeting(diagnosis, now)
    evidence = Evidence(diagnosis=diagnosis, agreed_level=agreed)
    evidence = _join(diagnosis, evidence, agreed.evidence.count(), values, actor, now)
    verb = f"a joint une pièce au niveau retenu pour la question {agreed.question.code}"
    record(diagnosis, verb, actor, now, question=agreed.question)
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, actor: User | None, now: datetime) -> None:
    """Remove evidence that one joined oneself, as long as what it supports may change; its file goes with it."""
    diagnosis = locked(evidence.diagnosis)
    if evidence.added_by_id != (actor.pk if actor else None) or (actor is None and evidence.added_by_label):
        raise DomainError(NOT_YOURS)
    if evidence.agreed_level is not None:
        require_meeting(diagnosis, now)
    else:
        _require_open(diagnosis, now)
    names = [evidence.file.name] if evidence.file else []
    question = evidence.agreed_level.question if evidence.agreed_level else None
    evidence.delete()
    delete_on_commit(names)
    if actor is not None and question is not None:
        verb = f"a retiré une pièce du niveau retenu pour la question {question.code}"
        record(diagnosis, verb, actor, now, question=question)


def _join(
    diagnosis: Diagnosis, evidence: Evidence, count: int, values: EvidenceValues, actor: User | None, now: datetime
) -> Evidence:
    if count >= MAX_EVIDENCE:
        raise DomainError(FULL)
    evidence.label, evidence.url, evidence.added_at = values.label, values.url, now
    evidence.added_by, evidence.added_by_label = actor, str(actor)[:150] if actor else ""
    if values.attachment is not None:
        evidence.file = stored_content(values.attachment)
        evidence.file_name, evidence.size_bytes = values.attachment.name, len(values.attachment.content)
    evidence.save()
    return evidence


def _require_open(diagnosis: Diagnosis, now: datetime) -> None:
    if diagnosis.state_at(now) != DiagnosisState.OPEN:
        raise DomainError(CLOSED)
