"""What somebody wants to receive."""

from crispy_forms.layout import Layout
from django import forms

from accounts.enums import MailChoice
from common.forms import JalonsForm, VersionedFormMixin


class MailPreferenceForm(VersionedFormMixin, JalonsForm):
    """Choice of the news by mail; what a person asks for themselves always comes."""

    layout = Layout("version", "choice")
    choice = forms.ChoiceField(
        label="Les nouvelles de vos démarches",
        choices=[(choice.value, choice.label.capitalize()) for choice in MailChoice],
        widget=forms.RadioSelect,
        help_text="Ont une échéance : les avis et les votes qui vous sont demandés, et leurs rappels.",
    )
