"""Forms of the means of an action: days of agents by half-year or by role, euros by year."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from common.forms import FrenchDecimalField, JalonsForm, VersionedFormMixin
from common.numbers import format_number
from common.text import typography
from common.versioning import VersionedModel
from roadmap.forms.dynamic import give_fields
from roadmap.half_years import HalfYear, half_years_of
from roadmap.models import ActionSheet, SheetHumanMeans
from roadmap.sheet_rows import (
    BUDGET_LINES,
    HUMAN_MEANS,
    MAX_DAYS,
    MAX_EUROS,
    ROW_KINDS,
    BudgetLineValues,
    HumanMeansValues,
)

COSTS = ("investment_eur", "operation_eur")
AMOUNTS = (*COSTS, "funding_eur")
AMOUNT_LABELS = {
    "investment_eur": "Investissement",
    "operation_eur": "Fonctionnement",
    "funding_eur": "Déjà financé",
}


class MeansForm(VersionedFormMixin, JalonsForm):
    """Means of a sheet whose fields depend on its period. Zero is an answer; empty is not known."""

    marks_optional = False

    def __init__(self, *args: Any, instance: ActionSheet, **kwargs: Any) -> None:
        self.sheet = instance
        self.initiative = instance.roadmap.initiative
        self.prepare()
        give_fields(self, self.build_fields())
        super().__init__(*args, initial={**self.read_values(instance), "version": instance.version}, **kwargs)

    def prepare(self) -> None:
        """Work out what the fields depend on."""
        raise NotImplementedError

    def build_fields(self) -> dict[str, forms.Field]:
        """Return the fields, by name."""
        raise NotImplementedError

    def read_values(self, sheet: ActionSheet) -> dict[str, Any]:
        """Return what the base holds, by field."""
        raise NotImplementedError

    def save_arguments(self) -> dict[str, Any]:
        """Return what `save_sheet` expects besides the sheet, the version and who saves."""
        raise NotImplementedError

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return self.read_values(ActionSheet.objects.get(pk=current.pk))


def refuse_other_total(form: MeansForm, name: str, detail: Sequence[Decimal | None], unit: str) -> None:
    """Refuse a total just typed that contradicts its detail; one that stood there gives way to the detail.

    On a stale page nobody knows what was typed: the conflict is shown first, and settled as the reader chooses.
    """
    if form.settles_conflict or form.cleaned_data.get("version") != form.initial["version"]:
        return
    typed, known = form.cleaned_data.get(name), [value for value in detail if value is not None]
    if name in form.errors or name not in form.changed_data:
        return
    if typed is None or not any(known) or typed == sum(known):
        return
    total = format_number(sum(known, Decimal(0)).normalize())
    form.add_error(name, typography(f"Le détail fait {total} {unit} : corrigez-le, ou videz le total."))


class HumanMeansForm(MeansForm):
    """Days in all, or by half-year, or by role; both details may be given when they have the same total."""

    def prepare(self) -> None:
        period = half_years_of(self.initiative.period_start_year, self.initiative.period_years)
        # Days that an action moved beyond the period are shown too: the total counts them.
        moved = (HalfYear.from_code(code) for code in self.sheet.human_days_by_half_year)
        self.half_years = sorted({*period, *moved})
        self.stored_roles = list(self.sheet.human_means.all())
        self.roles_count = min(ROW_KINDS[HUMAN_MEANS].maximum, len(self.stored_roles) + 1)

    def build_fields(self) -> dict[str, forms.Field]:
        days: dict[str, Any] = {"required": False, "min_value": 0, "max_value": MAX_DAYS, "decimal_places": 1}
        total_help = "Laissez vide si vous détaillez par semestre ou par rôle : le total se calcule."
        by_role: dict[str, forms.Field] = {}
        for rank in range(self.roles_count):
            label = f"Rôle {rank + 1}" if rank < len(self.stored_roles) else "Un rôle de plus"
            by_role[f"role-{rank}"] = forms.CharField(label=label, max_length=120, required=False)
            by_role[f"days-{rank}"] = FrenchDecimalField(label="Jours", **days)
        return {
            "human_days": FrenchDecimalField(label="Jours d’agents sur la période", help_text=total_help, **days),
            **{f"days_{half.code}": FrenchDecimalField(label=half.label, **days) for half in self.half_years},
            **by_role,
            "human_note": forms.CharField(label="Précision sur les jours", max_length=300, required=False),
        }

    @property
    def layout(self) -> Layout:
        """The total, the two ways of detailing it, a word."""
        by_half = Div(*(f"days_{half.code}" for half in self.half_years), css_class="fields")
        by_role = [Div(f"role-{rank}", f"days-{rank}", css_class="fields") for rank in range(self.roles_count)]
        return Layout(
            "human_days",
            Fieldset("Par semestre", by_half),
            Fieldset("Par rôle", *by_role),
            "human_note",
        )

    def read_values(self, sheet: ActionSheet) -> dict[str, Any]:
        detail = sheet.human_days_by_half_year
        roles: Sequence[SheetHumanMeans] = list(sheet.human_means.all())
        values: dict[str, Any] = {
            "human_days": None if detail or roles else sheet.human_days,
            "human_note": sheet.human_note,
        }
        for half in self.half_years:
            days = detail.get(half.code)
            values[f"days_{half.code}"] = None if days is None else Decimal(str(days))
        for rank in range(self.roles_count):
            row = roles[rank] if rank < len(roles) else None
            values |= {f"role-{rank}": row.role if row else "", f"days-{rank}": row.days if row else None}
        return values

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for rank in range(self.roles_count):
            role, days = cleaned.get(f"role-{rank}"), cleaned.get(f"days-{rank}")
            if role and days is None and f"days-{rank}" not in self.errors:
                self.add_error(f"days-{rank}", "Indiquez combien de jours ce rôle donne, même 0.")
            if not role and days is not None:
                self.add_error(f"role-{rank}", "Nommez le rôle qui donne ces jours, ou videz le nombre de jours.")
        by_half = [cleaned.get(f"days_{half.code}") for half in self.half_years]
        by_role = [cleaned.get(f"days-{rank}") for rank in range(self.roles_count)]
        for detail in (by_half, by_role):
            refuse_other_total(self, "human_days", detail, "jours")
        return cleaned

    def save_arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        answers = {half.code: cleaned[f"days_{half.code}"] for half in self.half_years}
        detail = {code: float(days) for code, days in answers.items() if days is not None}
        roles = [
            HumanMeansValues(cleaned[f"role-{rank}"], cleaned[f"days-{rank}"])
            for rank in range(self.roles_count)
            if cleaned[f"role-{rank}"]
        ]
        changes: dict[str, Any] = {"human_note": cleaned["human_note"], "human_days_by_half_year": detail}
        if not detail and not roles:
            changes["human_days"] = cleaned["human_days"]
        return {"changes": changes, "rows": {HUMAN_MEANS: roles}}


class BudgetForm(MeansForm):
    """Euros in all, or year by year: investment, operation, funding found."""

    def prepare(self) -> None:
        start = self.initiative.period_start_year
        stored = [line.year for line in self.sheet.budget_lines.all()]
        self.years = sorted({*range(start, start + self.initiative.period_years), *stored})

    def build_fields(self) -> dict[str, forms.Field]:
        money: dict[str, Any] = {
            "required": False,
            "min_value": 0,
            "max_value": MAX_EUROS,
            "decimal_places": 2,
            "unit": "€",
        }
        total_help = "0 si l’action ne coûte rien. Laissez vide si vous détaillez par année : le total se calcule."
        by_year: dict[str, forms.Field] = {}
        for year in self.years:
            by_year |= {f"{name}_{year}": FrenchDecimalField(label=AMOUNT_LABELS[name], **money) for name in AMOUNTS}
            by_year[f"funding_source_{year}"] = forms.CharField(label="Financeur", max_length=150, required=False)
        return {
            "budget_eur": FrenchDecimalField(label="Budget en euros sur la période", help_text=total_help, **money),
            **by_year,
            "budget_note": forms.CharField(label="Précision sur le budget", max_length=300, required=False),
            "funding": forms.CharField(
                label="Financements recherchés",
                max_length=300,
                required=False,
                help_text="Ceux qui ne sont pas encore acquis.",
            ),
        }

    @property
    def layout(self) -> Layout:
        """The total, each year, two words."""
        years = [
            Fieldset(
                f"{year}, en euros",
                Div(*(f"{name}_{year}" for name in AMOUNTS), f"funding_source_{year}", css_class="fields"),
            )
            for year in self.years
        ]
        return Layout("budget_eur", *years, "budget_note", "funding")

    def read_values(self, sheet: ActionSheet) -> dict[str, Any]:
        lines = {line.year: line for line in sheet.budget_lines.all()}
        values: dict[str, Any] = {
            "budget_eur": None if any(line.cost_eur for line in lines.values()) else sheet.budget_eur,
            "budget_note": sheet.budget_note,
            "funding": sheet.funding,
        }
        for year in self.years:
            line = lines.get(year)
            values |= {f"{name}_{year}": getattr(line, name) if line else None for name in AMOUNTS}
            values[f"funding_source_{year}"] = line.funding_source if line else ""
        return values

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        costs = [cleaned.get(f"{name}_{year}") for year in self.years for name in COSTS]
        refuse_other_total(self, "budget_eur", costs, "€")
        return cleaned

    def save_arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        lines = []
        for year in self.years:
            amounts = {name: cleaned[f"{name}_{year}"] for name in AMOUNTS}
            source = cleaned[f"funding_source_{year}"]
            if source or any(amount is not None for amount in amounts.values()):
                known = {name: amount or Decimal(0) for name, amount in amounts.items()}
                lines.append(BudgetLineValues(year, **known, funding_source=source))
        changes: dict[str, Any] = {"budget_note": cleaned["budget_note"], "funding": cleaned["funding"]}
        # A year that only tells its funding is no detail of the cost.
        if not any(line.cost_eur for line in lines):
            changes["budget_eur"] = cleaned["budget_eur"]
        return {"changes": changes, "rows": {BUDGET_LINES: lines}}
