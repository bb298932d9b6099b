"""Sample data of the gallery of components: one example of each state, nothing of any authority."""

from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator

from common.forms import FieldConflict, FrenchDateField, FrenchDecimalField, FrenchIntegerField, JalonsForm
from common.steps import NextAction, StepState, StepStatus
from common.templatetags.components import ICONS


class GalleryForm(JalonsForm):
    """One field of each kind."""

    name = forms.CharField(label="Nom et prénom", max_length=150)
    email = forms.EmailField(label="Adresse électronique", help_text="L’adresse professionnelle. Rien ne part encore.")
    agents = FrenchIntegerField(label="Nombre d’agents", min_value=1, max_value=100_000)
    lifetime_years = FrenchDecimalField(label="Durée d’usage", min_value=1, max_value=20, unit="ans", decimal_places=1)
    council_on = FrenchDateField(label="Date du conseil", required=False)
    service = forms.ChoiceField(
        label="Service", choices=[("", "Choisir un service"), ("achats", "Achats"), ("dechets", "Déchets")]
    )
    dimensions = forms.MultipleChoiceField(
        label="Dimensions connues",
        help_text="La personne ne notera que les questions de ces dimensions.",
        choices=[("strategie", "Stratégie, gouvernance et mesure"), ("services", "Services numériques")],
        widget=forms.CheckboxSelectMultiple,
    )
    track = forms.ChoiceField(
        label="Parcours", choices=[("standard", "standard"), ("light", "allégé")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    sheet = forms.FileField(
        label="Tableur de l’inventaire",
        required=False,
        help_text="Fichier xlsx ou ods, 5\u00a0Mo au plus. Rien n’est écrit avant votre accord.",
    )
    has_agreed = forms.BooleanField(label="J’ai relu le message")


class ShortForm(JalonsForm):
    """The same, before anything was sent."""

    prefix = "court"
    function = forms.CharField(label="Fonction", required=False)
    lifetime_years = FrenchDecimalField(label="Durée d’usage", min_value=1, max_value=20, unit="ans", initial=5)
    places: ClassVar = [("mairie", "Mairie"), ("ecole", "École")]
    place = forms.ChoiceField(label="Lieu", choices=places, widget=forms.RadioSelect, initial="mairie")


def gallery_context() -> dict[str, Any]:
    """Return what the gallery shows."""
    steps = [
        StepState("preparation", "Préparer", "#etapes", StepStatus.DONE, "4 septembre", "Neuf personnes au comité."),
        StepState("diagnosis", "Diagnostiquer", "#etapes", StepStatus.REVIEW, "34 questions sur 36"),
        StepState("prioritisation", "Prioriser", "#etapes", StepStatus.CURRENT, "trois bulletins manquent"),
        StepState("building", "Construire", "", StepStatus.TODO, ""),
    ]
    action = NextAction(
        title="Relancer les trois personnes qui n’ont pas ouvert leur bulletin",
        reason="Avec neuf avis, l’atelier ne discutera que des vrais désaccords.",
        button="Relire et envoyer la relance",
        url="#etapes",
        duration="1\u00a0minute, le message est prêt",
        before="lundi 13\u00a0novembre",
        then="préparer l’ordre du jour de l’atelier",
    )
    conflict = FieldConflict(
        label="Objectif de l’action",
        mine="Garder les écrans jusqu’à la panne.",
        theirs="Garder les écrans huit ans au moins.",
        mine_values=["Garder les écrans jusqu’à la panne."],
        choice_name="keep-objective",
        mine_name="mine-objective",
        shown_name="shown-objective",
        is_text=True,
        input_id="id_objective",
    )
    return {
        "steps": steps,
        "action": action,
        "conflicts": [conflict],
        "conflict_note": "La direction des achats a enregistré cet élément à 14:03, pendant que vous écriviez.",
        "icon_names": sorted(ICONS),
        "tab_items": [("calendar", "Calendrier", "#a"), ("sheets", "Fiches", "#b"), ("goals", "Objectifs", "#c")],
        "page_obj": Paginator(range(110), 10).page(2),
        "refused_form": GalleryForm({"email": "n.benali", "lifetime_years": "200", "council_on": "le 12"}),
        "short_form": ShortForm(),
        "low": 32.4,
        "high": 151,
    }
