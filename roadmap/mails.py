"""Messages of a space to its people: about its erasure, and about what the other side of a shared action did."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.enums import MailReason
from accounts.outbox import post
from authorities.enums import Role
from authorities.mails import send_to_referents
from authorities.models import Authority, AuthorityMessage, Membership, Participant
from common.emails import build_email
from roadmap.models import Erasure, SheetShare

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


def send_share_news(share: SheetShare, sentence: str) -> None:
    """Tell the référents of one side of a shared action what the other side did, while that démarche is under way."""
    if not share.initiative.is_current:
        return
    authority = share.initiative.authority
    url = settings.SITE_URL + reverse("roadmap:share_detail", args=[authority.slug, share.pk])
    send_to_referents("shared_action", {"authority": authority, "share": share, "sentence": sentence, "url": url})
