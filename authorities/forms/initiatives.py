"""Forms of the démarche."""

from typing import Any

from django import forms

from authorities.enums import Perimeter, Track
from authorities.forms.fields import DayField, PeriodYearField, capitalised
from authorities.models import Initiative
from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin

TEXT_LENGTH = 6_000


class InitiativeForm(VersionedFormMixin, JalonsForm):
    """Settings of the démarche."""

    period_start_year = PeriodYearField(label="Première année de la feuille de route")
    period_years = FrenchIntegerField(
        label="Durée en années",
        min_value=1,
        max_value=6,
        help_text="Trois ans d’habitude : assez pour agir, assez court pour s’engager.",
    )
    track = forms.ChoiceField(label="Parcours", choices=capitalised(Track.choices), widget=forms.RadioSelect)
    perimeter = forms.ChoiceField(
        label="Périmètre",
        choices=capitalised(Perimeter.choices),
        widget=forms.RadioSelect,
        help_text="L’interne d’abord, le territoire ensuite : mener les deux à la fois est une marche haute.",
    )
    territory_follow_up = forms.CharField(
        label="Quand le territoire suivra",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Seulement si la démarche reste interne. Le décret parle aussi du territoire : la feuille de route "
        "dira quand vous l’examinerez.",
    )

    council_on = DayField(
        label="Date du conseil ou de l’assemblée",
        required=False,
        help_text="La séance qui votera la feuille de route. Si vous la changez, les réunions qui n’ont pas été "
        "modifiées à la main suivent.",
    )

    def __init__(self, *args: Any, initiative: Initiative, **kwargs: Any) -> None:
        names = (
            "period_start_year",
            "period_years",
            "track",
            "perimeter",
            "territory_follow_up",
            "council_on",
            "version",
        )
        super().__init__(*args, initial={name: getattr(initiative, name) for name in names}, **kwargs)

    def clean_track(self) -> Track:
        return Track(self.cleaned_data["track"])

    def clean_perimeter(self) -> Perimeter:
        return Perimeter(self.cleaned_data["perimeter"])


class StateOfPlayForm(VersionedFormMixin, JalonsForm):
    """The three texts that the programme de travail asks for."""

    uses_summary = forms.CharField(
        label="Usages du numérique sur le territoire",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Couverture en fibre, lieux de médiation, démarches en ligne, capteurs, services ouverts au public : "
        "quelques chiffres et ce que vous ne savez pas encore.",
    )
    engaged_actions = forms.CharField(
        label="Actions déjà engagées",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Sous forme synthétique : achats reconditionnés, réemploi, extinction, écoconception, formation.",
    )
    actors_involvement = forms.CharField(
        label="Comment les acteurs ont été associés",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Qui, quand, et ce que leurs remarques ont changé.",
    )

    def __init__(self, *args: Any, initiative: Initiative, **kwargs: Any) -> None:
        names = ("uses_summary", "engaged_actions", "actors_involvement", "version")
        super().__init__(*args, initial={name: getattr(initiative, name) for name in names}, **kwargs)
