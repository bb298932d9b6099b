"""Form of the minutes of the meeting."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from authorities.forms.fields import DayField, ObjectsField
from authorities.models import Participant
from common.forms import JalonsForm, VersionedFormMixin
from common.text import with_office
from diagnostics.models import COMMENT_MAX_LENGTH, MINUTES_MAX_LENGTH, MeetingMinutes
from diagnostics.services import MinutesValues

NAMES = (
    "held_on", "starts_at", "ends_at", "place", "present", "other_people", "decisions", "notes", "are_names_written"
)  # fmt: skip


def hour_field(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"],
        error_messages={"invalid": "Indiquez une heure, par exemple 14:30."},
    )


class MinutesForm(VersionedFormMixin, JalonsForm):
    """Heading and free texts of the minutes; `version` is 0 while nothing is kept."""

    held_on = DayField(label="Date", required=False)
    starts_at = hour_field("Début")
    ends_at = hour_field("Fin")
    place = forms.CharField(label="Lieu", max_length=150, required=False)
    present = ObjectsField(
        Participant.objects.none(),
        label="Personnes présentes",
        required=False,
        help_text="Les personnes à qui l’avis a été demandé, les référents et le comité de pilotage.",
    )
    other_people = forms.CharField(
        label="Autres personnes présentes",
        required=False,
        max_length=COMMENT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Une par ligne, avec sa fonction.",
    )
    decisions = forms.CharField(
        label="Décisions et suites",
        required=False,
        max_length=MINUTES_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce que la réunion a décidé au-delà des niveaux : qui fait quoi, pour quand.",
    )
    notes = forms.CharField(
        label="Notes",
        required=False,
        max_length=MINUTES_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    are_names_written = forms.BooleanField(
        label="Écrire le nom de chaque personne à côté de son avis",
        required=False,
        help_text="Sans cette case, le document ne dit que combien d’avis chaque niveau a reçus.",
    )

    def __init__(
        self,
        *args: Any,
        minutes: MeetingMinutes | None,
        proposed: Mapping[str, Any],
        people: Sequence[Participant],
        may_write_names: bool,
        **kwargs: Any,
    ) -> None:
        if minutes is None:
            initial = {**proposed, "version": 0}
        else:
            initial = {name: getattr(minutes, name) for name in NAMES} | {"version": minutes.version}
            initial["present"] = [person.pk for person in minutes.present.all()]
        super().__init__(*args, initial=initial, **kwargs)
        field: Any = self.fields["present"]
        field.queryset = Participant.objects.filter(pk__in=[person.pk for person in people]).select_related("service")
        field.label_from_instance = lambda person: with_office(person.name, person.function or person.service.name)
        if not may_write_names:
            del self.fields["are_names_written"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "Indiquez une fin qui vient après le début.")
        return cleaned

    @property
    def values(self) -> MinutesValues:
        changes = self.changes
        return MinutesValues(**{**changes, "present": list(changes["present"])})
