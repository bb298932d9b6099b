"""The administrations ask their people for a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# The reference data, and the space of the national administration.
GUARDED_PREFIXES = ("/administration/", "/administration-nationale/")


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
