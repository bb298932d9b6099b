"""Forms of an action sheet, one for each part: a page stays short, and two people may fill two parts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from authorities.forms.fields import ObjectsField
from authorities.models import Participant
from common.forms import (
    FrenchDateField,
    FrenchDecimalField,
    JalonsForm,
    JalonsModelForm,
    VersionedFormMixin,
    YearField,
)
from common.versioning import VersionedModel
from reference.models import Dimension, Service
from roadmap.enums import Direction, Frequency
from roadmap.forms.dynamic import give_fields
from roadmap.half_years import HalfYear, half_years_of
from roadmap.models import ActionSheet, Objective
from roadmap.services.sheets import MAX_INDICATORS, MAX_STEPS, IndicatorValues, StepValues

BLANK_ROWS = 1


def half_year_choices(sheet: ActionSheet, empty: str) -> list[tuple[str, str]]:
    """Return the half-years of the period as choices, with those that the sheet already uses outside of it."""
    initiative = sheet.roadmap.initiative
    codes = [half_year.code for half_year in half_years_of(initiative.period_start_year, initiative.period_years)]
    used = {step.due_half for step in sheet.steps.all() if step.due_half}
    return [("", empty), *((code, HalfYear.from_code(code).label) for code in sorted({*codes, *used}))]


class SheetPartForm(VersionedFormMixin, JalonsModelForm):
    """A part of a sheet whose fields are those of the model."""

    class Meta:
        model = ActionSheet
        fields: ClassVar[list[str]] = []

    def save_arguments(self) -> dict[str, Any]:
        """Return what `save_sheet` expects besides the sheet, the version and who saves."""
        return {"changes": self.changes}


class IdentityForm(SheetPartForm):
    """What the action is, where it is filed, where it stands."""

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = [
            "title", "short_title", "objective", "dimension", "theme", "perimeter", "commitment", "status",
            "is_quick_win",
        ]  # fmt: skip
        help_texts: ClassVar = {
            "title": "Un verbe et un résultat. 200 caractères au plus.",
            "short_title": "Quelques mots, pour le calendrier. 60 caractères au plus.",
            "perimeter": "Décide du bloc du rapport développement durable où l’action paraîtra.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet: ActionSheet = self.instance
        self.fields["objective"].queryset = Objective.objects.filter(roadmap=sheet.roadmap)  # type: ignore[attr-defined]
        dimensions = Dimension.objects.all()
        if sheet.dimension is not None:
            dimensions = dimensions.filter(framework=sheet.dimension.framework)
        self.fields["dimension"].queryset = dimensions  # type: ignore[attr-defined]


class FindingForm(SheetPartForm):
    """Why, and what for."""

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = ["context", "aim", "description"]
        widgets: ClassVar = {
            "context": forms.Textarea(attrs={"rows": 6}),
            "aim": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 8}),
        }
        help_texts: ClassVar = {
            "context": "Ce que disent le diagnostic et l’inventaire de votre collectivité.",
            "aim": "Un résultat, si possible un chiffre et une date.",
        }


class PeopleForm(SheetPartForm):
    """Who leads, who helps."""

    associated_services = ObjectsField(Service.objects.all(), label="Services associés", required=False)

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = [
            "lead_participant", "lead_service", "lead_name", "elected_lead", "associated_note", "partners",
            "associated_services",
        ]  # fmt: skip
        widgets: ClassVar = {"partners": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {
            "lead_participant": "Une personne de la démarche ; son service devient le service pilote.",
            "lead_service": "Quand la personne n’est pas dans la démarche.",
            "lead_name": "Une fonction suffit : « Responsable du parc ».",
            "partners": "Un partenaire par ligne.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Participant.objects.for_initiative(self.instance.roadmap.initiative).filter(is_active=True)
        self.fields["lead_participant"].queryset = people.select_related("service")  # type: ignore[attr-defined]

    def save_arguments(self) -> dict[str, Any]:
        changes = self.changes
        services = changes.pop("associated_services")
        return {"changes": changes, "associated_services": list(services)}


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
    row_name, blank_row_name, max_rows = "Étape", "Une étape de plus", MAX_STEPS

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
        return {"changes": {}, "steps": steps}


class IndicatorsForm(RowsForm):
    """The indicators of an action: where one starts from, where one goes."""

    columns = (
        "name", "unit", "direction", "baseline", "baseline_year", "target", "target_year", "frequency", "source",
        "note",
    )  # fmt: skip
    row_name, blank_row_name, max_rows = "Indicateur", "Un indicateur de plus", MAX_INDICATORS

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
        return {"changes": {}, "indicators": indicators}


class MeansForm(VersionedFormMixin, JalonsForm):
    """Days, in all or half-year by half-year, and money. Zero is an answer; empty is not known."""

    marks_optional = False
    TEXTS: ClassVar[tuple[str, ...]] = ("human_note", "budget_note", "funding")

    def __init__(self, *args: Any, instance: ActionSheet, **kwargs: Any) -> None:
        self.sheet = instance
        initiative = instance.roadmap.initiative
        self.half_years = half_years_of(initiative.period_start_year, initiative.period_years)
        give_fields(self, self._fields())
        super().__init__(*args, initial=self._values(instance), **kwargs)

    def _fields(self) -> dict[str, forms.Field]:
        days: dict[str, Any] = {"required": False, "min_value": 0, "max_value": 10_000, "decimal_places": 1}
        total_help = "Laissez vide si vous détaillez par semestre : le total se calcule."
        money_help = "0 si l’action ne coûte rien. Laissez vide si vous ne savez pas encore."
        return {
            "human_days": FrenchDecimalField(label="Jours d’agents sur la période", help_text=total_help, **days),
            **{
                f"days_{half_year.code}": FrenchDecimalField(label=half_year.label, **days)
                for half_year in self.half_years
            },
            "human_note": forms.CharField(label="Précision sur les jours", max_length=300, required=False),
            "budget_eur": FrenchDecimalField(
                label="Budget en euros", required=False, min_value=0, max_value=Decimal(10) ** 9, decimal_places=2,
                help_text=money_help,
            ),
            "budget_note": forms.CharField(label="Précision sur le budget", max_length=300, required=False),
            "funding": forms.CharField(label="Financement", max_length=300, required=False),
        }  # fmt: skip

    @property
    def layout(self) -> Layout:
        """Days, then money."""
        by_half = Div(*(f"days_{half_year.code}" for half_year in self.half_years), css_class="fields")
        return Layout(
            Fieldset("Temps des agents", "human_days", by_half, "human_note"),
            Fieldset("Argent", "budget_eur", "budget_note", "funding"),
        )

    def _values(self, sheet: ActionSheet) -> dict[str, Any]:
        detail = sheet.human_days_by_half_year
        values: dict[str, Any] = {name: getattr(sheet, name) for name in (*self.TEXTS, "budget_eur", "version")}
        values["human_days"] = None if detail else sheet.human_days
        for half_year in self.half_years:
            days = detail.get(half_year.code)
            values[f"days_{half_year.code}"] = None if days is None else Decimal(str(days))
        return values

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        values = self._values(ActionSheet.objects.get(pk=current.pk))
        values.pop("version")
        return values

    def save_arguments(self) -> dict[str, Any]:
        changes: dict[str, Any] = {name: self.cleaned_data[name] for name in (*self.TEXTS, "budget_eur")}
        # Days that stand after the period (the action was moved) are kept: no field shows them.
        shown = {half_year.code for half_year in self.half_years}
        detail = {code: days for code, days in self.sheet.human_days_by_half_year.items() if code not in shown}
        for half_year in self.half_years:
            days = self.cleaned_data[f"days_{half_year.code}"]
            if days is not None:
                detail[half_year.code] = float(days)
        changes["human_days_by_half_year"] = detail
        if not detail:
            changes["human_days"] = self.cleaned_data["human_days"]
        return {"changes": changes}


class CautionsForm(SheetPartForm):
    """What the action should bring, and what may go wrong."""

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = [
            "expected_effect", "effort", "impact", "rebound", "risks", "legal_references", "links",
        ]  # fmt: skip
        widgets: ClassVar = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (
                ("expected_effect", 3),
                ("rebound", 3),
                ("risks", 4),
                ("legal_references", 3),
                ("links", 3),
            )
        }
        help_texts: ClassVar = {
            "effort": "De 1, facile, à 5, difficile.",
            "impact": "De 1, faible, à 5, fort.",
            "rebound": "Ce qui pourrait reprendre d’une main ce que l’action économise. Un effet par ligne.",
            "risks": "Un risque par ligne.",
            "legal_references": "Un texte par ligne.",
            "links": "SDSI, PCAET, SPASER, autres actions. Un lien par ligne.",
        }


@dataclass(frozen=True)
class SheetPart:
    """A part of a sheet: its word in the address, its title, its form."""

    slug: str
    title: str
    form: type[SheetPartForm] | type[RowsForm] | type[MeansForm]
    hint: str = ""


SHEET_PARTS: dict[str, SheetPart] = {
    part.slug: part
    for part in (
        SheetPart("identite", "L’identité", IdentityForm),
        SheetPart("constat", "Le constat et l’objectif", FindingForm),
        SheetPart("equipe", "Le pilote et ses appuis", PeopleForm),
        SheetPart("etapes", "Les étapes", StepsForm, "Une étape sans texte est retirée."),
        SheetPart(
            "indicateurs",
            "Les indicateurs",
            IndicatorsForm,
            "Un indicateur sans nom est retiré. Pour l’unité « oui/non », 0 veut dire non et 1 veut dire oui.",
        ),
        SheetPart(
            "moyens", "Les moyens", MeansForm, "Zéro est une réponse ; un champ vide veut dire « pas encore connu »."
        ),
        SheetPart("vigilance", "L’effet attendu et les risques", CautionsForm),
    )
}
