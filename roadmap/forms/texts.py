"""Forms of the texts of the roadmap, and of the themes left aside."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin
from common.versioning import VersionedModel
from reference.models import Theme
from roadmap.forms.dynamic import give_fields
from roadmap.models import Roadmap, ThemeExplanation

DEFAULT_GOVERNANCE = (
    "Le comité technique suit chaque action et se réunit chaque trimestre. Le comité de pilotage examine l’avancement "
    "chaque semestre. L’assemblée reçoit un bilan chaque année, avant les débats sur le projet de budget."
)
DEFAULT_RHYTHM: dict[str, int] = {
    "committee_meetings_per_year": 4,
    "steering_meetings_per_year": 2,
    "council_reports_per_year": 1,
}


class RoadmapTextsForm(VersionedFormMixin, JalonsForm):
    """The foreword, and who follows the roadmap at what rhythm. Empty, the governance is proposed."""

    foreword = forms.CharField(
        label="Mot de l’élu",
        required=False,
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Écrit et signé par l’élu. Laissé vide, une version figée n’a pas d’avant-propos.",
    )
    foreword_author = forms.CharField(
        label="Qualité de la personne qui signe",
        required=False,
        max_length=150,
        help_text="Par exemple : vice-présidence chargée du numérique.",
    )
    governance = forms.CharField(
        label="Qui suit la feuille de route, et comment",
        required=False,
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    committee_meetings_per_year = FrenchIntegerField(
        label="Comités techniques par an", required=False, min_value=0, max_value=52
    )
    steering_meetings_per_year = FrenchIntegerField(
        label="Comités de pilotage par an", required=False, min_value=0, max_value=52
    )
    council_reports_per_year = FrenchIntegerField(
        label="Passages en assemblée par an", required=False, min_value=0, max_value=12
    )

    VALUES: ClassVar[tuple[str, ...]] = (
        "foreword", "foreword_author", "governance", "committee_meetings_per_year", "steering_meetings_per_year",
        "council_reports_per_year",
    )  # fmt: skip

    layout = Layout(
        Fieldset("Mot de l’élu", "foreword", "foreword_author"),
        Fieldset(
            "Gouvernance",
            "governance",
            Div(
                "committee_meetings_per_year",
                "steering_meetings_per_year",
                "council_reports_per_year",
                css_class="fields",
            ),
        ),
    )

    def __init__(self, *args: Any, roadmap: Roadmap | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"version": 1}
        if roadmap is not None:
            initial = {name: getattr(roadmap, name) for name in (*self.VALUES, "version")}
        if not initial.get("governance"):
            initial |= {"governance": DEFAULT_GOVERNANCE, **DEFAULT_RHYTHM}
        super().__init__(*args, initial=initial, **kwargs)


class ThemesForm(VersionedFormMixin, JalonsForm):
    """Why a theme of the decree is « non retenu »: one field for each theme that no action covers."""

    def __init__(
        self, *args: Any, themes: Sequence[Theme], reasons: Mapping[int, str], version: int, **kwargs: Any
    ) -> None:
        self.themes = list(themes)
        give_fields(
            self,
            {
                f"theme_{theme.number}": forms.CharField(
                    label=f"{theme.number}° {theme.short_name}",
                    required=False,
                    max_length=2_000,
                    widget=forms.Textarea(attrs={"rows": 3}),
                )
                for theme in self.themes
            },
        )
        initial: dict[str, Any] = {f"theme_{number}": reason for number, reason in reasons.items()}
        super().__init__(*args, initial={**initial, "version": version}, **kwargs)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        found = ThemeExplanation.objects.filter(roadmap=current.pk)
        reasons = dict(found.values_list("theme__number", "reason"))
        return {f"theme_{theme.number}": reasons.get(theme.number, "") for theme in self.themes}

    @property
    def reasons(self) -> dict[Theme, str]:
        return {theme: self.cleaned_data[f"theme_{theme.number}"] for theme in self.themes}
