"""A version of the reference content that the national administration prepares on the site, entry by entry.

The draft holds what the file would hold: a header, and one row for each entry (dimension, question, lever), so that two
people may write two entries. Nothing here belongs to an authority. Once published, the draft goes.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.versioning import VersionedModel
from roadmap.enums import EntryKind, ReferenceKind


class ReferenceDraft(VersionedModel):
    """A version to come. `header`: the content without its code, its title and its entries.

    For a set of factors, which has no entries here, the header holds its fields and the text of its three files.
    """

    kind = models.CharField("contenu", max_length=15, choices=ReferenceKind.choices)
    code = models.CharField("code de la version à venir", max_length=40)
    title = models.CharField("intitulé", max_length=200)
    base_code = models.CharField("version de départ", max_length=40, blank=True)
    header = models.JSONField("en-tête", default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="préparé par"
    )

    class Meta:
        verbose_name = "brouillon de référence"
        verbose_name_plural = "brouillons de référence"
        ordering: ClassVar = ["kind", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                name="roadmap_referencedraft_unique",
                violation_error_message="Un brouillon porte déjà ce code.",
            )
        ]

    def __str__(self) -> str:
        return self.title


class DraftEntry(VersionedModel):
    """A dimension, a question or a lever of a draft. `content`: its fields as the file has them, without its code."""

    draft = models.ForeignKey(ReferenceDraft, models.CASCADE, related_name="entries", verbose_name="brouillon")
    kind = models.CharField("nature", max_length=10, choices=EntryKind.choices)
    code = models.CharField("code", max_length=20)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name="dimension"
    )
    position = models.PositiveIntegerField("rang")
    content = models.JSONField("contenu", default=dict)

    class Meta:
        verbose_name = "entrée de brouillon"
        verbose_name_plural = "entrées de brouillon"
        ordering: ClassVar = ["draft", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draft", "kind", "code"],
                name="roadmap_draftentry_unique",
                violation_error_message="Une entrée porte déjà ce code.",
            ),
            models.CheckConstraint(
                condition=Q(kind="question", parent__isnull=False) | (~Q(kind="question") & Q(parent__isnull=True)),
                name="roadmap_draftentry_question_in_dimension",
                violation_error_message="Une question appartient à une dimension.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def title(self) -> str:
        """Name of the entry, as lists show it; empty until somebody writes it."""
        return str(self.content.get("title") or self.content.get("name") or "")
