"""Forms of the interview grids: the one to download, the one to send back."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.forms import JalonsForm
from diagnostics.grids.content import BLANK, grid_choices
from diagnostics.grids.people import GridPerson
from diagnostics.grids.preview import KEEP_OWN, TAKE_GRID, GridChange
from diagnostics.models import Diagnosis

FORMATS = [
    ("xlsx", "Tableur xlsx (Excel)"),
    ("ods", "Tableur ods (LibreOffice)"),
    ("pdf", "PDF à imprimer, avec des cases"),
]


class GridForm(JalonsForm):
    """Which grid, in which format. Read from the address: a grid is downloaded, nothing is written."""

    marks_optional = False

    grille = forms.ChoiceField(label="Grille", initial=BLANK)
    format = forms.ChoiceField(label="Format", choices=FORMATS, initial="xlsx", widget=forms.RadioSelect)

    def __init__(self, *args: Any, diagnosis: Diagnosis, people: Sequence[GridPerson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grille"]
        field.choices = grid_choices(diagnosis, people)
        if people:
            field.initial = field.choices[0][1][0][0]


class GridUploadForm(JalonsForm):
    """A filled grid; a blank one needs the name of whoever filled it."""

    file = forms.FileField(
        label="Grille remplie",
        help_text="Fichier xlsx ou ods, 20\u00a0Mo au plus. Rien n’est écrit avant votre accord.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods"}),
    )
    person = forms.ChoiceField(
        label="Qui l’a remplie",
        required=False,
        help_text="Pour une grille vierge seulement\u00a0: les autres disent de qui elles sont.",
    )

    def add_error(self, field: str | None, error: Any) -> None:
        # What a service refuses once the file is read is about the file.
        super().add_error(field or "file", error)

    def __init__(self, *args: Any, people: Sequence[GridPerson], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        field: Any = self.fields["person"]
        field.choices = [("", "La grille le dit"), *((pk, person.label) for pk, person in self.people.items())]

    @property
    def chosen(self) -> GridPerson | None:
        return self.people.get(self.cleaned_data.get("person", ""))


class GridChoicesForm(JalonsForm):
    """For each answer given outside a grid: keep it, or take that of the grid. Without a choice, it is kept."""

    marks_optional = False

    def __init__(self, data: Any = None, *, conflicts: Sequence[GridChange]) -> None:
        super().__init__(data)
        for change in conflicts:
            self.fields[f"choix-{change.key}"] = forms.ChoiceField(
                label=f"{change.question.code} {change.question.title}, {change.participant.name}",
                choices=[(KEEP_OWN, "Garder la réponse enregistrée"), (TAKE_GRID, "Prendre celle de la grille")],
                required=False,
                error_messages={
                    "invalid_choice": "Choisissez de garder la réponse enregistrée ou de prendre la grille."
                },
            )

    @property
    def taken(self) -> set[str]:
        """Keys of the answers to take from the grid."""
        chosen = {name.removeprefix("choix-"): value for name, value in self.cleaned_data.items()}
        return {key for key, value in chosen.items() if value == TAKE_GRID}
