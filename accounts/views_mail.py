"""What somebody receives by mail: chosen from the account, or from the link of a message, without signing in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.enums import MailChoice
from accounts.forms_mail import MailPreferenceForm
from accounts.models import User
from accounts.preferences import find_signed_preference, preference_of, save_preference, unsubscribe
from common.versioning import StaleVersionError

SAVED = "Votre choix est enregistré."


@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: HttpRequest) -> HttpResponse:
    """Choose the news that the address of the account receives."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    form, status = preference_form(request, user.email)
    if status == 303:
        messages.success(request, SAVED)
        return redirect("mail_preferences")
    return render(request, "accounts/mail_preferences.html", {"form": form, "email": user.email}, status=status)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_unsubscribe(request: HttpRequest, signature: str) -> HttpResponse:
    """Stop the news of an address: a POST from a mailbox or from the button of the page. GET changes nothing."""
    preference = find_signed_preference(signature)
    if preference is None:
        raise Http404
    is_stopped = preference.choice == MailChoice.NOTHING
    if request.method != "POST":
        return _private(render(request, "accounts/mail_unsubscribe.html", {"is_stopped": is_stopped}))
    unsubscribe(preference=preference)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        return _private(HttpResponse("Désinscription enregistrée.", content_type="text/plain; charset=utf-8"))
    return _private(redirect("mail_unsubscribe", signature))


def preference_form(request: HttpRequest, email: str) -> tuple[MailPreferenceForm, int]:
    """Return the form of an address and the status of its page; 303 when it was saved."""
    preference = preference_of(email)
    initial: dict[str, Any] = {"choice": preference.choice, "version": preference.version}
    form = MailPreferenceForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST":
        return form, 200
    if not form.is_valid():
        return form, 422
    try:
        save_preference(
            email=email, choice=MailChoice(form.cleaned_data["choice"]), expected_version=form.expected_version
        )
    except StaleVersionError as error:
        form.add_conflict(error.current)
        return form, 409
    return form, 303


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the signed address out of caches, search engines and the pages that follow."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
