"""Rounds of a démarche, and how far each person is. Nothing here reads a level: the ratings of others stay hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from authorities.enums import Track
from authorities.models import Initiative, Meeting, Participant
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis, Question, Rating
from diagnostics.selectors.coverage import rater_candidates

# Milestone of the calendar presets at which the ratings close.
OPENING_MEETING_CODE = "diagnostic_ouverture"
CLOSING_MEETING_CODE = "diagnostic_cloture"
# The meeting of the calendar presets that agrees on the levels.
SHARING_MEETING_CODE = "cotech_diagnostic"
NOON = time(12)


@dataclass(frozen=True)
class RaterProgress:
    """How far one person is. `known`: questions of their service and of the dimensions that they know."""

    participant: Participant
    answered: int
    known: int
    known_answered: int
    interview_count: int
    last_at: datetime | None

    @property
    def is_silent(self) -> bool:
        return self.answered == 0

    @property
    def is_done(self) -> bool:
        """Tell whether every question that they know is answered (any answer will do when they know none)."""
        return self.answered > 0 and self.known_answered == self.known

    @property
    def status(self) -> str:
        """« N’a pas commencé », « 5 sur 11 »."""
        if self.is_silent:
            return "N’a pas commencé"
        return f"{self.known_answered} sur {self.known}" if self.known else "A répondu"


@dataclass(frozen=True)
class FollowUp:
    """Progress of a round, person by person, the silent first."""

    diagnosis: Diagnosis
    state: DiagnosisState
    question_count: int
    raters: list[RaterProgress]

    @property
    def done_count(self) -> int:
        return sum(rater.is_done for rater in self.raters)

    @property
    def silent(self) -> list[RaterProgress]:
        return [rater for rater in self.raters if rater.is_silent]

    @property
    def answer_count(self) -> int:
        return sum(rater.answered for rater in self.raters)


def working_diagnosis(initiative: Initiative) -> Diagnosis | None:
    """Return the latest round of a démarche, whatever its state. One query."""
    rounds: QuerySet[Diagnosis] = Diagnosis.objects.for_initiative(initiative)
    return rounds.select_related("questionnaire", "initiative__authority").order_by("-number").first()


def current_diagnosis(initiative: Initiative) -> Diagnosis | None:
    """Return the round whose results count: the latest that is finished, else the latest. One query."""
    rounds: QuerySet[Diagnosis] = Diagnosis.objects.for_initiative(initiative)
    return (
        rounds.select_related("questionnaire", "initiative__authority")
        .order_by(Coalesce(Q(agreed_at__isnull=False), False).desc(), "-number")
        .first()
    )


def previous_diagnosis(diagnosis: Diagnosis) -> Diagnosis | None:
    """Return the finished round before this one, in this démarche or in a former one of the authority. One query."""
    if diagnosis.agreed_at is None:
        return None
    finished = Diagnosis.objects.filter(
        initiative__authority=diagnosis.initiative.authority_id, agreed_at__lt=diagnosis.agreed_at
    )
    return finished.order_by("-agreed_at").first()


def list_rounds(initiative: Initiative) -> list[Diagnosis]:
    """Return every round of a démarche, the latest first. One query."""
    return list(Diagnosis.objects.for_initiative(initiative).select_related("questionnaire").order_by("-number"))


def planned_closing(initiative: Initiative) -> datetime | None:
    """Return the closing of the ratings that the calendar of the démarche plans, at noon. One query."""
    planned = Meeting.objects.for_initiative(initiative).filter(code=CLOSING_MEETING_CODE).first()
    return timezone.make_aware(datetime.combine(planned.planned_on, NOON)) if planned else None


def round_dates(initiative: Initiative) -> dict[str, datetime]:
    """Return the opening and the closing of the last round opened before the council, by step of the calendar.

    A diagnosis made later, to follow the adopted roadmap, is not one of this calendar. One query.
    """
    rounds = Diagnosis.objects.for_initiative(initiative).filter(opened_at__isnull=False)
    if initiative.council_on is not None:
        rounds = rounds.filter(opened_at__date__lte=initiative.council_on)
    found = rounds.order_by("-number").values_list("opened_at", "closes_at").first()
    moments = zip((OPENING_MEETING_CODE, CLOSING_MEETING_CODE), found or (), strict=False)
    return {code: moment for code, moment in moments if moment is not None}


def sharing_meeting(initiative: Initiative) -> Meeting | None:
    """Return the meeting of the calendar that agrees on the levels. One query."""
    return Meeting.objects.for_initiative(initiative).filter(code=SHARING_MEETING_CODE).first()


def open_closing(initiative: Initiative, now: datetime) -> datetime | None:
    """Return when the open round of a démarche closes; None when none is open. One query."""
    rounds = Diagnosis.objects.for_initiative(initiative)
    is_open = rounds.filter(opened_at__isnull=False, agreed_at=None, closes_at__gt=now)
    return is_open.order_by("-number").values_list("closes_at", flat=True).first()


def addable_raters(diagnosis: Diagnosis) -> list[Participant]:
    """Return the people of the committee who may rate and whom the round does not ask yet. Three queries."""
    asked = set(diagnosis.raters.values_list("pk", flat=True))
    return [person for person in rater_candidates(diagnosis.initiative) if person.pk not in asked]


def follow_up(diagnosis: Diagnosis, *, now: datetime) -> FollowUp:
    """Tell who answered how many questions. Two queries, whatever the number of people."""
    return FollowUp(
        diagnosis=diagnosis,
        state=diagnosis.state_at(now),
        question_count=diagnosis.asked_questions().count(),
        raters=list_progress(diagnosis),
    )


def list_progress(diagnosis: Diagnosis, participant: Participant | None = None) -> list[RaterProgress]:
    """Return the progress of the active people of a round, or of one of them: silent first, then by name. One query."""
    return progress_by_round([diagnosis], participant)[diagnosis.pk]


def progress_by_round(
    diagnoses: Sequence[Diagnosis], participant: Participant | None = None
) -> dict[int, list[RaterProgress]]:
    """Return the progress of the active people of each round, by its key. One query at most."""
    progress: dict[int, list[RaterProgress]] = {diagnosis.pk: [] for diagnosis in diagnoses}
    seats: QuerySet[Any] = Diagnosis.raters.through.objects.filter(diagnosis__in=progress, participant__is_active=True)
    if participant is not None:
        seats = seats.filter(participant=participant)
    own = Q(participant__ratings__diagnosis=F("diagnosis"))
    counted = seats.annotate(
        known_count=_count(_known_questions()),
        left_count=_count(_known_questions().exclude(Exists(_own_ratings()))),
        answer_count=Count("participant__ratings", filter=own),
        interview_count=Count("participant__ratings", filter=own & ~Q(participant__ratings__entered_by_label="")),
        last_at=Max("participant__ratings__rated_at", filter=own),
    )
    for seat in counted.select_related("participant__service").order_by("participant__name", "participant_id"):
        rater = RaterProgress(
            participant=seat.participant,
            answered=seat.answer_count,
            known=seat.known_count,
            known_answered=seat.known_count - seat.left_count,
            interview_count=seat.interview_count,
            last_at=seat.last_at,
        )
        progress[seat.diagnosis_id].append(rater)
    for raters in progress.values():
        raters.sort(key=lambda rater: (not rater.is_silent, rater.is_done))
    return progress


def _known_questions() -> QuerySet[Question]:
    """Questions of the round that the rater of the outer query, one of a round, is expected to know."""
    dimensions = Participant.dimensions.through.objects.filter(participant=OuterRef(OuterRef("participant")))
    is_asked = Q(is_flash=True) | ~Q(track=Track.LIGHT)
    return (
        Question.objects.annotate(track=ExpressionWrapper(OuterRef("diagnosis__track"), output_field=CharField()))
        .filter(is_asked, questionnaire=OuterRef("diagnosis__questionnaire"))
        .filter(
            Q(services=OuterRef("participant__service"))
            | Q(dimension__code__in=Subquery(dimensions.values("dimension__code")))
        )
    )


def _own_ratings() -> QuerySet[Rating]:
    return Rating.objects.filter(
        diagnosis=OuterRef(OuterRef("diagnosis")),
        question=OuterRef("pk"),
        participant=OuterRef(OuterRef("participant")),
    )


def _count(questions: QuerySet[Question]) -> Coalesce:
    counted = questions.order_by().values("questionnaire").annotate(total=Count("pk", distinct=True)).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
