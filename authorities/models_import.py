"""The list of people that waits for a confirmation. Loaded by `authorities.models`, whose migrations hold its table."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

from common.versioning import VersionedModel

if TYPE_CHECKING:
    from authorities.models import Initiative


class CommitteeImportQuerySet(models.QuerySet["CommitteeImport"]):
    def for_initiative(self, initiative: "Initiative") -> "CommitteeImportQuerySet":
        return self.filter(initiative=initiative)


class CommitteeImport(VersionedModel):
    """A list of people that was read, and waits in its preview. The file itself is not kept.

    `lines`: what was read, line by line (`committee_list.ListLine` as plain values); `services`: service that the
    référent chose for a word of the list, by that word in plain letters. Once applied, only the counts remain.
    """

    class State(models.TextChoices):
        PENDING = "pending", "à confirmer"
        APPLIED = "applied", "confirmée"

    initiative = models.ForeignKey(
        "authorities.Initiative", models.CASCADE, related_name="committee_imports", verbose_name="démarche"
    )
    source = models.CharField("origine", max_length=150)
    lines = models.JSONField("lignes", default=list)
    services = models.JSONField("services choisis", default=dict)
    state = models.CharField("état", max_length=8, choices=State.choices, default=State.PENDING)
    read_at = models.DateTimeField("lue le")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="compte"
    )

    objects = CommitteeImportQuerySet.as_manager()

    class Meta:
        verbose_name = "liste de personnes"
        verbose_name_plural = "listes de personnes"
        ordering: ClassVar = ["-read_at", "-pk"]

    def __str__(self) -> str:
        return self.source
