"""Filters of the list of one's authorities, read from the address."""

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms

from common.forms import JalonsForm
from common.steps import STEP_ROUTES
from roadmap.selectors.spaces import ASKED, SpaceFilters, SpaceOrder

QUERY_MAXIMUM_LENGTH = 100


class SpaceFilterForm(JalonsForm):
    """Which name, which state, in which order. What cannot be read is said, and does not filter."""

    marks_optional = False
    mots = forms.CharField(label="Nom", required=False, max_length=QUERY_MAXIMUM_LENGTH)
    montrer = forms.ChoiceField(
        label="Montrer",
        required=False,
        choices=[
            ("", "Toutes"),
            (ASKED, "Où quelque chose m’est demandé"),
            *((code, f"À l’étape « {title} »") for code, title, _route in STEP_ROUTES),
        ],
    )
    tri = forms.ChoiceField(
        label="Ranger par",
        required=False,
        choices=[(SpaceOrder.URGENCY, "Urgence"), (SpaceOrder.NAME, "Nom")],
    )

    layout = Layout("mots", Div("montrer", "tri", css_class="fields"))

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def filters(self) -> SpaceFilters:
        """Return what the fields say; those that are wrong say nothing."""
        self.is_valid()
        cleaned: dict[str, Any] = self.cleaned_data
        return SpaceFilters(
            words=cleaned.get("mots", ""),
            shown=cleaned.get("montrer", ""),
            order=SpaceOrder(cleaned.get("tri") or SpaceOrder.URGENCY),
        )
