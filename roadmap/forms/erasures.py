"""The form that erases a space: it asks for words that nobody types by accident."""

from typing import Any

from django import forms

from authorities.models import Authority
from common.forms import JalonsForm
from common.text import normalise, typography


class EraseAuthorityForm(JalonsForm):
    """The name of the authority, typed by hand."""

    name = forms.CharField(label="Nom de la collectivité", max_length=150)

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authority = authority
        self.fields["name"].help_text = typography(f"Pour confirmer, recopiez : {authority.name}")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if normalise(name) != normalise(self.authority.name):
            raise forms.ValidationError(typography(f"Recopiez le nom tel quel : {self.authority.name}"))
        return name
