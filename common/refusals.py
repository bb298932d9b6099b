"""One page for an action that is refused: the reason and the way back, never a redirect that looks like a success."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from common.text import typography


def refusal_page(
    request: HttpRequest, reason: str, back: Any, *back_arguments: Any, back_label: str = "", status: int = 422
) -> HttpResponse:
    """Say why an action behind a lone button was refused; nothing was changed.

    `back`: address, or name of a route with its arguments, of the page that holds the button. `status`: 422 for a
    broken rule, 409 when somebody else has changed things in between.
    """
    context = {
        "reason": typography(reason),
        "back_url": resolve_url(back, *back_arguments),
        "back_label": back_label or "Revenir à la page précédente",
    }
    return render(request, "errors/refused.html", context, status=status)
