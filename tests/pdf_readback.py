"""PDFs read back: the text of their pages, their bookmarks, their tags."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2

NOW = datetime(2024, 1, 12, 9, 0, tzinfo=UTC)


def read_pages(pdf: bytes) -> list[str]:
    """Text of each page, with plain spaces and hyphens (the face has one drawing for U+002D and U+2010)."""
    plain = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2010": "-"})
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [re.sub(r"\s+", " ", text.translate(plain)).strip() for text in texts]


def read_words(pdf: bytes) -> str:
    """Text of a whole document, on one line."""
    return " ".join(read_pages(pdf))


def read_title(pdf: bytes) -> str:
    with pikepdf.open(BytesIO(pdf)) as document:
        return str(document.docinfo["/Title"])


def is_tagged_in_french(pdf: bytes) -> bool:
    with pikepdf.open(BytesIO(pdf)) as document:
        return bool(document.Root.MarkInfo.Marked) and str(document.Root.Lang) == "fr"


def read_bookmarks(pdf: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [bookmark.get_title().replace("\u00a0", " ") for bookmark in document.get_toc()]


def walk_tags(node: Any) -> Iterator[Any]:
    """Every structure element of a PDF, in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from walk_tags(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from walk_tags(node.K)
