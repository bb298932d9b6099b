"""Facts of an estate that other applications quote, and the ratios with the legal threshold in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from common.dates import format_day
from common.numbers import format_number, format_significant
from inventory.enums import CountsAs
from inventory.models import Inventory, InventoryLine
from inventory.selectors.data import InventoryData, read_data
from reference.models import Duty
from reference.selectors import DutyState, duties_for

REUSE_DUTY = "reemploi-reformes"
PURCHASE_DUTY = "achats-reemploi"


@dataclass(frozen=True)
class CategoryFacts:
    """What is known of one family; `lifetime_years` is the declared one, else the default of the factors."""

    code: str
    name: str
    quantity: int | None
    stock_quantity: int | None
    mean_age_years: float | None
    lifetime_years: float | None
    is_lifetime_declared: bool
    observed_lifetime_years: float | None
    refurbished_percent: float | None
    confidence: str


@dataclass(frozen=True)
class EquipmentFacts:
    """What is known of an estate: category code → facts, then the figures of the whole."""

    categories: dict[str, CategoryFacts]
    agent_count: int | None
    terminals_per_agent: float | None
    screens_per_agent: float | None
    reuse_rate_percent: float | None
    reused_purchase_percent: float | None
    waste_kg_per_agent: float | None
    figures: dict[str, float]
    unit_count: int


@dataclass(frozen=True)
class Ratio:
    """A ratio with its sentence, and the legal threshold in force where there is one.

    `is_attention_point`: the threshold binds this authority and is not met. Values are written in French.
    """

    code: str
    label: str
    value: str
    unit: str
    explanation: str
    threshold: str = ""
    next_threshold: str = ""
    legal_reference: str = ""
    is_attention_point: bool = False

    @property
    def is_known(self) -> bool:
        return self.value != ""


def equipment_facts(inventory: Inventory) -> EquipmentFacts:
    """Return the facts of an inventory."""
    return facts_of(read_data(inventory))


def facts_of(data: InventoryData) -> EquipmentFacts:
    agents = data.agent_count
    waste = data.figure("deee_kg")
    return EquipmentFacts(
        categories={line.category.code: _category_facts(line, data) for line in data.lines},
        agent_count=agents,
        terminals_per_agent=_per_agent(_count(data.lines, CountsAs.TERMINAL), agents),
        screens_per_agent=_per_agent(_count(data.lines, CountsAs.SCREEN), agents),
        reuse_rate_percent=_reuse_rate(data),
        reused_purchase_percent=data.figure("reused_purchase_percent"),
        waste_kg_per_agent=_per_agent(waste, agents),
        figures={code: float(item.value) for code, item in data.figures.items() if item.value is not None},
        unit_count=sum(line.quantity or 0 for line in data.lines),
    )


def ratios_of(data: InventoryData, facts: EquipmentFacts, *, on: date) -> list[Ratio]:
    """Return the ratios, with the thresholds in force on a date. Two queries."""
    authority = data.inventory.initiative.authority
    duties = {state.duty.code: state for state in duties_for(authority.kind, authority.population, on)}
    uses_stock = data.figure("retired_stock") is not None
    reuse_base = "matériels réformés en stock au 1er janvier" if uses_stock else "matériels réformés dans l’année"
    return [
        Ratio(
            "terminals_per_agent",
            "Terminaux par agent",
            _written(facts.terminals_per_agent),
            "par agent",
            "ordinateurs, tablettes et téléphones mobiles en service",
        ),
        Ratio(
            "screens_per_agent", "Écrans par agent", _written(facts.screens_per_agent), "par agent", "écrans en service"
        ),
        _with_duty(
            Ratio(
                "reuse_rate",
                "Taux de réemploi",
                _written_percent(facts.reuse_rate_percent),
                "%",
                f"matériels donnés ou vendus pour réemploi / {reuse_base}",
            ),
            facts.reuse_rate_percent,
            duties.get(REUSE_DUTY),
        ),
        _with_duty(
            Ratio(
                "reused_purchases",
                "Achats issus du réemploi",
                _written_percent(facts.reused_purchase_percent),
                "%",
                "part de la dépense annuelle d’informatique et de téléphonie, hors taxes",
            ),
            facts.reused_purchase_percent,
            duties.get(PURCHASE_DUTY),
        ),
        Ratio(
            "waste_per_agent",
            "Déchets d’équipements par agent",
            _written(facts.waste_kg_per_agent),
            "kg par an",
            "DEEE remis à un éco-organisme",
        ),
    ]


def _category_facts(line: InventoryLine, data: InventoryData) -> CategoryFacts:
    defaults = data.table.defaults.get(line.category.code)
    default_years = defaults.lifetime_years.central if defaults and defaults.lifetime_years else None
    return CategoryFacts(
        code=line.category.code,
        name=line.category.name,
        quantity=line.quantity,
        stock_quantity=line.stock_quantity,
        mean_age_years=_float(line.mean_age_years),
        lifetime_years=default_years if line.lifetime_years is None else float(line.lifetime_years),
        is_lifetime_declared=line.lifetime_years is not None,
        observed_lifetime_years=_float(line.observed_lifetime_years),
        refurbished_percent=_float(line.refurbished_percent),
        confidence=line.confidence,
    )


def _count(lines: Iterable[InventoryLine], kind: CountsAs) -> int | None:
    """Return how many units count as this, None when no such family is filled."""
    counts = [line.quantity for line in lines if line.category.counts_as == kind and line.quantity is not None]
    return sum(counts) if counts else None


def _per_agent(value: float | None, agents: int | None) -> float | None:
    return None if value is None or not agents else value / agents


def _reuse_rate(data: InventoryData) -> float | None:
    """Return A / B × 100: A goods sent to reuse in the year, B goods retired (in stock on 1 January when it is known).

    Source: loi REEN n° 2021-1485, art. 16; décret n° 2023-266. None when A or B is not known, or B is zero.
    """
    lines = [line for line in data.lines if line.category.counts_for_reuse]
    reused = [line.reused_last_year for line in lines if line.reused_last_year is not None]
    retired = [line.retired_last_year for line in lines if line.retired_last_year is not None]
    stock = data.figure("retired_stock")
    base = stock if stock is not None else (float(sum(retired)) if retired else None)
    if not reused or not base:
        return None
    return 100 * sum(reused) / base


def _with_duty(ratio: Ratio, value: float | None, state: DutyState | None) -> Ratio:
    """Add the threshold in force, the next one, and whether the value is under the first."""
    if state is None or state.value is None:
        return ratio
    word = "au plus" if state.duty.direction == Duty.Direction.MAXIMUM else "au moins"
    since = f" depuis le {format_day(state.since_on)}" if state.since_on else ""
    following = ""
    if state.next_value is not None and state.next_on is not None:
        following = f"puis {format_number(state.next_value.normalize())}\u202f% le {format_day(state.next_on)}"
    is_under = value is not None and state.duty.direction == Duty.Direction.MINIMUM and value < state.value
    return Ratio(
        ratio.code,
        ratio.label,
        ratio.value,
        ratio.unit,
        ratio.explanation,
        threshold=f"seuil légal\u00a0: {format_number(state.value.normalize())}\u202f% {word}{since}",
        next_threshold=following,
        legal_reference=state.duty.legal_reference,
        is_attention_point=is_under and state.is_bound,
    )


def _written(value: float | None) -> str:
    return "" if value is None else format_significant(value)


def _written_percent(value: float | None) -> str:
    return "" if value is None else format_number(value, 0)


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
