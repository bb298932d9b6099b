"""The real factor files, read once; in the base for the tests that need it."""

from pathlib import Path

import pytest

import inventory.loader
from authorities.models import Initiative
from inventory.footprint import FactorTable, FootprintLine
from inventory.loader import FactorFiles, load_all, read_factor_files
from inventory.models import Inventory
from inventory.simulation import SimulationRules
from inventory.tables import build_table, read_rules
from tests.factories_inventory import make_example, make_inventory

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture(scope="session")
def factor_files() -> FactorFiles:
    return read_factor_files(FIXTURES)


@pytest.fixture(scope="session")
def table(factor_files: FactorFiles) -> FactorTable:
    return build_table(factor_files.parameters, factor_files.factors, factor_files.mixes)


@pytest.fixture(scope="session")
def rules(factor_files: FactorFiles) -> SimulationRules:
    return read_rules(factor_files.rules)


@pytest.fixture
def reference(db, factor_files: FactorFiles, monkeypatch) -> None:
    """The reference data of the inventory in the base; the large files are not parsed again for each test."""
    for items in (factor_files.parameters, factor_files.factors, factor_files.mixes):
        for item in items:
            item.pk = None
    monkeypatch.setattr(inventory.loader, "read_factor_files", lambda _folder: factor_files)
    load_all(FIXTURES)
    monkeypatch.undo()


@pytest.fixture
def lot(reference, initiative: Initiative) -> Inventory:
    """An empty lot in preparation."""
    return make_inventory(initiative)


@pytest.fixture
def example_lot(reference, initiative: Initiative) -> Inventory:
    """A lot in preparation that holds the worked example."""
    return make_example(initiative)


@pytest.fixture
def example() -> list[FootprintLine]:
    """The worked example of docs/calculs.md."""
    return [
        FootprintLine("laptop", 100, "measured"),
        FootprintLine("monitor_24", 150, "estimated"),
        FootprintLine("smartphone", 80, "estimated"),
        FootprintLine("server_rack", 3, "measured", pue=1.6),
        FootprintLine("printer_mfp", 5, "unknown"),
    ]
