"""Context of every page: the identity provider, when there is one."""

from django.conf import settings
from django.http import HttpRequest


def identity_provider(request: HttpRequest) -> dict[str, str]:
    """Give the name to write on the button, or nothing when no provider is set."""
    return {"identity_provider": settings.OIDC_NAME if settings.OIDC_SERVER_URL else ""}
