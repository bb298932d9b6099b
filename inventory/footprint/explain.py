"""Where a figure comes from, and which datum would narrow it most."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.footprint.compute import CategoryFootprint, summarise
from inventory.footprint.factors import Factor, FactorTable, MixFactor, Range
from inventory.footprint.lines import (
    QUANTITY_ERROR,
    REFERENCE,
    FootprintLine,
    View,
    electricity_range,
    lifetime_range,
    resolve_lines,
)

QUANTITY, FACTOR, LIFETIME, ELECTRICITY = "quantity", "factor", "lifetime_years", "electricity_kwh_per_year"
# What the authority can make more exact by itself; factors and electricity come from the reference file.
IMPROVABLE = (QUANTITY, LIFETIME)


@dataclass(frozen=True)
class Trace:
    """Everything that made one figure: N, u, f with its source and licence, L, C, PUE, m."""

    category: str
    criterion: str
    quantity: Range
    use_share: float
    factors: tuple[Factor, ...]
    lifetime_years: Range | None
    lifetime_origin: str
    electricity_kwh_per_year: Range | None
    pue: float
    mix: MixFactor | None
    result: CategoryFootprint | None


@dataclass(frozen=True)
class Sensitivity:
    """Effect on the total of one parameter of one category, moved alone from its low to its high bound."""

    category: str
    parameter: str
    low: float
    high: float
    share_percent: float

    @property
    def width(self) -> float:
        return self.high - self.low


def trace_line(line: FootprintLine, table: FactorTable, criterion: str, *, view: View = REFERENCE) -> Trace:
    """Return the trace of one line for one criterion. Raises ValueError when the line has no quantity."""
    if line.quantity is None:
        raise ValueError("a line without quantity has no figure")
    summary = summarise(resolve_lines([line], table, view=view), table)[criterion]
    error = QUANTITY_ERROR[line.confidence]
    return Trace(
        category=line.category,
        criterion=criterion,
        quantity=Range(line.quantity * (1 - error), line.quantity, line.quantity * (1 + error)),
        use_share=line.use_share,
        factors=table.chosen.get((line.source, criterion), ()),
        lifetime_years=lifetime_range(line, table, view),
        lifetime_origin=line.internal_lifetime(view)[1],
        electricity_kwh_per_year=electricity_range(line, table),
        pue=line.pue,
        mix=table.mix.get((line.zone, criterion)),
        result=summary.by_category.get(line.category),
    )


def rank_uncertainties(
    lines: Sequence[FootprintLine], table: FactorTable, *, criterion: str = "GWP", view: View = REFERENCE
) -> list[Sensitivity]:
    """Return the parameters by decreasing effect: one at a time from low to high, the others at their centre.

    `share_percent` compares the effect with the width of the whole range; shares do not add up to 100, because the
    worst case combines the parameters.
    """
    estate = resolve_lines(lines, table, view=view)
    total = summarise(estate, table)[criterion].total
    if total is None or not total.width:
        return []
    found = []
    for parameter in (QUANTITY, LIFETIME, ELECTRICITY, FACTOR):
        moved = summarise(estate.only_bounds_of(parameter), table, has_factor_bounds=parameter == FACTOR)[criterion]
        for category, impact in moved.by_category.items():
            share = 100 * impact.total.width / total.width
            found.append(Sensitivity(category, parameter, impact.total.low, impact.total.high, share))
    return sorted(found, key=lambda item: (-item.width, item.category, item.parameter))
