"""Margins of progress: which level to aim at on each question, ordered by what counts. Pure."""

from dataclasses import dataclass
from enum import IntEnum

from diagnostics.scoring import LEVEL_COUNT


class Weight(IntEnum):
    """Why a margin comes early, the first ones first."""

    ATTENTION = 0
    TO_CHECK = 1
    ESSENTIAL = 2
    OTHER = 3


WEIGHT_LABELS = {
    Weight.ATTENTION: "point d’attention légal",
    Weight.TO_CHECK: "obligation à vérifier",
    Weight.ESSENTIAL: "question essentielle",
    Weight.OTHER: "",
}

# Under a duty, the aim is the level that it expects: the next one alone would be announced as enough.
EXPECTATIONS = {
    Weight.ATTENTION: "attendu par la loi",
    Weight.TO_CHECK: "attendu si l’obligation vous concerne",
    Weight.ESSENTIAL: "",
    Weight.OTHER: "",
}


@dataclass(frozen=True)
class MarginFacts:
    """What places the margin of a question. `is_essential`: asked in the light track too."""

    level: int
    is_attention: bool
    is_to_check: bool
    is_essential: bool


def has_margin(level: int | None) -> bool:
    """Tell whether a level may be gained: the question has an agreed level, under the highest."""
    return level is not None and level < LEVEL_COUNT - 1


def weight_of(facts: MarginFacts) -> Weight:
    if facts.is_attention:
        return Weight.ATTENTION
    if facts.is_to_check:
        return Weight.TO_CHECK
    return Weight.ESSENTIAL if facts.is_essential else Weight.OTHER


def margin_key(facts: MarginFacts) -> tuple[int, int]:
    """Key of sorting: weight, then the lowest level; equal keys stay in the order of the questionnaire."""
    return (weight_of(facts), facts.level)
