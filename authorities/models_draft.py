"""Texts that are not saved yet. Loaded by `authorities.models`, whose migrations hold the table."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Draft(models.Model):
    """What somebody typed in a form and has not saved: given back to them alone, never applied by itself.

    `path`: address that the form is sent to, with its query. `key`: the page in which it was typed, so that two
    windows on one form keep two texts. `fields`: values by name, as the browser sends them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="drafts", verbose_name="compte"
    )
    participant = models.ForeignKey(
        "authorities.Participant",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name="participant",
    )
    authority = models.ForeignKey(
        "authorities.Authority",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name="collectivité",
    )
    path = models.CharField("adresse du formulaire", max_length=500)
    key = models.CharField("clé de la page", max_length=22)
    fields = models.JSONField("réponses", default=dict)
    saved_at = models.DateTimeField("gardé le", db_index=True)

    class Meta:
        verbose_name = "brouillon"
        ordering: ClassVar = ["-saved_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, participant__isnull=True)
                | Q(user__isnull=True, participant__isnull=False),
                name="authorities_draft_one_writer",
                violation_error_message="Un brouillon est à une seule personne.",
            ),
            models.UniqueConstraint(
                fields=["user", "path", "key"], condition=Q(user__isnull=False), name="authorities_draft_of_user"
            ),
            models.UniqueConstraint(
                fields=["participant", "path", "key"],
                condition=Q(participant__isnull=False),
                name="authorities_draft_of_participant",
            ),
        ]

    def __str__(self) -> str:
        return f"brouillon de {self.path}"
