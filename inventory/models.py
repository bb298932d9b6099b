"""Equipment categories, impact factors, and the dated inventories of an authority."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from authorities.models import Initiative, OfInitiativeQuerySet
from common.versioning import VersionedModel
from inventory.enums import Confidence, CountsAs, FigureType, InventoryState, Room
from inventory.footprint import DEFAULT_ZONE
from inventory.hosting_models import MachineHosting
from inventory.import_models import ColumnMemory, DeviceChoice, ImportFile, InventoryImport
from inventory.result_models import Recalculation
from inventory.scenario_models import Scenario, ScenarioChange

__all__ = [
    "CategoryGroup",
    "CategoryParameter",
    "ColumnMemory",
    "DeviceChoice",
    "ElectricityMix",
    "EquipmentCategory",
    "FactorSet",
    "FigureKind",
    "ImpactFactor",
    "ImportFile",
    "Inventory",
    "InventoryFigure",
    "InventoryImport",
    "InventoryLine",
    "MachineHosting",
    "OfInventoryQuerySet",
    "Recalculation",
    "Scenario",
    "ScenarioChange",
    "SourcedRow",
]

# Reference data ---------------------------------------------------------------------------------------------------


class CategoryGroup(models.Model):
    """A group of categories: a page of the inventory and a bar of the footprint."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=60)
    hint = models.CharField("conseil", max_length=250, blank=True)
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "groupe de familles"
        verbose_name_plural = "groupes de familles"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.name


class EquipmentCategory(models.Model):
    """A family of equipment; its code is the key of the impact factors."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=80)
    group = models.ForeignKey(CategoryGroup, models.PROTECT, related_name="categories", verbose_name="groupe")
    is_flash = models.BooleanField("proposée d’office", default=False)
    is_light = models.BooleanField("proposée dans le parcours allégé", default=False)
    is_offered = models.BooleanField("peut être ajoutée", default=True)
    counts_as = models.CharField("compte comme", max_length=10, choices=CountsAs.choices, blank=True)
    room = models.CharField("lieu", max_length=10, choices=Room.choices, blank=True)
    vcpu = models.PositiveSmallIntegerField(
        "vCPU d’une machine virtuelle", null=True, blank=True, help_text="vide : ce n’est pas une machine virtuelle"
    )
    is_host = models.BooleanField("peut porter des machines virtuelles", default=False)
    counts_for_reuse = models.BooleanField("compte dans le taux de réemploi", default=False)
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "famille d’équipements"
        verbose_name_plural = "familles d’équipements"
        ordering: ClassVar = ["group__position", "position"]

    def __str__(self) -> str:
        return self.name


class FactorSet(models.Model):
    """A version of the impact factors, the electricity mixes and the rules of simulation.

    Once a frozen inventory uses it, it is never altered: a new version is published.
    """

    version = models.CharField("version", max_length=20, unique=True)
    name = models.CharField("nom", max_length=80)
    published_on = models.DateField("publiée le")
    content_hash = models.CharField("empreinte du contenu", max_length=64)
    zone = models.CharField("pays du mix électrique", max_length=8, default=DEFAULT_ZONE)
    rules = models.JSONField("règles de simulation", default=dict)
    is_current = models.BooleanField("en vigueur", default=False)
    created_at = models.DateTimeField("chargée le", auto_now_add=True)

    class Meta:
        verbose_name = "jeu de facteurs"
        verbose_name_plural = "jeux de facteurs"
        ordering: ClassVar = ["-published_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="inventory_factorset_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class CategoryParameter(models.Model):
    """Default lifetime and yearly electricity of a category, in one set of factors."""

    factor_set = models.ForeignKey(FactorSet, models.CASCADE, related_name="parameters", verbose_name="jeu de facteurs")
    category_code = models.CharField("famille", max_length=40)
    label = models.CharField("libellé de la source", max_length=120)
    tier = models.PositiveSmallIntegerField("tiers", help_text="1 terminaux, 2 réseaux, 3 centres de données")
    lifetime_years = models.FloatField("durée d’usage en années", null=True)
    lifetime_years_low = models.FloatField("durée d’usage, borne basse", null=True)
    lifetime_years_high = models.FloatField("durée d’usage, borne haute", null=True)
    electricity_kwh_per_year = models.FloatField("électricité en kWh par an", null=True)
    electricity_kwh_per_year_low = models.FloatField("électricité, borne basse", null=True)
    electricity_kwh_per_year_high = models.FloatField("électricité, borne haute", null=True)
    method_note = models.TextField("note de méthode", blank=True)

    class Meta:
        verbose_name = "paramètre de famille"
        verbose_name_plural = "paramètres de famille"
        ordering: ClassVar = ["factor_set", "category_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["factor_set", "category_code"], name="inventory_categoryparameter_unique")
        ]

    def __str__(self) -> str:
        return self.label


class SourcedRow(models.Model):
    """A row of a factor file, with what allows anyone to check it and to reuse it."""

    criterion = models.CharField("critère", max_length=8)
    unit = models.CharField("unité", max_length=40)
    value = models.FloatField("valeur")
    low = models.FloatField("borne basse", null=True)
    high = models.FloatField("borne haute", null=True)
    preference = models.PositiveSmallIntegerField("préférence", help_text="1 : valeur par défaut")
    quality = models.CharField("qualité", max_length=12)
    source = models.CharField("source", max_length=250)
    source_ref = models.CharField("référence exacte", max_length=250)
    licence = models.CharField("licence", max_length=120)
    licence_class = models.CharField("classe de licence", max_length=20)

    class Meta:
        abstract = True


class ImpactFactor(SourcedRow):
    """Impact of one unit of a category for a criterion and a step."""

    factor_set = models.ForeignKey(FactorSet, models.CASCADE, related_name="factors", verbose_name="jeu de facteurs")
    category_code = models.CharField("famille", max_length=40)
    step = models.CharField("étape", max_length=16)
    basis = models.CharField("base", max_length=40)
    bounds_source = models.CharField("source des bornes", max_length=200, blank=True)
    method_note = models.TextField("note de méthode", blank=True)

    class Meta:
        verbose_name = "facteur d’impact"
        verbose_name_plural = "facteurs d’impact"
        ordering: ClassVar = ["factor_set", "category_code", "criterion", "preference", "step"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["factor_set", "category_code", "criterion", "preference", "step"],
                name="inventory_impactfactor_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.category_code} {self.criterion} {self.step}"


class ElectricityMix(SourcedRow):
    """Impact of one kWh in a zone, location-based: a green contract is never entered as a factor."""

    factor_set = models.ForeignKey(FactorSet, models.CASCADE, related_name="mixes", verbose_name="jeu de facteurs")
    zone = models.CharField("zone", max_length=8)
    zone_label = models.CharField("nom de la zone", max_length=60)
    reference_year = models.CharField("année de référence", max_length=20, blank=True)
    note = models.CharField("note", max_length=250, blank=True)

    class Meta:
        verbose_name = "mix électrique"
        verbose_name_plural = "mix électriques"
        ordering: ClassVar = ["factor_set", "zone", "criterion", "preference"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["factor_set", "zone", "criterion", "preference"], name="inventory_electricitymix_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.zone_label} {self.criterion}"


class FigureKind(models.Model):
    """A key figure of the flash inventory that is not a family of equipment."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=80)
    unit = models.CharField("unité", max_length=30, blank=True)
    value_type = models.CharField("type", max_length=10, choices=FigureType.choices)
    minimum = models.DecimalField("minimum", max_digits=14, decimal_places=2)
    maximum = models.DecimalField("maximum", max_digits=14, decimal_places=2)
    is_light = models.BooleanField("demandé dans le parcours allégé", default=False)
    help_text = models.CharField("aide", max_length=250, blank=True)
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "chiffre clé"
        verbose_name_plural = "chiffres clés"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.name


# Inventories of an authority --------------------------------------------------------------------------------------


class Inventory(VersionedModel):
    """A dated lot: in preparation, then frozen with the set of factors and the result of that day."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="inventories", verbose_name="démarche")
    number = models.PositiveSmallIntegerField("numéro")
    dated_on = models.DateField("lot daté du")
    state = models.CharField("état", max_length=8, choices=InventoryState.choices, default=InventoryState.DRAFT)
    factor_set = models.ForeignKey(
        FactorSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inventories",
        verbose_name="jeu de facteurs",
    )
    zone = models.CharField(
        "électricité des locaux",
        max_length=8,
        blank=True,
        help_text="pays du mix électrique ; vide : celui du jeu de facteurs",
    )
    hosting_zone = models.CharField("électricité de l’hébergeur", max_length=8, blank=True)
    # Family → year → devices bought then, as a table of the estate told it.
    purchases = models.JSONField("achats par année", default=dict, blank=True)
    unsorted_devices = models.PositiveIntegerField(
        "équipements importés sans famille",
        default=0,
        help_text="de la dernière liste d’équipements importée : ils ne comptent pas",
    )
    result = models.JSONField("résultat figé", null=True, blank=True)
    frozen_at = models.DateTimeField("figé le", null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="figé par"
    )

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "inventaire"
        ordering: ClassVar = ["initiative", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["initiative", "number"], name="inventory_inventory_unique"),
            models.UniqueConstraint(
                fields=["initiative"],
                condition=Q(state=InventoryState.DRAFT),
                name="inventory_inventory_one_draft",
                violation_error_message="Un seul lot peut être en préparation.",
            ),
            models.CheckConstraint(
                condition=Q(state=InventoryState.DRAFT, result__isnull=True)
                | Q(
                    state=InventoryState.FROZEN,
                    factor_set__isnull=False,
                    result__isnull=False,
                    frozen_at__isnull=False,
                ),
                name="inventory_inventory_frozen_whole",
                violation_error_message="Un lot figé garde son jeu de facteurs, son résultat et sa date.",
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.state == InventoryState.FROZEN

    @property
    def has_later_factors(self) -> bool:
        """Whether the factors of a frozen lot were published after its date: then only its estate is of that date."""
        return self.factor_set is not None and self.factor_set.published_on > self.dated_on


class OfInventoryQuerySet(models.QuerySet):
    """Objects that belong to an inventory, reached through its démarche."""

    def for_initiative(self, initiative: Initiative) -> "OfInventoryQuerySet":
        return self.filter(inventory__initiative=initiative)


class InventoryLine(VersionedModel):
    """A family of equipment in an inventory. An empty figure is not known: it is never read as zero."""

    QUANTITY_MAX = 1_000_000
    LIFETIME_MAX_YEARS = 30
    AGE_MAX_YEARS = 40

    inventory = models.ForeignKey(Inventory, models.CASCADE, related_name="lines", verbose_name="inventaire")
    category = models.ForeignKey(EquipmentCategory, models.PROTECT, related_name="+", verbose_name="famille")
    quantity = models.PositiveIntegerField("en service", null=True, blank=True)
    stock_quantity = models.PositiveIntegerField("en stock", null=True, blank=True)
    mean_age_years = models.DecimalField("âge moyen en années", max_digits=4, decimal_places=1, null=True, blank=True)
    lifetime_years = models.DecimalField(
        "durée d’usage visée en années", max_digits=4, decimal_places=1, null=True, blank=True
    )
    observed_lifetime_years = models.DecimalField(
        "durée d’usage observée en années", max_digits=4, decimal_places=1, null=True, blank=True
    )
    refurbished_percent = models.DecimalField(
        "part reconditionnée en %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    first_life_years = models.DecimalField(
        "première vie prouvée en années",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="attestée par le fournisseur du reconditionné ; sans preuve, laissez vide",
    )
    total_life_years = models.DecimalField(
        "vie totale certifiée en années",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="réemploi compris, attestée par le repreneur ; sans certificat, laissez vide",
    )
    bought_last_year = models.PositiveIntegerField("achetés l’an dernier", null=True, blank=True)
    retired_last_year = models.PositiveIntegerField("réformés l’an dernier", null=True, blank=True)
    reused_last_year = models.PositiveIntegerField("dont réemployés", null=True, blank=True)
    use_share_percent = models.PositiveSmallIntegerField(
        "part d’usage professionnel en %",
        default=100,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    confidence = models.CharField("confiance", max_length=10, choices=Confidence.choices, default=Confidence.UNKNOWN)
    source = models.CharField("source", max_length=150, blank=True)

    objects = OfInventoryQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d’inventaire"
        verbose_name_plural = "lignes d’inventaire"
        ordering: ClassVar = ["inventory", "category__group__position", "category__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inventory", "category"], name="inventory_line_unique"),
            models.CheckConstraint(
                condition=Q(reused_last_year__isnull=True)
                | Q(retired_last_year__isnull=True)
                | Q(reused_last_year__lte=F("retired_last_year")),
                name="inventory_line_reused_among_retired",
                violation_error_message="Les matériels réemployés comptent parmi les réformés.",
            ),
            models.CheckConstraint(
                condition=(Q(lifetime_years__isnull=True) | Q(lifetime_years__gt=0))
                & (Q(observed_lifetime_years__isnull=True) | Q(observed_lifetime_years__gt=0))
                & (Q(refurbished_percent__isnull=True) | Q(refurbished_percent__range=(0, 100)))
                & Q(use_share_percent__range=(0, 100)),
                name="inventory_line_bounds",
                violation_error_message="Une durée est positive, une part va de 0 à 100\u202f%%.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.category)

    @property
    def known_hosting(self) -> MachineHosting | None:
        """What was said of the servers that carry these virtual machines; read it with `hosting` selected."""
        found: MachineHosting | None = getattr(self, "hosting", None)
        return found


class InventoryFigure(VersionedModel):
    """A key figure in an inventory."""

    inventory = models.ForeignKey(Inventory, models.CASCADE, related_name="figures", verbose_name="inventaire")
    kind = models.ForeignKey(FigureKind, models.PROTECT, related_name="+", verbose_name="chiffre")
    value = models.DecimalField("valeur", max_digits=14, decimal_places=2, null=True, blank=True)
    confidence = models.CharField("confiance", max_length=10, choices=Confidence.choices, default=Confidence.UNKNOWN)
    source = models.CharField("source", max_length=150, blank=True)

    objects = OfInventoryQuerySet.as_manager()

    class Meta:
        verbose_name = "chiffre clé relevé"
        verbose_name_plural = "chiffres clés relevés"
        ordering: ClassVar = ["inventory", "kind__position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["inventory", "kind"], name="inventory_figure_unique")]

    def __str__(self) -> str:
        return str(self.kind)
