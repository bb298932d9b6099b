"""Printed charts of the choice of levers: funnel, merit profiles. Counts only, never who voted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.print_base import (
    FULL_WIDTH,
    INK,
    MUTED,
    PINE,
    TINT,
    box,
    fit,
    label,
    line,
    picture,
    sentence,
    text_width,
    wrap,
)
from common.numbers import format_number, pluralise

# From the best to the worst: letter, singular, plural, ground, text.
GRADES = (
    ("E", "essentiel", "essentiels", "#0b4f4a", "#fff"),
    ("P", "prioritaire", "prioritaires", "#35796f", "#fff"),
    ("I", "intéressant", "intéressants", "#a9d0c8", INK),
    ("C", "trop complexe", "trop complexes", "url(#complex)", INK),
    ("N", "inapproprié", "inappropriés", "url(#unsuitable)", "#fff"),
)
ROW = 28.0
BAR_LEFT, BAR_WIDTH, BAR_HEIGHT = 300.0, 282.0, 18.0


@dataclass(frozen=True)
class Stage:
    """A stage of the funnel: how many levers, what they are, how they were chosen."""

    count: int
    name: str
    note: str


@dataclass(frozen=True)
class Merit:
    """A lever and its votes, from essentiel to inapproprié; `note` is written at the end of its row."""

    name: str
    counts: tuple[int, ...]
    note: str


def draw_funnel(stages: Sequence[Stage]) -> SafeString:
    """Draw the stages from the catalogue to the decision; empty when nothing was chosen yet."""
    highest = max((stage.count for stage in stages), default=0)
    if not highest:
        return SafeString("")
    fills = ((TINT, PINE), ("#a9d0c8", PINE), ("#35796f", "#fff"), (PINE, "#fff"))[-len(stages) :]
    parts = []
    for rank, (stage, (fill, ink)) in enumerate(zip(stages, fills, strict=True)):
        y = rank * 38
        width = max(360 * stage.count / highest, 46)
        parts.append(box(0, y, width, 31, fill))
        parts.append(label(10, y + 23, format_number(stage.count), size=22, colour=ink, weight=700))
        parts.append(label(376, y + 13, stage.name, size=12, weight=700))
        parts.append(label(376, y + 27, fit(stage.note, 300, 10), size=10, colour=MUTED))
    facts = ", ".join(f"{stage.count} {stage.name}" for stage in stages)
    return picture(FULL_WIDTH, 38 * len(stages) - 4, f"Du catalogue à la décision : {facts}.", parts)


def votes_sentence(counts: Sequence[int]) -> str:
    """Write the votes: « 6 essentiels, 1 prioritaire », or « aucune voix exprimée »."""
    said = [
        f"{count} {pluralise(count, singular, plural)}"
        for count, (_, singular, plural, _, _) in zip(counts, GRADES, strict=True)
        if count
    ]
    return ", ".join(said) or "aucune voix exprimée"


def draw_one_merit(counts: Sequence[int], title: str) -> SafeString:
    """Draw the profile of one lever at the width of a sheet's text; empty without any expressed vote."""
    if not sum(counts):
        return SafeString("")
    return picture(505, 16, f"{title} : {votes_sentence(counts)}.", _profile(0, 0, 505, 16, counts))


def draw_merits(merits: Sequence[Merit], *, heading: str, note_heading: str) -> SafeString:
    """Draw one profile per lever, in the order given, with the mark of two thirds of the votes."""
    if not merits:
        return SafeString("")
    top = 26.0
    third = BAR_LEFT + BAR_WIDTH * 2 / 3
    parts = [
        label(0, 11, heading, colour=PINE, weight=700),
        label(third, 11, "deux tiers des voix", size=10.2, anchor="middle", colour=MUTED),
        label(FULL_WIDTH, 11, note_heading, size=10.4, anchor="end", colour=MUTED),
    ]
    for rank, merit in enumerate(merits):
        y = top + rank * ROW
        lines = [merit.name] if text_width(merit.name, 10.4) <= BAR_LEFT - 10 else wrap(merit.name, BAR_LEFT - 10, 9.8)
        size, first = (10.4, y + 13) if len(lines) == 1 else (9.8, y + 7.5)
        parts += [label(0, first + 10.5 * line_rank, part, size=size) for line_rank, part in enumerate(lines)]
        if sum(merit.counts):
            parts += _profile(BAR_LEFT, y, BAR_WIDTH, BAR_HEIGHT, merit.counts)
        else:
            parts.append(label(BAR_LEFT, y + 13, "aucune voix exprimée", size=10.4, colour=MUTED))
        note_left = FULL_WIDTH - BAR_LEFT - BAR_WIDTH - 8
        parts.append(label(FULL_WIDTH, y + 13, fit(merit.note, note_left, 10.2), size=10.2, anchor="end"))
        parts.append(line(third, y - 7, third, y - 1, colour=INK, width=1.3))
    bottom = top + ROW * len(merits)
    parts.append(line(third, bottom - 7, third, bottom - 1, colour=INK, width=1.3))
    facts = [f"{merit.name} : {votes_sentence(merit.counts)}" for merit in merits]
    return picture(FULL_WIDTH, bottom + 2, f"Profils de mérite. {heading} : {sentence(facts)}", parts)


def _profile(x: float, y: float, width: float, height: float, counts: Sequence[int]) -> list[str]:
    total = sum(counts)
    parts = []
    for count, (letter, _, _, fill, ink) in zip(counts, GRADES, strict=True):
        if not count:
            continue
        length = width * count / total
        written = f"{count} {letter}" if length > 26 else letter if length > 10 else ""
        parts.append(box(x, y, length, height, fill, stroke="#fff", stroke_width=1.2))
        parts.append(label(x + 6, y + height / 2 + 3.6, written, size=10.4, colour=ink, weight=600) if written else "")
        x += length
    return parts
