"""From one version of the questionnaire to another: what changes, which agreed levels carry, what the scores become.

Pure: plain values in and out. Questions are matched by their code; nothing is converted: a level carries as it is, or
the question is to be rated again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from diagnostics.scoring import DimensionScore, score_dimension, score_label


class MoveKind(StrEnum):
    """What becomes of a question. The order is that of the page: what changes most, first."""

    LEVELS = "levels"
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    SAME = "same"


@dataclass(frozen=True)
class VersionQuestion:
    """A question in one version; `levels` holds its sentences, 0 to 4."""

    code: str
    dimension_code: str
    dimension_name: str
    title: str
    text: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class QuestionMove:
    """A question on both sides, None where it does not exist. `level`: agreed in the last diagnosis, if any."""

    kind: MoveKind
    before: VersionQuestion | None
    after: VersionQuestion | None
    level: int | None

    @property
    def shown(self) -> VersionQuestion:
        """The question as the newest version that has it writes it."""
        question = self.after or self.before
        if question is None:
            raise ValueError("a move without a question on either side")
        return question

    @property
    def carries(self) -> bool:
        """Tell whether the agreed level keeps its meaning: same code, same five sentences."""
        return self.kind in {MoveKind.SAME, MoveKind.REWORDED} and self.level is not None

    @property
    def changed_levels(self) -> list[tuple[int, str, str]]:
        """(value, former sentence, new sentence) of each level that changed."""
        if self.before is None or self.after is None:
            return []
        pairs = zip(self.before.levels, self.after.levels, strict=True)
        return [(value, former, new) for value, (former, new) in enumerate(pairs) if former != new]


@dataclass(frozen=True)
class DimensionMove:
    """A dimension in the last diagnosis, and on the carried levels alone. None where the version does not have it."""

    name: str
    before: DimensionScore | None
    after: DimensionScore | None

    @property
    def before_label(self) -> str:
        return score_label(self.before.score) if self.before else "–"

    @property
    def after_label(self) -> str:
        return score_label(self.after.score) if self.after else "–"


def compare_versions(
    before: Sequence[VersionQuestion], after: Sequence[VersionQuestion], agreed: Mapping[str, int | None]
) -> list[QuestionMove]:
    """Match two versions by question code, in the order of the new one, the removed questions last."""
    former = {question.code: question for question in before}
    kept = {question.code for question in after}
    moves = [
        QuestionMove(_kind(former.get(question.code), question), former.get(question.code), question, None)
        for question in after
    ]
    moves += [QuestionMove(MoveKind.REMOVED, question, None, None) for question in before if question.code not in kept]
    return [
        QuestionMove(move.kind, move.before, move.after, agreed.get(move.shown.code) if move.before else None)
        for move in moves
    ]


def compare_dimensions(moves: Sequence[QuestionMove]) -> list[DimensionMove]:
    """Return the score of each dimension before, and after on the carried levels only, in the order of the moves."""
    names: dict[str, str] = {}
    before: dict[str, list[int | None]] = {}
    after: dict[str, list[int | None]] = {}
    for move in moves:
        if move.after is not None:
            names[move.after.dimension_code] = move.after.dimension_name
            after.setdefault(move.after.dimension_code, []).append(move.level if move.carries else None)
        if move.before is not None:
            names.setdefault(move.before.dimension_code, move.before.dimension_name)
            before.setdefault(move.before.dimension_code, []).append(move.level)
    return [
        DimensionMove(
            name,
            score_dimension(before[code]) if code in before else None,
            score_dimension(after[code]) if code in after else None,
        )
        for code, name in names.items()
    ]


def _kind(before: VersionQuestion | None, after: VersionQuestion) -> MoveKind:
    if before is None:
        return MoveKind.ADDED
    if before.levels != after.levels:
        return MoveKind.LEVELS
    return MoveKind.SAME if (before.title, before.text) == (after.title, after.text) else MoveKind.REWORDED
