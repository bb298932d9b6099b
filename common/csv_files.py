"""The only writer of csv: as a French spreadsheet opens it, and without any formula in it."""

import csv
import io
from collections.abc import Iterable, Sequence

from common.xlsx import FORMULA_START, clean_text

# A spreadsheet shows the apostrophe as nothing, and takes what follows as a text.
_TEXT_MARK = "'"


def build_csv(headers: Sequence[str], rows: Iterable[Sequence[object]], *, is_open_data: bool = False) -> bytes:
    """Return a csv file: semicolons, UTF-8 with its mark, lines that end in CR LF; None is an empty cell.

    `is_open_data`: commas and no mark, as the validators of open data read it; long texts are whole.
    """
    target = io.StringIO()
    writer = csv.writer(target, delimiter="," if is_open_data else ";", lineterminator="\r\n")
    writer.writerow([_cell(header) for header in headers])
    writer.writerows([_cell(value, is_cut=not is_open_data) for value in row] for row in rows)
    return target.getvalue().encode("utf-8" if is_open_data else "utf-8-sig")


def _cell(value: object, *, is_cut: bool = True) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = clean_text(value, is_cut=is_cut)
    is_formula = isinstance(value, str) and str(value).startswith(FORMULA_START)
    return f"{_TEXT_MARK}{text}" if is_formula else text
