"""Forms of an action sheet, one for each part: a page stays short, and two people may fill two parts."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from authorities.forms.fields import ObjectsField
from authorities.models import Participant
from common.forms import JalonsModelForm, VersionedFormMixin
from reference.models import Dimension, Service
from roadmap.forms.sheet_means import BudgetForm, HumanMeansForm
from roadmap.forms.sheet_rows import IndicatorsForm, ProgressForm, RowsForm, StepsForm
from roadmap.models import ActionSheet, Objective

ZERO_IS_AN_ANSWER = "Zéro est une réponse ; un champ vide veut dire « pas encore connu »."


class SheetPartForm(VersionedFormMixin, JalonsModelForm):
    """A part of a sheet whose fields are those of the model."""

    class Meta:
        model = ActionSheet
        fields: ClassVar[list[str]] = []

    def save_arguments(self) -> dict[str, Any]:
        """Return what `save_sheet` expects besides the sheet, the version and who saves."""
        return {"changes": self.changes}


class IdentityForm(SheetPartForm):
    """What the action is, where it is filed, where it stands."""

    objectives = ObjectsField(Objective.objects.none(), label="Objectifs servis", required=False)

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = [
            "title", "short_title", "dimension", "theme", "perimeter", "target_public", "commitment", "status",
            "is_quick_win", "objectives",
        ]  # fmt: skip
        help_texts: ClassVar = {
            "title": "Un verbe et un résultat. 200 caractères au plus.",
            "short_title": "Quelques mots, pour le calendrier. 60 caractères au plus.",
            "perimeter": "Décide du bloc du rapport développement durable où l’action paraîtra.",
            "target_public": "Qui l’action touche : « tous les agents », « les écoles », « les habitants ».",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet: ActionSheet = self.instance
        self.fields["objectives"].queryset = Objective.objects.filter(roadmap=sheet.roadmap)  # type: ignore[attr-defined]
        dimensions = Dimension.objects.all()
        if sheet.dimension is not None:
            dimensions = dimensions.filter(framework=sheet.dimension.framework)
        self.fields["dimension"].queryset = dimensions  # type: ignore[attr-defined]

    def save_arguments(self) -> dict[str, Any]:
        changes = self.changes
        return {"links": {"objectives": list(changes.pop("objectives"))}, "changes": changes}


class FindingForm(SheetPartForm):
    """Why, and what for."""

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = ["context", "aim", "description"]
        widgets: ClassVar = {
            "context": forms.Textarea(attrs={"rows": 6}),
            "aim": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 8}),
        }
        help_texts: ClassVar = {
            "context": "Ce que disent le diagnostic et l’inventaire de votre collectivité.",
            "aim": "Un résultat, si possible un chiffre et une date.",
        }


class PeopleForm(SheetPartForm):
    """Who leads, who helps."""

    associated_services = ObjectsField(Service.objects.all(), label="Services associés", required=False)

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = [
            "lead_participant", "lead_service", "lead_name", "elected_lead", "associated_note", "partners",
            "associated_services",
        ]  # fmt: skip
        widgets: ClassVar = {"partners": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {
            "lead_participant": "Une personne de la démarche ; son service devient le service pilote.",
            "lead_service": "Quand la personne n’est pas dans la démarche.",
            "lead_name": "Une fonction suffit : « Responsable du parc ».",
            "partners": "Un partenaire par ligne.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Participant.objects.for_initiative(self.instance.roadmap.initiative).filter(is_active=True)
        self.fields["lead_participant"].queryset = people.select_related("service")  # type: ignore[attr-defined]

    def save_arguments(self) -> dict[str, Any]:
        changes = self.changes
        return {"links": {"associated_services": list(changes.pop("associated_services"))}, "changes": changes}


class CautionsForm(SheetPartForm):
    """What the action should bring, and what may go wrong."""

    class Meta(SheetPartForm.Meta):
        fields: ClassVar[list[str]] = [
            "expected_effect", "effort", "impact", "rebound", "risks", "mitigation", "legal_references", "links",
        ]  # fmt: skip
        widgets: ClassVar = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (
                ("expected_effect", 3),
                ("rebound", 3),
                ("risks", 4),
                ("mitigation", 3),
                ("legal_references", 3),
                ("links", 3),
            )
        }
        help_texts: ClassVar = {
            "effort": "De 1, facile, à 5, difficile.",
            "impact": "De 1, faible, à 5, fort.",
            "rebound": "Ce qui pourrait reprendre d’une main ce que l’action économise. Un effet par ligne.",
            "risks": "Un risque par ligne.",
            "mitigation": "Ce que vous ferez pour éviter ces risques et ces effets. Une parade par ligne.",
            "legal_references": "Un texte par ligne.",
            "links": "SDSI, PCAET, SPASER, autres actions. Un lien par ligne.",
        }


@dataclass(frozen=True)
class SheetPart:
    """A part of a sheet: its word in the address, its title, its form."""

    slug: str
    title: str
    form: type[SheetPartForm] | type[RowsForm] | type[HumanMeansForm] | type[BudgetForm] | type[ProgressForm]
    hint: str = ""


SHEET_PARTS: dict[str, SheetPart] = {
    part.slug: part
    for part in (
        SheetPart("identite", "L’identité", IdentityForm),
        SheetPart("avancement", "L’avancement", ProgressForm),
        SheetPart("constat", "Le constat et l’objectif", FindingForm),
        SheetPart("equipe", "Le pilote et ses appuis", PeopleForm),
        SheetPart("etapes", "Les étapes", StepsForm, "Une étape sans texte est retirée."),
        SheetPart(
            "indicateurs",
            "Les indicateurs",
            IndicatorsForm,
            "Un indicateur sans nom est retiré. Pour l’unité « oui/non », 0 veut dire non et 1 veut dire oui.",
        ),
        SheetPart("moyens", "Le temps des agents", HumanMeansForm, ZERO_IS_AN_ANSWER),
        SheetPart("budget", "Le budget", BudgetForm, ZERO_IS_AN_ANSWER),
        SheetPart("vigilance", "L’effet attendu et les risques", CautionsForm),
    )
}
