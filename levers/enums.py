"""Choices of the levers application."""

from django.db import models


class Cost(models.TextChoices):
    """Order of magnitude of what a lever costs, the time of the agents left out."""

    NONE = "nul", "nul"
    LOW = "faible", "faible"
    MEDIUM = "moyen", "moyen"
    HIGH = "eleve", "élevé"


class Grade(models.IntegerChoices):
    """The five grades of a ballot, from the best to the worst. An abstention is no grade: `None`."""

    ESSENTIAL = 5, "essentiel"
    PRIORITY = 4, "prioritaire"
    INTERESTING = 3, "intéressant"
    COMPLEX = 2, "trop complexe"
    UNSUITABLE = 1, "inapproprié"

    @property
    def letter(self) -> str:
        """Letter that stands for the grade wherever colour may be lost: E, P, I, C, N."""
        return "NCIPE"[self.value - 1]


class NamesVisibility(models.TextChoices):
    """Who sees, after the closing only, who gave which grade. Fixed when the ballot opens."""

    EVERYONE = "everyone", "toutes les personnes qui lisent les résultats"
    REFERENT = "referent", "le référent seul"
    NOBODY = "nobody", "personne, mais la base les garde pour que chacun change d’avis"
    # No link is kept between a voter and a paper (see docs/adr/0027).
    DETACHED = "detached", "personne, et la base ne garde aucun lien\u00a0: bulletins détachés"


class ShortlistState(models.TextChoices):
    DRAFT = "draft", "en préparation"
    SUBMITTED = "submitted", "soumise au comité de pilotage"
    VALIDATED = "validated", "validée"


class Verdict(models.TextChoices):
    """What a person decided about a lever."""

    RETAINED = "retained", "retenu"
    POSTPONED = "postponed", "reporté"
    DISMISSED = "dismissed", "écarté"


class LocalState(models.TextChoices):
    """Where a local lever stands; a lever of the published catalogue is always proposed."""

    PROPOSED = "proposed", "proposé"
    REPLACED = "replaced", "remplacé par une version plus récente"
    WITHDRAWN = "withdrawn", "retiré"


class SecondVoteMeans(models.TextChoices):
    """How the second vote of a workshop is taken."""

    HANDS = "hands", "mains levées"
    PHONES = "phones", "téléphones"
