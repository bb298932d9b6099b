"""Forms of the rows of an action sheet: its steps, its indicators."""

from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from authorities.forms.fields import capitalised
from common.forms import FrenchDateField, FrenchDecimalField, JalonsForm, VersionedFormMixin, YearField
from common.versioning import VersionedModel
from roadmap.enums import ActionStatus, Direction, Frequency, StepProgress
from roadmap.forms.dynamic import give_fields
from roadmap.half_years import HalfYear, half_years_of
from roadmap.models import ActionSheet
from roadmap.sheet_rows import INDICATORS, ROW_KINDS, STEPS, IndicatorValues, StepValues

BLANK_ROWS = 1


def half_year_choices(sheet: ActionSheet, empty: str) -> list[tuple[str, str]]:
    """Return the half-years of the period as choices, with those that the sheet already uses outside of it."""
    initiative = sheet.roadmap.initiative
    codes = [half_year.code for half_year in half_years_of(initiative.period_start_year, initiative.period_years)]
    used = {step.due_half for step in sheet.steps.all() if step.due_half}
    return [("", empty), *((code, HalfYear.from_code(code).label) for code in sorted({*codes, *used}))]


class RowsForm(VersionedFormMixin, JalonsForm):
    """Rows of fields, one group for each, and a blank one; a row whose first field is empty is removed."""

    # The page says once that a row may stay empty.
    marks_optional = False
    columns: ClassVar[tuple[str, ...]] = ()
    row_name = ""
    blank_row_name = ""
    max_rows = 0

    def __init__(self, *args: Any, instance: ActionSheet, **kwargs: Any) -> None:
        self.sheet = instance
        self.rows = self.stored_rows(instance)
        self.row_count = min(self.max_rows, len(self.rows) + BLANK_ROWS)
        initial: dict[str, Any] = {"version": instance.version}
        for rank, row in enumerate(self.rows):
            initial |= {f"{column}-{rank}": getattr(row, column) for column in self.columns}
        # The fields must be there before the base classes read what was sent.
        give_fields(
            self,
            {
                f"{column}-{rank}": field
                for rank in range(self.row_count)
                for column, field in self.row_fields(instance).items()
            },
        )
        super().__init__(*args, initial=initial, **kwargs)

    def stored_rows(self, sheet: ActionSheet) -> list[Any]:
        """Return the rows that the base holds for a sheet, in order."""
        raise NotImplementedError

    def row_fields(self, sheet: ActionSheet) -> dict[str, forms.Field]:
        """Return the fields of one row, by column."""
        raise NotImplementedError

    def save_arguments(self) -> dict[str, Any]:
        """Return what `save_sheet` expects besides the sheet, the version and who saves."""
        raise NotImplementedError

    @property
    def layout(self) -> Layout:
        """One group per row: its first field over the whole width, the others beside each other."""
        groups = []
        for rank in range(self.row_count):
            first, *others = [f"{column}-{rank}" for column in self.columns]
            legend = f"{self.row_name} {rank + 1}" if rank < len(self.rows) else self.blank_row_name
            groups.append(Fieldset(legend, first, Div(*others, css_class="fields")))
        return Layout(*groups)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        rows = self.stored_rows(ActionSheet.objects.get(pk=current.pk))
        return {
            f"{column}-{rank}": getattr(rows[rank], column) if rank < len(rows) else None
            for rank in range(self.row_count)
            for column in self.columns
        }

    def filled_rows(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the rows whose first field says something: rank, column → value."""
        rows = [
            (rank, {column: self.cleaned_data[f"{column}-{rank}"] for column in self.columns})
            for rank in range(self.row_count)
        ]
        return [(rank, row) for rank, row in rows if row[self.columns[0]].strip()]


class StepsForm(RowsForm):
    """The dated steps of an action."""

    columns = ("text", "who", "due_half", "due_on")
    row_name, blank_row_name, max_rows = "Étape", "Une étape de plus", ROW_KINDS[STEPS].maximum

    def stored_rows(self, sheet: ActionSheet) -> list[Any]:
        return list(sheet.steps.all())

    def row_fields(self, sheet: ActionSheet) -> dict[str, forms.Field]:
        choices = half_year_choices(sheet, "À dater")
        return {
            "text": forms.CharField(label="Quoi", max_length=300, required=False),
            "who": forms.CharField(label="Qui", max_length=150, required=False),
            "due_half": forms.ChoiceField(label="Quand", choices=choices, required=False),
            "due_on": FrenchDateField(label="Date précise", required=False),
        }

    def save_arguments(self) -> dict[str, Any]:
        steps = []
        for rank, row in self.filled_rows():
            progress = {"progress": self.rows[rank].progress} if rank < len(self.rows) else {}
            steps.append(StepValues(**row, **progress))
        return {"changes": {}, "rows": {STEPS: steps}}


class ProgressForm(VersionedFormMixin, JalonsForm):
    """Where an action stands: its state, and that of each step. A validated sheet stays validated."""

    marks_optional = False

    def __init__(self, *args: Any, instance: ActionSheet, **kwargs: Any) -> None:
        self.steps = list(instance.steps.all())
        fields: dict[str, forms.Field] = {
            "status": forms.ChoiceField(label="État de l’action", choices=capitalised(ActionStatus.choices))
        }
        for rank, step in enumerate(self.steps):
            fields[f"progress-{rank}"] = forms.ChoiceField(label=step.text, choices=capitalised(StepProgress.choices))
        give_fields(self, fields)
        super().__init__(*args, initial={**self._values(instance), "version": instance.version}, **kwargs)

    def _values(self, sheet: ActionSheet) -> dict[str, Any]:
        steps = list(sheet.steps.all())[: len(self.steps)]
        return {"status": sheet.status} | {f"progress-{rank}": step.progress for rank, step in enumerate(steps)}

    @property
    def layout(self) -> Layout:
        """The action, then its steps."""
        steps = [f"progress-{rank}" for rank in range(len(self.steps))]
        return Layout("status", *([Fieldset("Étapes", *steps)] if steps else []))

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return self._values(ActionSheet.objects.get(pk=current.pk))

    def save_arguments(self) -> dict[str, Any]:
        """Return what `save_sheet` expects besides the sheet, the version and who saves."""
        steps = [
            StepValues(step.text, step.who, step.due_half, step.due_on, self.cleaned_data[f"progress-{rank}"])
            for rank, step in enumerate(self.steps)
        ]
        return {"changes": {"status": self.cleaned_data["status"]}, "rows": {STEPS: steps}}


class IndicatorsForm(RowsForm):
    """The indicators of an action: where one starts from, where one goes."""

    columns = (
        "name", "unit", "direction", "baseline", "baseline_year", "target", "target_year", "frequency", "source",
        "note",
    )  # fmt: skip
    row_name, blank_row_name, max_rows = "Indicateur", "Un indicateur de plus", ROW_KINDS[INDICATORS].maximum

    def stored_rows(self, sheet: ActionSheet) -> list[Any]:
        return list(sheet.indicators.all())

    def row_fields(self, sheet: ActionSheet) -> dict[str, forms.Field]:
        limit = Decimal(10) ** 10
        figure: dict[str, Any] = {"required": False, "min_value": -limit, "max_value": limit, "decimal_places": 3}
        return {
            "name": forms.CharField(label="Nom", max_length=200, required=False),
            "unit": forms.CharField(label="Unité", max_length=60, required=False),
            "direction": forms.ChoiceField(label="Sens", choices=Direction.choices, required=False),
            "baseline": FrenchDecimalField(label="Départ", **figure),
            "baseline_year": YearField(label="Année du départ", required=False),
            "target": FrenchDecimalField(label="Cible", **figure),
            "target_year": YearField(label="Année de la cible", required=False),
            "frequency": forms.ChoiceField(
                label="Fréquence", choices=[("", "À choisir"), *Frequency.choices], required=False
            ),
            "source": forms.CharField(label="Source", max_length=200, required=False),
            "note": forms.CharField(label="Calcul", max_length=400, required=False),
        }

    def save_arguments(self) -> dict[str, Any]:
        indicators = []
        for _rank, row in self.filled_rows():
            row["direction"] = row["direction"] or Direction.UP
            indicators.append(IndicatorValues(**row))
        return {"changes": {}, "rows": {INDICATORS: indicators}}
