"""What a référent sees while typing an interview: her own entries, and only the fact that the others exist."""

from dataclasses import dataclass

from accounts.models import User
from authorities.models import Participant
from diagnostics.models import Diagnosis, Question, Rating
from diagnostics.selectors.coverage import fact_of, person_of
from reference.models import Dimension


@dataclass(frozen=True)
class InterviewItem:
    """A question of the page. `rating` is set only when the reader typed it herself.

    `kept_by` names who answered otherwise: that answer is neither shown nor replaced.
    """

    question: Question
    levels: list[tuple[int, str]]
    is_known: bool
    rating: Rating | None
    kept_by: str

    @property
    def is_kept(self) -> bool:
        return bool(self.kept_by)


@dataclass(frozen=True)
class InterviewDimension:
    """A dimension of the rail, with how many of its questions have an answer, whoever gave it."""

    dimension: Dimension
    answered: int
    total: int


@dataclass(frozen=True)
class InterviewPage:
    """The questions of one dimension for one participant."""

    diagnosis: Diagnosis
    participant: Participant
    dimension: Dimension
    items: list[InterviewItem]
    rail: list[InterviewDimension]
    previous: Dimension | None
    following: Dimension | None


def interview_page(
    diagnosis: Diagnosis, participant: Participant, dimension_code: str, *, author: User
) -> InterviewPage | None:
    """Return the page of a dimension, None when the round has no such dimension. Five queries.

    Without a code, the first dimension of which the participant knows a question. Levels typed by anybody else than
    `author` are not read.
    """
    questions = list(diagnosis.asked_questions().prefetch_related("levels", "services"))
    person = person_of(participant)
    known = [question for question in questions if person.knows(fact_of(question))]
    code = dimension_code or (known or questions)[0].dimension.code
    dimensions = list({question.dimension.pk: question.dimension for question in questions}.values())
    place = next((rank for rank, dimension in enumerate(dimensions) if dimension.code == code), None)
    if place is None:
        return None
    ratings = {
        rating.question_id: rating for rating in Rating.objects.filter(diagnosis=diagnosis, participant=participant)
    }
    items = [
        InterviewItem(
            question=question,
            levels=[(level.value, level.text) for level in question.levels.all()],
            is_known=question in known,
            rating=_own(ratings.get(question.pk), author),
            kept_by=_kept_by(ratings.get(question.pk), participant, author),
        )
        for question in questions
        if question.dimension.code == code
    ]
    rail = [
        InterviewDimension(
            dimension=dimension,
            answered=sum(q.pk in ratings for q in questions if q.dimension_id == dimension.pk),
            total=sum(q.dimension_id == dimension.pk for q in questions),
        )
        for dimension in dimensions
    ]
    return InterviewPage(
        diagnosis=diagnosis,
        participant=participant,
        dimension=dimensions[place],
        items=items,
        rail=rail,
        previous=dimensions[place - 1] if place else None,
        following=dimensions[place + 1] if place + 1 < len(dimensions) else None,
    )


def _own(rating: Rating | None, author: User) -> Rating | None:
    return rating if rating is not None and rating.entered_by_id == author.pk else None


def _kept_by(rating: Rating | None, participant: Participant, author: User) -> str:
    """Name who gave an answer that the reader did not type; empty when there is none."""
    if rating is None or rating.entered_by_id == author.pk:
        return ""
    return rating.entered_by_label or participant.name
