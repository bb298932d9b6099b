"""Rules that several services share. Each one raises `DomainError` with what to do."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from accounts.models import User
from authorities.enums import EventKind, Scope
from authorities.events import Change, record_event
from authorities.models import Initiative, Participant
from authorities.permissions import scopes_of
from common.errors import DomainError
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis, Question
from diagnostics.scoring import QuestionScore, score_question

# A round that never ends is a slip of the keyboard.
LONGEST_ROUND = timedelta(days=366)


def locked(diagnosis: Diagnosis) -> Diagnosis:
    """Read the diagnosis again and hold it until the end of the transaction: one write at a time on a round."""
    return (
        Diagnosis.objects.select_for_update(of=("self",)).select_related("initiative__authority").get(pk=diagnosis.pk)
    )


def require(diagnosis: Diagnosis, now: datetime, state: DiagnosisState, message: str) -> None:
    if diagnosis.state_at(now) != state:
        raise DomainError(message)


def require_meeting(diagnosis: Diagnosis, now: datetime) -> None:
    state = diagnosis.state_at(now)
    if state == DiagnosisState.AGREED:
        raise DomainError("Ce diagnostic est terminé\u00a0: reprenez les niveaux retenus avant de les corriger.")
    if state != DiagnosisState.CLOSED:
        raise DomainError("Les avis ne sont pas clos\u00a0: les niveaux se retiennent après la clôture.")


def check_raters(initiative: Initiative, raters: Collection[Participant]) -> None:
    if not raters:
        raise DomainError("Choisissez au moins une personne qui donnera son avis.")
    for participant in raters:
        if participant.initiative_id != initiative.pk:
            raise DomainError("Cette personne n’est pas de cette démarche.")
        if not participant.is_active:
            raise DomainError(f"{participant.name} ne participe plus\u00a0: choisissez une autre personne.")
        if not may_rate(participant):
            raise DomainError(f"{participant.name} n’est pas du comité technique\u00a0: ajoutez-lui ce rôle d’abord.")


def may_rate(participant: Participant) -> bool:
    """Tell whether the roles of a participant let them give ratings."""
    return participant.is_active and Scope.RATE in scopes_of(participant.role_set)


def check_closing(closes_at: datetime, now: datetime) -> None:
    if closes_at <= now:
        raise DomainError("Choisissez une clôture à venir.")
    if closes_at > now + LONGEST_ROUND:
        raise DomainError("Choisissez une clôture dans l’année qui vient.")


def check_question(diagnosis: Diagnosis, question: Question) -> None:
    if not diagnosis.asked_questions().filter(pk=question.pk).exists():
        raise DomainError("Cette question n’est pas dans ce diagnostic.")


def stored_scores(diagnosis: Diagnosis) -> dict[int, QuestionScore]:
    """Question → what people said of it, every asked question included. The caller checked that it is closed."""
    levels: dict[int, list[int | None]] = {question.pk: [] for question in diagnosis.asked_questions()}
    for question_pk, level in diagnosis.ratings.values_list("question_id", "level"):
        levels[question_pk].append(level)
    return {question_pk: score_question(given) for question_pk, given in levels.items()}


def record(
    diagnosis: Diagnosis,
    verb: str,
    actor: User,
    now: datetime,
    *,
    question: Question | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Write an event of this round in the audit trail; of one agreed level when its question is given."""
    initiative = diagnosis.initiative
    record_event(
        authority=initiative.authority,
        kind=EventKind.LEVEL if question else EventKind.DIAGNOSIS,
        subject_key=f"{diagnosis.number}/{question.code}" if question else "",
        initiative=initiative,
        verb=verb,
        changes=changes,
        now=now,
        actor=actor,
    )
