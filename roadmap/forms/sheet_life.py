"""Forms about sheets as a whole: a note, a return to the lead, a validation, the same change on several."""

from collections.abc import Iterable
from typing import Any, ClassVar

from crispy_forms.layout import Fieldset, Layout
from django import forms

from authorities.forms.fields import MAX_KEY_LENGTH, ObjectsField, capitalised
from authorities.models import Initiative, Participant
from common.forms import FrenchDateField, JalonsForm
from reference.models import Service
from roadmap.enums import ActionStatus, Commitment, SheetReview
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.services.sheet_life import MAX_NOTE_CHARACTERS

UNCHANGED = "Ne pas changer"


class NoteForm(JalonsForm):
    """A dated note, and who is told."""

    text = forms.CharField(
        label="Note",
        max_length=MAX_NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce qui s’est passé, ce qui bloque, ce que vous attendez. « @Prénom Nom » prévient la personne.",
    )
    dated_on = FrenchDateField(label="Date", help_text="Celle du fait, si elle n’est pas d’aujourd’hui.")
    mentions = ObjectsField(
        Participant.objects.none(),
        label="Prévenir",
        required=False,
        help_text="La personne le lira dans son prochain message groupé et sur sa page.",
    )

    def __init__(self, *args: Any, initiative: Initiative, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Participant.objects.for_initiative(initiative).filter(is_active=True)
        self.fields["mentions"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]


class ReturnForm(JalonsForm):
    """Why a submitted sheet goes back to its lead."""

    reason = forms.CharField(
        label="Ce que vous demandez au pilote",
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Il le lira sur sa fiche.",
    )


class SheetsValidationForm(JalonsForm):
    """The steering committee validated some of the submitted sheets."""

    sheets = ObjectsField(ActionSheet.objects.none(), label="Fiches validées")
    validated_on = FrenchDateField(label="Date de la réunion")
    body = forms.CharField(label="Instance", max_length=150, initial="Comité de pilotage")

    def __init__(self, *args: Any, roadmap: Roadmap, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        submitted = ActionSheet.objects.filter(roadmap=roadmap, review_state=SheetReview.SUBMITTED)
        self.fields["sheets"].queryset = submitted.order_by("number")  # type: ignore[attr-defined]
        self.initial.setdefault("sheets", list(submitted))


class SeenSheetsField(forms.MultipleChoiceField):
    """Sheets ticked in a list, each « key:version » as the reader saw it; cleaned as sheet pk → version.

    A sheet saved in between has another version: the service says which one, the field does not refuse it first.
    """

    widget = forms.CheckboxSelectMultiple
    known: frozenset[str] = frozenset()

    def offer(self, sheets: Iterable[ActionSheet]) -> None:
        """Give the field its list."""
        choices = [(f"{sheet.pk}:{sheet.version}", str(sheet)) for sheet in sheets]
        self.choices = choices
        self.known = frozenset(value.partition(":")[0] for value, _label in choices)

    def valid_value(self, value: Any) -> bool:
        key, _, version = str(value).partition(":")
        return key in self.known and version.isascii() and version.isdecimal() and len(version) <= MAX_KEY_LENGTH

    def clean(self, value: Any) -> Any:
        pairs = (item.split(":") for item in super().clean(value))
        return {int(key): int(version) for key, version in pairs}


class SheetsUpdateForm(JalonsForm):
    """The same change on several sheets."""

    marks_optional = False
    CHANGES: ClassVar[tuple[str, ...]] = ("lead_participant", "lead_service", "elected_lead", "commitment", "status")

    sheets = SeenSheetsField(label="Fiches à modifier")
    lead_participant = forms.ModelChoiceField(
        Participant.objects.none(), label="Pilote", required=False, empty_label=UNCHANGED
    )
    lead_service = forms.ModelChoiceField(
        Service.objects.all(), label="Service pilote", required=False, empty_label=UNCHANGED,
        help_text="Quand la personne n’est pas dans la démarche.",
    )  # fmt: skip
    elected_lead = forms.CharField(
        label="Élu référent", required=False, max_length=150, help_text="Laissez vide pour ne pas changer."
    )
    commitment = forms.ChoiceField(
        label="Niveau d’engagement", required=False, choices=[("", UNCHANGED), *capitalised(Commitment.choices)]
    )
    status = forms.ChoiceField(
        label="État", required=False, choices=[("", UNCHANGED), *capitalised(ActionStatus.choices)]
    )
    objectives = ObjectsField(
        Objective.objects.none(),
        label="Objectifs à ajouter",
        required=False,
        help_text="Ceux que servent déjà les fiches sont gardés.",
    )

    layout = Layout(
        "sheets",
        Fieldset(
            "Ce qui change", "lead_participant", "lead_service", "elected_lead", "commitment", "status", "objectives"
        ),
    )

    def __init__(self, *args: Any, roadmap: Roadmap, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheets"].offer(ActionSheet.objects.filter(roadmap=roadmap).order_by("number"))  # type: ignore[attr-defined]
        people = Participant.objects.for_initiative(roadmap.initiative).filter(is_active=True)
        self.fields["lead_participant"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["objectives"].queryset = Objective.objects.filter(roadmap=roadmap)  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        """Field of a sheet → its new value, for what is asked."""
        return {name: self.cleaned_data[name] for name in self.CHANGES if self.cleaned_data[name]}
