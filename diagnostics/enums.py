"""Choices of the diagnosis."""

from django.db import models

LEVELS = (0, 1, 2, 3, 4)


class DiagnosisState(models.TextChoices):
    """Where a round is. Open and closed are worked out when read, from the hour of closing."""

    DRAFT = "draft", "en préparation"
    OPEN = "open", "ouvert"
    CLOSED = "closed", "clos"
    AGREED = "agreed", "terminé"
