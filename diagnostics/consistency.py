"""Consistency of a diagnosis: which agreed levels, or known facts, agree badly enough to be read again. Pure.

The checks are data (`fixtures/consistency_checks.yaml`). A check asks, it never accuses, blocks or changes a level.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Number = int | float


class Subject(StrEnum):
    """What a condition reads: the agreed level of a question, or a fact known elsewhere."""

    QUESTION = "question"
    FACT = "fact"


class Bound(StrEnum):
    """How a value is compared with the limit of a condition."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BELOW = "below"


_HOLDS: dict[Bound, Callable[[Number, Number], bool]] = {
    Bound.AT_LEAST: lambda value, limit: value >= limit,
    Bound.AT_MOST: lambda value, limit: value <= limit,
    Bound.BELOW: lambda value, limit: value < limit,
}


@dataclass(frozen=True)
class Condition:
    """One condition on one value. `code`: of the question or of the fact."""

    subject: Subject
    code: str
    bound: Bound
    limit: Number


@dataclass(frozen=True)
class Check:
    """A check: it fires when all its conditions hold."""

    code: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Known:
    """What is known: question code → agreed level, fact code → value. What is absent or None is unknown."""

    levels: Mapping[str, int | None]
    facts: Mapping[str, Number | None]

    def value(self, condition: Condition) -> Number | None:
        source: Mapping[str, Number | None] = self.levels if condition.subject is Subject.QUESTION else self.facts
        return source.get(condition.code)


def holds(condition: Condition, known: Known) -> bool:
    """Tell whether a condition holds; on an unknown value, never."""
    value = known.value(condition)
    return value is not None and _HOLDS[condition.bound](value, condition.limit)


def fired(checks: Iterable[Check], known: Known) -> list[Check]:
    """Return the checks whose conditions all hold, in their order."""
    return [check for check in checks if all(holds(condition, known) for condition in check.conditions)]


def read_conditions(rows: Sequence[Mapping[str, str | Number]]) -> tuple[Condition, ...]:
    """Read conditions as they are stored: {"question": "GOV-2", "at_least": 3}."""
    return tuple(_read_condition(row) for row in rows)


def _read_condition(row: Mapping[str, str | Number]) -> Condition:
    subject = next(item for item in Subject if item in row)
    bound = next(item for item in Bound if item in row)
    limit = row[bound]
    if isinstance(limit, str):
        raise TypeError(f"the limit of a condition is a number, not {limit!r}")
    return Condition(subject, str(row[subject]), bound, limit)
