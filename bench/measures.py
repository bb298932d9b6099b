"""What a measure says, as a line of `var/bench.jsonl` and as a row of the table."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Samples:
    """What one child process measured, or several of the same case: seconds of each timed run, largest peak."""

    seconds: list[float]
    peak_mb: float

    def __add__(self, other: "Samples") -> "Samples":
        return Samples(self.seconds + other.seconds, max(self.peak_mb, other.peak_mb))


@dataclass(frozen=True)
class Measure:
    """The result of a case: `n` timed runs, their median, the largest peak.

    `ratio` is the median over the median of the reference case, the other way round for a speedup (None: the case has
    no reference, or it could not be measured).
    """

    name: str
    n: int
    median_s: float
    peak_mb: float
    ratio: float | None = None

    def as_line(self) -> str:
        """Return the measure as one line of JSON, without line break."""
        return json.dumps(asdict(self), ensure_ascii=False)


def summarise(name: str, samples: Samples, reference: Samples | None = None, *, is_speedup: bool = False) -> Measure:
    """Reduce the samples of a case to its measure, compared with the reference when there is one."""
    median_s = median(samples.seconds)
    ratio = None if reference is None else median_s / median(reference.seconds)
    return Measure(
        name=name,
        n=len(samples.seconds),
        median_s=round(median_s, 6),
        peak_mb=round(samples.peak_mb, 1),
        ratio=None if ratio is None else round(1 / ratio if is_speedup else ratio, 3),
    )


def as_table(measures: Sequence[Measure], descriptions: dict[str, str]) -> str:
    """Return the measures as aligned columns for a terminal."""
    header = ("name", "n", "median", "peak", "ratio", "what")
    rows = [
        (
            item.name,
            str(item.n),
            _duration(item.median_s),
            f"{item.peak_mb:.0f} MB",
            "" if item.ratio is None else f"{item.ratio:.0f}" if item.ratio >= 100 else f"{item.ratio:.2f}",
            descriptions.get(item.name, ""),
        )
        for item in measures
    ]
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [header, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def _duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
