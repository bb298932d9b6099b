"""Forms of the account: those of django-allauth with our labels, our hints and our messages."""

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.socialaccount import forms as allauth_social_forms
from crispy_forms.layout import Layout
from django import forms

from common.forms import JalonsForm, set_french_messages
from common.text import one_line

NEW_SECRET_HINT = "12\u00a0caractères au moins. Quelques mots sans rapport entre eux font un bon mot de passe."  # noqa: S105 - words
_DIFFERENT_PASSWORDS = "Les deux mots de passe diffèrent : tapez deux fois le même."


class AccountFormMixin:
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


class LoginForm(AccountFormMixin, allauth_forms.LoginForm):
    labels: ClassVar = {
        "login": "Adresse électronique",
        "password": "Mot de passe",
        "remember": "Rester connecté sur cet appareil",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class NameField(forms.CharField):
    """The name that others see, on one line: it stands in messages, where a line end would write a paragraph."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name"})
        super().__init__(**{"label": "Nom affiché", "max_length": 150, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class SignupForm(AccountFormMixin, allauth_forms.SignupForm):
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

    full_name = NameField()
    field_order: ClassVar = ["full_name", "email", "password1", "password2"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        _say_different_passwords(self)
        return cleaned


class _CodeFormMixin(AccountFormMixin):
    """Show a code as it is written in the message."""

    labels: ClassVar = {"code": "Code reçu"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(
            {"class": "code", "autocapitalize": "characters", "spellcheck": "false"}
        )


class ConfirmCodeForm(_CodeFormMixin, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that verifies an address."""


class RequestLoginCodeForm(AccountFormMixin, allauth_forms.RequestLoginCodeForm):
    labels: ClassVar = {"email": "Adresse électronique"}
    hints: ClassVar = {"email": "Celle de votre compte. Le code y sera envoyé."}


class ConfirmLoginCodeForm(_CodeFormMixin, allauth_forms.ConfirmLoginCodeForm):
    """The code that signs in instead of a password."""


class AddEmailForm(AccountFormMixin, allauth_forms.AddEmailForm):
    labels: ClassVar = {"email": "Nouvelle adresse électronique"}
    hints: ClassVar = {"email": "Un code lui sera envoyé. L’ancienne sert jusqu’à ce que vous l’ayez recopié."}


class ResetPasswordForm(AccountFormMixin, allauth_forms.ResetPasswordForm):
    labels: ClassVar = {"email": "Adresse électronique"}
    hints: ClassVar = {"email": "Celle de votre compte."}


class ResetPasswordKeyForm(AccountFormMixin, allauth_forms.ResetPasswordKeyForm):
    labels: ClassVar = {"password1": "Nouveau mot de passe", "password2": "Le même mot de passe"}
    hints: ClassVar = {"password1": NEW_SECRET_HINT}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        _say_different_passwords(self)
        return cleaned


class ChangePasswordForm(AccountFormMixin, allauth_forms.ChangePasswordForm):
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


class SetPasswordForm(AccountFormMixin, allauth_forms.SetPasswordForm):
    labels: ClassVar = {"password1": "Mot de passe", "password2": "Le même mot de passe"}
    hints: ClassVar = {"password1": NEW_SECRET_HINT}


class ReauthenticateForm(AccountFormMixin, allauth_forms.ReauthenticateForm):
    labels: ClassVar = {"password": "Mot de passe"}


class IdentitySignupForm(AccountFormMixin, allauth_social_forms.SignupForm):
    """What the identity provider did not tell of somebody who comes for the first time."""

    labels: ClassVar = {"email": "Adresse électronique"}
    hints: ClassVar = {
        "full_name": "Il apparaît dans l’espace de votre collectivité. Votre fonction suffit si vous préférez.",
        "email": "L’adresse professionnelle. Un code lui sera envoyé pour la vérifier.",
    }

    full_name = NameField()
    field_order: ClassVar = ["full_name", "email"]


class DeleteAccountForm(JalonsForm):
    """The address typed again: nobody closes their account by a slip of the finger."""

    email = forms.EmailField(
        label="Votre adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        self.expected = expected
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() != self.expected.lower():
            raise forms.ValidationError(
                "Ce n’est pas l’adresse de votre compte : tapez celle qui est écrite ci-dessus."
            )
        return email


class NameForm(JalonsForm):
    """The name that others see."""

    layout = Layout("full_name")
    full_name = NameField(help_text="Il apparaît dans l’espace de votre collectivité et dans le journal des actions.")


def _say_different_passwords(form: Any) -> None:
    """Replace allauth's sentence, which does not say what to do."""
    if form.has_error("password2") and form.data.get("password1") != form.data.get("password2"):
        del form.errors["password2"]
        form.add_error("password2", _DIFFERENT_PASSWORDS)
