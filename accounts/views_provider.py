"""Signing in by the identity provider. Every route answers 404 while the environment names none."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import PROVIDER, SESSION_KEY
from accounts.provider import IdentityOAuth2Adapter, IdentityProviderError

View = Callable[..., HttpResponse]


def off_when_unset(view: View) -> View:
    """Answer 404 when the site has no identity provider."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.OIDC_SERVER_URL:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


@off_when_unset
@login_not_required
@never_cache
@require_POST
def oidc_login(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the provider, who comes back by `oidc_callback`."""
    return _leave(request, AuthProcess.LOGIN, _next_of(request))


@off_when_unset
@never_cache
@require_POST
def oidc_connect(request: HttpRequest) -> HttpResponse:
    """Tie an identity of the provider to the account that is signed in."""
    return _leave(request, AuthProcess.CONNECT, reverse("account"))


@off_when_unset
@login_not_required
@never_cache
@require_safe
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Receive the visitor back: the state serves once, and the code is exchanged from server to server."""
    adapter = IdentityOAuth2Adapter(request, PROVIDER)
    view = _Return()
    view.request, view.adapter = request, adapter
    try:
        response: HttpResponse = view.dispatch(request)
    except (IdentityProviderError, requests.RequestException, OAuth2Error):
        return _failure(request)
    if response.status_code == 302 and adapter.raw_id_token:  # noqa: PLR2004
        request.session[SESSION_KEY] = {
            "id_token": adapter.raw_id_token,
            "end_session_endpoint": adapter.openid_config.get("end_session_endpoint", ""),
        }
    return response


class _Return(OAuth2CallbackView):
    """The return of allauth, which hands the nonce of the session to whoever checks the token."""

    adapter: IdentityOAuth2Adapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.expected_nonce = (state or {}).get("nonce") or ""
        return state, response


def end_session_url(request: HttpRequest) -> str:
    """Return where to sign out at the provider too, or nothing when this session did not come from it."""
    kept = request.session.get(SESSION_KEY) or {}
    if not (settings.OIDC_SERVER_URL and kept.get("end_session_endpoint")):
        return ""
    parameters = {
        "id_token_hint": kept["id_token"],
        # Nothing hangs on the return, which is the home page; ProConnect asks for a state all the same.
        "state": secrets.token_urlsafe(36),
        "post_logout_redirect_uri": settings.SITE_URL + reverse("home"),
    }
    return f"{kept['end_session_endpoint']}?{urlencode(parameters)}"


def _leave(request: HttpRequest, process: str, next_url: str | None) -> HttpResponse:
    try:
        provider = get_adapter(request).get_provider(request, provider=PROVIDER)
        return provider.redirect(request, process, next_url=next_url)
    except (IdentityProviderError, requests.RequestException, OAuth2Error):
        return _failure(request)


def _next_of(request: HttpRequest) -> str | None:
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else None


def _failure(request: HttpRequest) -> HttpResponse:
    """Say that the provider does not answer, and which ways in are left."""
    return render(request, "socialaccount/provider_unavailable.html", status=503)
