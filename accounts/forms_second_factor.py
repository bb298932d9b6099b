"""Forms of the second factor: those of django-allauth with our words, and nothing a forged answer can break."""

from typing import Any, ClassVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as key_forms
from django import forms

from accounts.forms import AccountFormMixin

MAX_NAME_LENGTH = 60
# What the library lets through when an answer of the browser is not one.
_FORGED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class _FactorCodeMixin(AccountFormMixin):
    labels: ClassVar = {"code": "Code"}
    hints: ClassVar = {"code": "Celui de votre application, ou l’un de vos codes de secours."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({"class": "code", "inputmode": "numeric", "spellcheck": "false"})


class AuthenticateForm(_FactorCodeMixin, base_forms.AuthenticateForm):
    """The code asked when signing in."""


class ReauthenticateForm(_FactorCodeMixin, base_forms.ReauthenticateForm):
    """The code asked before a sensitive change."""


class ActivateTotpForm(_FactorCodeMixin, totp_forms.ActivateTOTPForm):
    labels: ClassVar = {"code": "Code affiché par l’application"}
    hints: ClassVar = {"code": "Six chiffres, qui changent toutes les trente secondes."}


class DeactivateTotpForm(AccountFormMixin, totp_forms.DeactivateTOTPForm):
    """No field: the page says what is removed."""


class _KeyAnswerMixin(AccountFormMixin):
    """Take the answer of a security key; a forged one is refused as a wrong code is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages.update(
            {
                "required": "La clé n’a rien répondu. Branchez-la, puis recommencez.",
                "invalid": "La réponse de la clé est illisible. Recommencez.",
            }
        )


class AddKeyForm(_KeyAnswerMixin, key_forms.AddWebAuthnForm):
    labels: ClassVar = {"name": "Nom de la clé"}
    hints: ClassVar = {"name": "Pour la reconnaître dans la liste, par exemple « clé du bureau »."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit_length(self.fields["name"])

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError:
            raise
        except _FORGED:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


class EditKeyForm(AccountFormMixin, key_forms.EditWebAuthnForm):
    labels: ClassVar = {"name": "Nom de la clé"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit_length(self.fields["name"])


class _UseKeyMixin(_KeyAnswerMixin):
    def clean_credential(self) -> Authenticator:
        try:
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            raise
        except _FORGED:
            raise get_adapter().validation_error("incorrect_code") from None
        return authenticator


class AuthenticateKeyForm(_UseKeyMixin, key_forms.AuthenticateWebAuthnForm):
    """The key used when signing in."""


class ReauthenticateKeyForm(_UseKeyMixin, key_forms.ReauthenticateWebAuthnForm):
    """The key used before a sensitive change."""


def _limit_length(field: forms.Field) -> None:
    if isinstance(field, forms.CharField):
        field.max_length = MAX_NAME_LENGTH
        field.validators.append(forms.CharField(max_length=MAX_NAME_LENGTH).validators[0])
        field.widget.attrs["maxlength"] = str(MAX_NAME_LENGTH)
