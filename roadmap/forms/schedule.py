"""Forms of the schedule: a placement by hand, the limits."""

from typing import Any

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from common.forms import FrenchDecimalField, FrenchIntegerField, JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from roadmap.forms.dynamic import give_fields
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, Roadmap
from roadmap.selectors.schedule import LimitChoices, allowed_half_years, limit_choices
from roadmap.services.placement import MAX_CAPACITY_DAYS, MAX_CEILING_EUR, LimitValues

FIRM_LABELS = {
    "has_firm_capacities": (
        "Les capacités doivent tenir",
        "Sinon, la proposition peut dépasser, le moins possible, et le dit.",
    ),
    "has_firm_ceilings": (
        "Les plafonds de budget doivent tenir",
        "Sinon, la proposition peut dépasser, le moins possible, et le dit.",
    ),
    "has_firm_end": (
        "Toutes les actions doivent finir dans la période",
        "Sinon, une action peut finir jusqu’à deux semestres après.",
    ),
}


class PlacementForm(VersionedFormMixin, JalonsForm):
    """First and last half-year of an action: two lists, so that the keyboard is enough."""

    start_half = forms.ChoiceField(label="Début")
    end_half = forms.ChoiceField(label="Fin")

    def __init__(self, *args: Any, instance: ActionSheet, **kwargs: Any) -> None:
        allowed = allowed_half_years(instance.roadmap)
        first = allowed[0].code
        # The place that the action already has stays in the lists, even outside the period.
        half_years = sorted({*allowed, *(item for item in (instance.start, instance.end) if item)})
        initial = {
            "start_half": instance.start_half or first,
            "end_half": instance.end_half or first,
            "version": instance.version,
        }
        super().__init__(*args, initial=initial, **kwargs)
        choices = [(half_year.code, half_year.label) for half_year in half_years]
        self.fields["start_half"].choices = choices  # type: ignore[attr-defined]
        self.fields["end_half"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("start_half", "") > cleaned.get("end_half", "9999-S2"):
            self.add_error("end_half", "Choisissez un semestre égal ou postérieur au début.")
        return cleaned

    @property
    def start(self) -> HalfYear:
        return HalfYear.from_code(self.cleaned_data["start_half"])

    @property
    def end(self) -> HalfYear:
        return HalfYear.from_code(self.cleaned_data["end_half"])


class LimitsForm(VersionedFormMixin, JalonsForm):
    """Days per half-year that each lead can give, euros that each year may cost, and what must hold."""

    marks_optional = False

    def __init__(self, *args: Any, roadmap: Roadmap, choices: LimitChoices, **kwargs: Any) -> None:
        self.choices = choices
        days: dict[str, Any] = {"required": False, "min_value": 0, "max_value": MAX_CAPACITY_DAYS}
        money: dict[str, Any] = {"required": False, "min_value": 0, "max_value": MAX_CEILING_EUR, "decimal_places": 2}
        give_fields(
            self,
            {
                "default_days": FrenchIntegerField(
                    label="Capacité par défaut",
                    help_text="Jours par semestre qu’un pilote peut donner à la feuille de route.",
                    min_value=1,
                    max_value=MAX_CAPACITY_DAYS,
                ),
                **{
                    f"service_{service.pk}": FrenchIntegerField(label=service.name, **days)
                    for service in choices.services
                },
                **{f"ceiling_{year}": FrenchDecimalField(label=str(year), **money) for year in choices.years},
                **{
                    name: forms.BooleanField(label=label, help_text=help_text, required=False)
                    for name, (label, help_text) in FIRM_LABELS.items()
                },
            },
        )
        super().__init__(*args, initial={**_stored(roadmap, choices), "version": roadmap.version}, **kwargs)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        roadmap = Roadmap.objects.get(pk=current.pk)
        # A service or a year without a limit is stored nowhere: its answer is empty.
        empty = dict.fromkeys(name for name in self.fields if name != "version")
        return empty | _stored(roadmap, limit_choices(roadmap))

    @property
    def layout(self) -> Layout:
        """The capacities, the ceilings, what must hold."""
        services = (f"service_{service.pk}" for service in self.choices.services)
        ceilings = (f"ceiling_{year}" for year in self.choices.years)
        return Layout(
            Fieldset("Jours par semestre", "default_days", Div(*services, css_class="fields")),
            Fieldset("Budget par année, en euros", Div(*ceilings, css_class="fields")),
            Fieldset("Ce qui doit tenir", *FIRM_LABELS),
        )

    @property
    def values(self) -> LimitValues:
        cleaned = self.cleaned_data
        return LimitValues(
            default_days=cleaned["default_days"],
            days_by_service={service: cleaned[f"service_{service.pk}"] for service in self.choices.services},
            euros_by_year={year: cleaned[f"ceiling_{year}"] for year in self.choices.years},
            **{name: cleaned[name] for name in FIRM_LABELS},
        )


def _stored(roadmap: Roadmap, choices: LimitChoices) -> dict[str, Any]:
    """Return the stored limits by name of field."""
    return {
        "default_days": roadmap.default_capacity_days,
        **{f"service_{pk}": days for pk, days in choices.days_by_service.items()},
        **{f"ceiling_{year}": amount for year, amount in choices.euros_by_year.items()},
        **{name: getattr(roadmap, name) for name in FIRM_LABELS},
    }
