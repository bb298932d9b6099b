"""Where an inventory is filled from: the space of an authority, or a personal link. Same pages, other addresses."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from authorities.access import AuthorityAccess, ParticipantAccess
from authorities.models import Authority, Initiative, Participant
from authorities.permissions import Permission
from inventory.models import Inventory


@dataclass(frozen=True)
class Desk:
    """Who fills the inventory of which démarche, and how addresses are made for them."""

    authority: Authority
    initiative: Initiative
    actor: User | Participant
    layout: str
    permissions: frozenset[Permission]

    @property
    def is_participant(self) -> bool:
        return isinstance(self.actor, Participant)

    @property
    def can_fill(self) -> bool:
        return self.is_participant or Permission.FILL_INVENTORY in self.permissions

    @property
    def can_freeze(self) -> bool:
        return Permission.FREEZE_INVENTORY in self.permissions

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page of the inventory for this desk: « line_update », « figure_update »…"""
        if isinstance(self.actor, Participant):
            return reverse(f"inventory:participant_{name}", args=[self.actor.pk, *args])
        return reverse(f"inventory:{name}", args=[self.authority.slug, *args])

    def find_inventory(self, pk: int) -> Inventory:
        """Return a lot of this démarche, or raise 404. One query."""
        lots = Inventory.objects.for_initiative(self.initiative).select_related("factor_set")
        inventory: Inventory = get_object_or_404(lots, pk=pk)
        inventory.initiative = self.initiative
        return inventory


def desk_of(access: AuthorityAccess | ParticipantAccess) -> Desk:
    """Return the desk of somebody who passed one of the two gates."""
    if isinstance(access, ParticipantAccess):
        access.initiative.authority = access.authority
        return Desk(access.authority, access.initiative, access.participant, "layouts/participant.html", frozenset())
    return Desk(access.authority, access.initiative, access.user, "layouts/step.html", access.permissions)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: an empty POST is still an answer, and a form with errors."""
    return request.POST if request.method == "POST" else None
