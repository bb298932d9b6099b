"""A letter or a note, described once and written by `common.docx` and `common.odt` in the same words and styles.

A text is plain: nothing of it is read as a field, a formula or a link. « [à compléter …] » stands out in both formats.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.text import typography

LANGUAGE = "fr-FR"
LONGEST_TEXT = 5_000
CUT = " […]"
# What XML 1.0 forbids, and the marks that change the direction of a text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BLANK = re.compile(r"(\[à compléter[^\]]*\])")


@dataclass(frozen=True)
class Heading:
    """A title of a part. `level`: 1 to 3; the title of the document is above them."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `is_small`: sources and notes."""

    text: str
    is_small: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of points."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first row holds the headers, repeated on each page.

    `widths`: share of each column, equal columns without it.
    """

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()

    @property
    def shares(self) -> list[float]:
        """The width of each column, as a part of one."""
        widths = self.widths or [1] * len(self.headers)
        return [width / sum(widths) for width in widths]


Block = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True)
class Document:
    """A whole document. `author`: in the properties of the file, as its title."""

    title: str
    author: str
    blocks: Sequence[Block]
    written_at: datetime


@dataclass(frozen=True)
class Run:
    """A piece of text; `is_blank`: something that the reader has to complete."""

    text: str
    is_blank: bool = False


def blank(what: str) -> str:
    """Return the mark of something that only the reader knows: « [à compléter : date] »."""
    return f"[à compléter\u00a0: {what}]"


def clean(text: str) -> str:
    """Return a text that any word processor can hold, on one line, in French typography; a cut is shown."""
    whole = typography(_CONTROL.sub("", str(text)).replace("\n", " ").replace("\t", " "))
    return whole if len(whole) <= LONGEST_TEXT else whole[: LONGEST_TEXT - len(CUT)].rstrip() + CUT


def runs_of(text: str) -> Iterator[Run]:
    """Cut a text where something is to be completed."""
    for piece in _BLANK.split(clean(text)):
        if piece:
            yield Run(piece, is_blank=bool(_BLANK.fullmatch(piece)))
