"""What is joined to an action sheet while it lives: dated notes that may call people, files and links."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from authorities.models import Authority, Initiative, Participant
from roadmap.models.sheets import ActionSheet
from roadmap.models.versions import document_folder


def attachment_path(attachment: "SheetAttachment", filename: str) -> str:
    """Return the path of a file joined to a sheet, under the private folder; the storage keeps two names apart."""
    return f"{document_folder(attachment.sheet.roadmap)}/fiches/{filename}"


class OfSheetQuerySet(models.QuerySet):
    """Objects that belong to an action sheet: the only way views reach them."""

    def for_initiative(self, initiative: Initiative) -> QuerySet:
        return self.filter(sheet__roadmap__initiative=initiative)

    def for_authority(self, authority: Authority) -> QuerySet:
        return self.filter(sheet__roadmap__initiative__authority=authority)


class SheetNote(models.Model):
    """A dated note about an action, and who is called to read it. Written once; its author may remove it."""

    sheet = models.ForeignKey(ActionSheet, models.CASCADE, related_name="notes", verbose_name="fiche action")
    dated_on = models.DateField("date")
    text = models.TextField("note")
    mentions = models.ManyToManyField(Participant, blank=True, related_name="+", verbose_name="à l’attention de")
    written_at = models.DateTimeField("écrite le")
    author_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    author_participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="personne"
    )
    author_label = models.CharField("auteur", max_length=150)

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "note de fiche"
        verbose_name_plural = "notes de fiche"
        ordering: ClassVar = ["-dated_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(text=""), name="roadmap_note_has_text", violation_error_message="Écrivez la note."
            )
        ]

    def __str__(self) -> str:
        return f"note du {self.dated_on:%d/%m/%Y}"


class SheetAttachment(models.Model):
    """A link or a file joined to an action sheet."""

    sheet = models.ForeignKey(ActionSheet, models.CASCADE, related_name="attachments", verbose_name="fiche action")
    label = models.CharField("intitulé", max_length=120)
    url = models.URLField("adresse", max_length=500, blank=True)
    file = models.FileField("fichier", upload_to=attachment_path, max_length=250, blank=True)
    file_name = models.CharField("nom du fichier", max_length=120, blank=True)
    size_bytes = models.PositiveIntegerField("poids en octets", null=True, blank=True)
    added_at = models.DateTimeField("jointe le")
    added_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="compte"
    )
    added_by_participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="personne"
    )
    added_by_label = models.CharField("jointe par", max_length=150)

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce de fiche"
        verbose_name_plural = "pièces de fiche"
        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(url="") & Q(file="", size_bytes=None)) | (Q(url="", size_bytes__gte=1) & ~Q(file="")),
                name="roadmap_attachment_link_or_file",
                violation_error_message="Une pièce est une adresse ou un fichier.",
            )
        ]

    def __str__(self) -> str:
        return self.label
