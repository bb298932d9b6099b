"""Filters of the audit trail, read from the address."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from authorities.enums import EventKind
from authorities.forms.fields import capitalised
from authorities.selectors.events import EventFilters
from common.forms import FrenchDateField, JalonsForm

QUERY_MAXIMUM_LENGTH = 100


class EventFilterForm(JalonsForm):
    """Who, about what, when, and which words. What cannot be read is said, and does not filter."""

    marks_optional = False
    qui = forms.ChoiceField(label="Personne", required=False)
    objet = forms.ChoiceField(label="Objet", required=False, choices=[("", "Tous"), *capitalised(EventKind.choices)])
    du = FrenchDateField(label="Du", required=False)
    au = FrenchDateField(label="Au", required=False)
    mots = forms.CharField(
        label="Mots", required=False, max_length=QUERY_MAXIMUM_LENGTH, help_text="Dans les actions et dans les valeurs."
    )

    def __init__(self, *args: Any, actors: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qui"].choices = [("", "Toutes"), *((name, name) for name in actors)]  # type: ignore[attr-defined]

    layout = Layout("mots", Div("qui", "objet", css_class="fields"), Div("du", "au", css_class="fields"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("du"), cleaned.get("au")
        if first and last and last < first:
            self.add_error("au", "Choisissez une fin égale ou postérieure au début.")
        return cleaned

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def filters(self) -> EventFilters:
        """Return what the fields say; those that are wrong say nothing."""
        self.is_valid()
        return EventFilters(
            actor=self.cleaned_data.get("qui", ""),
            kind=self.cleaned_data.get("objet", ""),
            first_day=self.cleaned_data.get("du"),
            last_day=self.cleaned_data.get("au"),
            words=self.cleaned_data.get("mots", ""),
        )
