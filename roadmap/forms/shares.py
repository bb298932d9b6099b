"""Forms of shared actions: propose, answer, end."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from common.forms import JalonsForm
from common.text import typography
from roadmap.enums import EquipmentOwner
from roadmap.models import MAX_PART_CHARACTERS, ActionSheet
from roadmap.services import ShareValues

MAX_REASON_CHARACTERS = 500


class ShareForm(JalonsForm):
    """The part of each authority in a shared action, and whose equipment it saves."""

    host_part = forms.CharField(label="Votre part", max_length=MAX_PART_CHARACTERS, help_text="Une phrase suffit.")
    guest_part = forms.CharField(label="Sa part", max_length=MAX_PART_CHARACTERS, help_text="Une phrase suffit.")
    equipment = forms.ChoiceField(
        label="Le matériel dont l’action réduit l’empreinte appartient",
        widget=forms.RadioSelect,
        help_text="Le gain n’est compté qu’une fois, chez le propriétaire du matériel.",
    )

    layout = Layout("host_part", "guest_part", "equipment")

    def __init__(self, *args: Any, own_name: str, other_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host_part"].label = typography(f"Part de {own_name}")
        self.fields["guest_part"].label = typography(f"Part de {other_name}")
        self.fields["equipment"].choices = [  # type: ignore[attr-defined]
            (EquipmentOwner.HOST.value, typography(f"À nous : {own_name} compte le gain")),
            (EquipmentOwner.GUEST.value, typography(f"À eux : {other_name} compte le gain")),
            (EquipmentOwner.EACH.value, "À chacun le sien : chacun compte le gain de son propre inventaire"),
        ]

    @property
    def values(self) -> ShareValues:
        return ShareValues(**{name: self.cleaned_data[name] for name in ("host_part", "guest_part", "equipment")})


class AcceptShareForm(JalonsForm):
    """Accept a proposal: a new sheet, or one that is there already."""

    sheet = forms.ChoiceField(
        label="La fiche de votre feuille de route",
        required=False,
        help_text="Une nouvelle fiche reprend la proposition. Ensuite, vous écrivez la vôtre comme vous l’entendez.",
    )
    marks_optional = False

    def __init__(self, *args: Any, sheets: Sequence[ActionSheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sheets = {str(sheet.pk): sheet for sheet in sheets}
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            ("", "Une nouvelle fiche, copiée de la proposition"),
            *((key, f"Votre fiche {sheet}") for key, sheet in self._sheets.items()),
        ]

    @property
    def chosen(self) -> ActionSheet | None:
        return self._sheets.get(self.cleaned_data["sheet"])


class DeclineShareForm(JalonsForm):
    """Why a proposal is declined."""

    reason = forms.CharField(
        label="Pourquoi",
        max_length=MAX_REASON_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’autre collectivité le lira.",
    )


class EndShareForm(JalonsForm):
    """Why a shared action ends; may be left empty."""

    reason = forms.CharField(
        label="Pourquoi",
        max_length=MAX_REASON_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="L’autre collectivité le lira.",
    )
