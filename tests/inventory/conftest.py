"""The real factor files, read once."""

from pathlib import Path

import pytest

from inventory.footprint import FactorTable, FootprintLine
from inventory.loader import FactorFiles, read_factor_files
from inventory.simulation import SimulationRules
from inventory.tables import build_table, read_rules

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
def example() -> list[FootprintLine]:
    """The worked example of docs/calculs.md."""
    return [
        FootprintLine("laptop", 100, "measured"),
        FootprintLine("monitor_24", 150, "estimated"),
        FootprintLine("smartphone", 80, "estimated"),
        FootprintLine("server_rack", 3, "measured", pue=1.6),
        FootprintLine("printer_mfp", 5, "unknown"),
    ]
