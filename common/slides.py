"""A deck of slides, described once and written by `common.pptx` (editable) and by `common.slides_pdf` (tagged).

A slide has a title that states the finding, a lead, one or two columns of one block each, a source, notes for the
speaker. Texts are plain: nothing of them is read as a field or a link.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from common.document import clean
from common.images import size_px

# What the places of a slide hold, in characters.
TITLE_LENGTH, LEAD_LENGTH, SOURCE_LENGTH = 130, 170, 190
HEAD_LENGTH, POINT_LENGTH, CELL_LENGTH, AXIS_LENGTH = 110, 160, 130, 20


@dataclass(frozen=True)
class Point:
    """One point of a list: what it is about, then what is said of it."""

    head: str
    text: str = ""


@dataclass(frozen=True)
class Points:
    """A list of points. `heading` is written above it; `absent` instead of an empty list."""

    items: Sequence[Point]
    heading: str = ""
    absent: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: the first column names the row. `widths`: shares of the width; columns after the first are centred.

    Columns whose rank is in `prose` are written at the left.
    """

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    prose: frozenset[int] = frozenset()


@dataclass(frozen=True)
class RadarSlice:
    """One axis of a radar: its names, its value from 0 to 4 (None: not assessed), the one before."""

    name: str
    short_name: str
    value: float | None
    previous: float | None
    answered: int
    total: int


@dataclass(frozen=True)
class Radar:
    """A radar from 0 to 4, at least three axes. `alternative`: what it shows, in words."""

    axes: Sequence[RadarSlice]
    alternative: str

    @property
    def has_previous(self) -> bool:
        return any(axis.previous is not None for axis in self.axes)


Block = Points | Grid | Radar


@dataclass(frozen=True)
class Slide:
    """A slide. `source` is printed at its foot; `notes` are for the speaker only."""

    title: str
    columns: Sequence[Block]
    lead: str = ""
    source: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Cover:
    """The first slide. `logo`: bytes of a png or a jpeg, None without one; `logo_alternative` says whose it is."""

    over: str
    title: str
    lines: Sequence[str]
    logo: bytes | None = None
    logo_type: str = "image/png"
    logo_alternative: str = ""
    notes: str = ""

    @property
    def logo_ratio(self) -> float:
        """Width of the logo on its height; 1 without one."""
        if self.logo is None:
            return 1.0
        width, height = size_px(self.logo)
        return width / height


@dataclass(frozen=True)
class Deck:
    """A whole deck. `foot` is repeated on each slide but the cover."""

    title: str
    author: str
    foot: str
    written_at: datetime
    cover: Cover
    slides: Sequence[Slide]

    @property
    def count(self) -> int:
        return 1 + len(self.slides)


def shorten(text: str, length: int) -> str:
    """Return a text that fits in a cell, cut at a word with an ellipsis."""
    text = clean(text)
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def fit_slide(slide: Slide) -> Slide:
    """Return a slide whose texts fit in their place, each cut at a word; its notes keep the whole of what they say."""
    return replace(
        slide,
        title=shorten(slide.title, TITLE_LENGTH),
        lead=shorten(slide.lead, LEAD_LENGTH),
        source=shorten(slide.source, SOURCE_LENGTH),
        columns=[_fit_block(block) for block in slide.columns],
    )


def _fit_block(block: Block) -> Block:
    if isinstance(block, Points):
        items = [Point(shorten(item.head, HEAD_LENGTH), shorten(item.text, POINT_LENGTH)) for item in block.items]
        return replace(block, items=items)
    if isinstance(block, Grid):
        return replace(block, rows=[[shorten(text, CELL_LENGTH) for text in row] for row in block.rows])
    axes = [replace(axis, short_name=shorten(axis.short_name, AXIS_LENGTH)) for axis in block.axes]
    return replace(block, axes=axes)


def list_size_pt(block: Points, width_pt: float, height_pt: float) -> int:
    """Return the size of the text of a list, in points: the largest whose lines fit in the body."""
    for size in (22, 20, 18, 16):
        per_line = width_pt / size / 0.55
        lines = sum(-(-len(f"{item.head} — {item.text}") // per_line) for item in block.items)
        if (lines * 1.2 + len(block.items) * 0.6 + 2) * size <= height_pt:
            return size
    return 14


def grid_size_pt(block: Grid, *, is_wide: bool) -> int:
    """Return the size of the text of a table, in points: small when it is long, large when it is short and alone."""
    rows = len(block.rows) + 1
    if rows <= 6 and not block.prose and is_wide:
        return 18
    return 14 if rows <= 8 else 12
