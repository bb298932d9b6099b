"""One inventory read at once: its lines, its figures, its factors."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from authorities.models import Initiative
from common.errors import DomainError
from inventory.enums import InventoryState, Room
from inventory.footprint import DEFAULT_PUE, FactorTable, FootprintLine
from inventory.hosting import carried_lines
from inventory.models import FactorSet, Inventory, InventoryFigure, InventoryLine
from inventory.references import REFERENCE_CHOICE, footprint_references
from inventory.simulation import SimulationRules
from inventory.tables import build_table, read_rules

AGENTS_FIGURE = "agents_equipped"
ROOM_PUE_FIGURE = "room_pue"
HOSTING_PUE_FIGURE = "hosting_pue"


@dataclass(frozen=True)
class InventoryData:
    """What every calculation on an inventory starts from."""

    inventory: Inventory
    lines: tuple[InventoryLine, ...]
    figures: dict[str, InventoryFigure]
    factor_set: FactorSet
    table: FactorTable
    engine_lines: tuple[FootprintLine, ...]
    agent_count: int | None
    is_agent_count_of_authority: bool

    @property
    def rules(self) -> SimulationRules:
        return read_rules(self.factor_set.rules)

    @property
    def filled_lines(self) -> tuple[InventoryLine, ...]:
        return tuple(line for line in self.lines if line.quantity is not None)

    def figure(self, code: str) -> float | None:
        """Return the value of a key figure, None when it is not known."""
        found = self.figures.get(code)
        return None if found is None or found.value is None else float(found.value)


def current_factor_set() -> FactorSet:
    """Return the set in force. Raises DomainError while the reference data is not loaded."""
    found = FactorSet.objects.filter(is_current=True).first()
    if found is None:
        raise DomainError(
            "Les facteurs d’impact ne sont pas chargés\u00a0: lancez «\u00a0manage.py load_reference\u00a0»."
        )
    return found


def factor_table(factor_set: FactorSet, choice_code: str = REFERENCE_CHOICE) -> FactorTable:
    """Return the factors of a set, ready to compute with. Three queries the first time, none after.

    `choice_code`: which of them are taken (see `inventory.references.FactorChoice`); the others than the reference
    are only for reading, no lot is frozen with them.
    """
    return _cached_table(factor_set.pk, factor_set.content_hash, choice_code)


@lru_cache(maxsize=16)
def _cached_table(factor_set_pk: int, content_hash: str, choice_code: str) -> FactorTable:
    # The hash is in the key: a set that was corrected before anyone used it is read again.
    factor_set = FactorSet.objects.get(pk=factor_set_pk, content_hash=content_hash)
    choice = footprint_references().factor_choice(choice_code)
    return build_table(
        factor_set.parameters.all(),
        factor_set.factors.all(),
        factor_set.mixes.all(),
        allowed_licence_classes=choice.allowed if choice else None,
        favoured_licence_classes=choice.favoured if choice else frozenset(),
    )


def current_inventory(initiative: Initiative) -> Inventory | None:
    """Return the lot that figures are drawn from: the latest frozen one, else the one in preparation."""
    return _first(initiative, sorted_by=("state", "-number"))


def working_inventory(initiative: Initiative) -> Inventory | None:
    """Return the lot that people work on: the one in preparation, else the latest frozen one."""
    return _first(initiative, sorted_by=("-number",))


def _first(initiative: Initiative, *, sorted_by: tuple[str, ...]) -> Inventory | None:
    lots = Inventory.objects.for_initiative(initiative).select_related("factor_set").order_by("-number")
    found = list(lots.defer("result"))
    if "state" in sorted_by:
        found.sort(key=lambda lot: lot.state != InventoryState.FROZEN)
    inventory = found[0] if found else None
    if inventory is not None:
        inventory.initiative = initiative
    return inventory


def read_data(inventory: Inventory) -> InventoryData:
    """Read an inventory. Two queries, one or two for its set of factors, three more the first time it is used.

    A frozen lot is computed from the parameters that were frozen with it, never from what a row holds today.
    """
    lines = tuple(inventory.lines.select_related("category__group", "hosting__host_category"))
    figures = {item.kind.code: item for item in inventory.figures.select_related("kind")}
    factor_set = inventory.factor_set if inventory.factor_set else current_factor_set()
    if inventory.is_frozen:
        frozen: dict[str, Any] = inventory.result or {}
        engine_lines = tuple(FootprintLine(**item) for item in frozen["lines"])
        agent_count, is_of_authority = frozen["agent_count"], frozen["is_agent_count_of_authority"]
    else:
        engine_lines = tuple(
            part for line in lines for part in carried_lines(line, as_engine_line(line, figures, factor_set, inventory))
        )
        agent_count, is_of_authority = _agents(inventory, figures)
    return InventoryData(
        inventory=inventory,
        lines=lines,
        figures=figures,
        factor_set=factor_set,
        table=factor_table(factor_set),
        engine_lines=engine_lines,
        agent_count=agent_count,
        is_agent_count_of_authority=is_of_authority,
    )


def as_engine_line(
    line: InventoryLine, figures: dict[str, InventoryFigure], factor_set: FactorSet, inventory: Inventory
) -> FootprintLine:
    """Return a line as the pure engine reads it."""
    zone = inventory.hosting_zone if line.category.room == Room.HOSTED else inventory.zone
    return FootprintLine(
        category=line.category.code,
        quantity=line.quantity,
        confidence=line.confidence,
        lifetime_years=_float(line.lifetime_years),
        observed_lifetime_years=_float(line.observed_lifetime_years),
        refurbished_share=float(line.refurbished_percent or 0) / 100,
        upstream_years=float(line.first_life_years or 0),
        use_share=line.use_share_percent / 100,
        pue=_pue(line.category.room, figures),
        zone=zone or factor_set.zone,
        reuse_rate=_reuse_rate(line),
        total_life_years=float(line.total_life_years or 0),
    )


def _reuse_rate(line: InventoryLine) -> float:
    """Return the share of the retired units handed over for reuse, 0–1; 0 without the certificate of a total life."""
    if line.total_life_years is None or not line.retired_last_year or line.reused_last_year is None:
        return 0.0
    return line.reused_last_year / line.retired_last_year


def freeze_data(data: InventoryData) -> dict[str, Any]:
    """Return the parameters to keep with a frozen lot, as plain values."""
    return {
        "lines": [asdict(line) for line in data.engine_lines],
        "agent_count": data.agent_count,
        "is_agent_count_of_authority": data.is_agent_count_of_authority,
        "factor_set": {"version": data.factor_set.version, "content_hash": data.factor_set.content_hash},
    }


def _pue(room: str, figures: dict[str, InventoryFigure]) -> float:
    """Return the PUE of the room, 1 outside a server room."""
    codes = {Room.LOCAL.value: ROOM_PUE_FIGURE, Room.HOSTED.value: HOSTING_PUE_FIGURE}
    if room not in codes:
        return 1.0
    figure = figures.get(codes[room])
    return DEFAULT_PUE if figure is None or figure.value is None else float(figure.value)


def _agents(inventory: Inventory, figures: dict[str, InventoryFigure]) -> tuple[int | None, bool]:
    figure = figures.get(AGENTS_FIGURE)
    if figure is not None and figure.value is not None:
        return int(figure.value), False
    of_authority = inventory.initiative.authority.agent_count
    return of_authority, of_authority is not None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
