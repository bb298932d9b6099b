"""Forms of the inventory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.forms.boundfield import BoundField

from common.forms import FrenchDateField, FrenchDecimalField, FrenchIntegerField, JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from inventory.columns import DEFAULT_VALUES, LineColumn, check_together
from inventory.enums import Confidence, FigureType
from inventory.models import EquipmentCategory, FigureKind, Inventory, InventoryFigure, InventoryLine

SEPARATOR = "-"


@dataclass(frozen=True)
class FormRow:
    """A family or a key figure and its controls, in the order of the columns."""

    code: str
    name: str
    cells: list[tuple[str, BoundField]]
    note: str = ""
    group: str = ""
    unit: str = ""
    line: InventoryLine | None = None

    @property
    def has_machines(self) -> bool:
        """Whether the row counts virtual machines, which some servers carry."""
        return self.line is not None and self.line.category.vcpu is not None and bool(self.line.quantity)


@dataclass(frozen=True)
class Cell:
    """A control of the sheet before the form is built; the label tells the row and the column."""

    name: str
    field: forms.Field
    value: Any


def _cell(code: str, column: str, field: forms.Field, label: str, value: Any) -> Cell:
    field.label = label
    # The heads of the table name the column for those who see it; the control bears its whole name.
    field.widget.attrs["aria-label"] = label
    return Cell(f"{code}{SEPARATOR}{column}", field, value)


class SheetForm(VersionedFormMixin, JalonsForm):
    """Several rows saved together; a field is named « row-column », as `laptop-quantity`.

    Its version is the sum of the versions of the rows it shows (see `services.page_version`).
    """

    marks_optional = False

    def __init__(self, data: Any, *, cells: Iterable[Cell], version: int) -> None:
        cells = list(cells)
        # Django copies `base_fields` when the form is built: the only moment before the mixins read the fields.
        self.base_fields = {cell.name: cell.field for cell in cells}  # type: ignore[misc]
        super().__init__(data, initial={"version": version, **{cell.name: cell.value for cell in cells}})

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """Cleaned values that were sent: row code → column → value. What was not sent is not erased."""
        found: dict[str, dict[str, Any]] = {}
        for name, value in self.changes.items():
            code, _, column = name.partition(SEPARATOR)
            row = found.setdefault(code, {})
            if name in self.data:
                row[column] = DEFAULT_VALUES.get(column) if value is None else value
        return found

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        """Return what the base holds; `current` is a `services.SheetVersion`."""
        rows: dict[str, dict[str, Any]] = current.values  # type: ignore[attr-defined]
        return {
            f"{code}{SEPARATOR}{column}": value for code, fields in rows.items() for column, value in fields.items()
        }


class LinesForm(SheetForm):
    """Lines of equipment: every family with its main columns, or one group with all of them."""

    def __init__(
        self,
        data: Any = None,
        *,
        lines: Sequence[InventoryLine],
        columns: Sequence[LineColumn],
        defaults: dict[str, float] | None = None,
    ) -> None:
        self.lines, self.columns = list(lines), list(columns)
        self.default_lifetimes = defaults or {}
        super().__init__(data, cells=self._cells(), version=sum(line.version for line in lines))

    def _cells(self) -> Iterator[Cell]:
        for line in self.lines:
            for column in self.columns:
                label = f"{line.category.name}, {column.short[:1].lower()}{column.short[1:]}"
                value = getattr(line, column.name)
                yield _cell(line.category.code, column.name, self._field(line, column), label, value)

    def _field(self, line: InventoryLine, column: LineColumn) -> forms.Field:
        field = column.form_field()
        default = self.default_lifetimes.get(line.category.code)
        if column.name == "lifetime_years" and default is not None:
            field.widget.attrs["placeholder"] = f"{default:g}".replace(".", ",")
        return field

    @property
    def rows(self) -> Iterable[FormRow]:
        for line in self.lines:
            code = line.category.code
            cells = [(column.short, self[f"{code}{SEPARATOR}{column.name}"]) for column in self.columns]
            yield FormRow(code, line.category.name, cells, group=line.category.group.name, line=line)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for line in self.lines:
            code = line.category.code
            values = {column.name: cleaned.get(f"{code}{SEPARATOR}{column.name}") for column in self.columns}
            for name, message in check_together(values).items():
                self.add_error(f"{code}{SEPARATOR}{name}", message)
        return cleaned


class FiguresForm(SheetForm):
    """Key figures: value, confidence, source."""

    def __init__(self, data: Any = None, *, kinds: Sequence[FigureKind], figures: dict[str, InventoryFigure]) -> None:
        self.kinds, self.figures = list(kinds), figures
        shown = [figures[kind.code].version for kind in kinds if kind.code in figures]
        super().__init__(data, cells=self._cells(), version=sum(shown))

    def _cells(self) -> Iterator[Cell]:
        for kind in self.kinds:
            figure = self.figures.get(kind.code) or InventoryFigure(kind=kind)
            source = forms.CharField(max_length=150, required=False)
            confidence = forms.ChoiceField(choices=Confidence.choices)
            yield _cell(kind.code, "value", figure_field(kind), f"{kind.name}, valeur", figure.value)
            yield _cell(kind.code, "confidence", confidence, f"{kind.name}, confiance", figure.confidence)
            yield _cell(kind.code, "source", source, f"{kind.name}, source", figure.source)

    @property
    def rows(self) -> Iterable[FormRow]:
        words = {"value": "Valeur", "confidence": "Confiance", "source": "Source"}
        for kind in self.kinds:
            cells = [(word, self[f"{kind.code}{SEPARATOR}{name}"]) for name, word in words.items()]
            is_said = kind.unit.lower() in kind.name.lower().split()
            yield FormRow(kind.code, kind.name, cells, note=kind.help_text, unit="" if is_said else kind.unit)


def figure_field(kind: FigureKind) -> forms.Field:
    """Return the field that reads the value of a key figure."""
    if kind.value_type == FigureType.INTEGER:
        return FrenchIntegerField(
            min_value=int(kind.minimum), max_value=int(kind.maximum), unit=kind.unit, required=False
        )
    return FrenchDecimalField(
        min_value=kind.minimum.normalize(),
        max_value=kind.maximum.normalize(),
        decimal_places=2,
        unit=kind.unit,
        required=False,
    )


class CreateForm(JalonsForm):
    """Date of a new lot."""

    dated_on = FrenchDateField(label="Date du relevé", help_text="Le jour où le parc a été compté.")


class LotComparisonForm(JalonsForm):
    """Two lots to compare, read from the address; the older one comes first whatever the order they are given in."""

    marks_optional = False
    premier = forms.ChoiceField(label="Avant")
    second = forms.ChoiceField(label="Après")

    layout = Layout(Div("premier", "second", css_class="fields"))

    def __init__(self, data: Any = None, *, lots: Sequence[Inventory]) -> None:
        self.lots = {str(lot.pk): lot for lot in lots}
        proposed = list(self.lots)[:2]
        initial = dict(zip(("second", "premier"), proposed, strict=False))
        super().__init__(data, initial=initial)
        choices = [(key, f"Lot {lot.number}, {lot.dated_on:%d/%m/%Y}") for key, lot in self.lots.items()]
        for name in ("premier", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("premier") and cleaned.get("premier") == cleaned.get("second"):
            self.add_error("second", "Choisissez deux lots différents.")
        return cleaned

    @property
    def chosen(self) -> tuple[Inventory, Inventory]:
        """Return both lots, the older one first."""
        found = [self.lots[self.cleaned_data[name]] for name in ("premier", "second")]
        first, second = sorted(found, key=lambda lot: (lot.dated_on, lot.pk))
        return first, second


class FreezeForm(VersionedFormMixin, JalonsForm):
    """Date of the lot, and the version of what was read before freezing."""

    dated_on = FrenchDateField(label="Date du lot", help_text="Le jour où le parc a été compté.")


class ElectricityForm(VersionedFormMixin, JalonsForm):
    """Country whose electricity feeds the premises, and that of the hosting."""

    zone = forms.ChoiceField(label="Électricité des locaux", required=False)
    hosting_zone = forms.ChoiceField(
        label="Électricité de l’hébergeur",
        required=False,
        help_text="Le pays où tournent les machines louées, à demander à l’hébergeur.",
    )

    def __init__(self, data: Any = None, *, inventory: Inventory, zones: Sequence[tuple[str, str]]) -> None:
        names = ("zone", "hosting_zone")
        super().__init__(data, initial={name: getattr(inventory, name) for name in (*names, "version")})
        for name in names:
            self.fields[name].choices = [("", "Celle des facteurs (France)"), *zones]  # type: ignore[attr-defined]


class AddCategoryForm(JalonsForm):
    """A family that the lot has not got yet."""

    category = forms.ModelChoiceField(
        label="Ajouter une famille",
        queryset=EquipmentCategory.objects.none(),
        to_field_name="code",
        error_messages={
            "required": "Choisissez une famille de la liste.",
            "invalid_choice": "Choisissez une famille de la liste.",
        },
    )

    def __init__(self, *args: Any, offered: Iterable[EquipmentCategory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [item.code for item in offered]
        field = self.fields["category"]
        field.queryset = EquipmentCategory.objects.filter(code__in=codes)  # type: ignore[attr-defined]


class UploadForm(JalonsForm):
    """A file of the inventory: our own spreadsheet, or any table of the estate."""

    marks_optional = False

    file = forms.FileField(
        label="Fichier à lire",
        help_text="Fichier xlsx, ods ou csv, 20 Mo au plus. Rien n’est écrit avant votre accord.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt,.tsv"}),
    )
    asks_columns = forms.BooleanField(
        label="Choisir moi-même les colonnes et les familles",
        help_text="À cocher si le tableau n’a ni nos familles ni nos en-têtes.",
        required=False,
    )
