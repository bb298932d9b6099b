"""Pages of an account stay with its reader, and the administrations ask their people for a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

# The reference data, and the space of the national administration.
GUARDED_PREFIXES = ("/administration/", "/administration-nationale/")
# The account: its pages hold codes, links and addresses before anybody is signed in.
ACCOUNT_PREFIX = "/compte/"


class PrivateAnswersMiddleware:
    """Keep what is answered to somebody signed in, and the pages of the account, out of shared computers and proxies.

    Public pages may be kept by whoever reads them without an account. The gates do the same behind personal links.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Read before and after: signing out empties the session.
        was_signed_in = SESSION_KEY in request.session
        response = self.get_response(request)
        if was_signed_in or SESSION_KEY in request.session or request.path.startswith(ACCOUNT_PREFIX):
            patch_cache_control(response, private=True, no_store=True)
        return response


class StaffSecondFactorMiddleware:
    """Show how to add a second factor, instead of an administration, to staff who have none.

    `MFA_REQUIRED_FOR_STAFF` turns it off. Once the factor is there every new session passes by it, so that the
    existence of the factor is enough to check.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.MFA_REQUIRED_FOR_STAFF
            and request.path.startswith(GUARDED_PREFIXES)
            and getattr(request.user, "is_staff", False)
            and not is_mfa_enabled(request.user)
        ):
            return render(request, "mfa/required.html", status=403)
        return self.get_response(request)
