"""What the space of an authority does when an address is confirmed, or an account is about to close."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.signals import account_closing
from authorities.enums import Role
from authorities.events import record_event
from authorities.models import Membership
from authorities.services import tie_participations
from common.errors import DomainError


@receiver(email_confirmed)
def tie_own_participations(sender: Any, email_address: EmailAddress, **kwargs: Any) -> None:
    """Give back to an account the participations of the address that it has just proved to be its own."""
    tie_participations(user=email_address.user, email=email_address.email, now=timezone.now())


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
