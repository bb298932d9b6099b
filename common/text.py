"""French typography and plain keys: what is written, and what is compared."""

import re
import unicodedata
from collections.abc import Callable, Sequence

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"

# Addresses, mail addresses, file names and anything between backquotes are copied as they are.
_UNTOUCHED = re.compile(r"(https?://[^\s»]+|www\.[^\s»]+|[\w.+-]+@[\w-]+\.[\w.-]+|`[^`]*`)")
# Controls, but those that are spaces; marks of width zero and of direction, which make a name read as another one.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_TAGS = re.compile(r"(<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->|<[^>]+>)", re.DOTALL)

_UNITS = (
    r"t|kg|g|km|mm|cm|m|kWh|MWh|W|Go|To|Mo|ko|€|ans?|mois|jours?|semaines?|h|min|points?|communes|habitants|agents|"
    r"actions|leviers|questions|fiches|foyers"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("'"), "’"),
    (re.compile(r"\bCO2(?=e?\b)"), "CO₂"),
    (re.compile(r"[ \u00a0]+(?=[;!?%€])"), NARROW_NO_BREAK_SPACE),
    (re.compile(r"[ \u202f]+(?=[:»])"), NO_BREAK_SPACE),
    (re.compile(r"«[ \u202f]+"), "«" + NO_BREAK_SPACE),
    (re.compile(r"«(?=[^\s])"), "«" + NO_BREAK_SPACE),
    (re.compile(r"(?<=[^\s])»"), NO_BREAK_SPACE + "»"),
    # A thousands separator: at most three digits stand at the left of it, so that « 2024 100 » is left alone.
    (re.compile(r"(?<=\d)(?<!\d{4})[ \u00a0](?=\d{3}(?!\d))"), NARROW_NO_BREAK_SPACE),
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))"), NO_BREAK_SPACE),
    (re.compile(r"(?<!\w)(art\.|[LDR]\.|n°|p\.) (?=[\dLDR])"), r"\1" + NO_BREAK_SPACE),
)


def typography(text: str) -> str:
    """Apply French typography to a plain text: apostrophes, no-break spaces, « CO₂e ».

    U+00A0 goes before a colon and inside « », U+202F before ; ! ? % € and between groups of three digits. A sign
    that is stuck to its word (an hour, a code) is left so. Addresses, mail addresses and `codes` are not touched.
    Applying it twice changes nothing.
    """
    pieces = _UNTOUCHED.split(text)
    return "".join(piece if index % 2 else _apply_rules(piece) for index, piece in enumerate(pieces))


def typography_html(html: str) -> str:
    """Apply `typography` to the text of an HTML document, outside its tags, its comments and its style sheets."""
    return map_html_text(html, typography)


def map_html_text(html: str, change: Callable[[str], str]) -> str:
    """Apply a function to each text of an HTML document; its tags, comments and style sheets are left alone."""
    pieces = _TAGS.split(html)
    return "".join(piece if index % 2 else change(piece) for index, piece in enumerate(pieces))


def one_line(text: str) -> str:
    """Return a name on one line: no line end, no control, no mark that hides or turns letters, single spaces."""
    return " ".join(without_unseen(text).split())


def with_office(name: str, office: str) -> str:
    """Write a person with their function or service: « Anne Achats, Achats »; once when both are the same."""
    return name if normalise(name) == normalise(office) else f"{name}, {office}"


def without_unseen(text: str) -> str:
    """Return a text without controls and without the marks that hide or turn letters; its spaces and lines stay."""
    return _UNSEEN.sub("", text)


def enumerate_french(items: Sequence[str]) -> str:
    """Write « a, b et c »."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


def normalise(text: str) -> str:
    """Return what is compared when case, accents and punctuation do not count.

    « L’Haÿ-les-Roses » gives « l hay les roses ».
    """
    ligatures = text.casefold().replace("œ", "oe").replace("æ", "ae")
    letters = "".join(char for char in unicodedata.normalize("NFKD", ligatures) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def _apply_rules(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
