"""Forms of a frozen version: freezing, validation, adoption."""

from datetime import date
from typing import Any

from django import forms

from common.forms import FrenchDateField, JalonsForm


class FreezeForm(JalonsForm):
    """A word about the version, for those who will compare."""

    note = forms.CharField(
        label="Ce qui change dans cette version",
        required=False,
        max_length=300,
        help_text="Une phrase, pour s’y retrouver. 300 caractères au plus.",
    )
    accepts_no_foreword = forms.BooleanField(
        label="Figer sans mot de l’élu",
        required=False,
        help_text="La page de l’avant-propos ne sera pas imprimée.",
    )

    def __init__(self, *args: Any, has_foreword: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_foreword:
            del self.fields["accepts_no_foreword"]


class _DatedForm(JalonsForm):
    """A form whose date lies between the freezing and today."""

    date_name = ""

    def __init__(self, *args: Any, frozen_on: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.date_name]
        field.min_value, field.max_value = frozen_on, today  # type: ignore[attr-defined]


class SteeringValidationForm(_DatedForm):
    """The steering committee validated the version."""

    date_name = "validated_on"
    validated_on = FrenchDateField(label="Date de la réunion")
    body = forms.CharField(label="Instance", max_length=150, initial="Comité de pilotage")
    note = forms.CharField(
        label="Relevé de décision",
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Remarques, réserves, demandes. Elles ne changent pas la version figée.",
    )


class AdoptionForm(_DatedForm):
    """The council voted the version."""

    date_name = "adopted_on"
    adopted_on = FrenchDateField(label="Date du vote")
    reference = forms.CharField(
        label="Référence de la délibération", max_length=100, help_text="Par exemple : 2026-09-042."
    )
    body = forms.CharField(
        label="Assemblée", required=False, max_length=150, help_text="Par exemple : conseil communautaire."
    )
