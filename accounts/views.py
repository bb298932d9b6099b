"""Public pages, and the page of one's account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.selectors import latest_messages


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what Jalons is; somebody signed in goes to their authorities."""
    if request.user.is_authenticated:
        return redirect("authorities:authority_list")
    return render(request, "accounts/home.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/accessibility.html")


@login_not_required
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/method.html")


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/legal.html")


@login_not_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the last messages of a development server, so that a newcomer finds the code or the link."""
    return render(request, "accounts/outbox.html", {"outbox_messages": latest_messages()})


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account.html")
