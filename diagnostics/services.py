"""Writes of the diagnosis. Each function takes the moment and the person; each rule broken raises `DomainError`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from authorities.enums import Scope
from authorities.events import record_event
from authorities.models import Initiative, Participant
from authorities.permissions import scopes_of
from common.errors import DomainError
from common.versioning import StaleVersionError, save_versioned
from diagnostics.enums import LEVELS, DiagnosisState
from diagnostics.models import AgreedLevel, Diagnosis, Question, Questionnaire, Rating
from diagnostics.scoring import QuestionScore, score_question

# A round that nobody could answer in time, or that never ends, is a slip of the keyboard.
LONGEST_ROUND = timedelta(days=366)
CONSENSUS_REASON = "Avis convergents\u00a0: la proposition est acceptée."
LEFT_OPEN_REASON = "Question laissée ouverte à la fin de la réunion."


@dataclass(frozen=True)
class RoundValues:
    """What the référent chooses before opening: when it closes, who rates, whether the meeting sees the names."""

    closes_at: datetime
    raters: Collection[Participant]
    are_names_shown: bool = True


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


# Rounds ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_diagnosis(*, initiative: Initiative, values: RoundValues, actor: User, now: datetime) -> Diagnosis:
    """Prepare a round with the current questionnaire. Nobody is told and nobody can answer until it opens."""
    last = Diagnosis.objects.for_initiative(initiative).order_by("-number").first()
    if last is not None and not last.is_revealed(now):
        raise DomainError("Un diagnostic est déjà en préparation ou ouvert : terminez-le avant d’en préparer un autre.")
    questionnaire = Questionnaire.objects.filter(is_current=True).first()
    if questionnaire is None:
        raise DomainError("Le questionnaire n’est pas chargé : demandez à l’administration du site de le charger.")
    _check_raters(initiative, values.raters)
    _check_closing(values.closes_at, now)
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
    _record(diagnosis, f"a préparé le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def save_diagnosis(
    *, diagnosis: Diagnosis, expected_version: int, values: RoundValues, actor: User, now: datetime
) -> Diagnosis:
    """Correct a round that is not open yet."""
    if diagnosis.state_at(now) != DiagnosisState.DRAFT:
        raise DomainError("Ce diagnostic est déjà ouvert : sa clôture peut être repoussée, le reste ne change plus.")
    _check_raters(diagnosis.initiative, values.raters)
    _check_closing(values.closes_at, now)
    diagnosis.closes_at, diagnosis.are_names_shown = values.closes_at, values.are_names_shown
    save_versioned(diagnosis, expected_version=expected_version, update_fields=["closes_at", "are_names_shown"])
    diagnosis.raters.set(values.raters)
    return diagnosis


@transaction.atomic
def open_diagnosis(*, diagnosis: Diagnosis, actor: User, now: datetime) -> Diagnosis:
    """Open a prepared round: from now on people rate, the rule about names is fixed, the questionnaire is frozen.

    The track of the démarche at this moment decides which questions are asked.
    """
    diagnosis = _locked(diagnosis)
    if diagnosis.state_at(now) != DiagnosisState.DRAFT or diagnosis.closes_at is None:
        raise DomainError("Ce diagnostic est déjà ouvert.")
    _check_closing(diagnosis.closes_at, now)
    _check_raters(diagnosis.initiative, list(diagnosis.raters.all()))
    diagnosis.opened_at, diagnosis.opened_by, diagnosis.track = now, actor, diagnosis.initiative.track
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["opened_at", "opened_by", "track"])
    _record(diagnosis, f"a ouvert le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def extend_diagnosis(
    *, diagnosis: Diagnosis, closes_at: datetime, actor: User, now: datetime, expected_version: int | None = None
) -> Diagnosis:
    """Put the closing off. Only before it: what has been revealed is never reopened."""
    version = expected_version or diagnosis.version
    diagnosis = _locked(diagnosis)
    _require(diagnosis, now, DiagnosisState.OPEN, "Les avis sont clos : ouvrez un nouveau diagnostic.")
    if diagnosis.closes_at is not None and closes_at <= diagnosis.closes_at:
        raise DomainError("Choisissez une clôture plus tardive que celle qui est annoncée.")
    _check_closing(closes_at, now)
    diagnosis.closes_at = closes_at
    save_versioned(diagnosis, expected_version=version, update_fields=["closes_at"])
    _record(diagnosis, f"a prolongé le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def close_diagnosis(*, diagnosis: Diagnosis, actor: User, now: datetime) -> Diagnosis:
    """Close an open round at once, before its announced hour. It will not open again."""
    diagnosis = _locked(diagnosis)
    _require(diagnosis, now, DiagnosisState.OPEN, "Les avis de ce diagnostic ne sont pas ouverts.")
    if not diagnosis.ratings.exists():
        raise DomainError("Personne n’a encore répondu : prolongez plutôt le diagnostic, ou saisissez un entretien.")
    diagnosis.closes_at = now
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["closes_at"])
    _record(diagnosis, f"a clos les avis du diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def add_rater(*, diagnosis: Diagnosis, participant: Participant, actor: User, now: datetime) -> None:
    """Ask one more person, before the closing."""
    diagnosis = _locked(diagnosis)
    if diagnosis.is_revealed(now):
        raise DomainError("Les avis sont clos : cette personne pourra répondre au prochain diagnostic.")
    _check_raters(diagnosis.initiative, [participant])
    diagnosis.raters.add(participant)
    _record(diagnosis, f"a demandé son avis à {participant.name}", actor, now)


# Ratings --------------------------------------------------------------------------------------------------------------


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
    diagnosis = _locked(diagnosis)
    answer = Answer(question, level, comment, expected_version)
    _check_answer(diagnosis, participant, answer, now)
    return _write_rating(diagnosis, participant, answer, actor, now)


@transaction.atomic
def record_interview(
    *, diagnosis: Diagnosis, participant: Participant, answers: Sequence[Answer], actor: User, now: datetime
) -> list[Rating]:
    """Type the answers that a participant gave in an interview. They are theirs; who typed them is kept."""
    if not answers:
        raise DomainError("Choisissez au moins un niveau, ou « Je ne me prononce pas », avant d’enregistrer.")
    diagnosis = _locked(diagnosis)
    ratings = []
    for answer in answers:
        _check_answer(diagnosis, participant, answer, now)
        ratings.append(_write_rating(diagnosis, participant, answer, actor, now))
    count = len(ratings)
    words = "une réponse" if count == 1 else f"{count}\u00a0réponses"
    _record(diagnosis, f"a saisi {words} d’entretien pour {participant.name}", actor, now)
    return ratings


def _check_answer(diagnosis: Diagnosis, participant: Participant, answer: Answer, now: datetime) -> None:
    if participant.initiative_id != diagnosis.initiative_id or not diagnosis.raters.filter(pk=participant.pk).exists():
        raise DomainError("Cette personne ne fait pas partie de ce diagnostic.")
    state = diagnosis.state_at(now)
    if state == DiagnosisState.DRAFT:
        raise DomainError("Ce diagnostic n’est pas encore ouvert.")
    if state != DiagnosisState.OPEN:
        raise DomainError("Les avis sont clos : votre réponse n’a pas été enregistrée.")
    _check_question(diagnosis, answer.question)
    if answer.level is not None and answer.level not in LEVELS:
        raise DomainError("Choisissez un niveau de 0 à 4, ou « Je ne me prononce pas ».")


def _write_rating(
    diagnosis: Diagnosis, participant: Participant, answer: Answer, actor: User | None, now: datetime
) -> Rating:
    """Create or change a rating. The caller holds the lock of the diagnosis, so that nobody writes in between."""
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
    if actor is not None and rating.entered_by_id != actor.pk:
        who = rating.entered_by_label or participant.name
        raise DomainError(f"{who} a déjà répondu à « {answer.question.title} » : cette réponse est gardée.")
    if answer.expected_version is not None and answer.expected_version != rating.version:
        raise StaleVersionError(rating)
    for name, value in values.items():
        setattr(rating, name, value)
    return save_versioned(rating, expected_version=rating.version, update_fields=list(values))


# Meeting --------------------------------------------------------------------------------------------------------------


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
    diagnosis = _locked(diagnosis)
    _require_meeting(diagnosis, now)
    _check_question(diagnosis, question)
    if level is not None and level not in LEVELS:
        raise DomainError("Choisissez un niveau de 0 à 4, ou « non tranchée ».")
    if level is not None and not reason.strip() and needs_reason(_scores(diagnosis)[question.pk], level):
        raise DomainError("Écrivez le motif : les avis ne suffisent pas à expliquer ce niveau.")
    return _write_agreed_level(diagnosis, question, level, reason, actor, now, expected_version)


def needs_reason(score: QuestionScore, level: int) -> bool:
    """Tell whether the ratings alone do not explain an agreed level."""
    return score.proposed != level or score.is_dispersed


@transaction.atomic
def accept_consensual_levels(*, diagnosis: Diagnosis, actor: User, now: datetime) -> list[AgreedLevel]:
    """Accept in one gesture the proposed level of each consensual question that has no agreed level yet."""
    diagnosis = _locked(diagnosis)
    _require_meeting(diagnosis, now)
    decided = set(diagnosis.agreed_levels.values_list("question_id", flat=True))
    scores = _scores(diagnosis)
    accepted = [
        _write_agreed_level(diagnosis, question, scores[question.pk].proposed, CONSENSUS_REASON, actor, now, None)
        for question in diagnosis.asked_questions()
        if question.pk not in decided and scores[question.pk].is_consensual
    ]
    if not accepted:
        raise DomainError("Il n’y a plus de proposition consensuelle à accepter.")
    _record(diagnosis, f"a accepté les propositions consensuelles ({len(accepted)})", actor, now)
    return accepted


@transaction.atomic
def agree_diagnosis(*, diagnosis: Diagnosis, actor: User, now: datetime, leaves_rest_open: bool = False) -> Diagnosis:
    """End the meeting: the agreed levels become the results.

    Every question that got a rating is settled or left open on purpose; `leaves_rest_open` does the latter for all
    those that remain.
    """
    diagnosis = _locked(diagnosis)
    _require_meeting(diagnosis, now)
    decided = set(diagnosis.agreed_levels.values_list("question_id", flat=True))
    scores = _scores(diagnosis)
    remaining = [
        question
        for question in diagnosis.asked_questions()
        if question.pk not in decided and scores[question.pk].rating_count
    ]
    if remaining and not leaves_rest_open:
        count = len(remaining)
        words = "une question" if count == 1 else f"{count}\u00a0questions"
        raise DomainError(f"Il reste {words} à trancher : retenez un niveau, ou marquez le reste « non tranché ».")
    for question in remaining:
        _write_agreed_level(diagnosis, question, None, LEFT_OPEN_REASON, actor, now, None)
    if not diagnosis.agreed_levels.filter(level__isnull=False).exists():
        raise DomainError("Retenez au moins un niveau avant de terminer le diagnostic.")
    diagnosis.agreed_at, diagnosis.agreed_by = now, actor
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["agreed_at", "agreed_by"])
    _record(diagnosis, f"a terminé le diagnostic n°\u00a0{diagnosis.number}", actor, now)
    return diagnosis


@transaction.atomic
def reopen_meeting(*, diagnosis: Diagnosis, actor: User, now: datetime) -> Diagnosis:
    """Come back to the agreed levels to correct one. The ratings stay closed: only the meeting starts again."""
    diagnosis = _locked(diagnosis)
    _require(diagnosis, now, DiagnosisState.AGREED, "Ce diagnostic n’est pas terminé : corrigez les niveaux retenus.")
    if Diagnosis.objects.for_initiative(diagnosis.initiative).filter(number__gt=diagnosis.number).exists():
        raise DomainError("Un diagnostic plus récent existe : celui-ci ne se corrige plus.")
    diagnosis.agreed_at, diagnosis.agreed_by = None, None
    save_versioned(diagnosis, expected_version=diagnosis.version, update_fields=["agreed_at", "agreed_by"])
    _record(diagnosis, f"a repris les niveaux retenus du diagnostic n°\u00a0{diagnosis.number}", actor, now)
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


# Rules ----------------------------------------------------------------------------------------------------------------


def _locked(diagnosis: Diagnosis) -> Diagnosis:
    """Read the diagnosis again and hold it until the end of the transaction: one write at a time on a round."""
    return (
        Diagnosis.objects.select_for_update(of=("self",)).select_related("initiative__authority").get(pk=diagnosis.pk)
    )


def _require(diagnosis: Diagnosis, now: datetime, state: DiagnosisState, message: str) -> None:
    if diagnosis.state_at(now) != state:
        raise DomainError(message)


def _require_meeting(diagnosis: Diagnosis, now: datetime) -> None:
    state = diagnosis.state_at(now)
    if state == DiagnosisState.AGREED:
        raise DomainError("Ce diagnostic est terminé : reprenez les niveaux retenus avant de les corriger.")
    if state != DiagnosisState.CLOSED:
        raise DomainError("Les avis ne sont pas clos : les niveaux se retiennent après la clôture.")


def _check_raters(initiative: Initiative, raters: Collection[Participant]) -> None:
    if not raters:
        raise DomainError("Choisissez au moins une personne qui donnera son avis.")
    for participant in raters:
        if participant.initiative_id != initiative.pk:
            raise DomainError("Cette personne n’est pas de cette démarche.")
        if not participant.is_active:
            raise DomainError(f"{participant.name} ne participe plus : choisissez une autre personne.")
        if not may_rate(participant):
            raise DomainError(f"{participant.name} n’est pas du comité technique : ajoutez-lui ce rôle d’abord.")


def may_rate(participant: Participant) -> bool:
    """Tell whether the roles of a participant let them give ratings."""
    return participant.is_active and Scope.RATE in scopes_of(participant.role_set)


def _check_closing(closes_at: datetime, now: datetime) -> None:
    if closes_at <= now:
        raise DomainError("Choisissez une clôture à venir.")
    if closes_at > now + LONGEST_ROUND:
        raise DomainError("Choisissez une clôture dans l’année qui vient.")


def _check_question(diagnosis: Diagnosis, question: Question) -> None:
    if not diagnosis.asked_questions().filter(pk=question.pk).exists():
        raise DomainError("Cette question n’est pas dans ce diagnostic.")


def _scores(diagnosis: Diagnosis) -> dict[int, QuestionScore]:
    """Question → what people said of it, every asked question included. The caller checked that it is closed."""
    levels: dict[int, list[int | None]] = {question.pk: [] for question in diagnosis.asked_questions()}
    for question_pk, level in diagnosis.ratings.values_list("question_id", "level"):
        levels[question_pk].append(level)
    return {question_pk: score_question(given) for question_pk, given in levels.items()}


def _record(diagnosis: Diagnosis, verb: str, actor: User, now: datetime) -> None:
    initiative = diagnosis.initiative
    record_event(authority=initiative.authority, initiative=initiative, verb=verb[:250], now=now, actor=actor)
