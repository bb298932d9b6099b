"""Half-years: the unit of the schedule. Pure: no clock, no base."""

import re
from dataclasses import dataclass
from datetime import date

_CODE = re.compile(r"^(\d{4})-S([12])$")


@dataclass(frozen=True, order=True)
class HalfYear:
    """One half of a year. Its code, « 2026-S1 », sorts in the order of time."""

    year: int
    half: int

    def __post_init__(self) -> None:
        if self.half not in (1, 2):
            raise ValueError("a half-year is 1 or 2")

    @classmethod
    def from_code(cls, code: str) -> "HalfYear":
        """Read « 2026-S1 ». Raises ValueError on anything else."""
        match = _CODE.match(code)
        if match is None:
            raise ValueError(f"not a half-year: {code!r}")
        return cls(int(match.group(1)), int(match.group(2)))

    @classmethod
    def containing(cls, day: date) -> "HalfYear":
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def code(self) -> str:
        return f"{self.year:04d}-S{self.half}"

    @property
    def label(self) -> str:
        """« 1er semestre 2026 », the writing of texts, lists and cells."""
        return f"{'1er' if self.half == 1 else '2e'} semestre {self.year}"

    @property
    def short_label(self) -> str:
        """« S1 2026 », for the heads of charts and of tables that have one column per half-year."""
        return f"S{self.half} {self.year}"

    @property
    def starts_on(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def ends_on(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def plus(self, count: int) -> "HalfYear":
        """Return the half-year that comes `count` half-years later (earlier when negative)."""
        rank = self.year * 2 + self.half - 1 + count
        return HalfYear(rank // 2, rank % 2 + 1)

    def minus(self, other: "HalfYear") -> int:
        """Return how many half-years separate this one from an earlier one."""
        return (self.year - other.year) * 2 + self.half - other.half


def half_years_of(first_year: int, years: int) -> list[HalfYear]:
    """Return the half-years of a period, in order: two per year."""
    return [HalfYear(first_year + rank // 2, rank % 2 + 1) for rank in range(years * 2)]


def span_label(start_code: str, end_code: str) -> str:
    """Return « du 1er au 2e semestre 2026 », « 1er semestre 2026 » for a single half-year, or « non placée »."""
    if not start_code or not end_code:
        return "non placée"
    start, end = HalfYear.from_code(start_code), HalfYear.from_code(end_code)
    if start == end:
        return start.label
    if start.year == end.year:
        return f"du 1er au 2e semestre {start.year}"
    return f"du {start.label} au {end.label}"
