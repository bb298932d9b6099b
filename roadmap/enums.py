"""Choices of the roadmap application."""

from django.db import models


class ActionStatus(models.TextChoices):
    """State of an action. « En retard » is derived from the schedule, never stored."""

    PLANNED = "planned", "à lancer"
    ONGOING = "ongoing", "en cours"
    BLOCKED = "blocked", "bloquée"
    DONE = "done", "terminée"
    ABANDONED = "abandoned", "abandonnée"


class StepProgress(models.TextChoices):
    """State of one step of an action."""

    TODO = "todo", "à faire"
    ONGOING = "ongoing", "en cours"
    DONE = "done", "fait"


class SheetReview(models.TextChoices):
    """Where the writing of a sheet stands: its lead submits it, the steering committee validates it."""

    DRAFT = "draft", "en rédaction"
    SUBMITTED = "submitted", "soumise"
    VALIDATED = "validated", "validée"
    REVISED = "revised", "modifiée depuis sa validation"


class ShareSide(models.TextChoices):
    """Place of an authority in a shared action: the host proposed it."""

    HOST = "host", "hôte"
    GUEST = "guest", "invitée"


class ShareState(models.TextChoices):
    """Where a shared action stands. The host withdraws, the guest leaves: each then keeps its own sheet."""

    PROPOSED = "proposed", "proposée"
    ACCEPTED = "accepted", "acceptée"
    DECLINED = "declined", "refusée"
    WITHDRAWN = "withdrawn", "retirée"
    LEFT = "left", "quittée"


class EquipmentOwner(models.TextChoices):
    """Whose equipment a shared action saves: that authority alone counts the saving."""

    HOST = "host", "à l’hôte"
    GUEST = "guest", "à l’invitée"
    EACH = "each", "chacune le sien"


class Commitment(models.TextChoices):
    """How far an action commits the authority (method, section 1.7)."""

    STUDY = "reflexion", "réflexion"
    TRIAL = "experimentation", "expérimentation"
    DELIVERY = "realisation", "réalisation"


class ObjectiveKind(models.TextChoices):
    REDUCTION = "reduction", "réduction de l’empreinte"
    OTHER = "other", "autre objectif"


class Frequency(models.TextChoices):
    ONCE = "once", "une fois"
    QUARTERLY = "quarterly", "trimestrielle"
    HALF_YEARLY = "half_yearly", "semestrielle"
    YEARLY = "yearly", "annuelle"


class Direction(models.TextChoices):
    """Which way an indicator should move."""

    UP = "up", "à la hausse"
    DOWN = "down", "à la baisse"


class PublicationStatus(models.TextChoices):
    """What a document made from a roadmap is: the word printed on its cover."""

    DRAFT = "draft", "projet"
    FROZEN = "frozen", "version figée"
    ADOPTED = "adopted", "adoptée"


class ReferenceKind(models.TextChoices):
    """Reference content that has versions. The values stand in addresses."""

    QUESTIONNAIRE = "questionnaire", "questionnaire"
    CATALOGUE = "leviers", "catalogue de leviers"
    FACTORS = "facteurs", "jeu de facteurs"


class EntryKind(models.TextChoices):
    """What a version is made of. The values stand in addresses."""

    DIMENSION = "dimension", "dimension"
    QUESTION = "question", "question"
    LEVER = "levier", "levier"
