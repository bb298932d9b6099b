"""Facts that the site knows besides the agreed levels, by the code that the consistency checks name."""

from dataclasses import dataclass

from authorities.models import Initiative, SourceDocument, TerritoryActor
from common.dates import format_day
from common.numbers import NARROW_NO_BREAK_SPACE, format_number, format_significant
from inventory.enums import InventoryState
from inventory.selectors import current_inventory, equipment_facts

FROZEN_INVENTORY = "frozen_inventory"
REUSED_PURCHASE = "reused_purchase_percent"
REUSE_RATE = "reuse_rate_percent"
TERRITORY_ACTORS = "territory_actors"
SOURCE_DOCUMENTS = "source_documents"

FACT_CODES = frozenset({FROZEN_INVENTORY, REUSED_PURCHASE, REUSE_RATE, TERRITORY_ACTORS, SOURCE_DOCUMENTS})


@dataclass(frozen=True)
class Fact:
    """A fact: how it is named, its value (None: unknown), how it is written, the route of the page that holds it."""

    code: str
    label: str
    value: float | None
    written: str
    route: str


def known_facts(initiative: Initiative) -> dict[str, Fact]:
    """Return the facts of a démarche as they are now; those of the inventory come from the latest frozen lot."""
    actors = TerritoryActor.objects.for_initiative(initiative).count()
    documents = SourceDocument.objects.for_initiative(initiative).count()
    facts = [
        *_inventory_facts(initiative),
        Fact(
            TERRITORY_ACTORS,
            "Acteurs du territoire dans la préparation",
            actors,
            format_number(actors),
            "authorities:actor_list",
        ),
        Fact(
            SOURCE_DOCUMENTS,
            "Documents existants dans la préparation",
            documents,
            format_number(documents),
            "authorities:document_list",
        ),
    ]
    return {fact.code: fact for fact in facts}


def _inventory_facts(initiative: Initiative) -> list[Fact]:
    route = "inventory:inventory_detail"
    inventory = current_inventory(initiative)
    if inventory is None or inventory.state != InventoryState.FROZEN:
        return [Fact(FROZEN_INVENTORY, "Inventaire flash", 0, "non figé", route)]
    found = equipment_facts(inventory)
    return [
        Fact(FROZEN_INVENTORY, "Inventaire flash", 1, f"figé, daté du {format_day(inventory.dated_on)}", route),
        _percent(
            REUSED_PURCHASE, "Part des achats issue du réemploi, inventaire", found.reused_purchase_percent, route
        ),
        _percent(REUSE_RATE, "Taux de réemploi, inventaire", found.reuse_rate_percent, route),
    ]


def _percent(code: str, label: str, value: float | None, route: str) -> Fact:
    written = "inconnu" if value is None else f"{format_significant(value)}{NARROW_NO_BREAK_SPACE}%"
    return Fact(code, label, value, written, route)
