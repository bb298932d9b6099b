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
# What XML 1.0 forbids, and the marks that change the direction of a text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BLANK = re.compile(r"(\[à compléter[^\]]*\])")


# Between the margins of the pages.
TEXT_WIDTH_CM = 17


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

    `widths`: percent of the line for each column; empty when they are equal. The PDF works them out from the texts.
    """

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()

    @property
    def widths_cm(self) -> list[float]:
        """Width of each column between the margins of an A4 page."""
        count = len(self.headers)
        shares: Sequence[float] = self.widths or [100 / count] * count
        return [TEXT_WIDTH_CM * share / 100 for share in shares]


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
    """Return a text that any word processor can hold, on one line, in French typography."""
    return typography(" ".join(_CONTROL.sub("", str(text)).split(" ")).replace("\n", " ").replace("\t", " "))[
        :LONGEST_TEXT
    ]


def runs_of(text: str) -> Iterator[Run]:
    """Cut a text where something is to be completed."""
    for piece in _BLANK.split(clean(text)):
        if piece:
            yield Run(piece, is_blank=bool(_BLANK.fullmatch(piece)))
