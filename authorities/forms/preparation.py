"""Forms of prerequisites, existing documents and actors of the territory."""

from typing import Any

from django import forms

from authorities.enums import ActorNature
from authorities.forms.fields import capitalised
from authorities.models import SourceDocument, TerritoryActor
from common.forms import JalonsForm, VersionedFormMixin, YearField
from reference.models import DocumentKind


class ChecklistItemForm(VersionedFormMixin, JalonsForm):
    """A prerequisite ticked by hand. Version 0: nobody had written about it yet."""

    is_done = forms.BooleanField(label="C’est fait", required=False)
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=300,
        help_text="Une date, un nom, un compte rendu. 300 caractères au plus.",
    )

    def __init__(self, *args: Any, is_done: bool, note: str, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"is_done": is_done, "note": note, "version": version}, **kwargs)


class DocumentForm(VersionedFormMixin, JalonsForm):
    """A document that the authority already has."""

    kind = forms.ModelChoiceField(
        DocumentKind.objects.all(), label="Type", required=False, empty_label="Autre document"
    )
    title = forms.CharField(label="Titre", max_length=200)
    year = YearField(label="Année", required=False)
    implication = forms.CharField(
        label="Ce qu’il implique pour la feuille de route",
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Engagements déjà votés, échéances, chiffres à reprendre.",
    )

    def __init__(
        self, *args: Any, document: SourceDocument | None, kind: DocumentKind | None = None, **kwargs: Any
    ) -> None:
        names = ("kind", "title", "year", "implication", "version")
        if document is not None:
            initial: dict[str, Any] = {name: getattr(document, name) for name in names}
        else:
            initial = {"version": 1, "kind": kind, "title": kind.name if kind else ""}
        super().__init__(*args, initial=initial, **kwargs)


class ActorForm(VersionedFormMixin, JalonsForm):
    """An actor of the territory."""

    name = forms.CharField(label="Nom", max_length=150)
    nature = forms.ChoiceField(label="Nature", choices=capitalised(ActorNature.choices), widget=forms.RadioSelect)
    involvement = forms.CharField(
        label="Comment il est associé",
        required=False,
        max_length=300,
        help_text="Réunion, entretien, relecture, convention. 300 caractères au plus.",
    )

    def __init__(self, *args: Any, territory_actor: TerritoryActor | None, **kwargs: Any) -> None:
        names = ("name", "nature", "involvement", "version")
        initial: dict[str, Any] = {"version": 1}
        if territory_actor is not None:
            initial = {name: getattr(territory_actor, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_nature(self) -> ActorNature:
        return ActorNature(self.cleaned_data["nature"])
