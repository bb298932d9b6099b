"""Small French texts of the documents: dates, counts, paragraphs, figures."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from common.numbers import format_number, format_range, format_significant, pluralise

KG_PER_T = 1000
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
YES_NO_UNIT = "oui/non"


@dataclass(frozen=True)
class Block:
    """A piece of free text: a paragraph, or a list when its lines begin with a dash."""

    text: str = ""
    items: tuple[str, ...] = ()


def split_blocks(text: str) -> list[Block]:
    """Cut a text typed by somebody in paragraphs (empty lines) and lists (lines that begin with a dash)."""
    blocks: list[Block] = []
    for chunk in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        if not lines:
            continue
        if all(line.startswith(("- ", "– ", "• ")) for line in lines):
            blocks.append(Block(items=tuple(line[2:].strip() for line in lines)))
        else:
            blocks += [Block(text=line) for line in lines]
    return blocks


def long_date(value: str | date | None) -> str:
    """Write « 12 janvier 2024 » from a date or its ISO form; empty without date."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def short_date(value: str | None) -> str:
    """Write « 12/01/2024 » from the ISO form of a date; empty without date."""
    return f"{date.fromisoformat(value):%d/%m/%Y}" if value else ""


def objectives_of(sheet: dict[str, Any]) -> list[int]:
    """Return the numbers of the objectives that an action serves; former snapshots name one at most."""
    return list(sheet.get("objectives", [sheet["objective"]] if sheet["objective"] else []))


def plain(value: Any) -> str:
    """Write a number without useless zeros; « – » when there is none."""
    if value is None:
        return "–"
    number = Decimal(str(value)).normalize()
    return format_number(number if number.as_tuple().exponent < 0 else number.quantize(Decimal(1)))  # type: ignore[operator]


def indicator_value(value: Any, unit: str) -> str:
    """Write the value of an indicator; 0 and 1 are « non » and « oui » when its unit says so."""
    if value is None:
        return "à établir"
    if unit == YES_NO_UNIT:
        return "oui" if value else "non"
    return plain(value)


def euros(value: Any) -> str:
    """Write « 18 000 € »."""
    return f"{format_number(round(value))} €"


def tonnes(kilograms: float) -> str:
    """Write kilograms as tonnes with two significant digits."""
    return format_significant(kilograms / KG_PER_T)


def tonnes_range(low: float | None, high: float | None) -> str:
    """Write « entre 28 et 120 » from kilograms."""
    return format_range(
        None if low is None else low / KG_PER_T,
        None if high is None else high / KG_PER_T,
    )


def counted(count: int, singular: str, plural: str) -> str:
    """Write « 17 actions », « 1 action », « 0 action »."""
    return f"{format_number(count)} {pluralise(count, singular, plural)}"


def shorten(text: str, limit: int) -> str:
    """Return the whole sentences of a text that fit in `limit` characters, at least one; the text if it fits."""
    flat = re.sub(r"[\r\n]+", " ", text).strip()
    if len(flat) <= limit:
        return flat
    sentences = re.split(r"(?<=[.…]) ", flat)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + len(sentence) >= limit:
            break
        kept = f"{kept} {sentence}"
    return kept if len(kept) <= limit else f"{kept[: limit - 1].rstrip()}…"


def lower_first(text: str) -> str:
    """Put the first letter in lower case, unless the word is an acronym."""
    if len(text) > 1 and text[1].isupper():
        return text
    return text[:1].lower() + text[1:]


def every_sheet(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sheets of a snapshot with those given up, in their order; totals and counts read `sheets` alone.

    Former snapshots keep both together.
    """
    return sorted([*content["sheets"], *content.get("abandoned", [])], key=lambda sheet: sheet["number"])
