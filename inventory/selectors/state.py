"""State of the flash inventory, for the dashboard: it is half of the step « Diagnostiquer »."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from authorities.models import Initiative
from common.dates import format_day
from common.numbers import pluralise
from common.steps import Missing, NextAction, StepState, StepStatus
from inventory.enums import InventoryState
from inventory.models import Inventory

TITLE = "Inventaire flash"


def inventory_state(initiative: Initiative, *, now: datetime) -> StepState:
    """Tell where the inventory of one démarche stands. One query."""
    return inventory_states([initiative])[initiative.pk]


def inventory_states(initiatives: Sequence[Initiative]) -> dict[int, StepState]:
    """Tell where the inventory of each démarche stands, by its key. One query."""
    lots: dict[int, list[Inventory]] = {initiative.pk: [] for initiative in initiatives}
    counted = (
        Inventory.objects.filter(initiative__in=lots)
        .defer("result")
        .annotate(total=Count("lines"), filled=Count("lines", filter=Q(lines__quantity__isnull=False)))
        .order_by("-number")
    )
    for lot in counted:
        lots[lot.initiative_id].append(lot)
    return {initiative.pk: _state(initiative, lots[initiative.pk]) for initiative in initiatives}


def _state(initiative: Initiative, lots: Sequence[Inventory]) -> StepState:
    url = reverse("inventory:inventory_detail", args=[initiative.authority.slug])
    draft = next((lot for lot in lots if lot.state == InventoryState.DRAFT), None)
    frozen = next((lot for lot in lots if lot.state == InventoryState.FROZEN), None)
    if draft is None:
        return _empty(url) if frozen is None else _frozen(url, frozen)
    return _draft(url, draft, has_frozen=frozen is not None)


def _empty(url: str) -> StepState:
    return StepState(
        code="inventory",
        title=TITLE,
        url=url,
        status=StepStatus.TODO,
        summary="pas commencé",
        missing=[Missing("L’inventaire n’est pas commencé.", url)],
        next_action=NextAction(
            title="Commencer l’inventaire flash",
            reason="Une vingtaine de chiffres, même estimés, donnent l’empreinte du parc et disent où agir.",
            button="Commencer l’inventaire",
            url=url,
            duration="Une heure, ou un tableur à envoyer au service informatique",
        ),
    )


def _frozen(url: str, lot: Inventory) -> StepState:
    return StepState(
        code="inventory",
        title=TITLE,
        url=url,
        status=StepStatus.DONE,
        summary=f"lot {lot.number} figé",
        detail=f"Lot daté du {format_day(lot.dated_on)}",
    )


def _draft(url: str, lot: Inventory, *, has_frozen: bool) -> StepState:
    filled, total = lot.filled, lot.total  # type: ignore[attr-defined]
    families = pluralise(filled, "famille renseignée", "familles renseignées")
    missing = []
    if filled == 0:
        missing.append(Missing("Aucune famille de l’inventaire n’est renseignée.", url))
    elif not has_frozen:
        missing.append(Missing("L’inventaire n’est pas figé.", url))
    action = NextAction(
        title="Remplir l’inventaire flash" if filled == 0 else "Compléter puis figer l’inventaire flash",
        reason="Figé, il devient le point de départ des objectifs et des mesures.",
        button="Ouvrir l’inventaire",
        url=url,
        duration="Une heure",
    )
    return StepState(
        code="inventory",
        title=TITLE,
        url=url,
        status=StepStatus.CURRENT,
        summary=f"{filled} {families} sur {total}",
        missing=missing,
        next_action=action,
    )
