"""The preparation of a dossier, asked once and carried out by the worker; and the page open to everybody."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from authorities.models import Authority, Initiative
from roadmap.models.roadmap import OfRoadmapQuerySet, Roadmap
from roadmap.models.versions import RoadmapVersion

# A worker makes the longest document in less; beyond, nobody is at work.
SILENCE = timedelta(seconds=90)
# The worker looks at its queue every second.
PATIENCE = timedelta(seconds=15)


class DossierOrder(models.Model):
    """Somebody asked for the documents of a roadmap as it is, or of a frozen version.

    The documents themselves are files, found by their content: an order only says how far the work is.
    """

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="dossier_orders", verbose_name="feuille de route")
    version = models.ForeignKey(
        RoadmapVersion, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="version figée"
    )
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="demandée par"
    )
    total = models.PositiveSmallIntegerField("documents à préparer", default=0)
    done = models.PositiveSmallIntegerField("documents prêts", default=0)
    beat_at = models.DateTimeField("dernier signe de vie", null=True, blank=True)
    ended_at = models.DateTimeField("finie le", null=True, blank=True)
    failures = models.JSONField("documents impossibles", default=list, blank=True)

    objects = OfRoadmapQuerySet.as_manager()

    class Meta:
        verbose_name = "préparation de dossier"
        verbose_name_plural = "préparations de dossier"
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done__lte=models.F("total")),
                name="roadmap_dossier_order_counts_in_order",
                violation_error_message="Il n’y a pas plus de documents prêts que de documents à préparer.",
            )
        ]

    def __str__(self) -> str:
        return f"dossier demandé le {self.asked_at:%d/%m/%Y}"

    def is_at_work(self, now: datetime) -> bool:
        """Tell whether a worker gave a sign of life lately."""
        return self.ended_at is None and self.beat_at is not None and now - self.beat_at < SILENCE

    def is_expected(self, now: datetime) -> bool:
        """Tell whether a worker may still take it: it was only just asked."""
        return self.ended_at is None and self.beat_at is None and now - self.asked_at < PATIENCE

    def is_stopped(self, now: datetime) -> bool:
        """Tell whether nobody carries it out: no worker is running, or it died."""
        return self.ended_at is None and not self.is_at_work(now) and not self.is_expected(now)


class PublicationQuerySet(models.QuerySet["Publication"]):
    def for_initiative(self, initiative: Initiative) -> "PublicationQuerySet":
        return self.filter(version__roadmap__initiative=initiative)

    def for_authority(self, authority: Authority) -> "PublicationQuerySet":
        return self.filter(version__roadmap__initiative__authority=authority)


class Publication(models.Model):
    """An adopted version that its authority shows to everybody; taken back, the row goes and the page with it."""

    version = models.OneToOneField(
        RoadmapVersion, models.CASCADE, related_name="publication", verbose_name="version figée"
    )
    published_at = models.DateTimeField("publiée le")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="publiée par"
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "publication"

    def __str__(self) -> str:
        return f"publication de la {self.version}"
