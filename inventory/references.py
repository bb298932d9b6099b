"""What surrounds a footprint, read from `fixtures/footprint_references.yaml`: every value comes with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from reference.fixtures import Entry, list_entries, read_mapping

FILE = "footprint_references.yaml"
REFERENCE_CHOICE = "reference"
LICENCE_CLASSES = ("permissive", "share_alike", "copyleft", "cited_fact", "estimate")


@dataclass(frozen=True)
class FactorChoice:
    """A set of factors drawn from the same file. `allowed`: None for every licence class."""

    code: str
    name: str
    meaning: str
    allowed: frozenset[str] | None
    favoured: frozenset[str]


@dataclass(frozen=True)
class UseShare:
    """Which part of the use of an equipment is that of the authority, 0–100."""

    code: str
    name: str
    percent: int
    source: str


@dataclass(frozen=True)
class HomeWorking:
    persons_per_household: float
    days_per_year: float
    source: str


@dataclass(frozen=True)
class NationalReference:
    """A national figure in kgCO2e a year for one inhabitant, with the perimeter without which it says nothing."""

    code: str
    name: str
    value_kg: float
    year: str
    perimeter: str
    source: str


@dataclass(frozen=True)
class NationalSplit:
    """Parts of the national footprint, 0–100."""

    year: str
    terminals_percent: int
    data_centres_percent: int
    networks_percent: int
    source: str


@dataclass(frozen=True)
class TargetPreset:
    """A reduction proposed for a scenario: so many percent less in that year."""

    code: str
    name: str
    percent: int
    year: int
    source: str


@dataclass(frozen=True)
class Trial:
    """A usual change, tried alone on every lot. `effect`: as a lever declares it."""

    code: str
    name: str
    effect: Mapping[str, Any]
    remark: str


@dataclass(frozen=True)
class FootprintReferences:
    factor_choices: tuple[FactorChoice, ...]
    use_shares: tuple[UseShare, ...]
    home_working: HomeWorking
    national_references: tuple[NationalReference, ...]
    national_splits: tuple[NationalSplit, ...]
    targets: tuple[TargetPreset, ...]
    trials: tuple[Trial, ...]
    low_yield_percent: float

    def factor_choice(self, code: str) -> FactorChoice | None:
        return next((item for item in self.factor_choices if item.code == code), None)


@cache
def footprint_references() -> FootprintReferences:
    """Return the references; the file is read once. Raises FixtureError when it does not hold what it should."""
    return read_references(settings.BASE_DIR / "fixtures")


def read_references(folder: Path) -> FootprintReferences:
    """Return the references of a folder."""
    file = read_mapping(folder, FILE)
    lists = ("factor_choices", "use_shares", "national_references", "national_splits", "targets", "trials")
    file.only(*lists, "home_working", "low_yield_percent")
    keys = {"national_splits": "year"}
    entries = {name: list_entries(FILE, file.value(name), key=keys.get(name, "code")) for name in lists}
    return FootprintReferences(
        factor_choices=tuple(_factor_choice(entry) for entry in entries["factor_choices"]),
        use_shares=tuple(_use_share(entry) for entry in entries["use_shares"]),
        home_working=_home_working(file.entry("home_working")),
        national_references=tuple(_national(entry) for entry in entries["national_references"]),
        national_splits=tuple(_split(entry) for entry in entries["national_splits"]),
        targets=tuple(_target(entry) for entry in entries["targets"]),
        trials=tuple(_trial(entry) for entry in entries["trials"]),
        low_yield_percent=_number(file, "low_yield_percent"),
    )


def _factor_choice(entry: Entry) -> FactorChoice:
    entry.only("code", "name", "meaning", "allowed", "favoured")
    has_limit = "allowed" in entry.data
    return FactorChoice(
        entry.code("code"),
        entry.text("name"),
        entry.text("meaning"),
        frozenset(entry.codes("allowed", known=LICENCE_CLASSES)) if has_limit else None,
        frozenset(entry.codes("favoured", known=LICENCE_CLASSES)) if "favoured" in entry.data else frozenset(),
    )


def _use_share(entry: Entry) -> UseShare:
    entry.only("code", "name", "percent", "source")
    return UseShare(entry.code("code"), entry.text("name"), int(_number(entry, "percent")), entry.text("source"))


def _home_working(entry: Entry) -> HomeWorking:
    entry.only("persons_per_household", "days_per_year", "source")
    return HomeWorking(_number(entry, "persons_per_household"), _number(entry, "days_per_year"), entry.text("source"))


def _national(entry: Entry) -> NationalReference:
    entry.only("code", "name", "value_kg", "year", "perimeter", "source")
    texts = (entry.text("year"), entry.text("perimeter"), entry.text("source"))
    return NationalReference(entry.code("code"), entry.text("name"), _number(entry, "value_kg"), *texts)


def _split(entry: Entry) -> NationalSplit:
    names = ("terminals_percent", "data_centres_percent", "networks_percent")
    entry.only("year", "source", *names)
    terminals, data_centres, networks = (int(_number(entry, name)) for name in names)
    if terminals + data_centres + networks != 100:
        raise entry.error("terminals_percent", "les trois parts doivent faire 100.")
    return NationalSplit(entry.text("year"), terminals, data_centres, networks, entry.text("source"))


def _target(entry: Entry) -> TargetPreset:
    entry.only("code", "name", "percent", "year", "source")
    values = (int(_number(entry, "percent")), int(_number(entry, "year")))
    return TargetPreset(entry.code("code"), entry.text("name"), *values, source=entry.text("source"))


def _trial(entry: Entry) -> Trial:
    entry.only("code", "name", "effect", "remark")
    return Trial(entry.code("code"), entry.text("name"), entry.entry("effect").data, entry.text("remark"))


def _number(entry: Entry, name: str) -> float:
    value = entry.decimal(name)
    if value is None or value <= 0:
        raise entry.error(name, "écrivez un nombre supérieur à zéro.")
    return float(value)
