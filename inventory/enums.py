"""Choices of the inventory application."""

from django.db import models


class Confidence(models.TextChoices):
    """How far a figure can be trusted; the relative errors are in `inventory.footprint.QUANTITY_ERROR`."""

    MEASURED = "measured", "mesuré"
    ESTIMATED = "estimated", "estimé"
    UNKNOWN = "unknown", "inconnu"


class InventoryState(models.TextChoices):
    DRAFT = "draft", "en préparation"
    FROZEN = "frozen", "figé"


class CountsAs(models.TextChoices):
    """Which ratio per agent a category counts in."""

    TERMINAL = "terminal", "terminal"
    SCREEN = "screen", "écran"


class Room(models.TextChoices):
    """Whose power usage effectiveness applies to a category."""

    LOCAL = "local", "salle serveurs locale"
    HOSTED = "hosted", "hébergeur"


class MachinePlace(models.TextChoices):
    """Where virtual machines run, as far as the calculation needs it."""

    PROVIDER = "provider", "chez un hébergeur, sur des serveurs que vous ne connaissez pas"
    OWN = "own", "sur des serveurs comptés dans ce lot"
    SHARED = "shared", "sur des serveurs partagés avec d’autres, qui ne sont pas comptés dans ce lot"


class MachineKey(models.TextChoices):
    """What tells the part of a host that virtual machines take."""

    MACHINES = "machines", "nombre de machines"
    VCPU = "vcpu", "nombre de vCPU"


class FigureType(models.TextChoices):
    INTEGER = "integer", "nombre entier"
    DECIMAL = "decimal", "nombre"


class ChangeKind(models.TextChoices):
    """What a change of a scenario does; the values are those of `inventory.simulation`."""

    EXTEND_LIFETIME = "extend_lifetime", "garder plus longtemps"
    REDUCE_COUNT = "reduce_count", "réduire le nombre"
    REFURBISHED_SHARE = "refurbished_share", "acheter reconditionné"
    REDUCE_ENERGY = "reduce_energy", "réduire l’électricité"
    HOSTING_MOVE = "hosting_move", "déplacer l’hébergement"
    REPLACE = "replace", "remplacer par autre chose"


class ImportState(models.TextChoices):
    """A table of the estate waits, is read, may have columns to choose; every file ends as a preview to confirm."""

    WAITING = "waiting", "en attente de lecture"
    READING = "reading", "en lecture"
    COLUMNS = "columns", "colonnes à choisir"
    PENDING = "pending", "à confirmer"
    APPLIED = "applied", "confirmé"
    UNDONE = "undone", "annulé"
    FAILED = "failed", "refusé"


class DeviceState(models.TextChoices):
    """Where a device of an asset tool is."""

    IN_SERVICE = "in_service", "en service"
    STOCK = "stock", "en stock"
    RETIRED = "retired", "réformé"
