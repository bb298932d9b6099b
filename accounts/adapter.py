"""Hooks of django-allauth: French sentences, our mails, the name typed at sign-up."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailReason
from accounts.models import User
from accounts.outbox import post
from common.emails import build_email

# What opens something in the context of a message → what stands for it once the message has left.
SECRETS = {
    "code": "[code]",
    "key": "[code]",
    "password_reset_url": "[lien personnel]",
    "activate_url": "[lien personnel]",
}
# What the context of a message calls an address of the site.
LINKS = ("activate_url", "password_reset_url", "signup_url")
_WAIT = "Trop d’essais en peu de temps. Attendez quelques minutes, puis recommencez."


class AccountAdapter(DefaultAccountAdapter):
    """Adapter of the site, named in the settings (ACCOUNT_ADAPTER)."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Ce compte est fermé. Demandez à votre référent de le rouvrir.",
        "duplicate_email": "Cette adresse est déjà la vôtre.",
        "email_password_mismatch": "L’adresse ou le mot de passe ne convient pas. Vérifiez l’un et l’autre.",
        "enter_current_password": "Indiquez votre mot de passe actuel.",
        "incorrect_code": "Ce code n’est pas celui du dernier message. Recopiez-le, ou demandez-en un autre.",
        "incorrect_password": "Ce mot de passe n’est pas le vôtre. Vérifiez la touche majuscule, puis recommencez.",
        "invalid_or_expired_key": "Ce lien n’est plus valable. Demandez-en un autre.",
        "invalid_login": "L’adresse ou le mot de passe ne convient pas.",
        "invalid_password_reset": "Ce lien n’est plus valable. Demandez-en un autre.",
        "too_many_login_attempts": _WAIT,
        "rate_limited": _WAIT,
        "same_as_current": "Indiquez une autre adresse que l’actuelle.",
        "email_taken": "Cette adresse est déjà celle d’un compte.",
    }
    # What each change of the account is told as, by one message.
    notices: ClassVar[dict[str, str]] = {
        "account/email/password_changed": "Le mot de passe de votre compte Jalons vient de changer.",
        "account/email/password_reset": "Le mot de passe de votre compte Jalons vient d’être remplacé.",
        "account/email/password_set": "Votre compte Jalons a maintenant un mot de passe.",
        "account/email/email_changed": "L’adresse électronique de votre compte Jalons vient de changer.",
        "account/email/email_deleted": "Une adresse électronique vient d’être retirée de votre compte Jalons.",
        "account/email/email_confirm": "Une adresse électronique de votre compte Jalons vient d’être vérifiée.",
        "mfa/email/totp_activated": "Une application d’authentification vient d’être ajoutée à votre compte Jalons.",
        "mfa/email/totp_deactivated": "L’application d’authentification de votre compte Jalons vient d’être retirée.",
        "mfa/email/webauthn_added": "Une clé de sécurité vient d’être ajoutée à votre compte Jalons.",
        "mfa/email/webauthn_removed": "Une clé de sécurité de votre compte Jalons vient d’être retirée.",
        "mfa/email/recovery_codes_generated": "De nouveaux codes de secours viennent de remplacer les anciens.",
        "socialaccount/email/account_connected": "Une identité vient d’être liée à votre compte Jalons.",
        "socialaccount/email/account_disconnected": "Une identité n’est plus liée à votre compte Jalons.",
    }
    # Messages of allauth → ours. The others belong to features that are turned off.
    mail_names: ClassVar[dict[str, str]] = {
        "account/email/email_confirmation": "account_code",
        "account/email/email_confirmation_signup": "account_code",
        "account/email/account_already_exists": "account_exists",
        "account/email/unknown_account": "account_unknown",
        "account/email/password_reset_key": "password_reset",
        "account/email/login_code": "account_login_code",
        **dict.fromkeys(notices, "account_notice"),
    }
    # What each way to prove who one is is called.
    ways: ClassVar[dict[str, str]] = {
        "reauthenticate": "tapez votre mot de passe",
        "mfa_reauthenticate": "tapez un code de votre application",
        "mfa_reauthenticate:webauthn": "utilisez une clé de sécurité",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a message on an account in the outbox: the same work whether the address is known or not."""
        # Allauth takes the host of the request, which a stranger may write.
        links = {key: settings.SITE_URL + urlsplit(context[key]).path for key in LINKS if context.get(key)}
        context = {"email": email, **context, **links}
        message = build_email(self.mail_names[template_prefix], email, context)
        secrets = {str(context[key]): word for key, word in SECRETS.items() if context.get(key)}
        post(message, reason=MailReason.ACCOUNT, now=timezone.now(), secrets=secrets)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        notice = {"notice": self.notices[template_prefix], "account_url": settings.SITE_URL + reverse("account")}
        super().send_notification_mail(template_prefix, user, {**(context or {}), **notice}, email)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": self.ways[method["id"]]} for method in methods]

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Sign out at the identity provider too when the session came from it."""
        # The view is imported late: it imports models, and this module is read while the applications load.
        from accounts.views_provider import end_session_url

        return end_session_url(request) or super().get_logout_redirect_url(request)

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        user.full_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("account")
