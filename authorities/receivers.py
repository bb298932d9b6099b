"""What the space of an authority says when an account is about to close."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing
from authorities.enums import Role
from authorities.events import record_event
from authorities.models import Membership
from common.errors import DomainError


@receiver(account_closing)
def leave_authorities(sender: Any, user: User, now: datetime, **kwargs: Any) -> None:
    """Note the departure in each journal, without the name; refuse it where no référent would be left."""
    for membership in Membership.objects.filter(user=user).select_related("authority"):
        authority = membership.authority
        # Locked, so that two référents who leave at the same moment do not both see the other.
        members = Membership.objects.select_for_update().filter(authority=authority)
        others = [member for member in members if member.pk != membership.pk]
        if Role.REFERENT in membership.role_set and not any(Role.REFERENT in member.role_set for member in others):
            raise DomainError(
                f"Vous êtes l’unique référent de {authority.name} : nommez-en un autre avant de supprimer votre compte."
            )
        record_event(authority=authority, verb="a retiré un membre, qui a supprimé son compte", now=now, actor=None)
