"""The meeting after closing: agreed levels with their reason."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.events import Change, changes_between
from common.errors import DomainError
from common.versioning import StaleVersionError, save_versioned
from diagnostics.enums import LEVELS, DiagnosisState
from diagnostics.models import AgreedLevel, Diagnosis, Question
from diagnostics.scoring import QuestionScore
from diagnostics.services.rules import check_question, locked, record, require, require_meeting, stored_scores

CONSENSUS_REASON = "Avis convergents\u00a0: la proposition est acceptée."
LEFT_OPEN_REASON = "Question laissée ouverte à la fin de la réunion."


@transaction.atomic
def record_agreed_level(
    *,
    diagnosis: Diagnosis,
    question: Question,
    level: int | None,
    reason: str,
    actor: User,
    now: datetime,
    expected_version: int | None = None,
) -> AgreedLevel:
    """Record the level that the meeting agreed on; None leaves the question open (« non tranchée »).

    A reason is asked for when the level is not the proposed one, or when the ratings were dispersed or absent.
    `expected_version`: 0 when no level was recorded yet. Raises `StaleVersionError` when it changed since it was read.
    """
    diagnosis = locked(diagnosis)
    require_meeting(diagnosis, now)
    check_question(diagnosis, question)
    if level is not None and level not in LEVELS:
        raise DomainError("Choisissez un niveau de 0 à 4, ou «\u00a0non tranchée\u00a0».")
    if level is not None and not reason.strip() and needs_reason(stored_scores(diagnosis)[question.pk], level):
        raise DomainError("Écrivez le motif\u00a0: les avis ne suffisent pas à expliquer ce niveau.")
    before = _texts(AgreedLevel.objects.filter(diagnosis=diagnosis, question=question).first())
    agreed = _write_agreed_level(diagnosis, question, level, reason, actor, now, expected_version)
    changes = changes_between(before, _texts(agreed), _LABELS.__getitem__)
    if changes:
        verb = f"a retenu un niveau pour la question {question.code}"
        record(diagnosis, verb, actor, now, question=question, changes=changes)
    return agreed


def needs_reason(score: QuestionScore, level: int) -> bool:
    """Tell whether the ratings alone do not explain an agreed level."""
    return score.proposed != level or score.is_dispersed


@transaction.atomic
def accept_consensual_levels(*, diagnosis: Diagnosis, actor: User, now: datetime) -> list[AgreedLevel]:
    """Accept in one gesture the proposed level of each consensual question that has no agreed level yet."""
    diagnosis = locked(diagnosis)
    require_meeting(diagnosis, now)
    decided = set(diagnosis.agreed_levels.values_list("question_id", flat=True))
    scores = stored_scores(diagnosis)
    accepted = [
        _write_agreed_level(diagnosis, question, scores[question.pk].proposed, CONSENSUS_REASON, actor, now, None)
        for question in diagnosis.asked_questions()
        if question.pk not in decided and scores[question.pk].is_consensual
    ]
    if not accepted:
        raise DomainError("Il n’y a plus de proposition consensuelle à accepter.")
    verb = f"a accepté les propositions consensuelles ({len(accepted)})"
    record(diagnosis, verb, actor, now, changes=_first_levels(accepted))
    return accepted


@transaction.atomic
def agree_diagnosis(*, diagnosis: Diagnosis, actor: User, now: datetime, leaves_rest_open: bool = False) -> Diagnosis:
    """End the meeting: the agreed levels become the results.

    Every question that got a rating is settled or left open on purpose; `leaves_rest_open` does the latter for all
    those that remain.
    """
    diagnosis = locked(diagnosis)
    require_meeting(diagnosis, now)
    decided = set(diagnosis.agreed_levels.values_list("question_id", flat=True))
    scores = stored_scores(diagnosis)
    remaining = [
        question
        for question in diagnosis.asked_questions()
        if question.pk not in decided and scores[question.pk].rating_count
    ]
    if remaining and not leaves_rest_open:
        count = len(remaining)
        words = "une question" if count == 1 else f"{count}\u00a0questions"
        raise DomainError(
            f"Il reste {words} à trancher\u00a0: retenez un niveau, ou marquez le reste «\u00a0non tranché\u00a0»."
        )
    left_open = [
        _write_agreed_level(diagnosis, question, None, LEFT_OPEN_REASON, actor, now, None) for question in remaining
    ]
    if not diagnosis.agreed_levels.filter(level__isnull=False).exists():
        raise DomainError("Retenez au moins un niveau avant de terminer le diagnostic.")
    diagnosis.agreed_at, diagnosis.agreed_by = now, actor
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["agreed_at", "agreed_by"])
    verb = f"a terminé le diagnostic n°\u00a0{diagnosis.number}"
    record(diagnosis, verb, actor, now, changes=_first_levels(left_open))
    return diagnosis


@transaction.atomic
def reopen_meeting(*, diagnosis: Diagnosis, actor: User, now: datetime) -> Diagnosis:
    """Come back to the agreed levels to correct one. The ratings stay closed: only the meeting starts again."""
    diagnosis = locked(diagnosis)
    require(
        diagnosis, now, DiagnosisState.AGREED, "Ce diagnostic n’est pas terminé\u00a0: corrigez les niveaux retenus."
    )
    if Diagnosis.objects.for_initiative(diagnosis.initiative).filter(number__gt=diagnosis.number).exists():
        raise DomainError("Un diagnostic plus récent existe\u00a0: celui-ci ne se corrige plus.")
    diagnosis.agreed_at, diagnosis.agreed_by = None, None
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["agreed_at", "agreed_by"])
    record(diagnosis, f"a repris les niveaux retenus du diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


def _write_agreed_level(
    diagnosis: Diagnosis,
    question: Question,
    level: int | None,
    reason: str,
    actor: User,
    now: datetime,
    expected_version: int | None,
) -> AgreedLevel:
    agreed = AgreedLevel.objects.filter(diagnosis=diagnosis, question=question).first()
    values = {"level": level, "reason": reason.strip(), "author": actor, "decided_at": now}
    if agreed is None:
        return AgreedLevel.objects.create(diagnosis=diagnosis, question=question, **values)
    if expected_version is not None and expected_version != agreed.version:
        raise StaleVersionError(agreed)
    for name, value in values.items():
        setattr(agreed, name, value)
    return save_versioned(agreed, expected_version=agreed.version, update_fields=list(values))


# What the trail keeps: the levels that the meeting agreed on, after the closing, and never a rating.
_LABELS = {"level": "niveau retenu", "reason": "motif"}


def _texts(agreed: AgreedLevel | None) -> dict[str, str]:
    return {} if agreed is None else {"level": _words(agreed), "reason": agreed.reason}


def _words(agreed: AgreedLevel) -> str:
    return "question laissée ouverte" if agreed.level is None else f"niveau {agreed.level}"


def _first_levels(agreed_levels: Sequence[AgreedLevel]) -> list[Change]:
    """Return the changes of several levels recorded at once, for questions that had none."""
    levels = {agreed.question.code: _words(agreed) for agreed in agreed_levels}
    return changes_between({}, levels, lambda code: f"{code}, niveau retenu")
