"""What is forgotten once it has served: each rule is a setting, told on the page « Vos données »."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.enums import MailFate
from accounts.outbox import empty_old_messages
from authorities.models import AuthorityMessage, CommitteeImport, Draft, MembershipRequest, PersonalLink


@transaction.atomic
def forget_old_messages(*, before: datetime) -> int:
    """Forget what old messages said and to whom, in the outbox and on the page of the authority; return how many.

    When and why they left stays, with what became of them.
    """
    ties = AuthorityMessage.objects.filter(message__created_at__lt=before).exclude(message__fate=MailFate.PENDING)
    ties.update(recipient="", subject="", part="")
    return empty_old_messages(before=before)


@transaction.atomic
def prune_people(*, now: datetime) -> dict[str, int]:
    """Erase the drafts, lists, requests and dead links past their age; return the count of each, by its French name."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    dead_since = before(settings.LINK_RETENTION_DAYS)
    asked_before = before(settings.REQUEST_RETENTION_DAYS)
    old = (
        Draft.objects.filter(saved_at__lt=before(settings.DRAFT_RETENTION_DAYS)),
        CommitteeImport.objects.filter(read_at__lt=before(settings.IMPORT_RETENTION_DAYS)),
        MembershipRequest.objects.filter(created_at__lt=asked_before).exclude(answered_at__gte=asked_before),
        PersonalLink.objects.filter(Q(expires_at__lt=dead_since) | Q(revoked_at__lt=dead_since)),
    )
    return {str(rows.model._meta.verbose_name_plural): rows.delete()[1].get(rows.model._meta.label, 0) for rows in old}
