"""Public pages, and the page of one's account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import NameForm
from accounts.security import account_security
from accounts.selectors import latest_messages
from accounts.services import rename_user
from accounts.signed_in import signed_in


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what Jalons is; somebody signed in goes to their authorities."""
    if request.user.is_authenticated:
        return redirect("roadmap:space_list")
    return render(request, "accounts/home.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/accessibility.html")


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/legal.html", {"publisher": settings.SITE_PUBLISHER})


@login_not_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the last messages of a development server, so that a newcomer finds the code or the link."""
    return render(request, "accounts/outbox.html", {"outbox_messages": latest_messages()})


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show one's account and change the name that others see."""
    user = signed_in(request)
    form = NameForm(request.POST or None, initial={"full_name": user.full_name})
    context = {"form": form, "security": account_security(user=user, current_key=request.session.session_key or "")}
    if request.method == "POST":
        if form.is_valid():
            rename_user(user=user, full_name=form.cleaned_data["full_name"])
            messages.success(request, "Votre nom est enregistré.")
            return redirect("account")
        return render(request, "accounts/account.html", context, status=422)
    return render(request, "accounts/account.html", context)
