"""An action sheet as texts that a person reads, field by field, and back.

The trail keeps these texts before and after each save, and a return to a former version reads them again: each way of
writing stands beside the way of reading it. The field « steps.2 » is the second step, « indicators.1 » the first
indicator, one text each: its name on the first line, then « Qui : DSI » for each of its other values (see `ROW_KINDS`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from authorities.events import Change, changes_between
from authorities.models import Participant
from reference.models import Dimension, Service, Theme
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, Objective
from roadmap.sheet_rows import ROW_KINDS, RowKind, SheetRow

SERVICES, OBJECTIVES = "associated_services", "objectives"
HALF_YEARS = frozenset({"start_half", "end_half", "due_half"})
DAYS_BY_HALF_YEAR = "human_days_by_half_year"
SEPARATOR = "\u00a0: "
YES, NO = "oui", "non"
DAY_FORMAT = "%d/%m/%Y"

# The order of the page: what it is, why, who, with what, when, with what caution.
TEXT_FIELDS: tuple[str, ...] = (
    "title", "short_title", "status", OBJECTIVES, "dimension", "theme", "perimeter", "commitment", "is_quick_win",
    "context", "aim", "description", "lead_participant", "lead_service", "lead_name", "elected_lead", SERVICES,
    "associated_note", "partners", "target_public", "human_days", DAYS_BY_HALF_YEAR, "human_note", "budget_eur",
    "budget_note", "funding", "start_half", "end_half", "is_placed_by_hand", "placement_reason", "expected_effect",
    "effort", "impact", "rebound", "risks", "mitigation", "legal_references", "links",
)  # fmt: skip
# A sheet served one objective only before: what the trail called so.
FORMER_NAMES = {"objective": OBJECTIVES}


def sheet_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Return what differs between two states of a sheet, in the order of the page: fields, steps, indicators."""
    return sorted(changes_between(before, after, label_of), key=lambda change: _rank_of(change["field"]))


def is_field(name: str) -> bool:
    """Tell whether a sheet has this field: a trail that comes from elsewhere may name others."""
    group, _, rank = name.partition(".")
    return name in TEXT_FIELDS or (group in ROW_KINDS and rank.isascii() and rank.isdecimal())


def _rank_of(name: str) -> tuple[int, int]:
    group, _, rank = name.partition(".")
    return (len(TEXT_FIELDS) + list(ROW_KINDS).index(group), int(rank)) if rank else (TEXT_FIELDS.index(name), 0)


def label_of(name: str) -> str:
    """Return the words of a field: « service pilote », « étape 2 »."""
    group, _, rank = name.partition(".")
    if rank:
        return f"{ROW_KINDS[group].word} {rank}"
    return _words_of(ActionSheet, name)


# Writing -------------------------------------------------------------------------------------------------------------
def write_sheet(sheet: ActionSheet) -> dict[str, str]:
    """Return field → text of a sheet read with its rows, its services and its objectives."""
    texts = {}
    for name in TEXT_FIELDS:
        if name in LISTS:
            texts[name] = "\n".join(str(item) for item in getattr(sheet, name).all())
        else:
            texts[name] = _write(sheet, name)
    for name, kind in ROW_KINDS.items():
        for rank, row in enumerate(getattr(sheet, name).all(), start=1):
            texts[f"{name}.{rank}"] = join_row(kind, write_row(row, kind.columns))
    return texts


def write_row(row: models.Model, columns: Sequence[str]) -> dict[str, str]:
    """Return column → text of a step, of an indicator…, or of a sheet for the fields that are not lists."""
    return {name: _write(row, name) for name in columns}


def join_row(kind: RowKind, texts: Mapping[str, str]) -> str:
    """Return the one text of a row: its name, then a line for each other column that says something."""
    first, *others = kind.columns
    lines = [_one_line(texts[first])]
    for name in others:
        text = _one_line(texts[name])
        if text:
            lines.append(f"{column_label(kind.model, name)}{SEPARATOR}{text}")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def column_label(model: type[models.Model], name: str) -> str:
    label = _words_of(model, name)
    return label[:1].upper() + label[1:]


def _words_of(model: type[models.Model], name: str) -> str:
    column: Any = model._meta.get_field(name)
    return str(column.verbose_name)


def _write(row: models.Model, name: str) -> str:
    value = getattr(row, name)
    if value is None or value == "" or value == {}:
        return ""
    column: Any = row._meta.get_field(name)
    if name == DAYS_BY_HALF_YEAR:
        days = sorted(value.items())
        return "\n".join(f"{HalfYear.from_code(code).label}{SEPARATOR}{write_number(count)}" for code, count in days)
    if name in HALF_YEARS:
        return HalfYear.from_code(value).label
    if column.choices:
        return str(dict(column.flatchoices)[value])
    if isinstance(column, models.BooleanField):
        return YES if value else NO
    if isinstance(column, models.DecimalField):
        return write_number(value)
    if isinstance(column, models.DateField):
        return f"{value:{DAY_FORMAT}}"
    return str(value)


def write_number(value: Decimal | float) -> str:
    """Write all the digits of a number and no other: 12.50 gives « 12,5 »."""
    return f"{Decimal(str(value)).normalize():f}".replace(".", ",")


# Reading -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ReadSheet:
    """Texts read back as values. `lost`: labels of the fields whose text names nothing that is still here."""

    changes: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[Any]] = field(default_factory=dict)
    rows: dict[str, list[SheetRow]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def read_sheet(texts: Mapping[str, str], sheet: ActionSheet) -> ReadSheet:
    """Read the texts of `write_sheet` back, for this sheet; a field without a text is emptied.

    What cannot be read (a person who left, an objective that was removed) is told in `lost` and is not in the values:
    the sheet keeps what it has there. A step or an indicator is then left out.
    """
    values: dict[str, Any] = {}
    lost: list[str] = []
    rows = [name for name in texts if name not in TEXT_FIELDS and texts[name]]
    names = [*TEXT_FIELDS, *sorted(rows, key=_rank_of)]
    for name in names:
        try:
            values[name] = read_field(name, texts.get(name, ""), sheet)
        except (LookupError, ValueError, ArithmeticError):
            lost.append(label_of(name))
    return ReadSheet(
        changes={name: values[name] for name in TEXT_FIELDS if name in values and name not in LISTS},
        links={name: values[name] for name in LISTS if name in values},
        rows={kind: [values[name] for name in values if name.startswith(f"{kind}.")] for kind in ROW_KINDS},
        lost=lost,
    )


def read_field(name: str, text: str, sheet: ActionSheet) -> Any:
    """Return the value that a text of `write_sheet` stands for: an object, a list of them, a row, a number…

    Raises LookupError, ValueError or ArithmeticError when it stands for nothing here.
    """
    group = name.partition(".")[0]
    if group in ROW_KINDS:
        return _read_row(text, ROW_KINDS[group])
    if name in LISTS:
        rows = LISTS[name](sheet).order_by("pk")  # read once, whatever the number of lines
        return [_named(rows, line) for line in text.splitlines()]
    if name in NAMED:
        return _named(NAMED[name](sheet).order_by("pk"), text) if text else None
    return _read(ActionSheet, name, text)


def _read_row(text: str, kind: RowKind) -> SheetRow:
    first, *lines = text.split("\n")
    by_label = dict(line.split(SEPARATOR, 1) for line in lines)
    name, *others = kind.columns
    texts = {name: first} | {other: by_label.get(column_label(kind.model, other), "") for other in others}
    return kind.values(**{column: _read(kind.model, column, value) for column, value in texts.items()})


def _read(model: type[models.Model], name: str, text: str) -> Any:
    column: Any = model._meta.get_field(name)
    if name == DAYS_BY_HALF_YEAR:
        return {_half_year_code(half): float(_number(days)) for half, days in _pairs(text)}
    if not text:
        return None if column.null else column.get_default()
    if name in HALF_YEARS:
        return _half_year_code(text)
    if column.choices:
        return {str(words): value for value, words in column.flatchoices}[text]
    if isinstance(column, models.BooleanField):
        return text == YES
    if isinstance(column, models.DecimalField):
        return _number(text)
    if isinstance(column, models.DateField):
        return datetime.strptime(text, DAY_FORMAT).date()
    return int(text) if isinstance(column, models.IntegerField) else text


def _pairs(text: str) -> list[list[str]]:
    return [line.split(SEPARATOR, 1) for line in text.splitlines()]


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _half_year_code(text: str) -> str:
    """Read « 1er semestre 2026 ». Raises ValueError on anything else."""
    half, _, year = text.partition(" semestre ")
    return HalfYear(int(year), {"1er": 1, "2e": 2}[half]).code


def _named(rows: models.QuerySet[Any], text: str) -> Any:
    """Return the row that bears this name. Raises LookupError when none does any more."""
    for row in rows:
        if str(row) == text:
            return row
    raise LookupError(text)


def _dimensions(sheet: ActionSheet) -> models.QuerySet[Dimension]:
    """Two frameworks may give the same name to a dimension: only that of the sheet counts."""
    if sheet.dimension is None:
        return Dimension.objects.all()
    return Dimension.objects.filter(framework=sheet.dimension.framework)


# What a field of a sheet may name.
NAMED: dict[str, Callable[[ActionSheet], models.QuerySet[Any]]] = {
    "dimension": _dimensions,
    "theme": lambda _sheet: Theme.objects.all(),
    "lead_service": lambda _sheet: Service.objects.all(),
    "lead_participant": lambda sheet: Participant.objects.for_initiative(sheet.roadmap.initiative).filter(
        is_active=True
    ),
}
# Fields that may name several.
LISTS: dict[str, Callable[[ActionSheet], models.QuerySet[Any]]] = {
    OBJECTIVES: lambda sheet: Objective.objects.filter(roadmap=sheet.roadmap_id),
    SERVICES: lambda _sheet: Service.objects.all(),
}
