"""From the cells of a spreadsheet to the changes of an inventory, line by line, each refusal with its reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from common.numbers import NO_VALUE, format_number
from common.spreadsheets.process import SheetContent
from common.spreadsheets.tables import LineRefused, Refused, Table, candidate_tables, is_empty, refuse_computed
from common.text import normalise, typography
from inventory import spreadsheet
from inventory.columns import COLUMNS_BY_NAME, LINE_COLUMNS, LineColumn, check_together
from inventory.enums import Confidence
from inventory.forms import figure_field
from inventory.models import EquipmentCategory, FigureKind, InventoryFigure, InventoryLine
from inventory.readers.shrink import Shrink, as_rows, find_shrinks

SHOWN_REFUSALS = 200
_UNIT_SUFFIX = re.compile(r"\s*(%|ans?|années?|kwh(/an)?|kg(/an)?|to|agents?|pages?)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Change:
    """A field that will change, with both values written for reading."""

    label: str
    before: str
    after: str


@dataclass
class Preview:
    """What a spreadsheet would do. `values`: what would be written, as JSON can carry it."""

    added: list[tuple[str, list[Change]]] = field(default_factory=list)
    changed: list[tuple[str, list[Change]]] = field(default_factory=list)
    unchanged_count: int = 0
    refused: list[Refused] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    line_values: dict[str, dict[str, Any]] = field(default_factory=dict)
    figure_values: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_recognised: bool = False
    shrinks: list[Shrink] = field(default_factory=list)

    @property
    def changes(self) -> dict[str, Any]:
        return {"lines": self.line_values, "figures": self.figure_values}

    @property
    def report(self) -> dict[str, Any]:
        """What the page of the preview shows, as plain values."""
        return {
            "added": [_plain(name, changes) for name, changes in self.added],
            "changed": [_plain(name, changes) for name, changes in self.changed],
            "unchanged_count": self.unchanged_count,
            "refused": [vars(item) for item in self.refused[:SHOWN_REFUSALS]],
            "refused_count": len(self.refused),
            "ignored_columns": self.ignored_columns[:20],
            "shrinks": as_rows(self.shrinks),
        }


def _plain(name: str, changes: Iterable[Change]) -> dict[str, Any]:
    return {"name": name, "changes": [vars(change) for change in changes]}


def read_rows(
    sheets: Sequence[SheetContent],
    *,
    categories: Sequence[EquipmentCategory],
    labels: Mapping[str, str],
    lines: Mapping[str, InventoryLine],
    kinds: Sequence[FigureKind],
    figures: Mapping[str, InventoryFigure],
) -> Preview:
    """Compare a spreadsheet with an inventory. Nothing is written.

    `categories`: those that may be in an inventory; `labels`: category code → name in the factors, also understood;
    `lines` and `figures`: what the lot holds, by code. An empty cell changes nothing.
    """
    preview = Preview()
    for sheet in sheets:
        table = _find_table(sheet, _LINE_HEADERS, needed="family")
        if table is not None:
            preview.is_recognised = True
            _note_ignored(preview, table, set(_LINE_HEADERS) | _KNOWN_ELSEWHERE)
            _read_lines(preview, table, _names(categories, labels), lines)
            continue
        table = _find_table(sheet, _FIGURE_HEADERS, needed="figure")
        if table is not None:
            preview.is_recognised = True
            _note_ignored(preview, table, set(_FIGURE_HEADERS) | _KNOWN_ELSEWHERE)
            _read_figures(preview, table, kinds, figures)
    preview.shrinks = _shrinks(preview, lines)
    return preview


def _shrinks(preview: Preview, lines: Mapping[str, InventoryLine]) -> list[Shrink]:
    """Compare the quantities that would be written with those of the lot; the whole is the lot as it would become."""
    declared = {code: (line.category.name, line.quantity) for code, line in lines.items()}
    kept = {code: quantity for code, (_name, quantity) in declared.items() if quantity is not None}
    written = {code: values["quantity"] for code, values in preview.line_values.items() if "quantity" in values}
    return find_shrinks(declared, kept | written) if written else []


# Headers ------------------------------------------------------------------------------------------------------------


def _line_headers() -> dict[str, str]:
    found = {normalise(spreadsheet.CODE_HEADER): "code"}
    for name in (spreadsheet.FAMILY_HEADER, "Familles", "Équipement", "Équipements", "Catégorie", "Type d’équipement"):
        found[normalise(name)] = "family"
    for column in LINE_COLUMNS:
        for header in (column.header, column.short, *column.aliases):
            found[normalise(header)] = column.name
    return found


def _figure_headers() -> dict[str, str]:
    found = {normalise(spreadsheet.CODE_HEADER): "code"}
    for name in (spreadsheet.FIGURE_HEADER, "Chiffre clé", "Chiffres clés", "Indicateur"):
        found[normalise(name)] = "figure"
    for name in (spreadsheet.VALUE_HEADER, "Valeurs", "Nombre"):
        found[normalise(name)] = "value"
    found[normalise(spreadsheet.CONFIDENCE_HEADER)] = "confidence"
    found[normalise(spreadsheet.SOURCE_HEADER)] = "source"
    return found


_LINE_HEADERS = _line_headers()
_FIGURE_HEADERS = _figure_headers()
# Columns of our own spreadsheet that are there to help, and are not read.
_KNOWN_ELSEWHERE = {
    normalise(header)
    for header in (
        spreadsheet.GROUP_HEADER,
        spreadsheet.UNIT_HEADER,
        spreadsheet.HELP_HEADER,
        "Durée prise par défaut (ans)",
    )
}


def _find_table(sheet: SheetContent, headers: Mapping[str, str], *, needed: str) -> Table | None:
    """Return the table whose headers are the first row that names `needed` and at least one other field."""
    for table in candidate_tables(sheet, headers):
        if needed in table.columns and set(table.columns) - {needed, "code", "source", "confidence"}:
            return table
    return None


def _note_ignored(preview: Preview, table: Table, known: set[str]) -> None:
    for cell in table.sheet.rows[table.header_row - 1]:
        if isinstance(cell, str) and cell.strip() and normalise(cell) not in known:
            preview.ignored_columns.append(" ".join(cell.split())[:60])


def _names(categories: Sequence[EquipmentCategory], labels: Mapping[str, str]) -> dict[str, EquipmentCategory]:
    """Return every name under which a category is understood: code, name, name in the factors, plural or not."""
    found: dict[str, EquipmentCategory] = {}
    for category in categories:
        for name in (category.code, category.name, labels.get(category.code, "")):
            if name:
                found.setdefault(_key(name), category)
    return found


def _key(name: str) -> str:
    return " ".join(word.rstrip("sx") or word for word in normalise(name).split())


# Lines ---------------------------------------------------------------------------------------------------------------


def _read_lines(
    preview: Preview,
    table: Table,
    names: Mapping[str, EquipmentCategory],
    lines: Mapping[str, InventoryLine],
) -> None:
    seen: dict[str, int] = {}
    for number, row in table.rows():
        try:
            category = _find_category(table, row, names)
            if category is None:
                continue
            if category.code in seen:
                raise LineRefused(
                    "", f"{category.name}\u00a0: cette famille est déjà à la ligne {seen[category.code]}."
                )
            seen[category.code] = number
            refuse_computed(table, number)
            _compare_line(preview, table, row, category, lines.get(category.code))
        except LineRefused as reason:
            preview.refused.append(Refused(table.sheet.name, number, reason.column, typography(reason.message)))


def _find_category(
    table: Table, row: Sequence[Any], names: Mapping[str, EquipmentCategory]
) -> EquipmentCategory | None:
    code, name = table.cell(row, "code"), table.cell(row, "family")
    if is_empty(code) and is_empty(name):
        # A total or a remark below the table: nothing to read when no figure stands in it.
        if all(is_empty(table.cell(row, column.name)) for column in LINE_COLUMNS):
            return None
        raise LineRefused(table.headers["family"], "Indiquez la famille de cette ligne.")
    found = names.get(_key(str(name))) or names.get(_key(str(code)))
    if found is None:
        raise LineRefused(
            table.headers["family"],
            f"Famille inconnue\u00a0: «\u00a0{str(name or code)[:60]}\u00a0». Reprenez un nom du tableur proposé.",
        )
    return found


def _compare_line(
    preview: Preview,
    table: Table,
    row: Sequence[Any],
    category: EquipmentCategory,
    stored: InventoryLine | None,
) -> None:
    line = stored or InventoryLine(category=category)
    values: dict[str, Any] = {}
    for column in LINE_COLUMNS:
        cell = table.cell(row, column.name)
        if not is_empty(cell):
            values[column.name] = _clean(column.form_field(), column, cell, table.headers[column.name])
    if not values:
        return
    merged = {name: values.get(name, getattr(line, name)) for name in COLUMNS_BY_NAME}
    for name, message in check_together(merged).items():
        raise LineRefused(table.headers.get(name, COLUMNS_BY_NAME[name].header), message)
    changed = {name: value for name, value in values.items() if getattr(line, name) != value}
    if not changed:
        preview.unchanged_count += 1
        return
    changes = [
        Change(COLUMNS_BY_NAME[name].header, COLUMNS_BY_NAME[name].written(line), COLUMNS_BY_NAME[name].write(value))
        for name, value in changed.items()
    ]
    preview.line_values[category.code] = {name: _as_json(value) for name, value in changed.items()}
    (preview.changed if line.quantity is not None else preview.added).append((category.name, changes))


# Key figures ---------------------------------------------------------------------------------------------------------


def _read_figures(
    preview: Preview, table: Table, kinds: Sequence[FigureKind], figures: Mapping[str, InventoryFigure]
) -> None:
    names = {_key(name): kind for kind in kinds for name in (kind.code, kind.name)}
    seen: dict[str, int] = {}
    for number, row in table.rows():
        try:
            code, name = table.cell(row, "code"), table.cell(row, "figure")
            if all(is_empty(table.cell(row, column)) for column in ("value", "confidence", "source")):
                continue
            kind = names.get(_key(str(name))) or names.get(_key(str(code)))
            if kind is None:
                raise LineRefused(
                    table.headers["figure"], f"Chiffre inconnu\u00a0: «\u00a0{str(name or code)[:60]}\u00a0»."
                )
            if kind.code in seen:
                raise LineRefused("", f"{kind.name}\u00a0: ce chiffre est déjà à la ligne {seen[kind.code]}.")
            seen[kind.code] = number
            refuse_computed(table, number)
            _compare_figure(preview, table, row, kind, figures.get(kind.code) or InventoryFigure(kind=kind))
        except LineRefused as reason:
            preview.refused.append(Refused(table.sheet.name, number, reason.column, typography(reason.message)))


def _compare_figure(
    preview: Preview, table: Table, row: Sequence[Any], kind: FigureKind, stored: InventoryFigure
) -> None:
    values: dict[str, Any] = {}
    for name in ("value", "confidence", "source"):
        cell = table.cell(row, name)
        if not is_empty(cell):
            form_field = figure_field(kind) if name == "value" else COLUMNS_BY_NAME[name].form_field()
            column = None if name == "value" else COLUMNS_BY_NAME[name]
            values[name] = _clean(form_field, column, cell, table.headers[name])
    changed = {name: value for name, value in values.items() if getattr(stored, name) != value}
    if not changed:
        preview.unchanged_count += 1
        return
    changes = [
        Change(_FIGURE_WORDS[name], _write_figure(name, getattr(stored, name)), _write_figure(name, value))
        for name, value in changed.items()
    ]
    preview.figure_values[kind.code] = {name: _as_json(value) for name, value in changed.items()}
    (preview.changed if stored.value is not None else preview.added).append((kind.name, changes))


_FIGURE_WORDS = {"value": "Valeur", "confidence": "Confiance", "source": "Source"}


def _write_figure(name: str, value: Any) -> str:
    if name == "value":
        return NO_VALUE if value is None else format_number(Decimal(str(value)).normalize())
    return COLUMNS_BY_NAME[name].write(value)


# Cells ---------------------------------------------------------------------------------------------------------------


def _clean(form_field: Any, column: LineColumn | None, cell: Any, header: str) -> Any:
    """Return the value of a cell, by the field that reads it on screen. Raises LineRefused."""
    kind = column.kind if column else "number"
    if isinstance(cell, dict):
        if kind == "text":
            cell = str(cell["date"])[:10]
        else:
            raise LineRefused(
                header, "Cellule lue comme une date\u00a0: mettez-la au format nombre, puis retapez le nombre."
            )
    if kind == "choice":
        return _confidence(str(cell), header)
    text = " ".join(str(cell).split())
    if kind != "text":
        text = _UNIT_SUFFIX.sub("", text)
    try:
        return form_field.clean(text)
    except ValidationError as error:
        raise LineRefused(
            header, f"Lu\u00a0: «\u00a0{text[:40]}\u00a0». {' '.join(map(str, error.messages))}"
        ) from None


def _confidence(text: str, header: str) -> str:
    wanted = normalise(text)
    for value, label in Confidence.choices:
        if wanted in {normalise(str(label)), value, normalise(str(label))[:1], f"{normalise(str(label))}e"}:
            return value
    raise LineRefused(header, f"Lu\u00a0: «\u00a0{text[:40]}\u00a0». Indiquez mesuré, estimé ou inconnu.")


def _as_json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
