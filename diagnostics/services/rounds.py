"""A round from its preparation to its closing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from authorities.models import Initiative, Participant
from common.errors import DomainError
from common.versioning import StaleVersionError, save_versioned
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis, Questionnaire
from diagnostics.services.rules import check_closing, check_raters, locked, record, require


@dataclass(frozen=True)
class RoundValues:
    """What the référent chooses before opening: when it closes, who rates, whether the meeting sees the names.

    `questionnaire`: None for the current version, or the one of a draft as it is.
    """

    closes_at: datetime
    raters: Collection[Participant]
    are_names_shown: bool = True
    questionnaire: Questionnaire | None = None


@transaction.atomic
def create_diagnosis(*, initiative: Initiative, values: RoundValues, actor: User, now: datetime) -> Diagnosis:
    """Prepare a round, with the current questionnaire unless a former one is kept. Nobody is told until it opens."""
    last = Diagnosis.objects.for_initiative(initiative).order_by("-number").first()
    if last is not None and not last.is_revealed(now):
        raise DomainError(
            "Un diagnostic est déjà en préparation ou ouvert\u00a0: terminez-le avant d’en préparer un autre."
        )
    questionnaire = values.questionnaire or Questionnaire.objects.filter(is_current=True).first()
    if questionnaire is None:
        raise DomainError("Le questionnaire n’est pas chargé\u00a0: demandez à l’administration du site de le charger.")
    _check_questionnaire(initiative, questionnaire)
    check_raters(initiative, values.raters)
    check_closing(values.closes_at, now)
    number = Diagnosis.objects.for_initiative(initiative).aggregate(last=Max("number"))["last"] or 0
    diagnosis = Diagnosis.objects.create(
        initiative=initiative,
        number=number + 1,
        questionnaire=questionnaire,
        track=initiative.track,
        are_names_shown=values.are_names_shown,
        closes_at=values.closes_at,
    )
    diagnosis.raters.set(values.raters)
    record(diagnosis, f"a préparé le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def save_diagnosis(
    *, diagnosis: Diagnosis, expected_version: int, values: RoundValues, actor: User, now: datetime
) -> Diagnosis:
    """Correct a round that is not open yet."""
    if diagnosis.state_at(now) != DiagnosisState.DRAFT:
        raise DomainError(
            "Ce diagnostic est déjà ouvert\u00a0: sa clôture peut être repoussée, le reste ne change plus."
        )
    check_raters(diagnosis.initiative, values.raters)
    check_closing(values.closes_at, now)
    if values.questionnaire is not None:
        _check_questionnaire(diagnosis.initiative, values.questionnaire)
        diagnosis.questionnaire = values.questionnaire
    diagnosis.closes_at, diagnosis.are_names_shown = values.closes_at, values.are_names_shown
    fields = ["closes_at", "are_names_shown", "questionnaire"]
    save_versioned(diagnosis, expected_version=expected_version, update_fields=fields)
    diagnosis.raters.set(values.raters)
    return diagnosis


@transaction.atomic
def open_diagnosis(*, diagnosis: Diagnosis, actor: User, now: datetime) -> Diagnosis:
    """Open a prepared round: from now on people rate, the rule about names is fixed, the questionnaire is frozen.

    The track of the démarche at this moment decides which questions are asked.
    """
    diagnosis = locked(diagnosis)
    if diagnosis.state_at(now) != DiagnosisState.DRAFT or diagnosis.closes_at is None:
        raise DomainError("Ce diagnostic est déjà ouvert.")
    check_closing(diagnosis.closes_at, now)
    check_raters(diagnosis.initiative, list(diagnosis.raters.all()))
    diagnosis.opened_at, diagnosis.opened_by, diagnosis.track = now, actor, diagnosis.initiative.track
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["opened_at", "opened_by", "track"])
    record(diagnosis, f"a ouvert le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def extend_diagnosis(
    *, diagnosis: Diagnosis, closes_at: datetime | None, actor: User, now: datetime, expected_version: int | None = None
) -> Diagnosis:
    """Put the closing off. Only before it: what has been revealed is never reopened.

    `closes_at`: None keeps the closing that somebody else announced in between; nothing is written then. Raises
    `StaleVersionError` before the dates are compared: the two of them are shown.
    """
    version = expected_version or diagnosis.version
    diagnosis = locked(diagnosis)
    require(diagnosis, now, DiagnosisState.OPEN, "Les avis sont clos\u00a0: ouvrez un nouveau diagnostic.")
    if diagnosis.version != version:
        raise StaleVersionError(diagnosis)
    if closes_at is None:
        return diagnosis
    if diagnosis.closes_at is not None and closes_at <= diagnosis.closes_at:
        raise DomainError("Choisissez une clôture plus tardive que celle qui est annoncée.")
    check_closing(closes_at, now)
    diagnosis.closes_at = closes_at
    save_versioned(diagnosis, expected_version=version, update_fields=["closes_at"])
    record(diagnosis, f"a prolongé le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def close_diagnosis(*, diagnosis: Diagnosis, actor: User, now: datetime) -> Diagnosis:
    """Close an open round at once, before its announced hour. It will not open again."""
    diagnosis = locked(diagnosis)
    require(diagnosis, now, DiagnosisState.OPEN, "Les avis de ce diagnostic ne sont pas ouverts.")
    if not diagnosis.ratings.exists():
        raise DomainError(
            "Personne n’a encore répondu\u00a0: prolongez plutôt le diagnostic, ou saisissez un entretien."
        )
    diagnosis.closes_at = now
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["closes_at"])
    record(diagnosis, f"a clos les avis du diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def add_rater(*, diagnosis: Diagnosis, participant: Participant, actor: User, now: datetime) -> None:
    """Ask one more person, before the closing."""
    diagnosis = locked(diagnosis)
    if diagnosis.is_revealed(now):
        raise DomainError("Les avis sont clos\u00a0: cette personne pourra répondre au prochain diagnostic.")
    check_raters(diagnosis.initiative, [participant])
    diagnosis.raters.add(participant)
    record(diagnosis, f"a demandé son avis à {participant.name}", actor, now)


def _check_questionnaire(initiative: Initiative, questionnaire: Questionnaire) -> None:
    """A round uses the version that is proposed, or one that the authority knows already."""
    rounds = Diagnosis.objects.filter(initiative__authority=initiative.authority_id, questionnaire=questionnaire)
    if not questionnaire.is_current and not rounds.exists():
        raise DomainError("Choisissez la version que vous utilisez déjà, ou celle qui est proposée.")
