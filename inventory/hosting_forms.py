"""Form of the servers that carry virtual machines."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.forms import FrenchIntegerField, JalonsForm, VersionedFormMixin
from common.numbers import format_number, pluralise
from common.text import typography
from common.versioning import VersionedModel
from inventory.enums import MachineKey, MachinePlace
from inventory.models import EquipmentCategory, InventoryLine, MachineHosting

FIELDS = ("place", "host_category", "machine_count", "host_count", "key", "total")
NUMBERS = {
    "host_category": "Choisissez la famille de ces serveurs.",
    "machine_count": "Indiquez combien de vos machines ils portent.",
    "host_count": "Indiquez combien de serveurs les portent.",
    "total": "Indiquez le total porté par ces serveurs, les machines des autres comprises.",
}


class HostingForm(VersionedFormMixin, JalonsForm):
    """« x machines pour n serveurs »: where the machines run, which servers carry them, and their part of these."""

    marks_optional = False

    place = forms.ChoiceField(label="Où tournent ces machines", widget=forms.RadioSelect)
    machine_count = FrenchIntegerField(
        label="Machines portées", min_value=1, max_value=MachineHosting.MACHINES_MAX, required=False
    )
    host_category = forms.ModelChoiceField(
        label="Famille des serveurs", queryset=EquipmentCategory.objects.none(), required=False, empty_label="Choisir"
    )
    host_count = FrenchIntegerField(
        label="Serveurs qui les portent", min_value=1, max_value=MachineHosting.HOSTS_MAX, required=False
    )
    key = forms.ChoiceField(label="Le total ci-dessous est un", widget=forms.RadioSelect)
    total = FrenchIntegerField(
        label="Total porté par ces serveurs",
        min_value=1,
        max_value=MachineHosting.MACHINES_MAX,
        required=False,
        help_text="Vos machines et celles des autres. Quarante machines sur quatre serveurs\u00a0: écrivez 40.",
    )
    is_apart = forms.BooleanField(label="Ces serveurs ne sont pas parmi ceux du lot", required=False)

    def __init__(self, data: Any = None, *, line: InventoryLine, hosts: Sequence[InventoryLine]) -> None:
        self.line = line
        self.counted_hosts = {item.category_id: item.quantity for item in hosts if item.quantity}
        hosting = line.known_hosting
        shown = hosting or MachineHosting(line=line)
        initial = {name: getattr(shown, name) for name in FIELDS}
        initial |= {
            "version": hosting.version if hosting else 0,
            "is_apart": shown.place == MachinePlace.SHARED,
        }
        super().__init__(data, initial=initial)
        self._set("place", choices=[(item.value, _sentence(item.label)) for item in MachinePlace])
        self._set("key", choices=[(item.value, _sentence(item.label)) for item in MachineKey])
        self._set("host_category", queryset=EquipmentCategory.objects.filter(is_host=True, is_offered=True))
        quantity = line.quantity or 0
        words = pluralise(quantity, "machine", "machines")
        self._set("machine_count", help_text=f"Sur {format_number(quantity)} {words} de cette famille.")
        if self.counted_hosts:
            names = ", ".join(
                f"{item.category.name.lower()} ({format_number(item.quantity)})" for item in hosts if item.quantity
            )
            self._set(
                "is_apart", help_text=typography(f"À cocher pour des serveurs partagés. Le lot compte déjà : {names}.")
            )
        else:
            del self.fields["is_apart"]

    def _set(self, name: str, **attributes: Any) -> None:
        for attribute, value in attributes.items():
            setattr(self.fields[name], attribute, value)

    def stored_values(self, current: VersionedModel) -> dict[str, Any]:
        stored = {name: getattr(current, name) for name in FIELDS}
        return stored | {"is_apart": stored["place"] == MachinePlace.SHARED} if "is_apart" in self.fields else stored

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        place = cleaned.get("place")
        if place == MachinePlace.PROVIDER:
            for name in NUMBERS:
                if cleaned.get(name) is not None:
                    self.add_error(
                        name,
                        typography(
                            "Chez un hébergeur, le calcul prend une machine virtuelle moyenne : videz ce champ, ou "
                            "choisissez une autre réponse plus haut."
                        ),
                    )
            return cleaned
        if place is None:
            return cleaned
        for name, message in NUMBERS.items():
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, message)
        host = cleaned.get("host_category")
        is_counted = host is not None and host.pk in self.counted_hosts
        if place == MachinePlace.SHARED and is_counted and not cleaned.get("is_apart"):
            self.add_error(
                "is_apart",
                typography(
                    "Un serveur compte une seule fois : cochez si ceux-là s’ajoutent à ceux du lot, sinon choisissez "
                    "« Sur des serveurs comptés dans ce lot »."
                ),
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


def _sentence(label: Any) -> str:
    text = str(label)
    return f"{text[:1].upper()}{text[1:]}"
