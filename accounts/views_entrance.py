"""Ways in of django-allauth, where its own would tell known addresses apart or let codes be guessed at once."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse


class _CountedCodeMixin:
    """Judge as many codes as allowed, however many arrive together.

    Allauth counts the wrong ones in the session, which parallel requests all read before any of them has written.
    """

    request: HttpRequest
    _process: Any
    _action: str

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self._action == "verify" and not self._takes_a_turn():
            # Refused as the wrong code that is one too many, without reading it.
            self._process.state["failed_attempts"] = self._process.max_attempts
            refused: HttpResponse = self.form_invalid(self.get_form())  # type: ignore[attr-defined]
            return refused
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def _takes_a_turn(self) -> bool:
        """Take one of the turns of this code. `cache.add` gives each of them once, to one request."""
        process = self._process
        name = f"code-turn:{self.request.session.session_key}:{process.state['at']}"
        return any(cache.add(f"{name}:{turn}", True, process.timeout) for turn in range(process.max_attempts))


class SignUpView(allauth_views.SignupView):
    """Sign-up whose work is the same for an address that has an account and for one that has none."""

    def form_valid(self, form: Any) -> HttpResponse:
        if form.account_already_exists:
            # The hashing is most of the time that a sign-up takes.
            make_password(form.cleaned_data["password1"])
        response: HttpResponse = super().form_valid(form)
        return response


class ConfirmAddressView(_CountedCodeMixin, allauth_views.ConfirmEmailVerificationCodeView):
    """The code that verifies an address; another one may be asked, and each demand is one message for everybody."""

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super()._resend_form_valid(form)
        if self._process.user is None:
            # Allauth would stay silent here, and so tell that the address has an account.
            get_adapter().send_account_already_exists_mail(self._process.email)
        return response


class ConfirmLoginCodeView(_CountedCodeMixin, allauth_views.ConfirmLoginCodeView):
    """The code that signs in instead of a password."""


signup = SignUpView.as_view()
confirm_address = login_not_required(ConfirmAddressView.as_view())
confirm_login_code = ConfirmLoginCodeView.as_view()
