"""Rounds of a démarche, and how far each person is. Nothing here reads a level: the ratings of others stay hidden."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from authorities.models import Initiative, Meeting, Participant
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis, Question, Rating
from diagnostics.selectors.coverage import rater_candidates

# Milestone of the calendar presets at which the ratings close.
CLOSING_MEETING_CODE = "diagnostic_cloture"
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
    people = diagnosis.raters.filter(is_active=True).select_related("service").order_by("name", "pk")
    if participant is not None:
        people = people.filter(pk=participant.pk)
    own = Q(ratings__diagnosis=diagnosis)
    people = people.annotate(
        known_count=_count(_known_questions(diagnosis)),
        left_count=_count(_known_questions(diagnosis).exclude(Exists(_own_ratings(diagnosis)))),
        answer_count=Count("ratings", filter=own),
        interview_count=Count("ratings", filter=own & ~Q(ratings__entered_by_label="")),
        last_at=Max("ratings__rated_at", filter=own),
    )
    progress = [
        RaterProgress(
            participant=person,
            answered=person.answer_count,
            known=person.known_count,
            known_answered=person.known_count - person.left_count,
            interview_count=person.interview_count,
            last_at=person.last_at,
        )
        for person in people
    ]
    return sorted(progress, key=lambda rater: (not rater.is_silent, rater.is_done))


def _known_questions(diagnosis: Diagnosis) -> QuerySet[Question]:
    """Questions of the round that the participant of the outer query is expected to know."""
    dimensions = Participant.dimensions.through.objects.filter(participant=OuterRef(OuterRef("pk")))
    return (
        Question.objects.filter(questionnaire=diagnosis.questionnaire_id)
        .for_track(diagnosis.track)
        .filter(Q(services=OuterRef("service")) | Q(dimension__code__in=Subquery(dimensions.values("dimension__code"))))
    )


def _own_ratings(diagnosis: Diagnosis) -> QuerySet[Rating]:
    return Rating.objects.filter(diagnosis=diagnosis, question=OuterRef("pk"), participant=OuterRef(OuterRef("pk")))


def _count(questions: QuerySet[Question]) -> Coalesce:
    counted = questions.order_by().values("questionnaire").annotate(total=Count("pk", distinct=True)).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
