"""Writes of the accounts application, besides those of django-allauth."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


@transaction.atomic
def create_confirmed_account(*, email: str, password: str, full_name: str) -> User:
    """Create an account whose address is taken as confirmed, or return the one that has this address already.

    For the demonstration and for administrators at the command line: people sign up on the site, by a code.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email, password, full_name=full_name)
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@transaction.atomic
def rename_user(*, user: User, full_name: str) -> User:
    """Change the name that others see."""
    user.full_name = full_name.strip()
    user.save(update_fields=["full_name"])
    return user
