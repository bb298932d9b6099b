"""Frozen versions of a roadmap, their validation by the steering committee, their adoption by the council.

A frozen version is never edited: its row refuses to be saved twice. What happens to it afterwards (validation,
adoption) is recorded in rows of their own.
"""

from datetime import date
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q

from common.errors import DomainError
from roadmap.enums import PublicationStatus
from roadmap.models.roadmap import OfRoadmapQuerySet, Roadmap

FROZEN_MESSAGE = "Une version figée ne change plus. Corrigez la feuille de route, puis figez une nouvelle version."
SHA256_LENGTH = 64


def document_folder(roadmap: Roadmap) -> str:
    """Return the folder of the documents of a démarche, under the private folder."""
    return f"feuilles-de-route/{roadmap.initiative.authority.slug}-{roadmap.initiative.number}"


def version_path(version: "RoadmapVersion", filename: str) -> str:
    """Return the path of a frozen PDF under the private folder; its digest keeps two files apart."""
    return f"{document_folder(version.roadmap)}/v{version.number}-{version.pdf_sha256[:16]}.pdf"


def resolution_path(resolution: "CouncilResolution", filename: str) -> str:
    """Return the path of an adopted PDF under the private folder."""
    version = resolution.version
    return f"{document_folder(version.roadmap)}/v{version.number}-adoptee-{resolution.pdf_sha256[:16]}.pdf"


class ImmutableQuerySet(OfRoadmapQuerySet):
    """Rows that are written once."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise DomainError(FROZEN_MESSAGE)

    def delete(self) -> NoReturn:
        raise DomainError(FROZEN_MESSAGE)


class RoadmapVersion(models.Model):
    """A numbered snapshot of a roadmap; its PDF is rendered from the snapshot only, file and digest are kept."""

    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="versions", verbose_name="feuille de route")
    number = models.PositiveSmallIntegerField("numéro")
    content = models.JSONField("contenu figé")
    pdf = models.FileField("document", upload_to=version_path, max_length=200)
    pdf_sha256 = models.CharField(
        "empreinte du document", max_length=SHA256_LENGTH, validators=[MinLengthValidator(SHA256_LENGTH)]
    )
    pdf_size_bytes = models.PositiveIntegerField("taille du document, en octets")
    is_reen_usable = models.BooleanField("utilisable comme stratégie REEN", default=False)
    note = models.CharField("ce qui change", max_length=300, blank=True)
    frozen_at = models.DateTimeField("figée le")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="figée par"
    )
    frozen_by_label = models.CharField("nom de la personne", max_length=150)

    objects = ImmutableQuerySet.as_manager()

    class Meta:
        verbose_name = "version figée"
        verbose_name_plural = "versions figées"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roadmap", "number"],
                name="roadmap_version_number_unique",
                violation_error_message="Cette version existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & ~Q(frozen_by_label="") & ~Q(pdf="") & ~Q(pdf_sha256=""),
                name="roadmap_version_is_complete",
                violation_error_message="Une version figée a un numéro, un auteur, un document et son empreinte.",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the version once. Raises `DomainError` when it already exists."""
        if not self._state.adding:
            raise DomainError(FROZEN_MESSAGE)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise DomainError(FROZEN_MESSAGE)

    @property
    def resolution_or_none(self) -> "CouncilResolution | None":
        return getattr(self, "resolution", None)

    @property
    def validation_or_none(self) -> "SteeringValidation | None":
        return getattr(self, "validation", None)

    @property
    def status(self) -> PublicationStatus:
        return PublicationStatus.ADOPTED if self.resolution_or_none else PublicationStatus.FROZEN

    @property
    def adopted_on(self) -> date | None:
        return self.resolution_or_none.adopted_on if self.resolution_or_none else None

    @property
    def resolution_reference(self) -> str:
        return self.resolution_or_none.reference if self.resolution_or_none else ""


class SteeringValidation(models.Model):
    """The steering committee validated a frozen version."""

    version = models.OneToOneField(
        RoadmapVersion, models.CASCADE, related_name="validation", verbose_name="version figée"
    )
    validated_on = models.DateField("validée le")
    body = models.CharField("instance", max_length=150)
    note = models.TextField("relevé de décision", blank=True)
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="enregistrée par"
    )

    class Meta:
        verbose_name = "validation du comité de pilotage"
        verbose_name_plural = "validations du comité de pilotage"

    def __str__(self) -> str:
        return f"validation de la {self.version}"


class CouncilResolution(models.Model):
    """The council adopted a frozen version: date, reference, and the file with its adoption page."""

    version = models.OneToOneField(
        RoadmapVersion, models.CASCADE, related_name="resolution", verbose_name="version figée"
    )
    adopted_on = models.DateField("adoptée le")
    reference = models.CharField("référence de la délibération", max_length=100)
    body = models.CharField("assemblée", max_length=150, blank=True)
    pdf = models.FileField("document adopté", upload_to=resolution_path, max_length=200)
    pdf_sha256 = models.CharField(
        "empreinte du document", max_length=SHA256_LENGTH, validators=[MinLengthValidator(SHA256_LENGTH)]
    )
    pdf_size_bytes = models.PositiveIntegerField("taille du document, en octets")
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="enregistrée par"
    )

    class Meta:
        verbose_name = "délibération"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reference=""),
                name="roadmap_resolution_has_reference",
                violation_error_message="Indiquez la référence de la délibération.",
            )
        ]

    def __str__(self) -> str:
        return f"délibération {self.reference}"
