"""The words of the kit, read from `fixtures/kickoff_kit.yaml`: every figure comes with its source and its year."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from reference.fixtures import Entry, read_mapping

FILE = "kickoff_kit.yaml"


@dataclass(frozen=True)
class Figure:
    """A figure of the argument, with where it comes from."""

    code: str
    text: str
    source: str
    year: str


@dataclass(frozen=True)
class KitTexts:
    """The words of the three documents. `duty_codes`: duties cited in the argument, in this order."""

    figures: tuple[Figure, ...]
    duty_codes: tuple[str, ...]
    asked: tuple[str, ...]
    not_asked: tuple[str, ...]
    stakes: tuple[str, ...]
    mission_tasks: tuple[str, ...]
    mission_means: tuple[str, ...]
    mission_source: str


@cache
def kit_texts() -> KitTexts:
    """Return the words of the kit; the file is read once. Raises FixtureError when it does not hold what it should."""
    return read_texts(settings.BASE_DIR / "fixtures")


def read_texts(folder: Path) -> KitTexts:
    """Return the words of a folder."""
    texts = read_mapping(folder, FILE)
    lists = ("duty_codes", "asked", "not_asked", "stakes", "mission_tasks", "mission_means")
    texts.only("figures", "mission_source", *lists)
    return KitTexts(
        figures=tuple(_figure(entry) for entry in texts.entries("figures")),
        mission_source=texts.text("mission_source"),
        **{name: tuple(texts.texts(name)) for name in lists},
    )


def _figure(entry: Entry) -> Figure:
    entry.only("code", "text", "source", "year")
    return Figure(entry.code("code"), entry.text("text"), entry.text("source"), entry.text("year"))
