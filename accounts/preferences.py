"""What the owner of an address wants to receive, and the link that lets them say so without an account (RFC 8058)."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from accounts.enums import MailChoice
from accounts.models import MailPreference
from common.versioning import StaleVersionError, save_versioned

_SALT = "mail-unsubscribe"


def preference_of(email: str) -> MailPreference:
    """Return the preference of an address; one that was never chosen is not stored, and its version is 0."""
    email = email.strip().lower()
    return MailPreference.objects.filter(email=email).first() or MailPreference(email=email, version=0)


@transaction.atomic
def locked_preference(email: str) -> MailPreference:
    """Return the stored preference of an address, held until the end of the transaction."""
    email = email.strip().lower()
    MailPreference.objects.get_or_create(email=email)
    return MailPreference.objects.select_for_update().get(email=email)


@transaction.atomic
def save_preference(*, email: str, choice: MailChoice, expected_version: int) -> MailPreference:
    """Save what an address wants to receive. Raises `StaleVersionError` when it was changed meanwhile."""
    preference = preference_of(email)
    if preference.pk is None and expected_version == 0:
        preference = MailPreference.objects.create(email=preference.email, choice=choice)
        return preference
    if expected_version == 0 and preference.choice == MailChoice.DAILY:
        # Stored meanwhile by the first grouped message: nobody chose anything.
        expected_version = preference.version
    if preference.pk is None or expected_version == 0:
        raise StaleVersionError(locked_preference(email))
    preference.choice = choice
    return save_versioned(preference, expected_version=expected_version, update_fields=["choice"])


@transaction.atomic
def unsubscribe(*, preference: MailPreference) -> MailPreference:
    """Send no more news to an address. Asked twice, it changes nothing more."""
    current = MailPreference.objects.select_for_update().get(pk=preference.pk)
    if current.choice == MailChoice.NOTHING:
        return current
    current.choice = MailChoice.NOTHING
    return save_versioned(current, expected_version=current.version, update_fields=["choice"])


def unsubscribe_url(preference: MailPreference) -> str:
    """Return the address of the page that stops the news of an address. It names nobody and is signed."""
    return settings.SITE_URL + reverse("mail_unsubscribe", args=[Signer(salt=_SALT).sign(str(preference.pk))])


def find_signed_preference(signature: str) -> MailPreference | None:
    """Return the preference that a signed address names, None when the signature is not ours."""
    try:
        pk = int(Signer(salt=_SALT).unsign(signature))
    except (BadSignature, ValueError):
        return None
    return MailPreference.objects.filter(pk=pk).first()
