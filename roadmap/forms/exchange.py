"""Forms of the action sheets edited off line: the workbook sent back, the choices of its preview."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.forms import JalonsForm
from roadmap.exchange.preview import KEEP_SITE, TAKE_WORKBOOK, FieldChange


class SheetUploadForm(JalonsForm):
    """A workbook of action sheets."""

    file = forms.FileField(
        label="Tableur rempli",
        help_text="Fichier xlsx ou ods, 20\u00a0Mo au plus. Rien n’est écrit avant votre accord.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods"}),
    )

    def add_error(self, field: str | None, error: Any) -> None:
        # What a service refuses once the file is read is about the file.
        super().add_error(field or "file", error)


class ExchangeChoicesForm(JalonsForm):
    """For each text that the site changed as well: keep it, or take that of the workbook. Without a choice, kept."""

    marks_optional = False

    def __init__(self, data: Any = None, *, conflicts: Sequence[FieldChange]) -> None:
        super().__init__(data)
        for change in conflicts:
            self.fields[f"choix-{change.key}"] = forms.ChoiceField(
                label=change.where,
                choices=[(KEEP_SITE, "Garder l’autre"), (TAKE_WORKBOOK, "Garder le mien")],
                required=False,
                error_messages={"invalid_choice": "Choisissez de garder le texte du site ou celui du tableur."},
            )

    @property
    def taken(self) -> set[str]:
        """Keys of the texts to take from the workbook."""
        chosen = {name.removeprefix("choix-"): value for name, value in self.cleaned_data.items()}
        return {key for key, value in chosen.items() if value == TAKE_WORKBOOK}
