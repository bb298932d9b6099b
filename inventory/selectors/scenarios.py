"""What the pages of the scenarios show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.numbers import MINUS, format_number, format_significant, pluralise
from common.text import typography
from inventory.enums import ChangeKind
from inventory.footprint import Range
from inventory.labels import CRITERION_LABELS, CriterionLabel
from inventory.models import EquipmentCategory, Inventory, Scenario, ScenarioChange
from inventory.references import Trial, footprint_references
from inventory.scenarios import effect_of, lever_key, values_of_effect
from inventory.selectors.data import InventoryData, current_factor_set, read_data
from inventory.selectors.impact import footprint_of
from inventory.selectors.impact_pages import CLIMATE, KG_PER_T
from inventory.simulation import read_effect
from inventory.trajectory import ChangeYield, Target, Trajectory, follow


@dataclass(frozen=True)
class ScenarioRow:
    """A scenario of the list, with what it gives for climate change."""

    scenario: Scenario
    change_count: int
    outcome: "Outcome | None"


@dataclass(frozen=True)
class Outcome:
    """A trajectory in the unit of the page: t or kg of CO₂e a year, or that of another criterion."""

    trajectory: Trajectory
    label: CriterionLabel
    unit: str
    scale: float

    def scaled(self, found: Range) -> Range:
        values = sorted((found.low / self.scale, found.high / self.scale))
        return Range(values[0], found.central / self.scale, values[1])

    @property
    def baseline(self) -> Range:
        return self.scaled(self.trajectory.baseline)

    @property
    def saving(self) -> Range | None:
        """What all the changes save together at full regime; None when the criterion cannot be compared any more."""
        found = self.trajectory.combined.get(self.trajectory.criterion)
        return self.scaled(found) if found else None

    @property
    def percent(self) -> float | None:
        return self.trajectory.percents.get(self.trajectory.criterion)

    @property
    def percent_label(self) -> str:
        """« −25 % », « +3 % »."""
        return signed_percent(self.percent)

    @property
    def saving_label(self) -> str:
        """« −2,6 »."""
        return "–" if self.saving is None else _signed(-self.saving.central)

    @property
    def points(self) -> list[tuple[int, Range, str]]:
        """Year, footprint, change in %."""
        return [(item.year, self.scaled(item.total), signed_percent(item.percent)) for item in self.trajectory.points]

    @property
    def target_value(self) -> float | None:
        found = self.trajectory.target_value
        return None if found is None else found / self.scale

    @property
    def target_label(self) -> str:
        """« −22 % en 2027 »."""
        target = self.trajectory.target
        return "" if target is None else typography(f"{MINUS}{_percent(target.percent)} % en {target.year}")

    @property
    def verdict(self) -> str:
        """Say whether the target is reached, by the central value: the middle, for whoever reads."""
        found, target = self.trajectory, self.trajectory.target
        if target is None or found.at_target_year is None:
            return ""
        if found.is_reached:
            return typography(f"La cible de {self.target_label} est atteinte, au milieu de la fourchette.")
        missing = f"{format_significant(found.missing / self.scale)} {self.unit}"
        if found.reached_year is not None:
            late = f"la cible ne serait atteinte qu’en {found.reached_year}"
            return typography(f"En {target.year}, il manque encore {missing} : {late}.")
        return typography(f"La cible de {self.target_label} n’est pas atteinte : il manque {missing}.")


@dataclass(frozen=True)
class ChangeRow:
    """A change with its words, and what it gives alone."""

    change: ScenarioChange
    what: str
    families: str
    found: ChangeYield | None
    saving: Range | None
    discarded: str

    @property
    def saving_label(self) -> str:
        return "–" if self.saving is None else _signed(-self.saving.central)

    @property
    def percent_label(self) -> str:
        return signed_percent(self.found.percent if self.found else None)


@dataclass(frozen=True)
class ScenarioPage:
    """The page of a scenario."""

    scenario: Scenario
    data: InventoryData
    outcome: Outcome | None
    rows: list[ChangeRow]
    criteria: list[tuple[str, CriterionLabel, str]]

    @property
    def finding(self) -> str:
        """Title of the page: the finding."""
        if self.outcome is None:
            return self.scenario.name
        if not self.rows:
            return f"{self.scenario.name}\u00a0: à composer"
        percent = self.outcome.percent
        if percent is None:
            return self.scenario.name
        return typography(f"{self.scenario.name} : {self.outcome.percent_label} à plein effet")

    @property
    def low_count(self) -> int:
        return sum(row.found is not None and row.found.is_low for row in self.rows)

    @property
    def sum_note(self) -> str:
        """Say that the figures of the changes do not add up, when there are several."""
        if len(self.rows) < 2 or self.outcome is None or self.outcome.saving is None:
            return ""
        return typography(
            f"Chaque ligne est calculée seule. Ensemble, elles font {self.outcome.saving_label} {self.outcome.unit} : "
            "ce n’est pas leur somme, car elles agissent sur les mêmes équipements."
        )


@dataclass(frozen=True)
class TrialRow:
    """A usual change tried alone on the lot."""

    trial: Trial
    saving: Range
    percent: float
    is_low: bool
    complete_year: int

    @property
    def saving_label(self) -> str:
        return _signed(-self.saving.central)

    @property
    def percent_label(self) -> str:
        return signed_percent(self.percent)


@dataclass(frozen=True)
class ScenarioBoard:
    """The scenarios of a lot, and the usual changes tried on it."""

    data: InventoryData
    rows: list[ScenarioRow]
    trials: list[TrialRow]
    unit: str

    @property
    def has_footprint(self) -> bool:
        return bool(self.trials) or any(row.outcome for row in self.rows)

    @property
    def finding(self) -> str:
        if not self.rows:
            return "Essayer avant de décider"
        count = pluralise(len(self.rows), "scénario", "scénarios")
        return typography(f"{len(self.rows)} {count} sur ce lot")


def scenario_board(inventory: Inventory, *, year: int) -> ScenarioBoard:
    """Return the scenarios of a lot. Two queries besides those of the lot."""
    data = read_data(inventory)
    scenarios = list(inventory.scenarios.prefetch_related("changes"))
    rows = [ScenarioRow(item, len(item.changes.all()), outcome_of(item, data)) for item in scenarios]
    return ScenarioBoard(data, rows, _trials(data, year), _unit(data)[0])


def outcome_of(scenario: Scenario, data: InventoryData, criterion: str = CLIMATE) -> Outcome | None:
    """Return what a scenario gives; None when the lot has no footprint for the criterion. No query when prefetched."""
    effects = [effect_of(change, scenario) for change in scenario.changes.all()]
    target = None
    if scenario.target_percent is not None and scenario.target_year is not None:
        target = Target(float(scenario.target_percent), scenario.target_year)
    found = follow(
        data.engine_lines,
        effects,
        data.table,
        rules=data.rules,
        start_year=scenario.start_year,
        target=target,
        criterion=criterion,
        low_yield_percent=footprint_references().low_yield_percent,
    )
    if found is None:
        return None
    unit, scale = _scale(criterion, found.baseline.central)
    return Outcome(found, CRITERION_LABELS[criterion], unit, scale)


def scenario_page(scenario: Scenario, criterion: str = CLIMATE) -> ScenarioPage:
    """Return the page of a scenario. Two queries besides those of its lot."""
    data = read_data(scenario.inventory)
    outcome = outcome_of(scenario, data, criterion)
    changes = list(scenario.changes.all())
    names = _family_names(changes)
    found = {item.lever: item for item in outcome.trajectory.alone} if outcome else {}
    rows = [_change_row(change, changes, found.get(lever_key(change)), outcome, names) for change in changes]
    percents = outcome.trajectory.percents if outcome else {}
    criteria = [(code, label, signed_percent(percents.get(code))) for code, label in CRITERION_LABELS.items()]
    return ScenarioPage(scenario, data, outcome, rows, criteria)


def _change_row(
    change: ScenarioChange,
    changes: Sequence[ScenarioChange],
    found: ChangeYield | None,
    outcome: Outcome | None,
    names: Mapping[str, str],
) -> ChangeRow:
    saving = found.savings.get(outcome.trajectory.criterion) if found and outcome else None
    kept = {lever_key(item): item for item in changes}
    own = [item for item in outcome.trajectory.discarded if item.lever == lever_key(change)] if outcome else []
    words = [
        f"{names.get(item.category, item.category)}, déjà compté par « {describe_change(kept[item.kept_lever])} »"
        for item in own
        if item.kept_lever in kept
    ]
    return ChangeRow(
        change=change,
        what=describe_change(change),
        families=_listed([names.get(code, code) for code in change.categories]),
        found=found,
        saving=outcome.scaled(saving) if saving and outcome else None,
        discarded=typography("Mis de côté : " + " ; ".join(words) + ".") if words else "",
    )


def describe_change(change: ScenarioChange) -> str:
    """Say a change in words: its own label, or what it does."""
    return change.label or typography(_DESCRIPTIONS[ChangeKind(change.kind)](change))


def _percent(value: Any) -> str:
    return format_number(float(value), 0 if float(value).is_integer() else 1)


def _extended(change: ScenarioChange) -> str:
    years = _percent(change.years or 0)
    share = "" if change.fleet_share_percent == 100 else f", sur {change.fleet_share_percent} % du parc"
    return f"Garder {years} {pluralise(float(change.years or 0), 'an', 'ans')} de plus{share}"


def _moved(change: ScenarioChange) -> str:
    words = f"Déplacer l’hébergement vers un PUE de {format_number(float(change.pue_to or 1), 2)}"
    words += f", électricité {change.zone_to}" if change.zone_to else ""
    return words + ("" if change.fleet_share_percent == 100 else f", pour {change.fleet_share_percent} %")


_DESCRIPTIONS = {
    ChangeKind.EXTEND_LIFETIME: _extended,
    ChangeKind.REDUCE_COUNT: lambda change: f"Réduire le nombre de {_percent(change.percent or 0)} %",
    ChangeKind.REFURBISHED_SHARE: lambda change: f"Acheter {_percent(change.percent or 0)} % de reconditionné",
    ChangeKind.REDUCE_ENERGY: lambda change: f"Réduire l’électricité de {_percent(change.percent or 0)} %",
    ChangeKind.HOSTING_MOVE: _moved,
    ChangeKind.REPLACE: lambda change: f"Remplacer {change.units or 0} unités par {change.units_to or 0} autres",
}


def _family_names(changes: Sequence[ScenarioChange]) -> dict[str, str]:
    codes = {code for change in changes for code in [*change.categories, change.category_to] if code}
    return dict(EquipmentCategory.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name if rank == 0 else name[:1].lower() + name[1:] for rank, name in enumerate(names[:4]))
    left = len(names) - 4
    return shown if left <= 0 else f"{shown} et {left} {pluralise(left, 'autre', 'autres')}"


def _trials(data: InventoryData, year: int) -> list[TrialRow]:
    """Try each usual change alone, the most useful first; those that touch nothing of the lot are left out."""
    references = footprint_references()
    rules = data.rules
    effects = []
    for trial in references.trials:
        try:
            effects.append(read_effect(trial.code, trial.effect, rules))
        except ValueError:
            # The rules kept with an older set of factors may lack a group.
            continue
    found = follow(
        data.engine_lines,
        effects,
        data.table,
        rules=rules,
        start_year=year,
        low_yield_percent=references.low_yield_percent,
    )
    if found is None:
        return []
    scale = _scale(CLIMATE, found.baseline.central)[1]
    present = {line.category for line in data.engine_lines if line.quantity}
    touched = {effect.lever for effect in effects if effect.categories & present}
    by_code = {trial.code: trial for trial in references.trials}
    rows = [
        TrialRow(
            by_code[item.lever],
            item.savings[CLIMATE].scaled(1 / scale),
            item.percent,
            item.is_low,
            item.complete_year,
        )
        for item in found.alone
        if item.lever in touched and CLIMATE in item.savings
    ]
    return sorted(rows, key=lambda row: (-row.percent, row.trial.code))


def trial_values(inventory: Inventory, code: str, *, year: int) -> Any:
    """Return the change that a usual trial makes on a lot, None when it is unknown or touches nothing."""
    trial = next((item for item in footprint_references().trials if item.code == code), None)
    if trial is None:
        return None
    data = read_data(inventory)
    present = {line.category for line in data.engine_lines if line.quantity is not None}
    return values_of_effect(trial.effect, data.rules, present=present, starts_in=year, label=trial.name)


def _scale(criterion: str, central: float) -> tuple[str, float]:
    if criterion != CLIMATE:
        return CRITERION_LABELS[criterion].unit, 1.0
    return ("t CO₂e", float(KG_PER_T)) if central >= KG_PER_T else ("kg CO₂e", 1.0)


def _unit(data: InventoryData) -> tuple[str, float]:
    total = footprint_of(data)[CLIMATE].total
    return _scale(CLIMATE, total.central if total else 0.0)


def signed_percent(value: float | None) -> str:
    """Write a saving as the change that it is: 25.1 gives « −25 % », −3 gives « +3 % »."""
    if value is None:
        return "–"
    rounded = round(-value, 0 if abs(value) >= 10 else 1)
    if not rounded:
        return typography("0 %")
    places = 0 if rounded.is_integer() else 1
    return typography(f"{MINUS if rounded < 0 else '+'}{format_number(abs(rounded), places)} %")


def _signed(value: float) -> str:
    """Write a change with two significant digits and its sign; what rounds to nothing is 0."""
    if abs(value) < 1e-9:
        return "0"
    return f"{MINUS if value < 0 else '+'}{format_significant(abs(value))}"


# Forms and comparison ------------------------------------------------------------------------------------------------


def zone_choices(inventory: Inventory) -> list[tuple[str, str]]:
    """Return the electricities of the factors of a lot: zone, name."""
    factor_set = inventory.factor_set or current_factor_set()
    found = factor_set.mixes.filter(criterion=CLIMATE, preference=1).order_by("zone_label")
    return list(found.values_list("zone", "zone_label"))


def change_choices(inventory: Inventory) -> dict[str, Any]:
    """Return what the form of a change offers: the families of the lot, the electricities, the families to bring in."""
    lines = inventory.lines.filter(quantity__isnull=False).select_related("category__group")
    others = EquipmentCategory.objects.filter(is_offered=True).values_list("code", "name")
    return {"lines": list(lines), "zones": zone_choices(inventory), "others": list(others)}


@dataclass(frozen=True)
class ComparePage:
    """Two scenarios of a lot side by side; fewer than two leave the page empty."""

    scenarios: list[Scenario]
    first: Scenario | None
    second: Scenario | None
    outcomes: tuple[Outcome, Outcome] | None

    @property
    def years(self) -> list[tuple[int, tuple[Range, str] | None, tuple[Range, str] | None]]:
        """Year → footprint and change of each; a shorter trajectory keeps its last value."""
        if self.outcomes is None:
            return []
        found = [{year: (total, change) for year, total, change in item.points} for item in self.outcomes]
        years = sorted({*found[0], *found[1]})
        return [(year, _at(found[0], year), _at(found[1], year)) for year in years]

    @property
    def criteria(self) -> list[tuple[str, str, str]]:
        """Criterion, change of the first, change of the second at full regime."""
        if self.outcomes is None:
            return []
        percents = [item.trajectory.percents for item in self.outcomes]
        return [
            (label.name, signed_percent(percents[0].get(code)), signed_percent(percents[1].get(code)))
            for code, label in CRITERION_LABELS.items()
        ]

    @property
    def finding(self) -> str:
        """Say which scenario saves most, as far as the ranges let it be said."""
        if self.outcomes is None or self.first is None or self.second is None:
            return "Comparer deux scénarios"
        a, b = (item.percent or 0.0 for item in self.outcomes)
        if abs(a - b) < 0.5:
            return typography(f"« {self.first.name} » et « {self.second.name} » se valent")
        best, other = (self.first, self.second) if a > b else (self.second, self.first)
        return typography(f"« {best.name} » réduit plus que « {other.name} »")


def _at(found: dict[int, tuple[Range, str]], year: int) -> tuple[Range, str] | None:
    known = [item for item in sorted(found) if item <= year]
    return found[known[-1]] if known else None


def compare_page(inventory: Inventory, first_pk: str, second_pk: str) -> ComparePage:
    """Return two scenarios of a lot. Words that name no scenario of the lot are those of its first two."""
    data = read_data(inventory)
    scenarios = list(inventory.scenarios.prefetch_related("changes"))
    by_pk = {str(item.pk): item for item in scenarios}
    if len(scenarios) < 2:
        return ComparePage(scenarios, None, None, None)
    first = by_pk.get(first_pk, scenarios[0])
    second = by_pk.get(second_pk) or next(item for item in scenarios if item != first)
    found = (outcome_of(first, data), outcome_of(second, data))
    outcomes = (found[0], found[1]) if found[0] and found[1] else None
    return ComparePage(scenarios, first, second, outcomes)
