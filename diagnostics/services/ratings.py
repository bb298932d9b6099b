"""Ratings: given by the participant, or typed for them after an interview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.models import Participant
from common.errors import DomainError
from common.versioning import StaleVersionError, save_versioned
from diagnostics.enums import LEVELS, DiagnosisState
from diagnostics.models import Diagnosis, Question, Rating
from diagnostics.services.rules import check_question, locked, record


@dataclass(frozen=True)
class Answer:
    """An answer to one question: a level from 0 to 4 or None (abstention), and a comment.

    `expected_version` is the version that its author had before their eyes: 0 when there was no answer yet, None when
    nobody was reading.
    """

    question: Question
    level: int | None
    comment: str = ""
    expected_version: int | None = None


@transaction.atomic
def record_rating(
    *,
    diagnosis: Diagnosis,
    participant: Participant,
    question: Question,
    level: int | None,
    comment: str = "",
    now: datetime,
    actor: User | None = None,
    expected_version: int | None = None,
) -> Rating:
    """Record what a participant thinks of a question. With `actor`, somebody types it for them (an interview).

    What the participant said alone is never replaced by an interview. Raises `StaleVersionError` when the answer
    changed since it was read.
    """
    diagnosis = locked(diagnosis)
    answer = Answer(question, level, comment, expected_version)
    check_answer(diagnosis, participant, answer, now)
    return write_rating(diagnosis, participant, answer, actor, now)


@transaction.atomic
def record_interview(
    *, diagnosis: Diagnosis, participant: Participant, answers: Sequence[Answer], actor: User, now: datetime
) -> list[Rating]:
    """Type the answers that a participant gave in an interview. They are theirs; who typed them is kept."""
    if not answers:
        raise DomainError("Choisissez au moins un niveau, ou «\u00a0Je ne me prononce pas\u00a0», avant d’enregistrer.")
    diagnosis = locked(diagnosis)
    ratings = []
    for answer in answers:
        check_answer(diagnosis, participant, answer, now)
        ratings.append(write_rating(diagnosis, participant, answer, actor, now))
    count = len(ratings)
    words = "une réponse" if count == 1 else f"{count}\u00a0réponses"
    record(diagnosis, f"a saisi {words} d’entretien pour {participant.name}", actor, now)
    return ratings


def check_answer(diagnosis: Diagnosis, participant: Participant, answer: Answer, now: datetime) -> None:
    if participant.initiative_id != diagnosis.initiative_id or not diagnosis.raters.filter(pk=participant.pk).exists():
        raise DomainError("Cette personne ne fait pas partie de ce diagnostic.")
    state = diagnosis.state_at(now)
    if state == DiagnosisState.DRAFT:
        raise DomainError("Ce diagnostic n’est pas encore ouvert.")
    if state != DiagnosisState.OPEN:
        raise DomainError("Les avis sont clos\u00a0: votre réponse n’a pas été enregistrée.")
    check_question(diagnosis, answer.question)
    if answer.level is not None and answer.level not in LEVELS:
        raise DomainError("Choisissez un niveau de 0 à 4, ou «\u00a0Je ne me prononce pas\u00a0».")


def write_rating(
    diagnosis: Diagnosis,
    participant: Participant,
    answer: Answer,
    actor: User | None,
    now: datetime,
    *,
    replaces_others: bool = False,
) -> Rating:
    """Create or change a rating. The caller holds the lock of the diagnosis, so that nobody writes in between.

    `replaces_others`: the participant filled a grid after having answered, and it was chosen, question by question.
    """
    rating = Rating.objects.filter(diagnosis=diagnosis, participant=participant, question=answer.question).first()
    values = {
        "level": answer.level,
        "comment": answer.comment,
        "entered_by": actor,
        "entered_by_label": str(actor)[:150] if actor else "",
        "rated_at": now,
    }
    if rating is None:
        return Rating.objects.create(diagnosis=diagnosis, participant=participant, question=answer.question, **values)
    if actor is not None and rating.entered_by_id != actor.pk and not replaces_others:
        who = rating.entered_by_label or participant.name
        raise DomainError(
            f"{who} a déjà répondu à «\u00a0{answer.question.title}\u00a0»\u00a0: cette réponse est gardée."
        )
    if answer.expected_version is not None and answer.expected_version != rating.version:
        raise StaleVersionError(rating)
    for name, value in values.items():
        setattr(rating, name, value)
    return save_versioned(rating, expected_version=rating.version, update_fields=list(values))
