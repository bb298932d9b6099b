"""What a plan gives year after year, and whether it reaches a target: pure, on top of `simulation`.

An extension of life works only as the estate ages: the observed lifetime grows by one year a year, and it is one step,
which does not come again. A plan that needs the same cut every year needs other levers after that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.footprint import FactorTable, FootprintLine, Range
from inventory.simulation import Discarded, Effect, Plan, SimulationRules, savings

# A chart longer than this says nothing that its end does not.
LONGEST_YEARS = 12


@dataclass(frozen=True)
class YearPoint:
    """The footprint of a year, and what it saves over the start."""

    year: int
    total: Range
    saving: Range
    percent: float


@dataclass(frozen=True)
class Target:
    """A reduction wanted: so many percent less than the start, in that year."""

    percent: float
    year: int

    def value(self, baseline: float) -> float:
        return baseline * (1 - self.percent / 100)


@dataclass(frozen=True)
class ChangeYield:
    """What one change gives alone at full regime: criterion → saving; `percent` of the start for the criterion shown.

    `is_low`: under the share below which a change is said to be of little effect on that criterion.
    """

    lever: str
    savings: dict[str, Range]
    percent: float
    complete_year: int
    is_low: bool


@dataclass(frozen=True)
class Trajectory:
    """A plan from its decision to its full effect, for one criterion."""

    criterion: str
    baseline: Range
    points: tuple[YearPoint, ...]
    combined: dict[str, Range]
    percents: dict[str, float]
    alone: tuple[ChangeYield, ...]
    discarded: tuple[Discarded, ...]
    complete_year: int
    target: Target | None

    @property
    def target_value(self) -> float | None:
        return self.target.value(self.baseline.central) if self.target else None

    @property
    def at_target_year(self) -> YearPoint | None:
        """The point of the year of the target."""
        if self.target is None:
            return None
        return next((point for point in self.points if point.year == self.target.year), None)

    @property
    def is_reached(self) -> bool | None:
        """Whether the central value is at or under the target in its year; None without target."""
        point = self.at_target_year
        if point is None or self.target is None:
            return None
        return point.percent >= self.target.percent

    @property
    def reached_year(self) -> int | None:
        """The first year at or under the target."""
        if self.target is None:
            return None
        return next((point.year for point in self.points if point.percent >= self.target.percent), None)

    @property
    def missing(self) -> float:
        """What is left to save in the year of the target, in the unit of the criterion; 0 when it is reached."""
        point, value = self.at_target_year, self.target_value
        return 0.0 if point is None or value is None else max(point.total.central - value, 0.0)


def follow(
    lines: Sequence[FootprintLine],
    effects: Sequence[Effect],
    table: FactorTable,
    *,
    rules: SimulationRules,
    start_year: int,
    target: Target | None = None,
    criterion: str = "GWP",
    low_yield_percent: float = 1.0,
    until_year: int | None = None,
) -> Trajectory | None:
    """Return the trajectory of a plan; None when nothing is evaluated for the criterion, or the footprint is zero.

    It goes at least to `until_year`, when one is asked.
    """
    plan = Plan.of(lines, effects, table, rules=rules)
    baseline = plan.baseline[criterion].total
    if baseline is None or not baseline.central:
        return None
    longest = max(
        plan.complete_after_years,
        (target.year - start_year) if target else 0,
        (until_year or start_year) - start_year,
        1,
    )
    last = min(int(-(-longest // 1)), LONGEST_YEARS)
    full = plan.footprint(None)
    combined = savings(plan.baseline, full)
    return Trajectory(
        criterion=criterion,
        baseline=baseline,
        points=tuple(_point(plan, criterion, start_year, years) for years in range(last + 1)),
        combined=combined,
        percents=_percents(plan, combined),
        alone=tuple(_alone(plan, criterion, start_year, lever, low_yield_percent) for lever in _levers(effects)),
        discarded=plan.discarded,
        complete_year=start_year + int(-(-plan.complete_after_years // 1)),
        target=target,
    )


def _levers(effects: Sequence[Effect]) -> list[str]:
    return list(dict.fromkeys(effect.lever for effect in effects))


def _point(plan: Plan, criterion: str, start_year: int, years: int) -> YearPoint:
    found = plan.footprint(float(years))
    total, baseline = found[criterion].total, plan.baseline[criterion].total
    if total is None or baseline is None:
        raise ValueError(f"{criterion}: what was evaluated is not any more")
    saving = savings(plan.baseline, found)[criterion]
    return YearPoint(start_year + years, total, saving, 100 * saving.central / baseline.central)


def _percents(plan: Plan, saved: dict[str, Range]) -> dict[str, float]:
    """Return criterion → share of the start that is saved, 0–100."""
    found = {}
    for code, saving in saved.items():
        total = plan.baseline[code].total
        if total is not None and total.central:
            found[code] = 100 * saving.central / total.central
    return found


def _alone(plan: Plan, criterion: str, start_year: int, lever: str, low_yield_percent: float) -> ChangeYield:
    found = savings(plan.baseline, plan.footprint(None, only=lever))
    percent = _percents(plan, found).get(criterion, 0.0)
    own = [effect for effect in plan.effects if effect.lever == lever]
    complete = max(plan.complete_after(effect) for effect in own)
    return ChangeYield(lever, found, percent, start_year + int(-(-complete // 1)), percent < low_yield_percent)
