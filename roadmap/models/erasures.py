"""The erasure of the space of an authority: asked for, due after a delay, then a receipt."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from authorities.models import Authority


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def pending(self) -> "ErasureQuerySet":
        """Keep those that were asked for and may still be cancelled."""
        return self.filter(cancelled_at=None, erased_at=None, authority__isnull=False)


class Erasure(models.Model):
    """Somebody asked that the space of an authority be erased. Once done, the row is the receipt: it names nobody.

    `code`: opens the receipt, when nobody is a member any more. `counts`: French name of a table → rows erased.
    """

    authority = models.ForeignKey(
        Authority, models.SET_NULL, null=True, blank=True, related_name="erasures", verbose_name="collectivité"
    )
    authority_name = models.CharField("nom de la collectivité", max_length=150)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    code = models.CharField("code du reçu", max_length=43, unique=True)
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="demandé par"
    )
    due_at = models.DateTimeField("prévu le")
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)
    erased_at = models.DateTimeField("effacé le", null=True, blank=True)
    archive_sha256 = models.CharField("empreinte de la dernière archive", max_length=64, blank=True)
    counts = models.JSONField("ce qui a été effacé", default=dict, blank=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = "effacement d’un espace"
        verbose_name_plural = "effacements d’espaces"
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority"],
                condition=Q(cancelled_at=None, erased_at=None),
                name="roadmap_erasure_one_pending",
                violation_error_message="L’effacement de cet espace est déjà prévu.",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("asked_at")),
                name="roadmap_erasure_due_after_asked",
                violation_error_message="Un effacement se fait après sa demande.",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(authority=None, asked_by=None),
                name="roadmap_erasure_receipt_names_nobody",
                violation_error_message="Un reçu ne nomme personne.",
            ),
        ]

    def __str__(self) -> str:
        return f"effacement {self.pk}"

    def is_due(self, now: datetime) -> bool:
        return self.cancelled_at is None and self.erased_at is None and self.due_at <= now

    @property
    def total(self) -> int:
        """Number of rows erased, all tables together."""
        return sum(self.counts.values())
