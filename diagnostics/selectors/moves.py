"""The move to a newer version of the questionnaire: is there one, and what it would change. Nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from authorities.models import Initiative
from diagnostics.models import AgreedLevel, Diagnosis, Question, Questionnaire
from diagnostics.moves import (
    DimensionMove,
    MoveKind,
    QuestionMove,
    VersionQuestion,
    compare_dimensions,
    compare_versions,
)


@dataclass(frozen=True)
class VersionChoice:
    """A newer version is proposed: keep the one in use, or move. `former`: the round that used it, None for a draft."""

    kept: Questionnaire
    proposed: Questionnaire
    former: Diagnosis | None

    @property
    def versions(self) -> list[Questionnaire]:
        return [self.kept, self.proposed]


@dataclass(frozen=True)
class QuestionnaireMove:
    """Everything that the page of the move shows."""

    choice: VersionChoice
    moves: list[QuestionMove]
    dimensions: list[DimensionMove]

    def of(self, *kinds: MoveKind) -> list[QuestionMove]:
        return [move for move in self.moves if move.kind in kinds]

    @property
    def with_new_levels(self) -> list[QuestionMove]:
        return self.of(MoveKind.LEVELS)

    @property
    def added(self) -> list[QuestionMove]:
        return self.of(MoveKind.ADDED)

    @property
    def removed(self) -> list[QuestionMove]:
        return self.of(MoveKind.REMOVED)

    @property
    def reworded(self) -> list[QuestionMove]:
        return self.of(MoveKind.REWORDED)

    @property
    def same(self) -> list[QuestionMove]:
        return self.of(MoveKind.SAME)

    @property
    def carried(self) -> list[QuestionMove]:
        return [move for move in self.moves if move.carries]

    @property
    def asked_again_count(self) -> int:
        """Questions of the new version for which no agreed level carries."""
        return sum(move.after is not None and not move.carries for move in self.moves)


def version_choice(initiative: Initiative, *, now: datetime, draft: Diagnosis | None = None) -> VersionChoice | None:
    """Return the choice of a version for the round in preparation; None when there is nothing to choose.

    The version in use is that of the last round of the authority, finished first; without any, that of the draft.
    One query when it is the proposed one, two when there is a choice.
    """
    former = _former_round(initiative, now)
    used = former.questionnaire if former else draft.questionnaire if draft else None
    if draft is not None and not draft.questionnaire.is_current:
        used = draft.questionnaire
    if used is None or used.is_current:
        return None
    proposed = Questionnaire.objects.filter(is_current=True).first()
    if proposed is None:
        return None
    return VersionChoice(used, proposed, former if former and former.questionnaire_id == used.pk else None)


def questionnaire_move(initiative: Initiative, *, now: datetime) -> QuestionnaireMove | None:
    """Compare the version in use with the proposed one, for the track of the démarche. None without newer version.

    Seven queries, whatever the number of questions.
    """
    draft = Diagnosis.objects.for_initiative(initiative).filter(opened_at=None).select_related("questionnaire").first()
    choice = version_choice(initiative, now=now, draft=draft)
    if choice is None:
        return None
    track = choice.former.track if choice.former else initiative.track
    before = Question.objects.filter(questionnaire=choice.kept).for_track(track).in_order()
    after = Question.objects.filter(questionnaire=choice.proposed).for_track(initiative.track).in_order()
    agreed: dict[str, int | None] = {}
    if choice.former is not None:
        agreed = dict(AgreedLevel.objects.filter(diagnosis=choice.former).values_list("question__code", "level"))
    moves = compare_versions(
        _texts(before.prefetch_related("levels")), _texts(after.prefetch_related("levels")), agreed
    )
    return QuestionnaireMove(choice, moves, compare_dimensions(moves))


def carried_level(diagnosis: Diagnosis, question: Question) -> AgreedLevel | None:
    """Return the level that the last finished round of the authority agreed on, if it still means the same thing.

    Same code and same sentences; the levels of the question should be prefetched. Two queries at most.
    """
    finished = AgreedLevel.objects.filter(
        diagnosis__initiative__authority=diagnosis.initiative.authority_id,
        diagnosis__agreed_at__lte=diagnosis.opened_at,
        question__code=question.code,
        level__isnull=False,
    )
    found = finished.select_related("diagnosis", "question").order_by("-diagnosis__agreed_at").first()
    if found is None or found.question_id == question.pk:
        return found
    return found if _sentences(found.question) == _sentences(question) else None


def _former_round(initiative: Initiative, now: datetime) -> Diagnosis | None:
    rounds = Diagnosis.objects.filter(
        initiative__authority=initiative.authority_id, opened_at__isnull=False, closes_at__lte=now
    )
    order = (F("agreed_at").desc(nulls_last=True), "-closes_at")
    return rounds.select_related("questionnaire").order_by(*order).first()


def _texts(questions: Iterable[Question]) -> list[VersionQuestion]:
    return [
        VersionQuestion(
            code=question.code,
            dimension_code=question.dimension.code,
            dimension_name=question.dimension.name,
            title=question.title,
            text=question.text,
            levels=_sentences(question),
        )
        for question in questions
    ]


def _sentences(question: Question) -> tuple[str, ...]:
    return tuple(level.text for level in question.levels.all())
