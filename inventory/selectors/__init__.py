"""Reads of the inventory, for its own screens and for the applications at its right."""

from inventory.selectors.advice import find_datum_to_improve
from inventory.selectors.data import (
    InventoryData,
    current_factor_set,
    current_inventory,
    factor_table,
    freeze_data,
    read_data,
    working_inventory,
)
from inventory.selectors.facts import CategoryFacts, EquipmentFacts, Ratio, equipment_facts, facts_of, ratios_of
from inventory.selectors.impact import (
    CombinedSaving,
    SavingRange,
    follow_levers,
    footprint_of,
    inventory_footprint,
    observed_footprint_of,
    simulate_levers,
    simulate_together,
)
from inventory.selectors.impact_pages import FootprintPage, criterion_rows, footprint_page, trace_page
from inventory.selectors.imports import NotOurSpreadsheetError, applied_imports, preview_import
from inventory.selectors.pages import (
    GroupRow,
    OverviewPage,
    default_lifetimes,
    figure_kinds,
    group_rows,
    lot_rows,
    offered_categories,
    overview_page,
    table_pages,
)
from inventory.selectors.state import inventory_state, inventory_states

__all__ = [
    "CategoryFacts",
    "CombinedSaving",
    "EquipmentFacts",
    "FootprintPage",
    "GroupRow",
    "InventoryData",
    "NotOurSpreadsheetError",
    "OverviewPage",
    "Ratio",
    "SavingRange",
    "applied_imports",
    "criterion_rows",
    "current_factor_set",
    "current_inventory",
    "default_lifetimes",
    "equipment_facts",
    "factor_table",
    "facts_of",
    "figure_kinds",
    "find_datum_to_improve",
    "follow_levers",
    "footprint_of",
    "footprint_page",
    "freeze_data",
    "group_rows",
    "inventory_footprint",
    "inventory_state",
    "inventory_states",
    "lot_rows",
    "observed_footprint_of",
    "offered_categories",
    "overview_page",
    "preview_import",
    "ratios_of",
    "read_data",
    "simulate_levers",
    "simulate_together",
    "table_pages",
    "trace_page",
    "working_inventory",
]
