"""Tables that were read and wait for a confirmation, and what an authority taught the readers."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from authorities.models import Authority, Initiative, Participant
from inventory.enums import ImportState


class ImportQuerySet(models.QuerySet):
    """Imports, reached through the démarche of their inventory."""

    def for_initiative(self, initiative: Initiative) -> "ImportQuerySet":
        return self.filter(inventory__initiative=initiative)


class InventoryImport(models.Model):
    """A file that was sent: read, shown, then confirmed; once confirmed, what it takes to undo it.

    `layout`: sheet, headers and columns of a table of the estate (empty for our own spreadsheet); `tally`: its counts
    by type and model. `changes` holds what will be written; `report` what the preview shows; `before` what stood there
    before, with what was written. The file itself is an `ImportFile`, gone once confirmed.
    """

    inventory = models.ForeignKey(
        "inventory.Inventory", models.CASCADE, related_name="imports", verbose_name="inventaire"
    )
    inventory_version = models.PositiveIntegerField("version de l’inventaire lue")
    file_name = models.CharField("fichier", max_length=150)
    changes = models.JSONField("changements", default=dict)
    report = models.JSONField("aperçu", default=dict)
    layout = models.JSONField("colonnes", default=dict)
    tally = models.JSONField("comptes", default=dict)
    before = models.JSONField("valeurs d’avant", default=dict)
    progress = models.PositiveSmallIntegerField("avancement en %", default=0)
    error = models.CharField("refus", max_length=300, blank=True)
    applied_at = models.DateTimeField("confirmé le", null=True, blank=True)
    state = models.CharField("état", max_length=8, choices=ImportState.choices, default=ImportState.PENDING)
    created_at = models.DateTimeField("déposé le")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    created_by_participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="participant"
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import d’inventaire"
        verbose_name_plural = "imports d’inventaire"
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_shrinking(self) -> bool:
        """Whether a family would lose more than half of its devices; a file about a part of the estate is usual."""
        return any(item["name"] for item in self.report.get("shrinks", []))

    @property
    def is_table(self) -> bool:
        """Whether it is a table of the estate rather than our own spreadsheet."""
        return bool(self.layout)


class ImportFile(models.Model):
    """The bytes of a file that waits, for at most a day."""

    waiting = models.OneToOneField(InventoryImport, models.CASCADE, related_name="file", verbose_name="import")
    content = models.BinaryField("contenu")

    objects = models.Manager()

    class Meta:
        verbose_name = "fichier reçu"
        verbose_name_plural = "fichiers reçus"

    def __str__(self) -> str:
        return str(self.waiting)


class ColumnMemory(models.Model):
    """The columns that an authority chose for files with the same headers."""

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="+", verbose_name="collectivité")
    key = models.CharField("empreinte des en-têtes", max_length=64)
    columns = models.JSONField("colonnes", default=dict)
    updated_at = models.DateTimeField("retenu le")

    objects = models.Manager()

    class Meta:
        verbose_name = "choix de colonnes"
        verbose_name_plural = "choix de colonnes"
        ordering: ClassVar = ["authority", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "key"], name="inventory_columnmemory_unique")
        ]

    def __str__(self) -> str:
        return self.key


class DeviceChoice(models.Model):
    """The family that an authority gave to a type and a model; none: out of the perimeter. Kept for its next imports.

    The keys are normalised; an empty model stands for every model of the type.
    """

    authority = models.ForeignKey(Authority, models.CASCADE, related_name="+", verbose_name="collectivité")
    type_key = models.CharField("type comparé", max_length=90, blank=True)
    model_key = models.CharField("modèle comparé", max_length=90, blank=True)
    type_label = models.CharField("type", max_length=80, blank=True)
    model_label = models.CharField("modèle", max_length=80, blank=True)
    category = models.ForeignKey(
        "inventory.EquipmentCategory", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="famille"
    )
    updated_at = models.DateTimeField("retenu le")

    objects = models.Manager()

    class Meta:
        verbose_name = "famille d’un type de matériel"
        verbose_name_plural = "familles des types de matériel"
        ordering: ClassVar = ["authority", "type_key", "model_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "type_key", "model_key"], name="inventory_devicechoice_unique")
        ]

    def __str__(self) -> str:
        return f"{self.type_label} {self.model_label}".strip()
