"""Second factor: French sentences, the name of the site, and secrets that are not stored in the clear."""

import base64
import hashlib
import secrets
from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


class SecondFactorAdapter(DefaultMFAAdapter):
    """Adapter of the site, named in the settings (MFA_ADAPTER)."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": "Retirez d’abord le second facteur pour changer d’adresse.",
        "cannot_delete_authenticator": "Votre rôle demande un second facteur\u00a0: ajoutez-en un autre avant.",
        "cannot_generate_recovery_codes": "Ajoutez d’abord une application ou une clé.",
        "incorrect_code": "Ce code ne convient pas. Vérifiez l’heure de votre téléphone, puis recommencez.",
        "unverified_email": "Vérifiez d’abord votre adresse électronique.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # SECRET_KEY was changed: nothing may match, an empty seed least of all, for anybody could derive its codes.
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Jalons"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "Clé principale" if number == 1 else "Clé de réserve" if number == 2 else f"Clé n° {number}"  # noqa: PLR2004

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of whoever must have one."""
        if not (settings.MFA_REQUIRED_FOR_STAFF and authenticator.user.is_staff):
            return True
        others: Any = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _cipher() -> MultiFernet:
    """Return the cipher of the secrets: the key of the site, then those that it replaces."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
