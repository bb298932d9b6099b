"""The words that the import of an estate understands, read from `fixtures/device_import.yaml`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from common.text import normalise
from inventory.devices.fields import FIELDS
from inventory.enums import DeviceState
from reference.fixtures import Entry, read_mapping

FILE = "device_import.yaml"
OUT_OF_SCOPE = "none"
_ANY = ("type", "model", "any")


@dataclass(frozen=True)
class FamilyRule:
    """What makes a device of a family: each pattern given must be found. `family` is empty out of the perimeter."""

    family: str
    label: str
    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    def fits(self, texts: dict[str, str]) -> bool:
        """Tell whether a device fits; `texts`: normalised type, model, and any (all of them)."""
        return all(pattern.search(texts[name]) for name, pattern in self.patterns)


@dataclass(frozen=True)
class Vocabulary:
    """`headers`: normalised header → field, and fields in order of priority; `void_serials`: normalised."""

    headers: dict[str, str]
    priorities: tuple[str, ...]
    states: tuple[tuple[DeviceState, re.Pattern[str]], ...]
    void_serials: frozenset[str]
    rules: tuple[FamilyRule, ...]


@cache
def vocabulary() -> Vocabulary:
    """Return the words; the file is read once. Raises FixtureError when it does not hold what it should."""
    return read_vocabulary(settings.BASE_DIR / "fixtures")


def read_vocabulary(folder: Path) -> Vocabulary:
    """Return the words of a folder."""
    entry = read_mapping(folder, FILE)
    entry.only("headers", "states", "void_serials", "rules")
    headers = entry.entry("headers")
    headers.only(*FIELDS)
    words: dict[str, str] = {}
    for name in headers.data:
        for text in headers.texts(name):
            key = normalise(text)
            if words.setdefault(key, name) != name:
                raise headers.error(name, f"« {text} » figure aussi dans {words[key]}.")
    states = entry.entry("states")
    states.only(*DeviceState.values)
    return Vocabulary(
        headers=words,
        priorities=tuple(headers.data),
        states=tuple((DeviceState(name), _pattern(map(normalise, states.texts(name)))) for name in states.data),
        void_serials=frozenset(normalise(text) for text in entry.texts("void_serials")),
        rules=tuple(_rule(rule) for rule in entry.entries("rules")),
    )


def _rule(entry: Entry) -> FamilyRule:
    entry.only("family", "label", *_ANY)
    family = entry.code("family")
    given = [name for name in _ANY if name in entry.data]
    if not given:
        raise entry.error("any", "donnez au moins un motif.")
    try:
        patterns = tuple((name, _pattern(entry.codes(name))) for name in given)
    except re.error as error:
        raise entry.error(given[0], f"motif mal écrit : {error}.") from None
    return FamilyRule(
        "" if family == OUT_OF_SCOPE else family, entry.text("label", max_length=120, is_optional=True), patterns
    )


def _pattern(words: "Sequence[str] | map[str]") -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9])")
