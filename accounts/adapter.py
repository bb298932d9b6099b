"""Hooks of django-allauth: French sentences, our mails, the name typed at sign-up."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
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
    # Messages of allauth → ours. The others belong to features that are turned off.
    mail_names: ClassVar[dict[str, str]] = {
        "account/email/email_confirmation": "account_code",
        "account/email/email_confirmation_signup": "account_code",
        "account/email/account_already_exists": "account_exists",
        "account/email/unknown_account": "account_unknown",
        "account/email/password_reset_key": "password_reset",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a message on an account in the outbox: the same work whether the address is known or not."""
        message = build_email(self.mail_names[template_prefix], email, {"email": email, **context})
        secrets = {str(context[key]): word for key, word in SECRETS.items() if context.get(key)}
        post(message, reason=MailReason.ACCOUNT, now=timezone.now(), secrets=secrets)

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        user.full_name = form.cleaned_data.get("full_name", "")
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("account")
