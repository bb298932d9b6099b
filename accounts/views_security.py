"""Sessions, recovery codes and closing of one's account."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn import views as key_views
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import DeleteAccountForm
from accounts.security import close_account, end_other_sessions, end_session, open_sessions
from accounts.signed_in import signed_in
from common.errors import DomainError

# Sessions -------------------------------------------------------------------------------------------------------------


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Show where the account is open."""
    sessions = open_sessions(user=signed_in(request), current_key=request.session.session_key or "")
    return render(request, "usersessions/usersession_list.html", {"sessions": sessions})


@require_POST
def session_end(request: HttpRequest, session_pk: int) -> HttpResponse:
    """Close one session; that of this browser is closed by signing out."""
    is_ended = end_session(
        user=signed_in(request), session_pk=session_pk, current_key=request.session.session_key or ""
    )
    if not is_ended:
        raise Http404
    messages.success(request, "La session est fermée.")
    return redirect("usersessions_list")


@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    count = end_other_sessions(user=signed_in(request), current_key=request.session.session_key or "")
    messages.success(request, "Les autres sessions sont fermées." if count else "Aucune autre session n’était ouverte.")
    return redirect("usersessions_list")


# Second factor --------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@reauthentication_required(app="allauth.mfa")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the codes that are left. Allauth's own view notes that it was read, and a GET never writes here."""
    return render(request, "mfa/recovery_codes/index.html", {"codes": _codes_of(request).get_unused_codes()})


@require_safe
@never_cache
@reauthentication_required(app="allauth.mfa")
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    context = {"codes": _codes_of(request).get_unused_codes()}
    response = render(request, "mfa/recovery_codes/download.txt", context, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="jalons-codes-de-secours.txt"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a security key, unless it is the last factor of whoever must have one."""
    key = get_object_or_404(
        Authenticator.objects.select_related("user"), pk=pk, user=request.user, type=Authenticator.Type.WEBAUTHN
    )
    adapter = get_adapter()
    if request.method == "POST" and not adapter.can_delete_authenticator(key):
        messages.error(request, adapter.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")
    return key_views.remove_webauthn(request, pk=pk)


# Closing --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def account_delete(request: HttpRequest) -> HttpResponse:
    """Close one's account, the address typed again."""
    user = signed_in(request)
    form = DeleteAccountForm(request.POST or None, expected=user.email)
    if request.method == "POST" and form.is_valid():
        try:
            close_account(user=user, now=timezone.now())
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, "Votre compte est supprimé.")
            return redirect("home")
    return render(request, "accounts/account_delete.html", {"form": form}, status=422 if form.errors else 200)


def _codes_of(request: HttpRequest) -> RecoveryCodes:
    authenticator = get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.RECOVERY_CODES)
    codes: RecoveryCodes = authenticator.wrap()
    return codes
