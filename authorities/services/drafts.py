"""Writes of the texts that are not saved yet."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from authorities.drafts import MAX_DRAFT_BYTES, Place, Writer, has_text, weigh
from authorities.models import Draft, Membership
from common.errors import DomainError

MAX_DRAFTS_PER_PATH = 3
MAX_DRAFTS_PER_WRITER = 60


@transaction.atomic
def keep_draft(*, writer: Writer, place: Place, key: str, fields: dict[str, list[str]], now: datetime) -> None:
    """Keep the answers of a page, in the place of those that the same page had sent.

    Drafts past their age go, and the oldest of a writer who has many. Raises `DomainError` when the text is too long,
    when it is a vote, or when the form is in a space where this account is nobody.
    """
    if place.is_secret:
        raise DomainError("Un vote ne se garde pas en brouillon : enregistrez-le.")
    if weigh(fields) > MAX_DRAFT_BYTES:
        raise DomainError("Ce texte est trop long pour un brouillon : enregistrez-le.")
    authority_id = _authority_id(writer, place)
    Draft.objects.filter(saved_at__lt=now - timedelta(days=settings.DRAFT_RETENTION_DAYS)).delete()
    if not has_text(fields):
        Draft.objects.filter(**writer.filters, path=place.path, key=key).delete()
        return
    Draft.objects.update_or_create(
        **writer.filters,
        path=place.path,
        key=key,
        defaults={"authority_id": authority_id, "fields": fields, "saved_at": now},
    )
    own = Draft.objects.filter(**writer.filters)
    for drafts, limit in ((own.filter(path=place.path), MAX_DRAFTS_PER_PATH), (own, MAX_DRAFTS_PER_WRITER)):
        extra = list(drafts.values_list("pk", flat=True)[limit:])
        if extra:
            Draft.objects.filter(pk__in=extra).delete()


def _authority_id(writer: Writer, place: Place) -> int | None:
    """Return the authority of the space, so that its drafts go with it."""
    if place.authority_slug is None or writer.user_pk is None:
        return None
    membership = Membership.objects.filter(user_id=writer.user_pk, authority__slug=place.authority_slug).first()
    if membership is None:
        raise DomainError("Cet espace n’est pas le vôtre.")
    return membership.authority_id


@transaction.atomic
def discard_draft(*, writer: Writer, path: str, key: str) -> None:
    """Erase a text: its author saved it, or wants it no more."""
    Draft.objects.filter(**writer.filters, path=path, key=key).delete()
