"""Forms about the people of the committee."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from authorities.enums import Role
from authorities.forms.fields import ObjectsField
from authorities.models import Participant
from authorities.selectors.participants import current_dimensions
from authorities.services.participants import ParticipantValues
from common.forms import JalonsForm, VersionedFormMixin
from common.text import one_line, with_office
from common.versioning import VersionedModel
from reference.models import Dimension, Service

NOTE_LENGTH = 600
ROLE_HINTS = {
    Role.REFERENT: "Référent : donne ses avis, vote, conduit la démarche",
    Role.COMMITTEE: "Comité technique : donne ses avis, vote, pilote des actions",
    Role.ELECTED: "Élu : lit ce qui est publié",
    Role.CONTRIBUTOR: "Contributeur : remplit l’inventaire, rien d’autre",
    Role.ADVISER: "Accompagnateur : lit ce qui est publié, ne vote pas",
}


class ParticipantForm(VersionedFormMixin, JalonsForm):
    """A person of the committee."""

    name = forms.CharField(label="Nom et prénom", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="Adresse électronique",
        required=False,
        help_text="L’adresse professionnelle, où partira son lien personnel. Sans adresse, vous remettrez le lien "
        "vous-même.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    service = forms.ModelChoiceField(
        Service.objects.all(),
        label="Service",
        empty_label="Choisir un service",
        error_messages={"required": "Choisissez un service dans la liste."},
    )
    function = forms.CharField(label="Fonction", max_length=150, required=False)
    roles = forms.MultipleChoiceField(
        label="Rôles",
        choices=[(role.value, ROLE_HINTS[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        help_text="Une personne peut en avoir plusieurs.",
        error_messages={"required": "Cochez au moins un rôle."},
    )
    dimensions = ObjectsField(Dimension.objects.none(), label="Dimensions connues", required=False)

    def __init__(
        self, *args: Any, participant: Participant | None = None, service_code: str = "", **kwargs: Any
    ) -> None:
        self.is_new = participant is None
        initial: dict[str, Any] = {"version": 1, "roles": [Role.COMMITTEE.value]}
        if service_code:
            # Compared here, not in the base: the code comes from the address and may hold anything.
            initial["service"] = next((item for item in Service.objects.all() if item.code == service_code), None)
        if participant is not None:
            names = ("name", "email", "service", "function", "roles", "version")
            initial = {name: getattr(participant, name) for name in names}
            initial["dimensions"] = _offered_dimensions(participant)
        super().__init__(*args, initial=initial, **kwargs)
        dimensions = cast(forms.ModelMultipleChoiceField, self.fields["dimensions"])
        dimensions.queryset = current_dimensions()
        dimensions.help_text = (
            "Ne cochez rien : celles que son service connaît d’habitude seront proposées, et vous les corrigerez."
            if self.is_new
            else "Les sujets sur lesquels cette personne donnera son avis d’abord."
        )

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        values = super().stored_values(current)
        return {**values, "dimensions": _offered_dimensions(cast(Participant, current))}

    @property
    def values(self) -> ParticipantValues:
        """Return what was typed; nobody ticked for a new person means the dimensions of the service."""
        cleaned = self.cleaned_data
        has_chosen = bool(cleaned["dimensions"]) or not self.is_new
        return ParticipantValues(
            name=one_line(cleaned["name"]),
            service=cleaned["service"],
            roles=[Role(value) for value in cleaned["roles"]],
            email=cleaned["email"],
            function=one_line(cleaned["function"]),
            dimensions=list(cleaned["dimensions"]) if has_chosen else None,
        )


def _offered_dimensions(participant: Participant) -> list[Dimension]:
    """Return what somebody knows among the dimensions offered: those of another version count by their code."""
    codes = participant.dimensions.values("code")
    return list(current_dimensions().filter(code__in=codes))


class PeopleField(ObjectsField):
    """People ticked, each with their service and what they were already sent."""

    def label_from_instance(self, obj: Participant) -> str:
        sent = {0: "aucun message envoyé", 1: "un message envoyé"}
        return f"{obj.name}, {obj.service.name} ({sent.get(obj.invitation_count, 'deux messages envoyés')})"


class InvitationForm(JalonsForm):
    """Who is invited, and a word of one's own."""

    participants = PeopleField(
        Participant.objects.none(),
        label="Personnes à inviter",
        error_messages={"required": "Cochez au moins une personne à inviter."},
    )
    note = forms.CharField(
        label="Un mot de votre part",
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Ajouté à l’invitation. {NOTE_LENGTH} caractères au plus.",
    )

    def __init__(self, *args: Any, people: QuerySet[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelMultipleChoiceField, self.fields["participants"])
        field.queryset = people
        self._people = people

    @property
    def picked(self) -> Participant | None:
        """Return the first person ticked, for the preview; None when nobody is."""
        keys = self["participants"].value() or []
        wanted = {int(key) for key in keys if str(key).isascii() and str(key).isdigit()}
        return next((person for person in self._people if person.pk in wanted), None)

    @property
    def typed_note(self) -> str:
        """Return the note as it is typed, for the preview."""
        return str(self["note"].value() or "")[:NOTE_LENGTH]


class PresentPeopleField(ObjectsField):
    """People ticked, each with their service."""

    def label_from_instance(self, obj: Participant) -> str:
        return with_office(obj.name, obj.service.name)


class SheetPeopleField(PresentPeopleField):
    """People ticked; whoever no message can reach says so."""

    def label_from_instance(self, obj: Participant) -> str:
        label = super().label_from_instance(obj)
        return label if obj.email else f"{label} (sans adresse électronique)"


class LinkSheetForm(JalonsForm):
    """Who is on the printed sheet of links."""

    participants = SheetPeopleField(
        Participant.objects.none(),
        label="Personnes de la réunion",
        error_messages={"required": "Cochez au moins une personne."},
    )

    def __init__(self, *args: Any, people: QuerySet[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["participants"]).queryset = people


class LostLinkForm(JalonsForm):
    """The address of somebody who has lost their link."""

    email = forms.EmailField(
        label="Votre adresse électronique",
        help_text="Celle à laquelle vous avez reçu l’invitation.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
