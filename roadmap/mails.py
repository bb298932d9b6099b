"""Messages about the erasure of a space: planned, cancelled, done."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.enums import MailReason
from accounts.outbox import post
from authorities.enums import Role
from authorities.models import Authority, AuthorityMessage, Membership, Participant
from common.emails import build_email
from roadmap.models import Erasure

PLANNED, CANCELLED, DONE = "planned", "cancelled", "done"


def addresses_to_tell(authority: Authority) -> list[str]:
    """Return the addresses of référents and elected officials: accounts, and participants who have confirmed."""
    told = {Role.REFERENT, Role.ELECTED}
    memberships = Membership.objects.filter(authority=authority, user__is_active=True).select_related("user")
    people = Participant.objects.for_authority(authority).filter(
        initiative__is_current=True, is_active=True, accepted_at__isnull=False
    )
    addresses = {item.user.email for item in memberships if item.role_set & told}
    return sorted(addresses | {person.email for person in people.exclude(email="") if person.role_set & told})


def tell_erasure(erasure: Erasure, stage: str, addresses: Iterable[str], *, now: datetime) -> None:
    """Write one message for each address; the authority reads those about it as long as it is here."""
    authority = erasure.authority
    path = (
        reverse("erasure_receipt", args=[erasure.code])
        if authority is None
        else reverse("roadmap:data_detail", args=[authority.slug])
    )
    for address in addresses:
        message = build_email(
            "erasure", address, {"erasure": erasure, "stage": stage, "url": f"{settings.SITE_URL}{path}"}
        )
        row = post(message, reason=MailReason.ERASURE, now=now)
        if authority is not None:
            AuthorityMessage.objects.create(authority=authority, message=row, recipient=address[:150])
