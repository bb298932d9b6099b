"""Form of the copy of a preparation."""

from collections.abc import Sequence
from typing import Any

from django import forms

from authorities.models import Initiative
from common.forms import FrenchIntegerField, JalonsForm


class PreparationCopyForm(JalonsForm):
    """From which of one's authorities, and the version of the démarche that the preview was worked out from."""

    depuis = forms.ChoiceField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choisissez d’abord la collectivité dont vous reprenez la préparation.",
            "invalid_choice": "Choisissez une collectivité de la liste.",
        },
    )
    version = FrenchIntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)

    def __init__(self, *args: Any, sources: Sequence[Initiative], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["depuis"].choices = [  # type: ignore[attr-defined]
            (source.authority.slug, source.authority.name) for source in sources
        ]
        self._sources = {source.authority.slug: source for source in sources}

    @property
    def source(self) -> Initiative:
        """Return the démarche chosen, once the form is valid."""
        return self._sources[self.cleaned_data["depuis"]]
