"""Forms of the import of a table of the estate: what its columns are, which family its types and models are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from common.forms import JalonsForm
from common.text import normalise
from inventory.devices.families import Fate
from inventory.devices.fields import CHOICES, Layout
from inventory.devices.preview import SortedGroup, Sorter
from inventory.models import EquipmentCategory

OUT_LABEL = "Hors périmètre"
COLUMNS_PER_PAGE = 12
# The list of families is in the page once; each box proposes it.
LIST_ID = "familles"


@dataclass(frozen=True)
class ColumnRow:
    """A column of the file: its header, some of its values, and the box that tells what it is."""

    number: int
    header: str
    samples: Sequence[str]
    field: BoundField


class ColumnsForm(JalonsForm):
    """What some columns of a file are; those of the other pages are kept as they were."""

    marks_optional = False

    def __init__(self, data: Any = None, *, layout: Layout, shown: Sequence[int]) -> None:
        self.layout, self.shown = layout, list(shown)
        names = {column: name for name, column in layout.columns.items()}
        # Django copies `base_fields` when the form is built: the only moment before the mixins read the fields.
        self.base_fields = {f"column-{number}": self._box(number) for number in self.shown}  # type: ignore[misc]
        super().__init__(data, initial={f"column-{number}": names.get(number, "") for number in self.shown})

    def _box(self, number: int) -> forms.Field:
        label = f"Colonne {self.header_of(number)}"
        box = forms.ChoiceField(label=label, choices=CHOICES, required=False)
        box.widget.attrs["aria-label"] = label
        return box

    def header_of(self, number: int) -> str:
        return self.layout.headers[number - 1] or f"(sans titre, n°\u00a0{number})"

    @property
    def rows(self) -> list[ColumnRow]:
        return [
            ColumnRow(number, self.header_of(number), self.layout.samples[number - 1], self[f"column-{number}"])
            for number in self.shown
        ]

    @property
    def columns(self) -> dict[str, int]:
        """Field → column, for the whole file."""
        kept = {name: column for name, column in self.layout.columns.items() if column not in self.shown}
        chosen = {self.cleaned_data[f"column-{number}"]: number for number in self.shown}
        return kept | {name: number for name, number in chosen.items() if name}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        taken = {name: column for name, column in self.layout.columns.items() if column not in self.shown}
        for number in self.shown:
            name = cleaned.get(f"column-{number}")
            if name and name in taken:
                self.add_error(
                    f"column-{number}",
                    f"Déjà choisi pour la colonne «\u00a0{self.header_of(taken[name])}\u00a0»\u00a0: gardez-en une.",
                )
            elif name:
                taken[name] = number
        return cleaned


def column_order(layout: Layout, guessed: Mapping[str, int]) -> list[int]:
    """Return the columns of a file that hold something: those that were recognised first."""
    known = {*guessed.values(), *layout.columns.values()}
    filled = [
        number
        for number, header in enumerate(layout.headers, start=1)
        if number in known or header or layout.samples[number - 1]
    ]
    return sorted(filled, key=lambda number: (number not in known, number))


@dataclass(frozen=True)
class Asked:
    """A type and a model, or a whole type, whose family may be told. `key`: both, normalised."""

    key: tuple[str, str]
    type: str
    model: str
    count: int
    current: str
    note: str = ""
    is_learned: bool = False
    model_count: int = 0

    @property
    def field_name(self) -> str:
        return f"family-{sha256(chr(0).join(self.key).encode()).hexdigest()[:12]}"

    @property
    def title(self) -> str:
        if self.model_count:
            return f"{self.type or 'Sans type'}, tous les modèles"
        return f"{self.type or 'Sans type'}, {self.model}" if self.model else self.type or "Sans type ni modèle"


def unsorted_rows(groups: Sequence[SortedGroup]) -> list[Asked]:
    """Return what no rule knows, the most numerous first: a type with several models can be told at once."""
    unknown = [item for item in groups if item.verdict.fate is Fate.UNKNOWN]
    by_type: dict[str, list[SortedGroup]] = {}
    for item in unknown:
        by_type.setdefault(item.key[0], []).append(item)
    rows: list[tuple[int, Asked]] = []
    for kind, items in by_type.items():
        total = sum(item.group.count for item in items)
        if kind and len(items) > 1:
            whole = Asked((kind, ""), items[0].group.type, "", total, "", model_count=len(items))
            rows.append((total, whole))
        # The model that is empty would be the whole type: it is told with it.
        rows += [(total, _asked(item)) for item in items if item.key[1] or len(items) == 1]
    rows.sort(key=lambda pair: (-pair[0], pair[1].key[0], not pair[1].model_count, -pair[1].count))
    return [row for _total, row in rows]


def sorted_rows(groups: Sequence[SortedGroup], labels: Mapping[str, str]) -> list[Asked]:
    """Return what has a family, or is out of the perimeter, the most numerous first."""
    found = [item for item in groups if item.verdict.fate is not Fate.UNKNOWN]
    found.sort(key=lambda item: (-item.group.count, item.key))
    return [_asked(item, labels) for item in found]


def _asked(item: SortedGroup, labels: Mapping[str, str] | None = None) -> Asked:
    verdict = item.verdict
    current = ""
    if verdict.fate is not Fate.UNKNOWN:
        current = (labels or {}).get(verdict.family, "") if verdict.family else OUT_LABEL
    group = item.group
    kind = group.type or group.chassis
    return Asked(item.key, kind, group.model, group.count, current, verdict.note, verdict.is_learned)


class FamiliesForm(JalonsForm):
    """The family of some types and models, typed or taken from the list."""

    marks_optional = False

    def __init__(self, data: Any = None, *, rows: Sequence[Asked], sorter: Sorter) -> None:
        self.asked, self.sorter = list(rows), sorter
        self.base_fields = {row.field_name: self._box(row) for row in self.asked}  # type: ignore[misc]
        super().__init__(data, initial={row.field_name: row.current for row in self.asked})

    def _box(self, row: Asked) -> forms.Field:
        label = f"Famille de {row.title}"
        widget = forms.TextInput(attrs={"list": LIST_ID, "autocomplete": "off", "aria-label": label})
        return forms.CharField(label=label, max_length=80, required=False, widget=widget)

    @property
    def rows(self) -> list[tuple[Asked, BoundField]]:
        return [(row, self[row.field_name]) for row in self.asked]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for row in self.asked:
            text = cleaned.get(row.field_name, "")
            if text and normalise(text) != normalise(OUT_LABEL) and self.sorter.find(text) is None:
                self.add_error(
                    row.field_name, "Famille inconnue\u00a0: choisissez dans la liste, ou «\u00a0Hors périmètre\u00a0»."
                )
        return cleaned

    @property
    def choices(self) -> dict[tuple[str, str], EquipmentCategory | None]:
        """(type, model) → the family told, for what differs from what was shown."""
        return {
            row.key: self.sorter.find(text)
            for row in self.asked
            if (text := self.cleaned_data[row.field_name]) and normalise(text) != normalise(row.current)
        }

    @property
    def forgotten(self) -> frozenset[tuple[str, str]]:
        """What was told before and is emptied now: the rules decide again."""
        return frozenset(row.key for row in self.asked if row.is_learned and not self.cleaned_data[row.field_name])

    @property
    def labels(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {row.key: (row.type, row.model) for row in self.asked}
