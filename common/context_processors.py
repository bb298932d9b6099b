"""Context of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def site(request: HttpRequest) -> dict[str, Any]:
    """Give the templates what the site is, without any query."""
    shows_outbox = settings.DEBUG or getattr(settings, "SHOW_OUTBOX", False)
    return {"is_development": shows_outbox, "outbox_url": reverse("outbox") if shows_outbox else ""}
