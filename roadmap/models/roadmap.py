"""The roadmap itself: its texts, its objectives, the themes it leaves aside, the capacity of those who lead."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from authorities.models import Authority, Initiative, OfInitiativeQuerySet
from common.versioning import VersionedModel
from reference.models import Service, Theme
from roadmap.enums import Frequency, ObjectiveKind


class Roadmap(VersionedModel):
    """The roadmap of a démarche: what it says besides its objectives and its action sheets."""

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="roadmap", verbose_name="démarche")
    foreword = models.TextField("mot de l’élu", blank=True)
    foreword_author = models.CharField("qualité de la personne qui signe", max_length=150, blank=True)
    governance = models.TextField("gouvernance", blank=True)
    committee_meetings_per_year = models.PositiveSmallIntegerField(
        "réunions du comité technique par an", null=True, blank=True, validators=[MaxValueValidator(52)]
    )
    steering_meetings_per_year = models.PositiveSmallIntegerField(
        "comités de pilotage par an", null=True, blank=True, validators=[MaxValueValidator(52)]
    )
    council_reports_per_year = models.PositiveSmallIntegerField(
        "passages en assemblée par an", null=True, blank=True, validators=[MaxValueValidator(12)]
    )
    default_capacity_days = models.PositiveSmallIntegerField(
        "capacité par pilote et par semestre, en jours", default=20, validators=[MaxValueValidator(1000)]
    )
    has_firm_capacities = models.BooleanField("les capacités doivent tenir", default=False)
    has_firm_ceilings = models.BooleanField("les plafonds de budget doivent tenir", default=False)
    has_firm_end = models.BooleanField("la fin de la période doit tenir", default=True)

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "feuille de route"
        verbose_name_plural = "feuilles de route"

    def __str__(self) -> str:
        return f"Feuille de route {self.initiative.period_label}"

    @property
    def has_foreword(self) -> bool:
        return bool(self.foreword.strip())


class OfRoadmapQuerySet(models.QuerySet):
    """Objects that belong to a roadmap: the only way views reach them."""

    def for_initiative(self, initiative: Initiative) -> "OfRoadmapQuerySet":
        return self.filter(roadmap__initiative=initiative)

    def for_authority(self, authority: Authority) -> "OfRoadmapQuerySet":
        return self.filter(roadmap__initiative__authority=authority)


class ThemeExplanation(models.Model):
    """Why the roadmap leaves a theme of the decree aside (« non retenu »). Saved under the version of the roadmap."""

    roadmap = models.ForeignKey(
        Roadmap, models.CASCADE, related_name="theme_explanations", verbose_name="feuille de route"
    )
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", verbose_name="thème du décret")
    reason = models.TextField("motif")

    objects = OfRoadmapQuerySet.as_manager()

    class Meta:
        verbose_name = "thème non retenu"
        verbose_name_plural = "thèmes non retenus"
        ordering: ClassVar = ["theme__number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roadmap", "theme"],
                name="roadmap_themeexplanation_unique",
                violation_error_message="Ce thème est déjà expliqué.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="roadmap_themeexplanation_has_reason",
                violation_error_message="Écrivez pourquoi ce thème n’est pas retenu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme} : non retenu"


class LeadCapacity(models.Model):
    """Days per half-year that a service can give to the roadmap, when it differs from the default of the roadmap."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="capacities", verbose_name="feuille de route")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name="service pilote")
    days_per_half_year = models.PositiveSmallIntegerField("jours par semestre", validators=[MaxValueValidator(1000)])

    objects = OfRoadmapQuerySet.as_manager()

    class Meta:
        verbose_name = "capacité d’un pilote"
        verbose_name_plural = "capacités des pilotes"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roadmap", "service"],
                name="roadmap_leadcapacity_unique",
                violation_error_message="La capacité de ce service est déjà indiquée.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.service} : {self.days_per_half_year} jours par semestre"


class BudgetCeiling(models.Model):
    """What the roadmap may cost in a year, in euros. Saved under the version of the roadmap."""

    roadmap = models.ForeignKey(
        Roadmap, models.CASCADE, related_name="budget_ceilings", verbose_name="feuille de route"
    )
    year = models.PositiveSmallIntegerField("année")
    amount_eur = models.DecimalField(
        "plafond, en euros", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )

    objects = OfRoadmapQuerySet.as_manager()

    class Meta:
        verbose_name = "plafond de budget"
        verbose_name_plural = "plafonds de budget"
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roadmap", "year"],
                name="roadmap_budgetceiling_unique",
                violation_error_message="Le plafond de cette année est déjà indiqué.",
            ),
            models.CheckConstraint(
                condition=Q(amount_eur__gte=0),
                name="roadmap_budgetceiling_positive",
                violation_error_message="Indiquez un plafond égal à 0 ou plus.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class Objective(VersionedModel):
    """An objective with its indicator: starting value, target, date. The reduction target is one of them."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="objectives", verbose_name="feuille de route")
    number = models.PositiveSmallIntegerField("numéro")
    kind = models.CharField("nature", max_length=10, choices=ObjectiveKind.choices, default=ObjectiveKind.OTHER)
    title = models.CharField("objectif", max_length=200)
    indicator_name = models.CharField("indicateur", max_length=200, blank=True)
    unit = models.CharField("unité", max_length=60, blank=True)
    baseline = models.DecimalField("valeur de départ", max_digits=14, decimal_places=3, null=True, blank=True)
    baseline_low = models.DecimalField("départ, valeur basse", max_digits=14, decimal_places=3, null=True, blank=True)
    baseline_high = models.DecimalField("départ, valeur haute", max_digits=14, decimal_places=3, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField("année de départ", null=True, blank=True)
    target = models.DecimalField("cible", max_digits=14, decimal_places=3, null=True, blank=True)
    target_low = models.DecimalField("cible, valeur basse", max_digits=14, decimal_places=3, null=True, blank=True)
    target_high = models.DecimalField("cible, valeur haute", max_digits=14, decimal_places=3, null=True, blank=True)
    target_on = models.DateField("échéance", null=True, blank=True)
    source = models.CharField("source de la donnée", max_length=200, blank=True)
    frequency = models.CharField("fréquence", max_length=12, choices=Frequency.choices, blank=True)
    note = models.TextField("méthode et limites", blank=True)

    objects = OfRoadmapQuerySet.as_manager()

    class Meta:
        verbose_name = "objectif"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roadmap", "number"],
                name="roadmap_objective_number_unique",
                violation_error_message="Un autre objectif a déjà ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(baseline_low__isnull=True)
                | Q(baseline_high__isnull=True)
                | Q(baseline_low__lte=F("baseline_high")),
                name="roadmap_objective_baseline_range",
                violation_error_message="La valeur basse de départ ne peut pas dépasser la valeur haute.",
            ),
            models.CheckConstraint(
                condition=Q(target_low__isnull=True)
                | Q(target_high__isnull=True)
                | Q(target_low__lte=F("target_high")),
                name="roadmap_objective_target_range",
                violation_error_message="La valeur basse de la cible ne peut pas dépasser la valeur haute.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_reduction(self) -> bool:
        return self.kind == ObjectiveKind.REDUCTION

    @property
    def change_percent(self) -> Decimal | None:
        """Change from the starting value to the target, in percent of the starting value."""
        if self.baseline is None or self.target is None or self.baseline == 0:
            return None
        return (self.target - self.baseline) / self.baseline * 100
