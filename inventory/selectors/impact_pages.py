"""What the pages of the footprint show: bars, criteria, families, traces."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.numbers import format_number, format_significant
from inventory.enums import Confidence, MachinePlace
from inventory.footprint import (
    CategoryFootprint,
    Factor,
    Footprint,
    FootprintLine,
    Range,
    Trace,
    compute_footprint,
    trace_line,
)
from inventory.footprint.factors import DISTRIBUTION, EMBODIED, END_OF_LIFE, MANUFACTURING, USE
from inventory.hosting import share_of_hosts
from inventory.labels import CRITERION_LABELS, LIFETIME_ORIGINS, STEP_LABELS, CriterionLabel
from inventory.models import Inventory, InventoryLine
from inventory.selectors.advice import ToImprove, find_datum_to_improve
from inventory.selectors.data import InventoryData, read_data
from inventory.selectors.hosting import hosting_sentence, key_sentence
from inventory.selectors.impact import footprint_of, observed_footprint_of

KG_PER_T = 1000
CLIMATE = "GWP"


@dataclass(frozen=True)
class BarRow:
    """One bar of the footprint: a group of families, its four parts and its range, in the unit of the page."""

    name: str
    parts: dict[str, float]
    total: Range
    quantity: float


@dataclass(frozen=True)
class CriterionRow:
    """One criterion of the table; None when nothing could be evaluated. Climate change is in the unit of the page."""

    code: str
    name: str
    unit: str
    meaning: str
    gloss: str
    total: Range | None
    embodied_percent: float | None
    lines_percent: float
    units_percent: float
    lines_evaluated: int
    lines_total: int


@dataclass(frozen=True)
class FamilyRow:
    """One family of the footprint, in the unit of the criterion; `total` is None when it is not evaluated.

    `parts`: the four parts of a bar, in the unit of the page.
    """

    code: str
    name: str
    line: InventoryLine
    total: Range | None
    embodied: float
    use: float
    has_estimate: bool
    scale: float = 1
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def embodied_percent(self) -> float | None:
        if self.total is None or not self.total.central:
            return None
        return 100 * self.embodied / self.total.central

    @property
    def scaled(self) -> Range | None:
        """The total in the unit of the page."""
        return self.total.scaled(1 / self.scale) if self.total else None


@dataclass(frozen=True)
class ShownCriterion:
    """The criterion that bars and families show: its words, the unit of the page and what divides into it."""

    code: str
    label: CriterionLabel
    unit: str
    scale: float


@dataclass(frozen=True)
class FootprintPage:
    """The page of the footprint. `unit` is t or kg of CO2e a year, `scale` divides kilograms into it.

    Bars and families are those of the criterion `shown`; the key figures are always those of climate change.
    """

    data: InventoryData
    footprint: Footprint
    observed: Footprint | None
    bars: list[BarRow]
    families: list[FamilyRow]
    criteria: list[CriterionRow]
    to_improve: ToImprove | None
    unit: str
    scale: float
    shown: ShownCriterion

    @property
    def machines_to_place(self) -> list[InventoryLine]:
        """Virtual machines that nobody placed, in a lot that counts servers: some may run on these."""
        counted = [line for line in self.data.filled_lines if line.quantity]
        if not any(line.category.is_host for line in counted):
            return []
        return [line for line in counted if line.category.vcpu and line.known_hosting is None]

    @property
    def equipment_count(self) -> int:
        """How many devices are counted, those without any factor too."""
        return sum(line.quantity or 0 for line in self.data.lines)

    @property
    def line_total(self) -> int:
        return len(self.data.lines)

    @property
    def filled_written(self) -> str:
        return format_number(len(self.data.filled_lines))

    @property
    def out_of_written(self) -> str:
        return f"sur {format_number(self.line_total)}"

    @property
    def maximum(self) -> float:
        """Right end of the scale of the bars: the widest range."""
        return max((bar.total.high for bar in self.bars), default=0.0)

    @property
    def reference_label(self) -> str:
        return "Référence, avec les durées visées" if self.observed_total else "Empreinte annuelle du parc"

    @property
    def quality_sentence(self) -> str:
        """Say how many of the filled families are of each class of quality."""
        filled = self.data.filled_lines
        counts = [(sum(line.confidence == word for line in filled), str(word.label)) for word in Confidence]
        parts = [f"{format_number(100 * count / len(filled), 0)}\u202f% {label}" for count, label in counts if count]
        return f"Confiance des quantités, en part des familles\u00a0: {', '.join(parts)}." if parts else ""

    @property
    def agents_label(self) -> str:
        return f"Par agent ({format_number(self.data.agent_count)} agents)"

    @property
    def mix_written(self) -> str:
        mix = self.data.table.mix.get((self.data.factor_set.zone, "GWP"))
        return format_significant(mix.value if mix else None)

    @property
    def mix_year(self) -> str:
        mix = self.data.table.mix.get((self.data.factor_set.zone, "GWP"))
        return mix.reference_year if mix else ""

    @property
    def total(self) -> Range | None:
        found = self.footprint["GWP"].total
        return found.scaled(1 / self.scale) if found else None

    @property
    def independent(self) -> Range | None:
        found = self.footprint["GWP"].independent
        return found.scaled(1 / self.scale) if found else None

    @property
    def observed_total(self) -> Range | None:
        found = self.observed["GWP"].total if self.observed else None
        return found.scaled(1 / self.scale) if found else None

    @property
    def embodied_percent(self) -> float | None:
        return self.footprint["GWP"].embodied_percent

    @property
    def finding(self) -> str:
        """Title of the page: the finding that the ranges allow."""
        if self.total is None:
            return "Pas encore d’empreinte"
        embodied = self.embodied_percent
        if embodied is None:
            return "Un parc sans équipement en service"
        percent = f"{format_significant(embodied)}\u202f%"
        if embodied >= 60:
            return f"{percent} de l’empreinte se joue à l’achat, pas à l’usage"
        return f"L’usage pèse {format_significant(100 - embodied)}\u202f% de l’empreinte"

    @property
    def leader(self) -> str:
        """Say which group weighs most, and how sure it is."""
        total = self.footprint[self.shown.code].total
        if not self.bars or total is None or not total.central:
            return ""
        first = self.bars[0]
        share = f"{format_significant(100 * first.total.central * self.shown.scale / total.central)}\u202f%"
        return f"{first.name}\u00a0: {share} du total."


def footprint_page(inventory: Inventory, criterion: str = CLIMATE) -> FootprintPage:
    """Return the page of the footprint of a lot. Five queries once the factors are known."""
    data = read_data(inventory)
    footprint = footprint_of(data)
    climate = shown_criterion(footprint, CLIMATE)
    shown = climate if criterion == CLIMATE else shown_criterion(footprint, criterion)
    families = _family_rows(data, footprint, shown)
    return FootprintPage(
        data=data,
        footprint=footprint,
        observed=observed_footprint_of(data),
        bars=_bars(families, footprint, shown),
        families=families,
        criteria=criterion_rows(footprint),
        to_improve=find_datum_to_improve(data, unit=climate.unit, scale=climate.scale),
        unit=climate.unit,
        scale=climate.scale,
        shown=shown,
    )


def shown_criterion(footprint: Footprint, code: str) -> ShownCriterion:
    """Return how a criterion is shown: climate change in t when it reaches one, the others in their unit."""
    total = footprint[code].total
    if code != CLIMATE:
        return ShownCriterion(code, CRITERION_LABELS[code], CRITERION_LABELS[code].unit, 1)
    is_heavy = total is not None and total.central >= KG_PER_T
    return ShownCriterion(code, CRITERION_LABELS[code], "t" if is_heavy else "kg", KG_PER_T if is_heavy else 1)


def criterion_rows(footprint: Footprint) -> list[CriterionRow]:
    """Return the seven criteria, which are never added together."""
    rows = []
    for code, found in footprint.criteria.items():
        label, coverage, shown = CRITERION_LABELS[code], found.coverage, shown_criterion(footprint, code)
        rows.append(
            CriterionRow(
                code=code,
                name=label.name,
                unit=f"{shown.unit} CO₂e" if code == CLIMATE else label.unit,
                meaning=label.meaning,
                gloss=label.gloss,
                total=found.total.scaled(1 / shown.scale) if found.total else None,
                embodied_percent=found.embodied_percent,
                lines_percent=coverage.lines_percent,
                units_percent=coverage.units_percent,
                lines_evaluated=coverage.lines_evaluated,
                lines_total=coverage.lines_total,
            )
        )
    return rows


def _family_rows(data: InventoryData, footprint: Footprint, shown: ShownCriterion) -> list[FamilyRow]:
    """Return the filled families by decreasing impact, those that are not evaluated last."""
    found = footprint[shown.code].by_category
    rows = []
    for line in data.filled_lines:
        code = line.category.code
        impact = found.get(code)
        use = impact.steps[USE].central if impact else 0.0
        rows.append(
            FamilyRow(
                code=code,
                name=line.category.name,
                line=line,
                total=impact.total if impact else None,
                embodied=impact.total.central - use if impact else 0.0,
                use=use,
                has_estimate=any(factor.is_estimate for factor in data.table.chosen.get((code, shown.code), ())),
                scale=shown.scale,
                parts=_parts([impact.steps], shown.scale) if impact else {},
            )
        )
    return sorted(rows, key=lambda row: (-(row.total.central if row.total else -1.0), row.code))


def _parts(steps: Sequence[Mapping[str, Range]], scale: float) -> dict[str, float]:
    """Return the four parts of a bar."""
    return {
        "manufacturing": sum(step[MANUFACTURING].central for step in steps) / scale,
        "other": sum(step[DISTRIBUTION].central + step[END_OF_LIFE].central for step in steps) / scale,
        "use": sum(step[USE].central for step in steps) / scale,
        "embodied": sum(step[EMBODIED].central for step in steps) / scale,
    }


def _bars(families: list[FamilyRow], footprint: Footprint, shown: ShownCriterion) -> list[BarRow]:
    """Return one bar by group of families, the largest first; a group made of zeros has none."""
    scale = shown.scale
    by_group: dict[str, list[FamilyRow]] = defaultdict(list)
    for row in families:
        if row.total is not None:
            by_group[row.line.category.group.name].append(row)
    bars = []
    for name, rows in by_group.items():
        parts = _parts([footprint[shown.code].by_category[row.code].steps for row in rows], scale)
        totals = [row.total for row in rows if row.total is not None]
        total = Range(
            sum(item.low for item in totals) / scale,
            sum(item.central for item in totals) / scale,
            sum(item.high for item in totals) / scale,
        )
        if total.high:
            bars.append(BarRow(name, parts, total, sum(row.line.quantity or 0 for row in rows)))
    return sorted(bars, key=lambda bar: (-bar.total.central, bar.name))


# Trace ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionTrace:
    """The trace of one criterion of a family, with its words."""

    label: CriterionLabel
    trace: Trace
    factors: list[tuple[str, Factor, Range]]
    result: CategoryFootprint | None


@dataclass(frozen=True)
class CarriedTrace:
    """Virtual machines on known hosts, in words. `main`: their part of shared hosts, None for hosts of the lot.

    `counted`: what they take of the hosts of the lot, in kgCO2e a year, counted with these hosts.
    """

    sentence: str
    key: str
    host_name: str
    main: CriterionTrace | None
    counted: Range | None


@dataclass(frozen=True)
class TracePage:
    """Everything that made the figures of one family; `main` is climate change, `others` the other criteria."""

    data: InventoryData
    line: InventoryLine
    main: CriterionTrace
    others: list[CriterionTrace]
    lifetime_origin: str
    carried: CarriedTrace | None

    @property
    def use_share_percent(self) -> float:
        return 100 * self.main.trace.use_share

    @property
    def is_in_tonnes(self) -> bool:
        """Whether the results of the page are in tonnes, as its head is."""
        return self.main.result is not None and self.main.result.total.central >= KG_PER_T

    @property
    def unit(self) -> str:
        return "t" if self.is_in_tonnes else "kg"

    @property
    def steps(self) -> list[tuple[str, Range]]:
        """The steps that are not zero, in order, in the unit of the page."""
        result, scale = self.main.result, KG_PER_T if self.is_in_tonnes else 1
        found = result.steps if result else {}
        return [(STEP_LABELS[step], value.scaled(1 / scale)) for step, value in found.items() if value.high]


def trace_page(inventory: Inventory, category_code: str) -> TracePage | None:
    """Return the trace of a family, None when the lot has not got it or holds no quantity for it."""
    data = read_data(inventory)
    line = next((item for item in data.filled_lines if item.category.code == category_code), None)
    engines = [item for item in data.engine_lines if item.category == category_code and item.quantity is not None]
    if line is None or not engines:
        return None
    whole = compute_footprint(engines, data.table)
    traces = [
        _criterion_trace(trace_line(engines[0], data.table, code), whole[code].by_category.get(category_code))
        for code in CRITERION_LABELS
    ]
    return TracePage(
        data=data,
        line=line,
        main=traces[0],
        others=traces[1:],
        lifetime_origin=LIFETIME_ORIGINS[traces[0].trace.lifetime_origin],
        carried=_carried_trace(data, line, engines[1:]),
    )


def _criterion_trace(trace: Trace, result: CategoryFootprint | None) -> CriterionTrace:
    factors = [(STEP_LABELS[factor.step], factor, factor.range) for factor in trace.factors]
    return CriterionTrace(CRITERION_LABELS[trace.criterion], trace, factors, result)


def _carried_trace(data: InventoryData, line: InventoryLine, parts: Sequence[FootprintLine]) -> CarriedTrace | None:
    """Return what is to be known of the machines that known hosts carry; `parts`: their parts of shared hosts."""
    hosting = line.known_hosting
    if hosting is None or hosting.host_category is None:
        return None
    main, counted = None, None
    if parts and hosting.place == MachinePlace.SHARED:
        trace = trace_line(parts[0], data.table, CLIMATE)
        main = _criterion_trace(trace, trace.result)
    else:
        hosts = next((item for item in data.filled_lines if item.category_id == hosting.host_category_id), None)
        found = footprint_of(data)[CLIMATE].by_category.get(hosting.host_category.code)
        if found and hosts and hosts.quantity and hosting.host_count:
            share = share_of_hosts(hosting, line.category.vcpu or 1) * hosting.host_count / hosts.quantity
            counted = found.total.scaled(share)
    return CarriedTrace(hosting_sentence(line), key_sentence(line), hosting.host_category.name, main, counted)
