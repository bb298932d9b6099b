"""A workbook of action sheets that was read and waits for a confirmation."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from authorities.models import Initiative, OfInitiativeQuerySet


class SheetImport(models.Model):
    """What a workbook says of the sheets of a démarche, until it is confirmed. The file is not kept."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="sheet_imports", verbose_name="démarche")
    file_name = models.CharField("fichier", max_length=150)
    content = models.JSONField("ce que dit le tableur", default=list)
    refused = models.JSONField("lignes refusées", default=list)
    untouched_count = models.PositiveIntegerField("fiches inchangées", default=0)
    read_at = models.DateTimeField("lu le")
    applied_at = models.DateTimeField("enregistré le", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="compte")

    objects = OfInitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "tableur de fiches déposé"
        verbose_name_plural = "tableurs de fiches déposés"
        ordering: ClassVar = ["-read_at"]

    def __str__(self) -> str:
        return self.file_name
