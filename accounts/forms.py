"""Forms of the account: those of django-allauth with our labels, our hints and our messages."""

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from crispy_forms.layout import Layout
from django import forms

from common.forms import JalonsForm, set_french_messages

NEW_SECRET_HINT = "12\u00a0caractères au moins. Quelques mots sans rapport entre eux font un bon mot de passe."  # noqa: S105 - words
_DIFFERENT_PASSWORDS = "Les deux mots de passe diffèrent : tapez deux fois le même."


class _AccountFormMixin:
    """Give the fields of an allauth form our words, and drop the hints written inside the fields."""

    fields: dict[str, forms.Field]
    labels: ClassVar[dict[str, str]] = {}
    hints: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            set_french_messages(field)


class LoginForm(_AccountFormMixin, allauth_forms.LoginForm):
    labels: ClassVar = {
        "login": "Adresse électronique",
        "password": "Mot de passe",
        "remember": "Rester connecté sur cet appareil",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(_AccountFormMixin, allauth_forms.SignupForm):
    labels: ClassVar = {
        "email": "Adresse électronique",
        "password1": "Mot de passe",
        "password2": "Le même mot de passe",
    }
    hints: ClassVar = {
        "full_name": "Il apparaît dans l’espace de votre collectivité. Votre fonction suffit si vous préférez.",
        "email": "L’adresse professionnelle. Un code lui sera envoyé pour la vérifier.",
        "password1": NEW_SECRET_HINT,
    }

    full_name = forms.CharField(
        label="Nom affiché", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order: ClassVar = ["full_name", "email", "password1", "password2"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        _say_different_passwords(self)
        return cleaned


class ConfirmCodeForm(_AccountFormMixin, allauth_forms.ConfirmEmailVerificationCodeForm):
    labels: ClassVar = {"code": "Code reçu"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(
            {"class": "code", "autocapitalize": "characters", "spellcheck": "false"}
        )


class AddEmailForm(_AccountFormMixin, allauth_forms.AddEmailForm):
    labels: ClassVar = {"email": "Nouvelle adresse électronique"}
    hints: ClassVar = {"email": "Un code lui sera envoyé. L’ancienne sert jusqu’à ce que vous l’ayez recopié."}


class ResetPasswordForm(_AccountFormMixin, allauth_forms.ResetPasswordForm):
    labels: ClassVar = {"email": "Adresse électronique"}
    hints: ClassVar = {"email": "Celle de votre compte."}


class ResetPasswordKeyForm(_AccountFormMixin, allauth_forms.ResetPasswordKeyForm):
    labels: ClassVar = {"password1": "Nouveau mot de passe", "password2": "Le même mot de passe"}
    hints: ClassVar = {"password1": NEW_SECRET_HINT}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        _say_different_passwords(self)
        return cleaned


class ChangePasswordForm(_AccountFormMixin, allauth_forms.ChangePasswordForm):
    labels: ClassVar = {
        "oldpassword": "Mot de passe actuel",
        "password1": "Nouveau mot de passe",
        "password2": "Le même mot de passe",
    }
    hints: ClassVar = {"password1": NEW_SECRET_HINT}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        _say_different_passwords(self)
        return cleaned


class SetPasswordForm(_AccountFormMixin, allauth_forms.SetPasswordForm):
    labels: ClassVar = {"password1": "Mot de passe", "password2": "Le même mot de passe"}
    hints: ClassVar = {"password1": NEW_SECRET_HINT}


class ReauthenticateForm(_AccountFormMixin, allauth_forms.ReauthenticateForm):
    labels: ClassVar = {"password": "Mot de passe"}


class NameForm(JalonsForm):
    """The name that others see."""

    layout = Layout("full_name")
    full_name = forms.CharField(
        label="Nom affiché",
        max_length=150,
        help_text="Il apparaît dans l’espace de votre collectivité et dans le journal des actions.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def _say_different_passwords(form: Any) -> None:
    """Replace allauth's sentence, which does not say what to do."""
    if form.has_error("password2") and form.data.get("password1") != form.data.get("password2"):
        del form.errors["password2"]
        form.add_error("password2", _DIFFERENT_PASSWORDS)
