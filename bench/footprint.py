"""The engine of the footprint, alone: made-up estates over every category of the factor files."""

from collections.abc import Callable

import numpy as np
from django.conf import settings

from inventory.footprint import (
    FactorTable,
    FootprintLine,
    LineColumns,
    columns_of,
    evaluate,
    resolve_columns,
    summarise,
)
from inventory.loader import read_factor_files
from inventory.tables import build_table

# A quarter each of what boaviztapi evaluates too.
BATCH_CATEGORIES = ("laptop", "monitor_24", "smartphone", "server_rack")
BATCH_LINES = 1_000
BATCH_CRITERIA = ("GWP", "ADPE", "PE")


def _table() -> FactorTable:
    files = read_factor_files(settings.BASE_DIR / "fixtures")
    return build_table(files.parameters, files.factors, files.mixes)


def _columns(table: FactorTable, count: int) -> LineColumns:
    draw = np.random.default_rng(1)
    nothing = np.zeros(count)
    return LineColumns(
        categories=table.categories,
        category=draw.integers(0, len(table.categories), count),
        zones=("DEU", "FRA"),
        zone=draw.integers(0, 2, count),
        error=draw.choice([0.01, 0.10, 0.20], count),
        quantity=draw.integers(1, 500, count).astype(np.float64),
        lifetime_years=draw.choice([np.nan, 4.0, 6.5], count),
        observed_lifetime_years=np.full(count, np.nan),
        refurbished_share=draw.choice([0.0, 0.3], count),
        upstream_years=np.full(count, 3.0),
        use_share=draw.choice([1.0, 0.85, 0.57], count),
        pue=draw.choice([1.0, 1.6], count),
        reuse_rate=nothing,
        total_life_years=nothing,
    )


def _prepare(count: int) -> Callable[[], object]:
    table = _table()
    columns = _columns(table, count)
    return lambda: summarise(resolve_columns(columns, table), table)


def prepare_1000() -> Callable[[], object]:
    """Return the footprint of 1 000 lines, from their columns to the totals with ranges."""
    return _prepare(1_000)


def prepare_100000() -> Callable[[], object]:
    """Return the footprint of 100 000 lines."""
    return _prepare(100_000)


def prepare_1000000() -> Callable[[], object]:
    """Return the footprint of 1 000 000 lines."""
    return _prepare(1_000_000)


def prepare_batch() -> Callable[[], object]:
    """Return the evaluation of 1 000 lines, each with its own result by criterion and step, and its range."""
    table = _table()
    columns = columns_of([FootprintLine(name, 1, "measured") for name in BATCH_CATEGORIES] * (BATCH_LINES // 4))

    def run() -> None:
        impact, is_evaluated = evaluate(resolve_columns(columns, table), table, criteria=BATCH_CRITERIA)
        if impact.shape[1] != BATCH_LINES or not is_evaluated.all():
            raise ValueError("a line was not evaluated")

    return run
