"""Forms of the schedule: a placement by hand, the capacity of the leads."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from reference.models import Service
from roadmap.forms.dynamic import give_fields
from roadmap.half_years import HalfYear, half_years_of
from roadmap.models import ActionSheet, Roadmap
from roadmap.services.placement import MAX_CAPACITY_DAYS


class PlacementForm(VersionedFormMixin, JalonsForm):
    """First and last half-year of an action: two lists, so that the keyboard is enough."""

    start_half = forms.ChoiceField(label="Début")
    end_half = forms.ChoiceField(label="Fin")

    def __init__(self, *args: Any, instance: ActionSheet, **kwargs: Any) -> None:
        initiative = instance.roadmap.initiative
        half_years = half_years_of(initiative.period_start_year, initiative.period_years)
        first = half_years[0].code
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


class CapacityForm(VersionedFormMixin, JalonsForm):
    """Days per half-year that each lead can give; empty means the default."""

    marks_optional = False

    def __init__(
        self, *args: Any, roadmap: Roadmap, services: Sequence[Service], stored: Mapping[int, int], **kwargs: Any
    ) -> None:
        self.services = list(services)
        limits: dict[str, Any] = {"min_value": 0, "max_value": MAX_CAPACITY_DAYS}
        give_fields(
            self,
            {
                "default_days": FrenchIntegerField(
                    label="Capacité par défaut",
                    help_text="Jours par semestre qu’un service pilote peut donner à la feuille de route.",
                    min_value=1,
                    max_value=MAX_CAPACITY_DAYS,
                ),
                **{
                    f"service_{service.pk}": FrenchIntegerField(label=service.name, required=False, **limits)
                    for service in self.services
                },
            },
        )
        initial = {**_capacities(roadmap.default_capacity_days, stored), "version": roadmap.version}
        super().__init__(*args, initial=initial, **kwargs)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        roadmap = Roadmap.objects.get(pk=current.pk)
        stored = dict(roadmap.capacities.values_list("service_id", "days_per_half_year"))
        empty = {f"service_{service.pk}": None for service in self.services}
        return empty | _capacities(roadmap.default_capacity_days, stored)

    @property
    def layout(self) -> Layout:
        """The default, then one field per service."""
        return Layout("default_days", Div(*(f"service_{service.pk}" for service in self.services), css_class="fields"))

    @property
    def days_by_service(self) -> dict[Service, int | None]:
        return {service: self.cleaned_data[f"service_{service.pk}"] for service in self.services}


def _capacities(default_days: int, stored: Mapping[int, int]) -> dict[str, Any]:
    """Return the capacities by name of field. `stored`: days per half-year by service."""
    return {"default_days": default_days, **{f"service_{pk}": days for pk, days in stored.items()}}
