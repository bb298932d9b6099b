"""Forms of the workshop. They parse and validate; the services decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from authorities.forms.fields import ObjectsField
from authorities.models import Participant
from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin, set_french_messages
from levers.enums import Grade
from levers.forms import ABSTAIN, VOTE_CHOICES, read_grade
from levers.models import SecondVoteAnswer, Workshop
from levers.models_workshop import LONGEST_MINUTES, MOST_HANDS, NOTES_MAX_LENGTH, SHORTEST_MINUTES
from levers.services import WorkshopMinutesValues
from levers.tally import GRADES, Counts

MINUTES_NAMES = ("place", "present", "other_people", "notes")


class StartForm(JalonsForm):
    """Length of the workshop that begins."""

    planned_minutes = forms.IntegerField(
        label="Durée prévue, en minutes", min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES
    )


class ParkForm(JalonsForm):
    """Leave a lever for the end, or put it back: one button."""

    is_parked = forms.TypedChoiceField(choices=[("oui", ""), ("non", "")], coerce=lambda value: value == "oui")


class PhonesForm(JalonsForm):
    """Open a second vote to the phones, or close it: one button."""

    is_open = forms.TypedChoiceField(choices=[("oui", ""), ("non", "")], coerce=lambda value: value == "oui")


class EndForm(JalonsForm):
    """End the workshop, or take it up again: one button."""

    is_over = forms.TypedChoiceField(choices=[("oui", ""), ("non", "")], coerce=lambda value: value == "oui")


class UndoForm(JalonsForm):
    """The gesture that the page offered to undo."""

    number = forms.IntegerField(min_value=1, max_value=10**9)


class HandsForm(JalonsForm):
    """Hands that were counted, grade by grade. `number`: rank of this second vote, so that it is counted once."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for grade in GRADES:
            self.fields[grade.letter] = _hands_field(str(grade.label).capitalize())
        self.fields[ABSTAIN] = _hands_field("Abstentions")

    @property
    def counts(self) -> Counts:
        grades = [self.cleaned_data[grade.letter] or 0 for grade in GRADES]
        return Counts((grades[0], grades[1], grades[2], grades[3], grades[4]), self.cleaned_data[ABSTAIN] or 0)

    def boxes(self) -> list[forms.BoundField]:
        """Return the fields in which the hands are typed, from essentiel to the abstentions."""
        return [self[name] for name in (*(grade.letter for grade in GRADES), ABSTAIN)]


def _hands_field(label: str) -> FrenchIntegerField:
    field = FrenchIntegerField(label=label, required=False, min_value=0, max_value=MOST_HANDS)
    set_french_messages(field)
    return field


class SecondVoteForm(VersionedFormMixin, JalonsForm):
    """Answer of a phone."""

    choice = forms.ChoiceField(
        label="Votre avis", choices=VOTE_CHOICES, widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez une des cinq mentions, ou «\u00a0Je ne me prononce pas\u00a0».",
            "invalid_choice": "Choisissez une des cinq mentions, ou «\u00a0Je ne me prononce pas\u00a0».",
        },
    )  # fmt: skip

    @property
    def grade(self) -> Grade | None:
        return read_grade(self.cleaned_data["choice"])

    def add_conflict(self, current: SecondVoteAnswer, *, author: str = "") -> None:  # type: ignore[override]
        super().add_conflict(current, author=author or "Une autre fenêtre")

    def stored_values(self, current: SecondVoteAnswer) -> dict[str, Any]:  # type: ignore[override]
        return {"choice": letter_of(current)}


def letter_of(answer: SecondVoteAnswer | None) -> str:
    """Return the choice of an answer: a letter, A for an abstention, nothing without an answer."""
    if answer is None:
        return ""
    return ABSTAIN if answer.grade is None else Grade(answer.grade).letter


class WorkshopMinutesForm(VersionedFormMixin, JalonsForm):
    """Free texts of the minutes, and who was there."""

    place = forms.CharField(label="Lieu", max_length=150, required=False)
    present = ObjectsField(
        Participant.objects.none(),
        label="Personnes présentes",
        required=False,
        help_text="Les personnes de la démarche.",
    )
    other_people = forms.CharField(
        label="Autres personnes présentes", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}), help_text="Une par ligne, avec sa fonction.",
    )  # fmt: skip
    notes = forms.CharField(
        label="Notes et suites", required=False, max_length=NOTES_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}), help_text="Ce qui a été dit au-delà des décisions : qui fait quoi.",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        workshop: Workshop,
        present: Sequence[Participant],
        proposed_place: str,
        people: QuerySet[Participant],
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {name: getattr(workshop, name) for name in MINUTES_NAMES if name != "present"}
        initial |= {"version": workshop.version, "present": [person.pk for person in present]}
        initial["place"] = proposed_place
        super().__init__(*args, initial=initial, **kwargs)
        field: Any = self.fields["present"]
        field.queryset = people
        field.label_from_instance = lambda person: f"{person.name}, {person.function or person.service.name}"

    @property
    def values(self) -> WorkshopMinutesValues:
        changes = self.changes
        return WorkshopMinutesValues(**{**changes, "present": list(changes["present"])})
