"""What the views of the diagnosis share: finding the round, the hub, the answer to a refusal."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from authorities.access import AuthorityAccess
from authorities.permissions import Permission
from common.errors import DomainError
from diagnostics.models import Diagnosis
from diagnostics.selectors import diagnosis_results, follow_up, list_rounds
from inventory.selectors import inventory_state


def find_diagnosis(access: AuthorityAccess, pk: int) -> Diagnosis:
    """Return a round of the current démarche, or 404."""
    rounds = Diagnosis.objects.for_initiative(access.initiative).select_related("questionnaire")
    diagnosis: Diagnosis = get_object_or_404(rounds, pk=pk)
    diagnosis.initiative = access.initiative
    return diagnosis


def hub_context(access: AuthorityAccess, now: datetime) -> dict[str, Any]:
    """Return what the hub shows: the latest round in its state, the finished ones, the inventory."""
    rounds = list_rounds(access.initiative)
    latest = rounds[0] if rounds else None
    context: dict[str, Any] = {
        "diagnosis": latest,
        "state": latest.state_at(now) if latest else None,
        "former": [(item, item.state_at(now)) for item in rounds[1:]],
        "inventory": inventory_state(access.initiative, now=now),
        "can_manage": Permission.MANAGE_DIAGNOSIS in access.permissions,
    }
    if latest is not None:
        latest.initiative = access.initiative
        if latest.agreed_at is not None:
            context["results"] = diagnosis_results(latest, on=now.date())
        else:
            context["follow_up"] = follow_up(latest, now=now)
    return context


def refuse(
    request: HttpRequest, access: AuthorityAccess, error: DomainError, now: datetime, *, status: int = 422
) -> HttpResponse:
    """Show the hub with the reason of a refusal: it holds what can be done now."""
    messages.error(request, error.message)
    return render(request, "diagnostics/diagnosis_detail.html", hub_context(access, now), status=status)
