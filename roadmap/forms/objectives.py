"""Form of an objective."""

from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from authorities.forms.fields import ObjectsField, capitalised
from common.forms import FrenchDateField, FrenchDecimalField, JalonsForm, VersionedFormMixin, YearField
from common.versioning import VersionedModel
from roadmap.enums import Frequency, ObjectiveKind
from roadmap.models import ActionSheet, Objective, Roadmap
from roadmap.services import ObjectiveValues

LIMIT = Decimal(10) ** 10


def _figure(label: str) -> FrenchDecimalField:
    return FrenchDecimalField(label=label, required=False, min_value=-LIMIT, max_value=LIMIT, decimal_places=3)


class ObjectiveForm(VersionedFormMixin, JalonsForm):
    """An objective, its indicator, where it starts from and where it goes, the actions that serve it."""

    marks_optional = False

    title = forms.CharField(
        label="Objectif",
        max_length=200,
        help_text="Un verbe et un résultat. Lui seul est indispensable aujourd’hui ; le reste peut attendre.",
    )
    kind = forms.ChoiceField(
        label="Nature",
        choices=capitalised(ObjectiveKind.choices),
        widget=forms.RadioSelect,
        help_text="La loi demande au moins un objectif de réduction de l’empreinte.",
    )
    indicator_name = forms.CharField(label="Indicateur", max_length=200, required=False)
    unit = forms.CharField(label="Unité", max_length=60, required=False)
    baseline = _figure("Valeur de départ")
    baseline_year = YearField(label="Année de départ", required=False)
    baseline_low = _figure("Départ, valeur basse")
    baseline_high = _figure("Départ, valeur haute")
    target = _figure("Cible")
    target_on = FrenchDateField(label="Échéance", required=False)
    target_low = _figure("Cible, valeur basse")
    target_high = _figure("Cible, valeur haute")
    source = forms.CharField(label="Source de la donnée", max_length=200, required=False)
    frequency = forms.ChoiceField(label="Fréquence", choices=[("", "À choisir"), *Frequency.choices], required=False)
    note = forms.CharField(
        label="Méthode et limites", required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    sheets = ObjectsField(ActionSheet.objects.none(), label="Actions qui le servent", required=False)

    VALUES: ClassVar[tuple[str, ...]] = (
        "title", "kind", "indicator_name", "unit", "baseline", "baseline_low", "baseline_high", "baseline_year",
        "target", "target_low", "target_high", "target_on", "source", "frequency", "note",
    )  # fmt: skip

    layout = Layout(
        "title",
        "kind",
        Fieldset("Indicateur", "indicator_name", Div("unit", "frequency", css_class="fields"), "source"),
        Fieldset(
            "Départ et cible",
            Div("baseline", "baseline_year", css_class="fields"),
            Div("baseline_low", "baseline_high", css_class="fields"),
            Div("target", "target_on", css_class="fields"),
            Div("target_low", "target_high", css_class="fields"),
            "note",
        ),
        "sheets",
    )

    def __init__(
        self,
        *args: Any,
        roadmap: Roadmap | None,
        objective: Objective | None = None,
        proposed: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"kind": ObjectiveKind.OTHER, "version": 1, **(proposed or {})}
        if objective is not None:
            initial |= {**self._values(objective), "version": objective.version}
        super().__init__(*args, initial=initial, **kwargs)
        if roadmap is not None:
            self.fields["sheets"].queryset = ActionSheet.objects.filter(roadmap=roadmap)  # type: ignore[attr-defined]

    def _values(self, objective: Objective) -> dict[str, Any]:
        values = {name: getattr(objective, name) for name in self.VALUES}
        return {**values, "sheets": list(objective.sheets.all())}

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return self._values(Objective.objects.get(pk=current.pk))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, what in (("baseline", "de départ"), ("target", "de la cible")):
            low, high = cleaned.get(f"{name}_low"), cleaned.get(f"{name}_high")
            if low is not None and high is not None and low > high:
                self.add_error(f"{name}_low", f"La valeur basse {what} ne peut pas dépasser la valeur haute.")
        return cleaned

    @property
    def values(self) -> ObjectiveValues:
        """What the service expects."""
        return ObjectiveValues(**{name: self.cleaned_data[name] for name in self.VALUES})

    @property
    def sheet_pks(self) -> list[int]:
        return [sheet.pk for sheet in self.cleaned_data["sheets"]]
