"""Forms of scenarios and of their changes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from common.forms import FrenchDecimalField, FrenchIntegerField, JalonsForm, VersionedFormMixin, YearField
from common.text import typography
from common.versioning import VersionedModel
from inventory.enums import ChangeKind
from inventory.models import InventoryLine, Scenario, ScenarioChange
from inventory.references import footprint_references
from inventory.scenario_models import FIRST_YEAR, LAST_YEAR
from inventory.scenario_services import ScenarioValues
from inventory.scenarios import FIELDS_BY_KIND, ChangeValues

MEANINGS = {
    ChangeKind.EXTEND_LIFETIME: "L devient L + les années ajoutées, à mesure que le parc vieillit : un an par an.",
    ChangeKind.REDUCE_COUNT: "L’électricité baisse tout de suite ; la fabrication, au fil des achats évités.",
    ChangeKind.REFURBISHED_SHARE: "La première vie de l’équipement allonge sa durée d’usage, au fil des achats.",
    ChangeKind.REDUCE_ENERGY: "Veille, extinction, appareils sobres : seule l’utilisation baisse, l’année suivante.",
    ChangeKind.HOSTING_MOVE: "Les mêmes machines, ailleurs : seule l’utilisation change, dès l’année suivante.",
    ChangeKind.REPLACE: (
        "La différence des deux familles, dès l’année suivante. Le réseau, le stockage et les murs de l’hébergeur "
        "n’y sont pas."
    ),
}
NO_TARGET, FREE_TARGET = "aucune", "libre"


class ScenarioForm(VersionedFormMixin, JalonsForm):
    """Name, decision year and target of a scenario."""

    marks_optional = False

    name = forms.CharField(label="Nom du scénario", max_length=80, help_text="Par exemple «\u00a0Sobriété 2028\u00a0».")
    start_year = YearField(label="Année de la décision", help_text="Le calcul part de cette année.")
    target = forms.ChoiceField(label="Cible", widget=forms.RadioSelect)
    target_percent = FrenchDecimalField(
        label="Réduction visée",
        min_value=Decimal("0.1"),
        max_value=100,
        decimal_places=1,
        unit="%",
        required=False,
        help_text="Seulement pour une autre cible.",
    )
    target_year = YearField(label="Année visée", required=False, help_text="Seulement pour une autre cible.")
    note = forms.CharField(label="Note", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, scenario: Scenario | None = None, start_year: int = 0, **kwargs: Any) -> None:
        initial = {"start_year": start_year, "target": NO_TARGET, "version": 0}
        if scenario is not None:
            initial = {**_scenario_fields(scenario), "version": scenario.version}
        super().__init__(*args, initial=initial, **kwargs)
        presets = [(item.code, item.name) for item in footprint_references().targets]
        field: Any = self.fields["target"]
        field.choices = [(NO_TARGET, "Aucune"), *presets, (FREE_TARGET, "Une autre, à écrire")]
        field.help_text = " ".join(f"{item.name}\u00a0: {item.source}" for item in footprint_references().targets)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        return _scenario_fields(current)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("target") == FREE_TARGET:
            for name, words in (("target_percent", "la réduction visée, en %"), ("target_year", "l’année visée")):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, f"Indiquez {words}.")
        start, year = cleaned.get("start_year"), self._target(cleaned)[1]
        if start is not None and year is not None and year <= start:
            where = "target_year" if cleaned.get("target") == FREE_TARGET else "start_year"
            self.add_error(where, "L’année visée vient après celle de la décision.")
        return cleaned

    def _target(self, cleaned: dict[str, Any]) -> tuple[Decimal | None, int | None, str]:
        chosen = cleaned.get("target")
        if chosen == FREE_TARGET:
            return cleaned.get("target_percent"), cleaned.get("target_year"), ""
        preset = next((item for item in footprint_references().targets if item.code == chosen), None)
        return (Decimal(preset.percent), preset.year, preset.source) if preset else (None, None, "")

    @property
    def values(self) -> ScenarioValues:
        percent, year, source = self._target(self.cleaned_data)
        return ScenarioValues(
            name=self.cleaned_data["name"].strip(),
            start_year=self.cleaned_data["start_year"],
            note=self.cleaned_data["note"],
            target_percent=percent,
            target_year=year,
            target_source=source,
        )


def _scenario_fields(scenario: Any) -> dict[str, Any]:
    presets = footprint_references().targets
    preset = next(
        (
            item.code
            for item in presets
            if (item.percent, item.year) == (scenario.target_percent, scenario.target_year)
            and scenario.target_source == item.source
        ),
        None,
    )
    is_free = scenario.target_percent is not None and preset is None
    return {
        "name": scenario.name,
        "start_year": scenario.start_year,
        "target": preset or (FREE_TARGET if is_free else NO_TARGET),
        "target_percent": scenario.target_percent,
        "target_year": scenario.target_year,
        "note": scenario.note,
    }


class ChangeForm(VersionedFormMixin, JalonsForm):
    """A change: its families, what it does to them, from when. Only the fields of its kind are asked."""

    marks_optional = False

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        scenario: Scenario,
        lines: Sequence[InventoryLine],
        zones: Sequence[tuple[str, str]] = (),
        others: Sequence[tuple[str, str]] = (),
        change: ScenarioChange | None = None,
    ) -> None:
        self.kind, self.change = kind, change
        builders = _builders(kind, lines, zones, others)
        fields: dict[str, forms.Field] = {"categories": _families(lines)}
        fields |= {name: builders[name] for name in FIELDS_BY_KIND[kind]}
        fields["starts_in"] = YearField(
            label="À partir de", min_value=FIRST_YEAR, max_value=LAST_YEAR, help_text="Année où le changement commence."
        )
        fields["label"] = forms.CharField(
            label="Intitulé",
            max_length=150,
            required=False,
            help_text="Laissé vide, Jalons dit ce que fait le changement.",
        )
        # Django copies `base_fields` when the form is built: the only moment before the mixins read the fields.
        self.base_fields = fields  # type: ignore[misc]
        initial: dict[str, Any] = {"starts_in": scenario.start_year, "version": 0, "fleet_share_percent": 100}
        if change is not None:
            initial = {name: getattr(change, name) for name in fields} | {"version": change.version}
        super().__init__(data, initial=initial)

    @property
    def kind_label(self) -> str:
        label = str(ChangeKind(self.kind).label)
        return f"{label[:1].upper()}{label[1:]}"

    @property
    def kind_meaning(self) -> str:
        return typography(MEANINGS[ChangeKind(self.kind)])

    @property
    def values(self) -> ChangeValues:
        found = {name: value for name, value in self.changes.items() if value is not None}
        categories = tuple(found.pop("categories"))
        lever_code = self.change.lever_code if self.change else ""
        return ChangeValues(kind=self.kind, categories=categories, lever_code=lever_code, **found)


def _families(lines: Sequence[InventoryLine]) -> forms.Field:
    choices = [(line.category.code, f"{line.category.name} ({line.quantity})") for line in lines]
    return forms.MultipleChoiceField(
        label="Familles concernées",
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une famille."},
    )


def _builders(
    kind: str,
    lines: Sequence[InventoryLine],
    zones: Sequence[tuple[str, str]],
    others: Sequence[tuple[str, str]],
) -> dict[str, forms.Field]:
    is_refurbished = kind == ChangeKind.REFURBISHED_SHARE
    words = {
        ChangeKind.REDUCE_COUNT: "Équipements en moins",
        ChangeKind.REFURBISHED_SHARE: "Part d’achats reconditionnés",
        ChangeKind.REDUCE_ENERGY: "Électricité en moins",
    }
    years_help = "Attestées par le fournisseur ; sans preuve, ne comptez rien." if is_refurbished else ""
    most = max((line.quantity or 0 for line in lines), default=0)
    return {
        "percent": FrenchDecimalField(
            label=words.get(ChangeKind(kind), "Part"),
            min_value=Decimal("0.1"),
            max_value=100,
            decimal_places=1,
            unit="%",
        ),
        "years": FrenchDecimalField(
            label="Années de première vie" if is_refurbished else "Années de plus",
            min_value=Decimal("0.5"),
            max_value=ScenarioChange.YEARS_MAX,
            decimal_places=1,
            unit="ans",
            help_text=typography(years_help),
        ),
        "fleet_share_percent": FrenchIntegerField(label="Part du parc concernée", min_value=1, max_value=100, unit="%"),
        "pue_to": FrenchDecimalField(
            label="PUE de destination",
            min_value=1,
            max_value=5,
            decimal_places=2,
            help_text="À demander à l’hébergeur.",
        ),
        "zone_to": forms.ChoiceField(
            label="Électricité de destination", choices=[("", "La même"), *zones], required=False
        ),
        "units": FrenchIntegerField(label="Unités retirées", min_value=0, max_value=max(most, 1)),
        "category_to": forms.ChoiceField(label="Remplacées par", choices=[("", "À choisir"), *others]),
        "units_to": FrenchIntegerField(label="Unités ajoutées", min_value=0, max_value=InventoryLine.QUANTITY_MAX),
    }
