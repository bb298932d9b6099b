"""A frozen lot computed again with another set of factors, beside its own result."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from authorities.models import Initiative


class RecalculationQuerySet(models.QuerySet):
    """Recalculations, reached through the démarche of their inventory."""

    def for_initiative(self, initiative: Initiative) -> "RecalculationQuerySet":
        return self.filter(inventory__initiative=initiative)


class Recalculation(models.Model):
    """The result of a frozen lot with a set of factors published since: one for each set, never altered."""

    inventory = models.ForeignKey(
        "inventory.Inventory", models.CASCADE, related_name="recalculations", verbose_name="inventaire"
    )
    factor_set = models.ForeignKey(
        "inventory.FactorSet", models.PROTECT, related_name="+", verbose_name="jeu de facteurs"
    )
    result = models.JSONField("résultat")
    computed_at = models.DateTimeField("calculé le")
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="calculé par"
    )

    objects = RecalculationQuerySet.as_manager()

    class Meta:
        verbose_name = "nouveau calcul"
        verbose_name_plural = "nouveaux calculs"
        ordering: ClassVar = ["computed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inventory", "factor_set"],
                name="inventory_recalculation_unique",
                violation_error_message="Ce lot est déjà calculé avec ce jeu de facteurs.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.inventory}, {self.factor_set}"
