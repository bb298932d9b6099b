"""The public page of an adopted version: opened by the référent, taken back at once."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.models import Authority
from common.errors import DomainError
from common.text import typography
from roadmap.models import Publication, RoadmapVersion
from roadmap.services.roadmaps import record


@transaction.atomic
def publish_version(*, version: RoadmapVersion, actor: User, now: datetime) -> Publication:
    """Open the public page of an authority on an adopted version; the one that was shown gives way.

    Raises `DomainError` before the adoption. Publishing twice changes nothing.
    """
    if version.resolution_or_none is None:
        raise DomainError(typography("Enregistrez d’abord la délibération : seule une version adoptée est publiée."))
    authority = _locked(version.roadmap.initiative.authority)
    shown = Publication.objects.for_authority(authority)
    already = shown.filter(version=version).first()
    if already is not None:
        return already
    shown.delete()
    publication = Publication.objects.create(version=version, published_at=now, published_by=actor)
    record(version.roadmap, f"a publié la version {version.number} sur la page ouverte à tous", actor, now)
    return publication


@transaction.atomic
def close_public_page(*, authority: Authority, actor: User, now: datetime) -> None:
    """Close the public page, whichever démarche its version is of; when it is closed already, nothing happens."""
    _locked(authority)
    for publication in Publication.objects.for_authority(authority).select_related("version__roadmap__initiative"):
        version = publication.version
        publication.delete()
        version.roadmap.initiative.authority = authority
        record(version.roadmap, f"a retiré la version {version.number} de la page ouverte à tous", actor, now)


def _locked(authority: Authority) -> Authority:
    """Make two people who open or close the page at the same time wait for each other."""
    return Authority.objects.select_for_update().get(pk=authority.pk)
