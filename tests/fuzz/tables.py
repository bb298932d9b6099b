"""Feed the readers of files with mutated bytes, guided by coverage, until one fails or somebody stops.

    pip install atheris            # development only, no part of the requirements
    python -m tests.fuzz.tables -max_total_time=600 var/fuzz

The parsers run in this process, without their limits of memory and time: what is looked for is an exception that nobody
turns into a sentence. The first byte tells which reader gets the rest.
"""

import os
import sys
from contextlib import nullcontext

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

if __name__ == "__main__":
    import atheris

    guided = atheris.instrument_imports(include=["common.spreadsheets", "inventory.devices"])
else:
    guided = nullcontext()

with guided:
    from common.spreadsheets import child, table_child
    from common.spreadsheets.long_tables import LIMITS
    from inventory.devices.cells import CellError, read_month, read_number
    from inventory.devices.fields import find_layout
    from inventory.devices.tally import Tally, TallyMaker, TallyRefused
    from inventory.devices.vocabulary import vocabulary

ON_MONTH = 2026 * 12


def read_csv(data: bytes) -> None:
    """Read a csv file up to its tally."""
    try:
        table = table_child.CsvTable(data, LIMITS)
        rows = [(number, [table_child.as_cell(cell) for cell in row]) for number, row in table.rows("")]
    except child.Refusal:
        return
    words = vocabulary()
    layout = find_layout([("", rows)], words.headers, words.priorities)
    if layout is None or not layout.columns:
        return
    headers = {name: layout.headers[column - 1] for name, column in layout.columns.items()}
    maker = TallyMaker(list(layout.columns), headers, words, on_month=ON_MONTH)
    positions = [column - 1 for column in layout.columns.values()]
    below = [
        (number, [cells[position] if position < len(cells) else "" for position in positions])
        for number, cells in rows
        if number > layout.header_row
    ]
    try:
        maker.add(below)
    except TallyRefused:
        return
    tally = maker.finish()
    if Tally.from_json(tally.as_json) != tally:
        raise AssertionError("the tally changes when it is kept")


def read_cells(data: bytes) -> None:
    """Read a text as every kind of cell."""
    text = data.decode("utf-8", errors="replace")[:200]
    month = read_month(text)
    if not -2 <= month < 2100 * 12:
        raise AssertionError(f"{text!r} is the month {month}")
    for name in ("quantity", "mean_age_years", "refurbished_percent"):
        try:
            value = read_number(name, text)
        except CellError:
            continue
        if value is not None and value < 0:
            raise AssertionError(f"{text!r} is {value}")


TARGETS = (read_csv, read_cells)


def test_one_input(data: bytes) -> None:
    """Give the bytes to one of the readers."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
