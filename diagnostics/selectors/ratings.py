"""What a participant sees of a round: the questions in the order that suits them, and their own answers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from authorities.models import Participant
from common.dates import format_moment
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis, Question, Rating
from diagnostics.selectors.coverage import fact_of, person_of
from diagnostics.selectors.rounds import list_progress
from reference.models import Dimension


@dataclass(frozen=True)
class RatingItem:
    """A question and the participant's own answer. `is_known`: it is of their service or of a dimension they know."""

    question: Question
    rating: Rating | None
    is_known: bool
    url: str

    @property
    def is_answered(self) -> bool:
        return self.rating is not None


@dataclass(frozen=True)
class RatingGroup:
    """The questions of one dimension, with how many are answered."""

    dimension: Dimension
    items: list[RatingItem]

    @property
    def answered(self) -> int:
        return sum(item.is_answered for item in self.items)

    @property
    def next_item(self) -> RatingItem:
        """First question without answer, else the first one."""
        return next((item for item in self.items if not item.is_answered), self.items[0])


@dataclass(frozen=True)
class RatingOverview:
    """The questions of a round for one participant: known ones first, each part grouped by dimension."""

    diagnosis: Diagnosis
    state: DiagnosisState
    known: list[RatingGroup]
    others: list[RatingGroup]
    last_saved_at: datetime | None
    list_url: str
    end_url: str

    @property
    def known_items(self) -> list[RatingItem]:
        return [item for group in self.known for item in group.items]

    @property
    def other_items(self) -> list[RatingItem]:
        return [item for group in self.others for item in group.items]

    @property
    def items(self) -> list[RatingItem]:
        """Every question, in the order in which it is proposed."""
        return self.known_items + self.other_items

    @property
    def answered(self) -> int:
        return sum(item.is_answered for item in self.items)

    @property
    def known_answered(self) -> int:
        return sum(item.is_answered for item in self.known_items)

    @property
    def known_left(self) -> int:
        return len(self.known_items) - self.known_answered

    @property
    def other_answered(self) -> int:
        return sum(item.is_answered for item in self.other_items)

    @property
    def other_left(self) -> int:
        """Questions without answer outside those that the participant knows."""
        return sum(not item.is_answered for item in self.other_items)

    @property
    def is_open(self) -> bool:
        return self.state == DiagnosisState.OPEN

    @property
    def next_item(self) -> RatingItem | None:
        """First question without answer among those that the participant knows, else None.

        Somebody who is known for nothing, neither by their service nor by a dimension, is proposed every question.
        """
        return next((item for item in self.known_items or self.items if not item.is_answered), None)


@dataclass(frozen=True)
class RatingPage:
    """One question in its place. `previous` and `following` stay among the known questions, or among the others."""

    overview: RatingOverview
    item: RatingItem
    rail: list[RatingGroup]
    group: RatingGroup
    rank: int
    previous: RatingItem | None
    following: RatingItem | None
    now: datetime
    evidence_count: int
    evidence_url: str

    @property
    def done_before(self) -> int:
        """Bands of the rod that are full: the questions of the dimension before this one."""
        return self.rank - 1

    @property
    def saved_label(self) -> str:
        """« Enregistré à 14:03 », with the day when it is not today's; empty without answer."""
        rating = self.item.rating
        return saved_label(rating.rated_at, self.now) if rating else ""

    @property
    def levels(self) -> list[tuple[int, str, str]]:
        """(value, sentence of the question, label of the scale) of each level."""
        scale = self.overview.diagnosis.questionnaire.scale
        return [(level.value, level.text, scale[level.value]) for level in self.item.question.levels.all()]


@dataclass(frozen=True)
class RatingProgress:
    """What the home of a participant says of the round that waits for them."""

    diagnosis: Diagnosis
    is_open: bool
    answered: int
    known: int
    known_answered: int
    url: str

    @property
    def other_answered(self) -> int:
        """Answers outside what the participant knows."""
        return self.answered - self.known_answered

    @property
    def is_done(self) -> bool:
        return self.answered > 0 and self.known_answered == self.known


def participant_diagnosis(participant: Participant) -> Diagnosis | None:
    """Return the latest opened round that asks this participant. One query."""
    rounds = participant.diagnoses.filter(initiative=participant.initiative_id, opened_at__isnull=False)
    return rounds.select_related("questionnaire", "initiative__authority").order_by("-number").first()


def rating_progress(participant: Participant, now: datetime) -> RatingProgress | None:
    """Tell how far a participant is in the latest round that asks them; None when none does. Two queries."""
    diagnosis = participant_diagnosis(participant)
    if diagnosis is None:
        return None
    progress = next(iter(list_progress(diagnosis, participant)), None)
    if progress is None:
        return None
    return RatingProgress(
        diagnosis=diagnosis,
        is_open=diagnosis.is_open(now),
        answered=progress.answered,
        known=progress.known,
        known_answered=progress.known_answered,
        url=reverse("diagnostics:rating_list", args=[participant.pk]),
    )


def rating_overview(diagnosis: Diagnosis, participant: Participant, *, now: datetime) -> RatingOverview:
    """Return the questions of a round and the participant's own answers. Four queries."""
    return _overview(diagnosis, participant, list(diagnosis.asked_questions().prefetch_related("services")), now)


def rating_page(
    diagnosis: Diagnosis, participant: Participant, question_code: str, *, now: datetime
) -> RatingPage | None:
    """Return one question in its place, None when the round does not ask it. Six queries."""
    questions = list(diagnosis.asked_questions().prefetch_related("services", "levels"))
    overview = _overview(diagnosis, participant, questions, now)
    for is_known, groups in ((True, overview.known), (False, overview.others)):
        items = overview.known_items if is_known else overview.other_items
        for group in groups:
            for rank, item in enumerate(group.items, start=1):
                if item.question.code == question_code:
                    place = items.index(item)
                    return RatingPage(
                        overview=overview,
                        item=item,
                        rail=groups,
                        group=group,
                        rank=rank,
                        previous=items[place - 1] if place else None,
                        following=items[place + 1] if place + 1 < len(items) else None,
                        now=now,
                        evidence_count=item.rating.evidence.count() if item.rating else 0,
                        evidence_url=reverse(
                            "diagnostics:participant_evidence", args=[participant.pk, diagnosis.pk, question_code]
                        ),
                    )
    return None


def saved_label(saved_at: datetime, now: datetime) -> str:
    """Write when an answer was saved: « Enregistré à 14:03 », or « Enregistré le 12 mars à 14:03 » another day."""
    local = timezone.localtime(saved_at)
    if local.date() == timezone.localtime(now).date():
        return f"Enregistré à {local:%H:%M}"
    return f"Enregistré le {format_moment(saved_at, is_short=True)}"


def _overview(
    diagnosis: Diagnosis, participant: Participant, questions: Sequence[Question], now: datetime
) -> RatingOverview:
    person = person_of(participant)
    ratings = {
        rating.question_id: rating
        for rating in Rating.objects.filter(diagnosis=diagnosis, participant=participant).select_related("entered_by")
    }
    items = [
        RatingItem(
            question=question,
            rating=ratings.get(question.pk),
            is_known=person.knows(fact_of(question)),
            url=reverse("diagnostics:rating_update", args=[participant.pk, diagnosis.pk, question.code]),
        )
        for question in questions
    ]
    return RatingOverview(
        diagnosis=diagnosis,
        state=diagnosis.state_at(now),
        known=_by_dimension([item for item in items if item.is_known]),
        others=_by_dimension([item for item in items if not item.is_known]),
        last_saved_at=max((rating.rated_at for rating in ratings.values()), default=None),
        list_url=reverse("diagnostics:rating_list", args=[participant.pk]),
        end_url=reverse("diagnostics:rating_end", args=[participant.pk, diagnosis.pk]),
    )


def _by_dimension(items: Sequence[RatingItem]) -> list[RatingGroup]:
    groups: dict[int, RatingGroup] = {}
    for item in items:
        dimension = item.question.dimension
        groups.setdefault(dimension.pk, RatingGroup(dimension, [])).items.append(item)
    return list(groups.values())
