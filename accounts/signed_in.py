"""The account behind a request."""

from django.http import Http404, HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the account of a view that is behind the login; `Http404` when the page was opened without one."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user
