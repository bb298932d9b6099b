"""The meeting after closing: questions sorted by spread, comments, agreed levels. Nothing is read before closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.charts.spread import draw_spread
from common.errors import DomainError
from diagnostics.enums import DiagnosisState
from diagnostics.models import AgreedLevel, Diagnosis, Question, Rating
from diagnostics.scoring import QuestionScore, score_question
from diagnostics.selectors.moves import carried_level

NOT_CLOSED = "Les avis ne sont pas clos\u00a0: personne ne les voit avant la clôture."


@dataclass(frozen=True)
class Opinion:
    """What one person said. `name` is empty when the rule of the round hides the names."""

    name: str
    level: int | None
    comment: str
    entered_by: str


@dataclass(frozen=True)
class MeetingItem:
    """A question in the meeting: its spread, what was said, what is agreed."""

    question: Question
    score: QuestionScore
    agreed: AgreedLevel | None

    @property
    def is_decided(self) -> bool:
        return self.agreed is not None

    @property
    def level(self) -> int | None:
        return self.agreed.level if self.agreed else None

    @property
    def spread(self) -> str:
        """Drawing of the ratings, with the agreed level, else the proposed one."""
        proposed = None if self.is_decided else self.score.proposed
        return draw_spread(self.score.counts, agreed=self.level, proposed=proposed)


@dataclass(frozen=True)
class Meeting:
    """Questions of a closed round, the widest spread first."""

    diagnosis: Diagnosis
    state: DiagnosisState
    items: list[MeetingItem]

    @property
    def to_discuss(self) -> list[MeetingItem]:
        """Questions with dispersed or few ratings: those that the meeting is for."""
        return [item for item in self.items if item.score.rating_count and not item.score.is_consensual]

    @property
    def consensual(self) -> list[MeetingItem]:
        """Questions on which people agree, in the order of the questionnaire."""
        agreed = [item for item in self.items if item.score.is_consensual]
        return sorted(agreed, key=lambda item: (item.question.dimension.position, item.question.position))

    @property
    def unrated(self) -> list[MeetingItem]:
        return [item for item in self.items if not item.score.rating_count]

    @property
    def acceptable(self) -> list[MeetingItem]:
        """Consensual questions without agreed level yet: what one gesture accepts."""
        return [item for item in self.consensual if not item.is_decided]

    @property
    def remaining(self) -> list[MeetingItem]:
        """Questions that got a rating and that nobody settled."""
        return [item for item in self.items if item.score.rating_count and not item.is_decided]

    @property
    def decided_count(self) -> int:
        return sum(item.is_decided for item in self.items)


@dataclass(frozen=True)
class MeetingPage:
    """One question of the meeting in its place, with what was said.

    `carried`: what the last finished diagnosis agreed on, when its level still means the same thing.
    """

    meeting: Meeting
    item: MeetingItem
    opinions: list[Opinion]
    rank: int
    previous: MeetingItem | None
    following: MeetingItem | None
    carried: AgreedLevel | None = None

    @property
    def proposed(self) -> int | None:
        """Level ticked at first: that of the ratings; without any, that of the last diagnosis."""
        if self.item.score.proposed is not None:
            return self.item.score.proposed
        return self.carried.level if self.carried else None

    @property
    def levels(self) -> list[tuple[int, str, str]]:
        """(value, sentence of the question, label of the scale) of each level."""
        scale = self.meeting.diagnosis.questionnaire.scale
        return [(level.value, level.text, scale[level.value]) for level in self.item.question.levels.all()]


def meeting(diagnosis: Diagnosis, *, now: datetime) -> Meeting:
    """Return the questions of a closed round, sorted by spread. Three queries.

    Raises `DomainError` before closing: no level leaves the base while a round is open.
    """
    if not diagnosis.is_revealed(now):
        raise DomainError(NOT_CLOSED)
    return _meeting(diagnosis, list(diagnosis.asked_questions()), now)


def meeting_page(diagnosis: Diagnosis, question_code: str, *, now: datetime) -> MeetingPage | None:
    """Return one question of a closed round, None when the round does not ask it. Seven queries.

    Raises `DomainError` before closing.
    """
    if not diagnosis.is_revealed(now):
        raise DomainError(NOT_CLOSED)
    found = _meeting(diagnosis, list(diagnosis.asked_questions().prefetch_related("levels")), now)
    for rank, item in enumerate(found.items):
        if item.question.code == question_code:
            return MeetingPage(
                meeting=found,
                item=item,
                opinions=_opinions(diagnosis, item.question),
                rank=rank + 1,
                previous=found.items[rank - 1] if rank else None,
                following=found.items[rank + 1] if rank + 1 < len(found.items) else None,
                carried=carried_level(diagnosis, item.question),
            )
    return None


def question_scores(diagnosis: Diagnosis, questions: Sequence[Question]) -> dict[int, QuestionScore]:
    """Question → what people said of it. The caller made sure that the round is closed. One query."""
    levels: dict[int, list[int | None]] = {question.pk: [] for question in questions}
    for question_pk, level in Rating.objects.filter(diagnosis=diagnosis).values_list("question_id", "level"):
        levels[question_pk].append(level)
    return {question_pk: score_question(given) for question_pk, given in levels.items()}


def by_spread(score: QuestionScore) -> tuple[int, int]:
    """Key of sorting: widest spread first, then fewest ratings; without any rating, last."""
    if score.range_levels is None:
        return (1, 0)
    return (-score.range_levels - 1, score.rating_count)


def _meeting(diagnosis: Diagnosis, questions: Sequence[Question], now: datetime) -> Meeting:
    scores = question_scores(diagnosis, questions)
    agreed = {level.question_id: level for level in AgreedLevel.objects.filter(diagnosis=diagnosis)}
    items = [MeetingItem(question, scores[question.pk], agreed.get(question.pk)) for question in questions]
    # Sorting is stable: equal spreads stay in the order of the questionnaire.
    return Meeting(diagnosis, diagnosis.state_at(now), sorted(items, key=lambda item: by_spread(item.score)))


def _opinions(diagnosis: Diagnosis, question: Question) -> list[Opinion]:
    ratings = Rating.objects.filter(diagnosis=diagnosis, question=question).select_related("participant")
    shows_names = diagnosis.are_names_shown
    opinions = [
        Opinion(
            name=rating.participant.name if shows_names else "",
            level=rating.level,
            comment=rating.comment,
            entered_by=rating.entered_by_label if shows_names else "",
        )
        for rating in ratings
    ]
    # Sorted by what was said, never by the order of answering, which would tell who spoke.
    return sorted(
        opinions, key=lambda opinion: (opinion.level is None, opinion.level or 0, opinion.name, opinion.comment)
    )
