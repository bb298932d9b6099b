"""Loading of the factors, the categories and the key figures. Loading twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from django.db import transaction

from inventory.enums import CountsAs, FigureType, Room
from inventory.footprint import CRITERIA, STEPS
from inventory.models import (
    CategoryGroup,
    CategoryParameter,
    ElectricityMix,
    EquipmentCategory,
    FactorSet,
    FigureKind,
    ImpactFactor,
)
from inventory.simulation import KINDS
from inventory.tables import build_table
from reference.fixtures import (
    Entry,
    FixtureError,
    Gathering,
    LoadReport,
    Outcome,
    as_mapping,
    check_version,
    content_hash,
    list_entries,
    parse_csv,
    parse_yaml,
    propose,
    read_bytes,
    read_entries,
    read_mapping,
    save_in_place,
)

FACTORS_FILE = "impact_factors.csv"
MIX_FILE = "electricity_mix.csv"
RULES_FILE = "simulation.yaml"
GROUPS_FILE = "inventory_groups.yaml"
FIGURES_FILE = "inventory_figures.yaml"
FACTOR_SET_FILES = (FACTORS_FILE, MIX_FILE, RULES_FILE)

_SOURCED = ("criterion", "unit", "value", "low", "high", "preference", "quality", "source", "source_ref", "licence")
_FACTOR_COLUMNS = (
    *("category", "label_fr", "tier", "step", "basis", "default_lifetime_years", "lifetime_low", "lifetime_high"),
    *("yearly_electricity_kwh", "electricity_low", "electricity_high", "method_note", "licence_class", "bounds_source"),
    *_SOURCED,
)
_MIX_COLUMNS = ("zone", "zone_label_fr", "reference_year", "note", "licence_class", *_SOURCED)
_QUALITIES = ("A", "B", "C", "C-estimated", "D-estimated", "X-suspect")
_LICENCE_CLASSES = ("permissive", "share_alike", "copyleft", "cited_fact", "estimate")
_STEPS = (*STEPS, "all_steps")
_SHOWN = ("flash", "light", "extra", "absent")
_BATCH_SIZE = 500


@dataclass(frozen=True)
class FactorFiles:
    """The factor files, checked: model instances without their set, and the rules of simulation."""

    parameters: list[CategoryParameter]
    factors: list[ImpactFactor]
    mixes: list[ElectricityMix]
    rules: dict[str, Any]

    @cached_property
    def hash(self) -> str:
        fields = {
            "parameters": [_plain(item) for item in self.parameters],
            "factors": [_plain(item) for item in self.factors],
            "mixes": [_plain(item) for item in self.mixes],
            "rules": self.rules,
        }
        return content_hash(fields)


@transaction.atomic
def load_all(folder: Path) -> LoadReport:
    """Load the reference data of this application from the files of a folder, in one transaction.

    Raises `FixtureError`, and writes nothing, when a file does not hold what it should or when a set of factors that a
    frozen inventory uses would change.
    """
    report = LoadReport()
    files = read_factor_files(folder)
    _load_factor_set(read_mapping(folder, GROUPS_FILE).entry("factor_set"), files, report)
    _load_groups(folder, {item.category_code for item in files.parameters}, report)
    _load_figures(folder, report)
    return report


def read_factor_files(folder: Path) -> FactorFiles:
    """Read and check the two factor files and the rules of simulation."""
    return parse_factor_files({name: read_bytes(folder, name) for name in FACTOR_SET_FILES})


def parse_factor_files(contents: Mapping[str, bytes]) -> FactorFiles:
    """Check the content of the three files, wherever they come from; `contents` is by name of file.

    Raises `FixtureError`, with the errors of every line.
    """
    gathering = Gathering()
    rows = gathering.read(lambda: parse_csv(FACTORS_FILE, contents[FACTORS_FILE], columns=_FACTOR_COLUMNS)) or []
    mix_rows = gathering.read(lambda: parse_csv(MIX_FILE, contents[MIX_FILE], columns=_MIX_COLUMNS)) or []
    parameters = gathering.read(lambda: _parameters(rows)) or []
    factors = [gathering.read(partial(_factor, row)) for row in rows]
    mixes = [gathering.read(partial(_mix, row)) for row in mix_rows]
    if parameters:
        categories = {item.category_code for item in parameters}
        rules = gathering.read(lambda: _rules(parse_yaml(RULES_FILE, contents[RULES_FILE]), categories))
    gathering.close()
    if not parameters:
        raise FixtureError(FACTORS_FILE, "", "", "écrivez au moins un facteur.")
    return FactorFiles(
        parameters=parameters,
        factors=[item for item in factors if item is not None],
        mixes=[item for item in mixes if item is not None],
        rules=rules or {},
    )


def publish_factor_set(fields: Mapping[str, Any], contents: Mapping[str, bytes]) -> FactorSet:
    """Write a new set of factors from its three files; it is proposed to new inventories.

    `fields`: version, name, published_on, zone. Raises `FixtureError` when the files do not hold what they should, or
    lack a family that inventories ask for.
    """
    check_factor_set(fields, contents)
    entry = Entry(FACTORS_FILE, str(fields["version"]), fields)
    with transaction.atomic():
        return _load_factor_set(entry, parse_factor_files(contents), LoadReport())


def check_factor_set(fields: Mapping[str, Any], contents: Mapping[str, bytes]) -> FactorFiles:
    """Raise the `FixtureError` that `publish_factor_set` would; write nothing. Return what the files hold."""
    files = parse_factor_files(contents)
    entry = Entry(FACTORS_FILE, str(fields["version"]), fields)
    entry.code("zone", known={item.zone for item in files.mixes})
    known = {item.category_code for item in files.parameters}
    for code in EquipmentCategory.objects.values_list("code", flat=True):
        if code not in known:
            raise entry.error("category", f"la famille « {code} », que les inventaires demandent, n’a aucun facteur.")
    _check_table(files)
    return files


# Factor files -----------------------------------------------------------------------------------------------------


def _parameters(rows: list[Entry]) -> list[CategoryParameter]:
    """Return the parameters of each category, which the file repeats on each of its rows and which must agree."""
    found: dict[str, CategoryParameter] = {}
    for row in rows:
        code = row.code("category", max_length=40)
        item = CategoryParameter(
            category_code=code,
            label=row.text("label_fr", max_length=120),
            tier=int(_number(row, "tier", minimum=1, maximum=3) or 0),
            lifetime_years=_number(row, "default_lifetime_years", minimum=0, maximum=100),
            lifetime_years_low=_number(row, "lifetime_low", minimum=0, maximum=100),
            lifetime_years_high=_number(row, "lifetime_high", minimum=0, maximum=100),
            electricity_kwh_per_year=_number(row, "yearly_electricity_kwh"),
            electricity_kwh_per_year_low=_number(row, "electricity_low"),
            electricity_kwh_per_year_high=_number(row, "electricity_high"),
            # What comes before « lifetime: » is about one factor, the rest about the category.
            method_note=str(row.data["method_note"]).rpartition("lifetime: ")[2],
        )
        known = found.setdefault(code, item)
        if _plain(known) != _plain(item):
            raise row.error("category", f"les paramètres de « {code} » diffèrent d’une ligne à l’autre.")
    return list(found.values())


def _factor(row: Entry) -> ImpactFactor:
    return ImpactFactor(
        category_code=row.code("category"),
        step=row.code("step", known=_STEPS),
        basis=row.text("basis", max_length=40),
        bounds_source=row.text("bounds_source", max_length=200, is_optional=True),
        method_note=row.text("method_note", is_optional=True),
        **_sourced(row),
    )


def _mix(row: Entry) -> ElectricityMix:
    return ElectricityMix(
        zone=row.code("zone", max_length=8),
        zone_label=row.text("zone_label_fr", max_length=60),
        reference_year=str(row.data["reference_year"])[:20],
        note=row.text("note", max_length=250, is_optional=True),
        **_sourced(row, criteria=(*CRITERIA, "WU")),
    )


def _sourced(row: Entry, *, criteria: tuple[str, ...] = tuple(CRITERIA)) -> dict[str, Any]:
    value = _number(row, "value")
    if value is None:
        raise row.error("value", "écrivez un nombre.")
    low, high = _number(row, "low"), _number(row, "high")
    if (low is not None and low > value) or (high is not None and high < value):
        raise row.error("low", "les bornes doivent entourer la valeur.")
    return {
        "criterion": row.code("criterion", known=criteria),
        "unit": _copied(row, "unit", max_length=40),
        "value": value,
        "low": low,
        "high": high,
        "preference": int(_number(row, "preference", minimum=1, maximum=99) or 1),
        "quality": row.code("quality", known=_QUALITIES),
        "source": row.text("source", max_length=250),
        "source_ref": _copied(row, "source_ref", max_length=250),
        "licence": row.text("licence", max_length=120),
        "licence_class": row.code("licence_class", known=_LICENCE_CLASSES),
    }


def _number(row: Entry, field: str, *, minimum: float = 0, maximum: float = 1e12) -> float | None:
    value = row.decimal(field)
    if value is not None and not minimum <= value <= maximum:
        raise row.error(field, f"écrivez un nombre entre {minimum:g} et {maximum:g} (lu : {value}).")
    return None if value is None else float(value)


def _rules(content: Any, categories: set[str]) -> dict[str, Any]:
    entry = as_mapping(RULES_FILE, content)
    entry.only("about", "groups", "effects", "order", "rule", "exclusive")
    groups = entry.entry("groups")
    return {
        "groups": {name: groups.codes(name, known=categories) for name in groups.data},
        "order": entry.codes("order", known=KINDS),
        "exclusive": [_exclusive(entry, group) for group in entry.items("exclusive")],
    }


def _exclusive(entry: Entry, group: Any) -> list[str]:
    if not isinstance(group, list):
        raise entry.error("exclusive", f"écrivez une liste de listes de codes (lu : {group!r}).")
    return sorted(map(str, group))


def _copied(row: Entry, field: str, *, max_length: int) -> str:
    """Return a value as it is written, which may be empty."""
    text = str(row.value(field))
    if len(text) > max_length:
        raise row.error(field, f"texte de {len(text)} caractères ; {max_length} au plus.")
    return text


# Writing ----------------------------------------------------------------------------------------------------------


def _check_table(files: FactorFiles) -> None:
    try:
        build_table(files.parameters, files.factors, files.mixes)
    except ValueError as error:
        raise FixtureError(FACTORS_FILE, str(error), "step", "un niveau est ventilé ou ne l’est pas.") from None


def _load_factor_set(entry: Entry, files: FactorFiles, report: LoadReport) -> FactorSet:
    entry.only("version", "name", "published_on", "zone")
    version = entry.text("version", max_length=20)
    zone = entry.code("zone", known={item.zone for item in files.mixes})
    _check_table(files)
    stored = FactorSet.objects.filter(version=version).first()
    outcome = check_version(
        file=FACTORS_FILE,
        entry=version,
        stored_hash=stored.content_hash if stored else None,
        new_hash=files.hash,
        is_used=stored is not None and stored.inventories.exists(),
    )
    values = {
        "name": entry.text("name", max_length=80),
        "published_on": entry.day("published_on"),
        "zone": zone,
        "content_hash": files.hash,
        "rules": files.rules,
    }
    saved = _save_factor_set(stored, version, values, files, outcome)
    report.add("facteurs d’impact", outcome, len(files.factors))
    report.add("mix électriques", outcome, len(files.mixes))
    return saved


def _save_factor_set(
    stored: FactorSet | None, version: str, values: dict[str, Any], files: FactorFiles, outcome: Outcome
) -> FactorSet:
    if stored is None or outcome is not Outcome.UNCHANGED:
        if stored is None:
            stored = FactorSet.objects.create(version=version, **values)
        else:
            for name, value in values.items():
                setattr(stored, name, value)
            stored.save(update_fields=list(values))
            stored.parameters.all().delete()
            stored.factors.all().delete()
            stored.mixes.all().delete()
        for items in (files.parameters, files.factors, files.mixes):
            for item in items:
                item.factor_set = stored
        CategoryParameter.objects.bulk_create(files.parameters, batch_size=_BATCH_SIZE)
        ImpactFactor.objects.bulk_create(files.factors, batch_size=_BATCH_SIZE)
        ElectricityMix.objects.bulk_create(files.mixes, batch_size=_BATCH_SIZE)
    # A version that was there keeps its place: the administration may have proposed another one since.
    if outcome is Outcome.CREATED or not FactorSet.objects.filter(is_current=True).exists():
        propose(FactorSet, stored)
    return stored


def _load_groups(folder: Path, categories: set[str], report: LoadReport) -> None:
    groups = list_entries(GROUPS_FILE, read_mapping(folder, GROUPS_FILE).value("groups"))
    seen: set[str] = set()
    for position, entry in enumerate(groups):
        entry.only("code", "name", "hint", "families")
        values = {
            "name": entry.text("name", max_length=60),
            "hint": entry.text("hint", max_length=250, is_optional=True),
            "position": position,
        }
        group, outcome = save_in_place(CategoryGroup, key={"code": entry.code("code")}, values=values)
        report.add("groupes de familles", outcome)
        for rank, family in enumerate(entry.entries("families")):
            code = family.code("code", known=categories)
            if code in seen:
                raise family.error("code", f"la famille « {code} » figure deux fois.")
            seen.add(code)
            _category, outcome = save_in_place(
                EquipmentCategory, key={"code": code}, values=_category_values(family, group, rank)
            )
            report.add("familles d’équipements", outcome)


def _category_values(family: Entry, group: CategoryGroup, rank: int) -> dict[str, Any]:
    family.only("code", "name", "show", "counts_as", "room", "reuse", "vcpu", "host")
    shown = family.codes("show", known=_SHOWN)
    return {
        "name": family.text("name", max_length=80),
        "group": group,
        "is_flash": "flash" in shown,
        "is_light": "light" in shown,
        "is_offered": "absent" not in shown,
        "counts_as": family.code("counts_as", known=CountsAs.values, is_optional=True),
        "room": family.code("room", known=Room.values, is_optional=True),
        "vcpu": family.integer("vcpu", minimum=1, maximum=1000) if "vcpu" in family.data else None,
        "is_host": family.boolean("host") if "host" in family.data else False,
        "counts_for_reuse": family.boolean("reuse") if "reuse" in family.data else False,
        "position": rank,
    }


def _load_figures(folder: Path, report: LoadReport) -> None:
    for position, entry in enumerate(read_entries(folder, FIGURES_FILE)):
        entry.only("code", "name", "unit", "kind", "minimum", "maximum", "light", "help")
        values = {
            "name": entry.text("name", max_length=80),
            "unit": entry.text("unit", max_length=30, is_optional=True),
            "value_type": entry.code("kind", known=FigureType.values),
            "minimum": entry.decimal("minimum"),
            "maximum": entry.decimal("maximum"),
            "is_light": entry.boolean("light"),
            "help_text": entry.text("help", max_length=250, is_optional=True),
            "position": position,
        }
        _figure, outcome = save_in_place(FigureKind, key={"code": entry.code("code")}, values=values)
        report.add("chiffres clés", outcome)


def _plain(item: CategoryParameter | ImpactFactor | ElectricityMix) -> dict[str, Any]:
    skipped = {"id", "factor_set"}
    return {
        field.name: getattr(item, field.attname) for field in item._meta.concrete_fields if field.name not in skipped
    }
