"""What carries the virtual machines of an inventory."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from common.versioning import VersionedModel
from inventory.enums import MachineKey, MachinePlace

if TYPE_CHECKING:
    from authorities.models import Initiative


class MachineHostingQuerySet(models.QuerySet):
    """Hostings, reached through the démarche of their line."""

    def for_initiative(self, initiative: "Initiative") -> "MachineHostingQuerySet":
        return self.filter(line__inventory__initiative=initiative)


class MachineHosting(VersionedModel):
    """How hosts carry machines of a line of virtual machines; without it they are those of a provider.

    `machine_count` of the machines of the line are carried by `host_count` hosts, whose machines make `total` in all,
    those of the other organisations included: machines or vCPU, as `key` tells.
    """

    MACHINES_MAX = 1_000_000
    HOSTS_MAX = 10_000

    line = models.OneToOneField(
        "inventory.InventoryLine", models.CASCADE, related_name="hosting", verbose_name="ligne d’inventaire"
    )
    place = models.CharField(
        "où tournent les machines", max_length=10, choices=MachinePlace.choices, default=MachinePlace.PROVIDER
    )
    host_category = models.ForeignKey(
        "inventory.EquipmentCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="famille des serveurs",
    )
    machine_count = models.PositiveIntegerField("machines portées", null=True, blank=True)
    host_count = models.PositiveIntegerField("serveurs qui les portent", null=True, blank=True)
    key = models.CharField("partage selon le", max_length=10, choices=MachineKey.choices, default=MachineKey.MACHINES)
    total = models.PositiveIntegerField("total porté par ces serveurs", null=True, blank=True)

    objects = MachineHostingQuerySet.as_manager()

    class Meta:
        verbose_name = "portage de machines virtuelles"
        verbose_name_plural = "portages de machines virtuelles"
        ordering: ClassVar = ["line"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    place=MachinePlace.PROVIDER,
                    host_category__isnull=True,
                    machine_count__isnull=True,
                    host_count__isnull=True,
                    total__isnull=True,
                )
                | Q(
                    place__in=[MachinePlace.OWN, MachinePlace.SHARED],
                    host_category__isnull=False,
                    machine_count__gt=0,
                    host_count__gt=0,
                    total__gte=F("machine_count"),
                ),
                name="inventory_machinehosting_whole",
                violation_error_message="Des machines portées ont leurs serveurs, leur nombre et le total porté.",
            )
        ]

    def __str__(self) -> str:
        return str(self.line)

    @property
    def carried(self) -> int:
        """How many machines of the line are carried by known hosts."""
        return self.machine_count or 0
