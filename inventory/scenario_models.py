"""Scenarios on an inventory: ordered changes, and the target that they are compared with."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from common.versioning import VersionedModel
from inventory.enums import ChangeKind

if TYPE_CHECKING:
    from authorities.models import Initiative

FIRST_YEAR, LAST_YEAR = 1990, 2060


class ScenarioQuerySet(models.QuerySet):
    """Scenarios, reached through the démarche of their inventory."""

    def for_initiative(self, initiative: "Initiative") -> "ScenarioQuerySet":
        return self.filter(inventory__initiative=initiative)


class Scenario(VersionedModel):
    """« What if »: changes on a copy of an inventory, which is never touched."""

    inventory = models.ForeignKey(
        "inventory.Inventory", models.CASCADE, related_name="scenarios", verbose_name="inventaire"
    )
    name = models.CharField("nom", max_length=80)
    note = models.TextField("note", max_length=1000, blank=True)
    start_year = models.PositiveSmallIntegerField("année de la décision")
    target_percent = models.DecimalField("réduction visée en %", max_digits=4, decimal_places=1, null=True, blank=True)
    target_year = models.PositiveSmallIntegerField("année visée", null=True, blank=True)
    target_source = models.CharField("source de la cible", max_length=300, blank=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "scénario"
        ordering: ClassVar = ["inventory", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inventory", "name"],
                name="inventory_scenario_unique",
                violation_error_message="Un scénario de ce lot porte déjà ce nom : choisissez-en un autre.",
            ),
            models.CheckConstraint(
                condition=Q(target_percent__isnull=True, target_year__isnull=True)
                | Q(target_percent__gt=0, target_percent__lte=100, target_year__gt=models.F("start_year")),
                name="inventory_scenario_target_whole",
                violation_error_message="Une cible a un pourcentage et une année, après celle de la décision.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioChangeQuerySet(models.QuerySet):
    """Changes, reached through the démarche of the inventory of their scenario."""

    def for_initiative(self, initiative: "Initiative") -> "ScenarioChangeQuerySet":
        return self.filter(scenario__inventory__initiative=initiative)


class ScenarioChange(VersionedModel):
    """One change of a scenario. Only the fields of its kind are read (see `inventory.scenarios.FIELDS_BY_KIND`).

    `categories`: codes of families. `lever_code`: the lever whose default it was made from, empty otherwise.
    """

    YEARS_MAX = 15

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="changes", verbose_name="scénario")
    position = models.PositiveSmallIntegerField("rang")
    kind = models.CharField("nature", max_length=20, choices=ChangeKind.choices)
    label = models.CharField("intitulé", max_length=150, blank=True)
    lever_code = models.CharField("levier", max_length=40, blank=True)
    categories = models.JSONField("familles", default=list)
    percent = models.DecimalField("part en %", max_digits=4, decimal_places=1, null=True, blank=True)
    years = models.DecimalField("années", max_digits=4, decimal_places=1, null=True, blank=True)
    fleet_share_percent = models.PositiveSmallIntegerField(
        "part du parc en %", default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    pue_to = models.DecimalField("PUE de destination", max_digits=3, decimal_places=2, null=True, blank=True)
    zone_to = models.CharField("électricité de destination", max_length=8, blank=True)
    units = models.PositiveIntegerField("unités retirées", null=True, blank=True)
    units_to = models.PositiveIntegerField("unités ajoutées", null=True, blank=True)
    category_to = models.CharField("famille ajoutée", max_length=40, blank=True)
    starts_in = models.PositiveSmallIntegerField("année de départ")

    objects = ScenarioChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "changement"
        ordering: ClassVar = ["scenario", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scenario", "lever_code"],
                condition=~Q(lever_code=""),
                name="inventory_scenariochange_one_per_lever",
                violation_error_message="Ce levier est déjà dans le scénario.",
            ),
            models.CheckConstraint(
                condition=(Q(percent__isnull=True) | Q(percent__range=(0, 100)))
                & (Q(years__isnull=True) | Q(years__gt=0, years__lte=Decimal(15)))
                & (Q(pue_to__isnull=True) | Q(pue_to__gte=1))
                & Q(fleet_share_percent__range=(1, 100)),
                name="inventory_scenariochange_bounds",
                violation_error_message=(
                    "Une part va de 0 à 100\u202f%%, une durée est positive, un PUE vaut au moins 1."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()
