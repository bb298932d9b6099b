"""Answer of the national administration to a request to join."""

from typing import Any

from django import forms

from authorities.enums import Role
from authorities.forms.fields import capitalised
from common.forms import JalonsForm

ACCEPT, REFUSE = "accepter", "refuser"


class ArbitrationForm(JalonsForm):
    """Accept with roles, or refuse; with a reason in both cases."""

    answer = forms.ChoiceField(
        label="Réponse",
        choices=[(ACCEPT, "Accepter la demande"), (REFUSE, "Refuser la demande")],
        widget=forms.RadioSelect,
    )
    roles = forms.MultipleChoiceField(
        label="Rôles donnés",
        choices=capitalised(Role.choices),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Pour une demande acceptée.",
    )
    reason = forms.CharField(
        label="Raison",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Elle est envoyée à la personne et aux référents. 500\u00a0caractères au plus.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") == ACCEPT and not cleaned.get("roles") and not self.has_error("roles"):
            self.add_error("roles", "Cochez au moins un rôle pour accepter la demande.")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        is_accepted = self.cleaned_data["answer"] == ACCEPT
        roles = [Role(value) for value in self.cleaned_data["roles"]] if is_accepted else []
        return {"is_accepted": is_accepted, "roles": roles, "reason": self.cleaned_data["reason"]}
