"""Action sheets, their steps and their indicators."""

import re
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from authorities.enums import Perimeter
from authorities.models import Participant
from common.versioning import VersionedModel
from levers.enums import Grade
from levers.models import Lever
from reference.models import Dimension, Service, Theme
from roadmap.enums import ActionStatus, Commitment, Direction, Frequency, SheetReview, StepProgress
from roadmap.half_years import HalfYear, span_label
from roadmap.models.roadmap import Objective, OfRoadmapQuerySet, Roadmap

HALF_YEAR_VALIDATOR = RegexValidator(r"^\d{4}-S[12]$", "Choisissez un semestre de la liste.")
REBOUND_PREFIX = re.compile(r"^effets? rebond\s*:\s*", re.IGNORECASE)
SCORE_VALIDATORS = [MinValueValidator(1), MaxValueValidator(5)]


def split_lines(text: str) -> list[str]:
    """Return the non-empty lines of a text that holds one item per line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class ActionSheet(VersionedModel):
    """An action of the roadmap. Texts that hold one item per line have a `…_list` property."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="sheets", verbose_name="feuille de route")
    lever = models.ForeignKey(
        Lever, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="levier d’origine"
    )
    prefill = models.JSONField("texte repris du catalogue", default=dict, editable=False)
    identified_on = models.DateField("créée le")
    # Identity
    number = models.PositiveSmallIntegerField("numéro")
    title = models.CharField("intitulé", max_length=200)
    short_title = models.CharField("intitulé court", max_length=60, blank=True)
    dimension = models.ForeignKey(
        Dimension, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="dimension"
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thème du décret"
    )
    perimeter = models.CharField("périmètre", max_length=12, choices=Perimeter.choices, default=Perimeter.INTERNAL)
    commitment = models.CharField("niveau d’engagement", max_length=16, choices=Commitment.choices, blank=True)
    is_quick_win = models.BooleanField("gain rapide", default=False)
    status = models.CharField("état", max_length=10, choices=ActionStatus.choices, default=ActionStatus.PLANNED)
    objectives = models.ManyToManyField(Objective, blank=True, related_name="sheets", verbose_name="objectifs servis")
    # Aim and finding
    context = models.TextField("contexte et constat", blank=True)
    aim = models.TextField("objectif de l’action", blank=True)
    description = models.TextField("description", blank=True)
    # People
    lead_service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="service pilote"
    )
    lead_participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="personne pilote"
    )
    lead_name = models.CharField("nom ou fonction du pilote", max_length=150, blank=True)
    elected_lead = models.CharField("élu référent", max_length=150, blank=True)
    associated_services = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name="services associés"
    )
    associated_note = models.CharField("autres associés", max_length=300, blank=True)
    partners = models.TextField("partenaires", blank=True)
    target_public = models.CharField("public visé", max_length=300, blank=True)
    # Means
    human_days = models.DecimalField(
        "moyens humains, en jours", max_digits=7, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    human_days_by_half_year = models.JSONField("jours par semestre", default=dict, blank=True)
    human_note = models.CharField("précision sur les moyens humains", max_length=300, blank=True)
    budget_eur = models.DecimalField(
        "budget, en euros", max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    budget_note = models.CharField("précision sur le budget", max_length=300, blank=True)
    funding = models.CharField("financement", max_length=300, blank=True)
    # Calendar
    start_half = models.CharField("début", max_length=7, blank=True, validators=[HALF_YEAR_VALIDATOR])
    end_half = models.CharField("fin", max_length=7, blank=True, validators=[HALF_YEAR_VALIDATOR])
    is_placed_by_hand = models.BooleanField("placée à la main", default=False)
    placement_reason = models.CharField("pourquoi cette place", max_length=300, blank=True)
    # Vote, effort, effect
    priority = models.PositiveSmallIntegerField("priorité issue du vote", choices=Grade.choices, null=True, blank=True)
    vote_counts = models.JSONField(
        "détail du vote", default=dict, blank=True, help_text="{E, P, I, C, N, A : nombre de voix}, A pour l’abstention"
    )
    effort = models.PositiveSmallIntegerField("effort", null=True, blank=True, validators=SCORE_VALIDATORS)
    impact = models.PositiveSmallIntegerField("impact", null=True, blank=True, validators=SCORE_VALIDATORS)
    expected_effect = models.TextField("effet attendu", blank=True)
    saving_kgco2e = models.DecimalField(
        "gain simulé, en kg CO₂e par an", max_digits=14, decimal_places=3, null=True, blank=True
    )
    saving_low_kgco2e = models.DecimalField(
        "gain simulé, valeur basse", max_digits=14, decimal_places=3, null=True, blank=True
    )
    saving_high_kgco2e = models.DecimalField(
        "gain simulé, valeur haute", max_digits=14, decimal_places=3, null=True, blank=True
    )
    saving_source = models.CharField("origine du gain simulé", max_length=200, blank=True)
    # Cautions
    rebound = models.TextField("effets rebond", blank=True)
    risks = models.TextField("risques et points d’attention", blank=True)
    mitigation = models.TextField("parades prévues", blank=True)
    legal_references = models.TextField("références légales", blank=True)
    links = models.TextField("liens avec d’autres plans", blank=True)
    # Reading over
    confirmed_fields = models.JSONField("textes du catalogue relus et gardés", default=list, blank=True)
    review_state = models.CharField("relecture", max_length=10, choices=SheetReview.choices, default=SheetReview.DRAFT)
    submitted_at = models.DateTimeField("soumise le", null=True, blank=True)
    submitted_by_label = models.CharField("soumise par", max_length=150, blank=True)
    validated_on = models.DateField("validée le", null=True, blank=True)
    validation_body = models.CharField("validée par", max_length=150, blank=True)

    objects = OfRoadmapQuerySet.as_manager()

    class Meta:
        verbose_name = "fiche action"
        verbose_name_plural = "fiches actions"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roadmap", "number"],
                name="roadmap_sheet_number_unique",
                violation_error_message="Une autre fiche a déjà ce numéro.",
            ),
            models.UniqueConstraint(
                fields=["roadmap", "lever"],
                condition=Q(lever__isnull=False),
                name="roadmap_sheet_lever_unique",
                violation_error_message="Ce levier a déjà sa fiche.",
            ),
            models.CheckConstraint(
                condition=(Q(start_half="") & Q(end_half=""))
                | (~Q(start_half="") & ~Q(end_half="") & Q(end_half__gte=F("start_half"))),
                name="roadmap_sheet_dates_in_order",
                violation_error_message="Le semestre de fin ne peut pas précéder le semestre de début.",
            ),
            models.CheckConstraint(
                condition=Q(human_days__isnull=True) | Q(human_days__gte=0),
                name="roadmap_sheet_days_positive",
                violation_error_message="Indiquez un nombre de jours égal à 0 ou plus.",
            ),
            models.CheckConstraint(
                condition=Q(budget_eur__isnull=True) | Q(budget_eur__gte=0),
                name="roadmap_sheet_budget_positive",
                violation_error_message="Indiquez un budget égal à 0 ou plus.",
            ),
            models.CheckConstraint(
                condition=Q(saving_kgco2e__isnull=True)
                | (
                    Q(saving_low_kgco2e__lte=F("saving_kgco2e")) & Q(saving_high_kgco2e__gte=F("saving_kgco2e"))
                ),
                name="roadmap_sheet_saving_range",
                violation_error_message="Le gain simulé se donne avec une valeur basse et une valeur haute.",
            ),
            models.CheckConstraint(
                condition=~Q(review_state__in=("validated", "revised"))
                | (Q(validated_on__isnull=False) & ~Q(validation_body="")),
                name="roadmap_sheet_validation_dated",
                violation_error_message="Une fiche validée porte la date et le nom de l’instance.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def label(self) -> str:
        """Title for charts and lists: the short one when there is one."""
        return self.short_title or self.title

    @property
    def lead_label(self) -> str:
        """Who leads: the person when named, with the service; empty when nobody does."""
        service = self.lead_service.name if self.lead_service else ""
        name = self.lead_name or (self.lead_participant.name if self.lead_participant else "")
        if name and service and name != service:
            return f"{name} ({service})"
        return name or service

    @property
    def is_placed(self) -> bool:
        return bool(self.start_half)

    @property
    def span_label(self) -> str:
        """« S1 2026 à S2 2026 »."""
        return span_label(self.start_half, self.end_half)

    @property
    def start(self) -> HalfYear | None:
        return HalfYear.from_code(self.start_half) if self.start_half else None

    @property
    def end(self) -> HalfYear | None:
        return HalfYear.from_code(self.end_half) if self.end_half else None

    @property
    def partner_list(self) -> list[str]:
        return split_lines(self.partners)

    @property
    def risk_list(self) -> list[str]:
        return split_lines(self.risks)

    @property
    def rebound_list(self) -> list[str]:
        """Rebound effects, without the words « Effet rebond : » that some begin with."""
        lines = (REBOUND_PREFIX.sub("", line) for line in split_lines(self.rebound))
        return [line[:1].upper() + line[1:] for line in lines]

    @property
    def mitigation_list(self) -> list[str]:
        return split_lines(self.mitigation)

    @property
    def legal_list(self) -> list[str]:
        return split_lines(self.legal_references)

    @property
    def link_list(self) -> list[str]:
        return split_lines(self.links)


class ActionStep(models.Model):
    """One dated step of an action. Saved under the version of its sheet."""

    sheet = models.ForeignKey(ActionSheet, models.CASCADE, related_name="steps", verbose_name="fiche action")
    position = models.PositiveSmallIntegerField("rang")
    text = models.CharField("étape", max_length=300)
    who = models.CharField("qui", max_length=150, blank=True)
    due_half = models.CharField("semestre", max_length=7, blank=True, validators=[HALF_YEAR_VALIDATOR])
    due_on = models.DateField("date précise", null=True, blank=True)
    progress = models.CharField("avancement", max_length=8, choices=StepProgress.choices, default=StepProgress.TODO)

    class Meta:
        verbose_name = "étape"
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_dated(self) -> bool:
        return bool(self.due_half or self.due_on)


class Indicator(models.Model):
    """An indicator of an action. Saved under the version of its sheet. Unit « oui/non »: 0 is no, 1 is yes."""

    sheet = models.ForeignKey(ActionSheet, models.CASCADE, related_name="indicators", verbose_name="fiche action")
    position = models.PositiveSmallIntegerField("rang")
    name = models.CharField("indicateur", max_length=200)
    unit = models.CharField("unité", max_length=60, blank=True)
    direction = models.CharField("sens", max_length=4, choices=Direction.choices, default=Direction.UP)
    baseline = models.DecimalField("valeur de départ", max_digits=14, decimal_places=3, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField("année de départ", null=True, blank=True)
    target = models.DecimalField("cible", max_digits=14, decimal_places=3, null=True, blank=True)
    target_year = models.PositiveSmallIntegerField("année de la cible", null=True, blank=True)
    frequency = models.CharField("fréquence", max_length=12, choices=Frequency.choices, blank=True)
    source = models.CharField("source", max_length=200, blank=True)
    note = models.CharField("calcul, précision", max_length=400, blank=True)

    class Meta:
        verbose_name = "indicateur"
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class SheetHumanMeans(models.Model):
    """Days that one role gives to an action over the whole period. Saved under the version of its sheet."""

    sheet = models.ForeignKey(ActionSheet, models.CASCADE, related_name="human_means", verbose_name="fiche action")
    position = models.PositiveSmallIntegerField("rang")
    role = models.CharField("rôle", max_length=120)
    days = models.DecimalField("jours", max_digits=7, decimal_places=1, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = "moyens humains d’un rôle"
        verbose_name_plural = "moyens humains par rôle"
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.role


class SheetBudgetLine(models.Model):
    """What an action costs in a year, in euros, and the funding found. Saved under the version of its sheet."""

    sheet = models.ForeignKey(ActionSheet, models.CASCADE, related_name="budget_lines", verbose_name="fiche action")
    year = models.PositiveSmallIntegerField("année")
    investment_eur = models.DecimalField(
        "investissement, en euros", max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    operation_eur = models.DecimalField(
        "fonctionnement, en euros", max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    funding_eur = models.DecimalField(
        "financement trouvé, en euros", max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    funding_source = models.CharField("financeur", max_length=150, blank=True)

    class Meta:
        verbose_name = "budget d’une année"
        verbose_name_plural = "budget par année"
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sheet", "year"],
                name="roadmap_budgetline_year_unique",
                violation_error_message="Cette année a déjà sa ligne de budget.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def cost_eur(self) -> Decimal:
        return self.investment_eur + self.operation_eur
