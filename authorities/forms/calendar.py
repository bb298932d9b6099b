"""Forms of the calendar."""

from typing import Any

from django import forms

from authorities.enums import MeetingKind
from authorities.forms.fields import DayField, capitalised
from authorities.models import Initiative, Meeting
from authorities.services.calendar import MeetingValues
from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin
from reference.models import CalendarPreset


class PlanForm(VersionedFormMixin, JalonsForm):
    """Preset and council date, from which every meeting is dated."""

    preset = forms.ModelChoiceField(
        CalendarPreset.objects.all(),
        label="Calendrier type",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un calendrier."},
    )
    council_on = DayField(
        label="Date du conseil ou de l’assemblée",
        help_text="La séance qui votera la feuille de route. Un samedi est accepté.",
        error_messages={"required": "Indiquez la date du conseil, par exemple 15/09/2026."},
    )

    def __init__(self, *args: Any, initiative: Initiative, **kwargs: Any) -> None:
        initial = {
            "preset": initiative.calendar_preset,
            "council_on": initiative.council_on,
            "version": initiative.version,
        }
        super().__init__(*args, initial=initial, **kwargs)

    def stored_values(self, current: Any) -> dict[str, Any]:
        return {"preset": current.calendar_preset, "council_on": current.council_on}


class MeetingForm(VersionedFormMixin, JalonsForm):
    """A meeting or a milestone."""

    label = forms.CharField(label="Intitulé", max_length=150)
    kind = forms.ChoiceField(
        label="Instance", choices=[("", "Échéance sans réunion"), *capitalised(MeetingKind.choices)], required=False
    )
    planned_on = DayField(label="Date")
    start_time = forms.TimeField(
        label="Heure",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"],
        error_messages={"invalid": "Indiquez une heure, par exemple 14:30."},
        help_text="Sans heure, la date occupe la journée dans les agendas.",
    )
    duration_minutes = FrenchIntegerField(label="Durée en minutes", min_value=15, max_value=720)
    place = forms.CharField(label="Lieu", max_length=150, required=False)

    def __init__(self, *args: Any, meeting: Meeting | None, **kwargs: Any) -> None:
        names = ("label", "kind", "planned_on", "start_time", "duration_minutes", "place", "version")
        initial = (
            {name: getattr(meeting, name) for name in names} if meeting else {"duration_minutes": 120, "version": 1}
        )
        super().__init__(*args, initial=initial, **kwargs)
        if meeting is not None:
            self.fields[
                "planned_on"
            ].help_text = "Une date changée à la main n’est plus déplacée par la date du conseil."

    @property
    def values(self) -> MeetingValues:
        """Return what was typed, as the service reads it."""
        cleaned = self.cleaned_data
        return MeetingValues(
            label=cleaned["label"],
            kind=MeetingKind(cleaned["kind"]) if cleaned["kind"] else None,
            planned_on=cleaned["planned_on"],
            start_time=cleaned["start_time"],
            duration_minutes=cleaned["duration_minutes"],
            place=cleaned["place"],
        )
