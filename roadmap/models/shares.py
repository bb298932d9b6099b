"""An action that two authorities carry together: each holds its own side, and nothing of the other's space."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authorities.models import Initiative, OfInitiativeQuerySet
from roadmap.enums import EquipmentOwner, ShareSide, ShareState
from roadmap.models.sheets import ActionSheet

LIVE_STATES = (ShareState.PROPOSED, ShareState.ACCEPTED)
MAX_PART_CHARACTERS = 300


class SheetShareQuerySet(OfInitiativeQuerySet):
    """Sides of shared actions: the only way views reach them."""

    def live(self) -> "SheetShareQuerySet":
        return self.filter(state__in=LIVE_STATES)

    def counted_by_the_other(self) -> "SheetShareQuerySet":
        """Accepted ones whose equipment is the other's: it counts their saving."""
        others = Q(side=ShareSide.HOST, equipment=EquipmentOwner.GUEST) | Q(
            side=ShareSide.GUEST, equipment=EquipmentOwner.HOST
        )
        return self.filter(others, state=ShareState.ACCEPTED)


class SheetShare(models.Model):
    """One side of an action shared by two authorities; the other side is the row of the same `pair`.

    What both must know (the parts, whose equipment, the state) stands on both rows, so that one outlives the other and
    an archive holds its own side alone. `sheet` is empty on the side of the guest until it accepts.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="sheet_shares", verbose_name="démarche")
    sheet = models.ForeignKey(
        ActionSheet, models.CASCADE, null=True, blank=True, related_name="shares", verbose_name="fiche action"
    )
    pair = models.CharField("clé commune aux deux collectivités", max_length=32, editable=False)
    side = models.CharField("place", max_length=5, choices=ShareSide.choices)
    state = models.CharField("état", max_length=10, choices=ShareState.choices, default=ShareState.PROPOSED)
    other_name = models.CharField("autre collectivité", max_length=150)
    host_part = models.CharField("part de l’hôte", max_length=MAX_PART_CHARACTERS)
    guest_part = models.CharField("part de l’invitée", max_length=MAX_PART_CHARACTERS)
    equipment = models.CharField("propriétaire du matériel", max_length=5, choices=EquipmentOwner.choices)
    proposal = models.JSONField("fiche telle que proposée", default=dict)
    proposed_at = models.DateTimeField("proposée le")
    answered_at = models.DateTimeField("réponse le", null=True, blank=True)
    ended_at = models.DateTimeField("terminée le", null=True, blank=True)
    reason = models.CharField("motif", max_length=500, blank=True)

    objects = SheetShareQuerySet.as_manager()

    class Meta:
        verbose_name = "action partagée"
        verbose_name_plural = "actions partagées"
        ordering: ClassVar = ["-proposed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pair", "side"],
                name="roadmap_share_side_unique",
                violation_error_message="Chaque collectivité tient une place et une seule dans une action partagée.",
            ),
            models.CheckConstraint(
                condition=Q(sheet__isnull=False) | (Q(side="guest") & ~Q(state__in=("accepted", "left"))),
                name="roadmap_share_has_sheet",
                violation_error_message="Une action partagée a sa fiche des deux côtés.",
            ),
            models.CheckConstraint(
                condition=~Q(host_part="") & ~Q(guest_part=""),
                name="roadmap_share_parts_written",
                violation_error_message="Écrivez la part de chacune des deux collectivités.",
            ),
        ]

    def __str__(self) -> str:
        return f"action partagée avec {self.other_name}"

    @property
    def is_host(self) -> bool:
        return self.side == ShareSide.HOST

    @property
    def title(self) -> str:
        """Title of the action as it was proposed."""
        return str(self.proposal.get("title") or "")

    @property
    def own_part(self) -> str:
        return self.host_part if self.is_host else self.guest_part

    @property
    def other_part(self) -> str:
        return self.guest_part if self.is_host else self.host_part

    @property
    def is_waiting(self) -> bool:
        return self.state == ShareState.PROPOSED

    @property
    def is_accepted(self) -> bool:
        return self.state == ShareState.ACCEPTED

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_own_equipment(self) -> bool:
        """Tell whether the equipment is this authority's, and not the other's too."""
        return self.equipment == self.side

    @property
    def is_others_equipment(self) -> bool:
        return self.equipment not in (EquipmentOwner.EACH, self.side)
