"""Printed footprint: one bar per family, embodied and use, with its range."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.print_base import (
    FULL_WIDTH,
    MUTED,
    PINE,
    box,
    fit,
    hatched,
    label,
    line,
    nice_scale,
    picture,
    sentence,
    whisker,
)
from common.numbers import format_number, format_range, format_significant

ROW = 26.0
LEFT = 186.0


@dataclass(frozen=True)
class PrintedFamily:
    """A family of equipment: embodied and use, low and high bounds of their sum, all in tonnes of CO₂e per year."""

    name: str
    embodied_t: float
    use_t: float
    low_t: float
    high_t: float

    @property
    def total_t(self) -> float:
        return self.embodied_t + self.use_t


def draw_printed_footprint(families: Sequence[PrintedFamily]) -> SafeString:
    """Draw the families in the order given; empty without any."""
    if not families:
        return SafeString("")
    graduations = nice_scale(max(max(family.high_t, family.total_t) for family in families))
    scale = (FULL_WIDTH - LEFT - 84) / graduations[-1]
    top = 26.0
    bottom = top + ROW * len(families)
    parts = []
    for value in graduations:
        x = LEFT + value * scale
        parts.append(line(x, top - 6, x, bottom - 4, width=0.8))
        parts.append(label(x, 12, _graduation(value), size=10.4, anchor="middle", colour=MUTED))
    parts.append(label(FULL_WIDTH, 12, "t CO₂e par an", size=10.4, anchor="end", colour=MUTED))
    for rank, family in enumerate(families):
        y = top + rank * ROW
        parts.append(label(0, y + 13, fit(family.name, LEFT - 8)))
        parts.append(box(LEFT, y + 2, family.embodied_t * scale, 14, PINE))
        parts.append(hatched(LEFT + family.embodied_t * scale, y + 2, max(family.use_t * scale, 0.8), 14))
        parts.append(whisker(LEFT + family.low_t * scale, LEFT + family.high_t * scale, y + 20))
        total = format_significant(family.total_t)
        parts.append(label(FULL_WIDTH, y + 15, total, size=13, anchor="end", colour=PINE, weight=700))
    facts = [
        f"{family.name} {format_significant(family.total_t)}, {format_range(family.low_t, family.high_t)}"
        for family in families
    ]
    title = "Empreinte carbone annuelle par famille, en tonnes de CO₂ équivalent, avec sa plage : " + sentence(facts)
    return picture(FULL_WIDTH, bottom, title, parts)


def _graduation(value: float) -> str:
    return format_number(int(value)) if value == int(value) else format_number(round(value, 3))
