"""Who a legal duty binds, and which threshold is in force: pure rules over dated values.

« More than 50 000 inhabitants » is strict: 50 000 is not bound, 50 001 is. The texts read do not say whether the
population is the municipal one or the total one; when both are known and fall on different sides, the duty is worked
out with the municipal one and `populations_disagree` says that it must be checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Binding(StrEnum):
    """Whether a duty binds an authority, as far as the site can know."""

    BOUND = "bound"
    VOLUNTARY = "voluntary"
    TO_CHECK = "to_check"


@dataclass(frozen=True)
class DutyRule:
    """Who a duty aims at.

    `kinds`: kinds of authority (empty: all). `population_over`: inhabitants to exceed (None: no threshold).
    `kinds_without_threshold`: kinds that the threshold does not concern. `is_restricted`: a condition that the site
    does not know also applies (a yearly amount of purchases). `is_extended`: others are bound under such a condition.
    """

    kinds: frozenset[str] = frozenset()
    population_over: int | None = None
    kinds_without_threshold: frozenset[str] = frozenset()
    is_restricted: bool = False
    is_extended: bool = False


@dataclass(frozen=True)
class DutyStepValue:
    """A threshold in force from a date; `value` is None when the duty has no figure.

    `text_on`: date of the text that sets it; None when it is at least as old as the duty.
    """

    starts_on: date
    value: Decimal | None
    text_on: date | None = None

    def is_known(self, on: date) -> bool:
        """Tell whether the text that sets the step was signed on a date."""
        return self.text_on is None or self.text_on <= on


@dataclass(frozen=True)
class DutyStanding:
    """What a duty asks on a date: the step in force, the next one, and whether only a later text sets each of them.

    `is_later_text`: no text of the duty was signed yet. `is_next_later_text`: the next step comes from such a text.
    """

    current: DutyStepValue | None
    following: DutyStepValue | None
    is_later_text: bool
    is_next_later_text: bool


def find_binding(rule: DutyRule, kind: str, population: int | None) -> Binding:
    """Tell whether a duty binds an authority of this kind and population (inhabitants, None when unknown)."""
    is_aimed_at = not rule.kinds or kind in rule.kinds
    has_threshold = rule.population_over is not None and kind not in rule.kinds_without_threshold
    if is_aimed_at and has_threshold and population is None:
        return Binding.TO_CHECK
    is_over = not has_threshold or (population or 0) > (rule.population_over or 0)
    if is_aimed_at and is_over:
        return Binding.TO_CHECK if rule.is_restricted else Binding.BOUND
    return Binding.TO_CHECK if rule.is_extended else Binding.VOLUNTARY


def is_bound(rule: DutyRule, kind: str, population: int | None) -> bool:
    """Tell whether the duty surely binds the authority."""
    return find_binding(rule, kind, population) is Binding.BOUND


def populations_disagree(rule: DutyRule, kind: str, population: int | None, population_total: int | None) -> bool:
    """Tell whether the municipal and the total population give two different answers."""
    if population is None or population_total is None:
        return False
    return find_binding(rule, kind, population) is not find_binding(rule, kind, population_total)


def standing_on(steps: Sequence[DutyStepValue], on: date) -> DutyStanding:
    """Return what a duty asks on a date, as it could be read on that day.

    A step whose text was signed later is never in force; it is announced, marked as later, when nothing else is.
    """
    known = [step for step in steps if step.is_known(on)]
    current, following = step_in_force(known, on)
    is_later = following is None and len(known) < len(steps)
    if is_later:
        following = min((step for step in steps if not step.is_known(on)), key=lambda step: step.starts_on)
    return DutyStanding(current, following, is_later_text=not known and bool(steps), is_next_later_text=is_later)


def reference_on(reference: str, former: Sequence[tuple[date, str]], on: date) -> str:
    """Return the legal reference as it read on a date; `former`: (first day that it no longer holds, reference)."""
    return next((text for until, text in sorted(former) if on < until), reference)


def step_in_force(steps: Sequence[DutyStepValue], on: date) -> tuple[DutyStepValue | None, DutyStepValue | None]:
    """Return the step in force on a date (its first day included) and the next one; each may be None."""
    ordered = sorted(steps, key=lambda step: step.starts_on)
    current = next((step for step in reversed(ordered) if step.starts_on <= on), None)
    following = next((step for step in ordered if step.starts_on > on), None)
    return current, following
