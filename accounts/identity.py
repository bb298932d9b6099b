"""How accounts meet the identities of the provider."""

import secrets
from typing import Any, ClassVar

from allauth.account.internal.emailkit import valid_email_or_none
from allauth.account.utils import user_email
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.provider import RANDOM_LENGTH_BYTES
from common.text import one_line

PROVIDER = "openid_connect"
# Where the session keeps what signing out at the provider needs.
SESSION_KEY = "identity_provider_logout"


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Adapter of the site, named in the settings (SOCIALACCOUNT_ADAPTER)."""

    error_messages: ClassVar = {
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": "Cette identité est déjà liée à un autre compte.",
        "email_taken": "Cette adresse est déjà celle d’un compte. Connectez-vous d’abord à ce compte, puis liez-y %s.",
        "invalid_token": "La réponse du fournisseur d’identité est refusée.",
        "no_password": "Choisissez d’abord un mot de passe : sans lui, votre compte serait fermé pour vous.",
        "no_verified_email": "Vérifiez d’abord votre adresse électronique.",
    }

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the provider of the environment, without any query: there is no other."""
        app = configured_app()
        if app is None or provider not in {None, PROVIDER, app.provider_id} or client_id not in {None, app.client_id}:
            return []
        return [app]

    def generate_state_param(self, state: dict[str, Any]) -> str:
        return secrets.token_urlsafe(RANDOM_LENGTH_BYTES)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: Any = sociallogin.user
        user_email(user, (valid_email_or_none(data.get("email")) or "").lower())
        user.full_name = one_line(str(data.get("name") or ""))[: User._meta.get_field("full_name").max_length]
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        user: Any = sociallogin.user
        return {"email": user.email, "full_name": user.full_name}

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")


def configured_app() -> SocialApp | None:
    """Return the provider that the environment names, or None."""
    if not settings.OIDC_SERVER_URL:
        return None
    auth_params = {"acr_values": settings.OIDC_ACR_VALUES} if settings.OIDC_ACR_VALUES else {}
    return SocialApp(
        provider=PROVIDER,
        provider_id=settings.OIDC_SERVER_URL,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={
            "server_url": settings.OIDC_SERVER_URL,
            "scope": settings.OIDC_SCOPES,
            "oauth_pkce_enabled": settings.OIDC_PKCE,
            "auth_params": auth_params,
            # The address is checked by our provider, for each answer.
            "verified_email": False,
            "email_authentication": settings.OIDC_TRUSTED,
        },
    )
