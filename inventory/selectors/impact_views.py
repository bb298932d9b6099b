"""Pages that read a footprint from another side: factor sets, uncertainty, national references and equivalences."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from common.numbers import format_number, format_significant
from common.text import typography
from inventory.footprint import (
    QUANTITY_ERROR,
    Footprint,
    FootprintLine,
    Range,
    compute_footprint,
    data_impact,
    home_boxes,
    rank_uncertainties,
)
from inventory.footprint.explain import ELECTRICITY, FACTOR, IMPROVABLE, LIFETIME, QUANTITY
from inventory.models import EquipmentCategory, Inventory, InventoryFigure
from inventory.purchases import PurchaseRow, PurchaseYear, embodied_of, purchases_by_year
from inventory.references import (
    REFERENCE_CHOICE,
    FactorChoice,
    FootprintReferences,
    NationalReference,
    footprint_references,
)
from inventory.selectors.advice import ToImprove, find_datum_to_improve
from inventory.selectors.data import InventoryData, factor_table, read_data
from inventory.selectors.impact import footprint_of
from inventory.selectors.impact_pages import CLIMATE, KG_PER_T, ShownCriterion, shown_criterion

PARAMETER_LABELS = {
    QUANTITY: "la quantité",
    LIFETIME: "la durée d’usage",
    ELECTRICITY: "l’électricité d’une unité",
    FACTOR: "le facteur d’impact",
}
UNCERTAINTIES_SHOWN = 12
LAPTOP, SCREEN, BOX = "laptop", "monitor_24", "internet_box"
SHEETS = "fabricants"


# Uncertainty ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UncertaintyRow:
    """One datum moved alone within its range, the others at their centre."""

    family: str
    group_code: str
    category_code: str
    parameter: str
    low: float
    high: float
    share_percent: float
    is_improvable: bool

    @property
    def share_label(self) -> str:
        return f"{format_significant(self.share_percent)}\u202f%"


@dataclass(frozen=True)
class UncertaintyPage:
    """What makes the range wide."""

    data: InventoryData
    shown: ShownCriterion
    total: Range | None
    rows: list[UncertaintyRow]
    to_improve: ToImprove | None

    @property
    def widest(self) -> float:
        return max((row.share_percent for row in self.rows), default=0.0)

    @property
    def finding(self) -> str:
        if not self.rows:
            return "Pas encore de fourchette à resserrer"
        first = self.rows[0]
        name = PARAMETER_LABELS[first.parameter]
        return typography(f"D’abord, {name} : {first.family[:1].lower()}{first.family[1:]}")


def uncertainty_page(inventory: Inventory, criterion: str = CLIMATE) -> UncertaintyPage:
    """Return what drives the range of a criterion, the widest first."""
    data = read_data(inventory)
    footprint = footprint_of(data)
    climate, shown = shown_criterion(footprint, CLIMATE), shown_criterion(footprint, criterion)
    lines = {line.category.code: line for line in data.lines}
    rows = [
        UncertaintyRow(
            family=lines[item.category].category.name,
            group_code=lines[item.category].category.group.code,
            category_code=item.category,
            parameter=item.parameter,
            low=item.low / shown.scale,
            high=item.high / shown.scale,
            share_percent=item.share_percent,
            is_improvable=item.parameter in IMPROVABLE,
        )
        for item in rank_uncertainties(data.engine_lines, data.table, criterion=criterion)
        if item.width and item.category in lines
    ]
    total = footprint[criterion].total
    return UncertaintyPage(
        data,
        shown,
        total.scaled(1 / shown.scale) if total else None,
        rows[:UNCERTAINTIES_SHOWN],
        find_datum_to_improve(data, unit=climate.unit, scale=climate.scale),
    )


# Sets of factors -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChoiceRow:
    """The footprint of a lot with one set of factors. `screens_rank`: rank of the screens among the groups, from 1."""

    choice: FactorChoice
    footprint: Footprint
    total: Range | None
    groups: list[tuple[str, float]]
    fallback: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def leader(self) -> str:
        return self.groups[0][0] if self.groups else ""


@dataclass(frozen=True)
class ChoicePage:
    """The same lot with each set of factors, side by side. One computation uses one set."""

    data: InventoryData
    unit: str
    rows: list[ChoiceRow]
    screen_ratio: float | None

    @property
    def maximum(self) -> float:
        return max((row.total.high for row in self.rows if row.total), default=0.0)

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, float | None]]]]:
        """Group → name of each set and its value there, in the order of the first."""
        found = [dict(row.groups) for row in self.rows]
        names = list(dict.fromkeys(name for row in self.rows for name, _value in row.groups))
        sets = [row.choice.name for row in self.rows]
        return [(name, [(word, item.get(name)) for word, item in zip(sets, found, strict=True)]) for name in names]

    @property
    def finding(self) -> str:
        totals = [row.total for row in self.rows[:2]]
        if not totals or totals[0] is None:
            return "Pas encore d’empreinte"
        leaders = list(dict.fromkeys(row.leader for row in self.rows[:2] if row.leader))
        if len(leaders) == 1:
            return typography(f"{leaders[0]} en tête, quel que soit le jeu de facteurs")
        return typography(f"{leaders[0]} ou {leaders[1][:1].lower()}{leaders[1][1:]} : le jeu de facteurs décide")


def choice_page(inventory: Inventory) -> ChoicePage:
    """Return the footprint of a lot with each set of factors."""
    data = read_data(inventory)
    shown = shown_criterion(footprint_of(data), CLIMATE)
    rows = [_choice_row(data, choice, shown.scale) for choice in footprint_references().factor_choices]
    units = [embodied_of(SCREEN, factor_table(data.factor_set, code), CLIMATE) for code in (REFERENCE_CHOICE, SHEETS)]
    usual, sheets = (unit.central if unit else 0.0 for unit in units)
    return ChoicePage(data, shown.unit, rows, sheets / usual if usual and sheets else None)


def _choice_row(data: InventoryData, choice: FactorChoice, scale: float) -> ChoiceRow:
    table = factor_table(data.factor_set, choice.code)
    footprint = compute_footprint(data.engine_lines, table, agent_count=data.agent_count)
    found = footprint[CLIMATE]
    names = {line.category.code: line.category.name for line in data.lines}
    groups: dict[str, float] = defaultdict(float)
    for line in data.filled_lines:
        if line.category.code in found.by_category:
            groups[line.category.group.name] += found.by_category[line.category.code].total.central / scale
    fallback = [code for code in found.by_category if choice.favoured and not table.is_favoured(code, CLIMATE)]
    return ChoiceRow(
        choice,
        footprint,
        found.total.scaled(1 / scale) if found.total else None,
        sorted(((name, value) for name, value in groups.items() if value), key=lambda item: (-item[1], item[0])),
        tuple(names.get(code, code) for code in fallback),
        tuple(names.get(code, code) for code in found.not_evaluated),
    )


# References and equivalences -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Equivalence:
    """What a tonne is, in one accounting: `count` units, each so many kilograms."""

    accounting: str
    count: float
    unit_kg: float
    sentence: str


@dataclass(frozen=True)
class Complement:
    """Something beside the equipment of the lot, never in its total."""

    name: str
    amount: str
    impact: Range | None
    note: str


@dataclass(frozen=True)
class ReferencePage:
    """The figure per agent beside the national ones, each with its perimeter; equivalences; purchases by year."""

    data: InventoryData
    references: FootprintReferences
    per_agent: Range | None
    equivalences: list[Equivalence]
    complements: list[Complement]
    purchases: list[PurchaseYear]

    @property
    def national(self) -> tuple[NationalReference, ...]:
        return self.references.national_references

    @property
    def purchase_maximum(self) -> float:
        return max((item.total.central for item in self.purchases if item.total), default=0.0)

    @property
    def finding(self) -> str:
        if self.per_agent is None:
            return "Des repères pour lire l’empreinte"
        return typography(f"{format_significant(self.per_agent.central)} kg CO₂e par agent et par an")


def reference_page(inventory: Inventory) -> ReferencePage:
    """Return what helps to read the footprint of a lot."""
    data = read_data(inventory)
    per_agent = footprint_of(data)[CLIMATE].per_agent
    return ReferencePage(
        data=data,
        references=footprint_references(),
        per_agent=per_agent,
        equivalences=equivalences(data),
        complements=complements(data),
        purchases=purchases_by_year(purchase_rows(data), data.table),
    )


def equivalences(data: InventoryData, category: str = LAPTOP) -> list[Equivalence]:
    """Return what one tonne of CO₂e is in computers, computed from the factors in both accountings.

    Flow: purchases avoided, E each, once. Amortised: computers taken out for a year, E / L + C × PUE × m each.
    """
    unit = embodied_of(category, data.table, CLIMATE)
    defaults = data.table.defaults.get(category)
    mix = data.table.mix.get((data.factor_set.zone, CLIMATE))
    if unit is None or not unit.central or defaults is None or mix is None:
        return []
    lifetime, electricity = defaults.lifetime_years, defaults.electricity_kwh_per_year
    if lifetime is None or electricity is None:
        return []
    yearly = unit.central / max(lifetime.central, 1.0) + electricity.central * mix.value
    name = EquipmentCategory.objects.get(code=category).name.lower()
    flow, amortised = KG_PER_T / unit.central, KG_PER_T / yearly
    bought = f"achats évités ({name}), {format_number(unit.central, 0)} kg chacun, une seule fois"
    kept = f"retirés du parc pendant un an ({name}), {format_number(yearly, 0)} kg chacun"
    return [
        Equivalence("par achat", flow, unit.central, typography(bought)),
        Equivalence("amortie", amortised, yearly, typography(kept)),
    ]


def complements(data: InventoryData) -> list[Complement]:
    """Return what stands beside the total: home-working boxes, data transferred. Nothing when nothing is known.

    The figure of the fixed network already contains the box: with both, the boxes are kept and it is left out.
    """
    found = []
    boxes = _boxes(data)
    if boxes is not None:
        found.append(boxes)
    for code, category, name in (
        ("fixed_data_gb", "network_fixed_gb", "Données sur le réseau fixe"),
        ("mobile_data_gb", "network_mobile_gb", "Données sur le réseau mobile"),
    ):
        figure, factor = data.figures.get(code), data.table.data_factors.get(category)
        if figure is None or figure.value is None or factor is None:
            continue
        amount = typography(f"{format_number(figure.value.normalize(), 0)} Go par an")
        if category == "network_fixed_gb" and boxes is not None:
            note = "Non compté : le facteur contient déjà la box, comptée au-dessus."
            found.append(Complement(name, amount, None, typography(note)))
            continue
        impact = data_impact(float(figure.value), factor, error=_error(figure))
        note = "Part moyenne du réseau, climat seulement : moins de trafic ne la baisse pas aussitôt."
        found.append(Complement(name, amount, impact, typography(note)))
    return found


def _boxes(data: InventoryData) -> Complement | None:
    people, days = data.figure("remote_people"), data.figure("remote_days")
    if people is None or days is None:
        return None
    rule = footprint_references().home_working
    count = home_boxes(people, days, persons_per_household=rule.persons_per_household, days_per_year=rule.days_per_year)
    # The least sure of the two figures tells the error.
    worst = max((data.figures["remote_people"], data.figures["remote_days"]), key=_error)
    line = _box_line(count, worst.confidence, data)
    return Complement(
        "Box des agents en télétravail",
        typography(f"{format_significant(count)} box"),
        compute_footprint([line], data.table)[CLIMATE].total,
        typography(f"Personnes × jours / {format_number(rule.days_per_year, 0)} / personnes du foyer. {rule.source}."),
    )


def _box_line(count: float, confidence: str, data: InventoryData) -> FootprintLine:
    return FootprintLine(BOX, count, confidence, zone=data.inventory.zone or data.factor_set.zone)


def _error(figure: InventoryFigure) -> float:
    return QUANTITY_ERROR[figure.confidence]


def purchase_rows(data: InventoryData) -> Sequence[PurchaseRow]:
    """Return the purchases that are known, year by year; an empty list when nothing is.

    A table of the estate tells every year of the devices that it holds; a family without one tells what was bought
    the year before the date of the lot.
    """
    told = data.inventory.purchases
    last_year = data.inventory.dated_on.year - 1
    rows = [
        PurchaseRow(code, int(year), count) for code, years in sorted(told.items()) for year, count in years.items()
    ]
    return rows + [
        PurchaseRow(line.category.code, last_year, line.bought_last_year)
        for line in data.lines
        if line.bought_last_year is not None and line.category.code not in told
    ]
