"""One page for an action that is refused: the reason and the way back, never a redirect that looks like a success."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

from common.errors import DomainError
from common.text import typography
from common.versioning import StaleVersionError

STALE = "Quelqu’un a modifié ces données entre-temps : relisez-les, puis recommencez."


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


def turn_back(request: HttpRequest, reason: str, back: Any, *back_arguments: Any) -> HttpResponse:
    """Answer a page that has no object yet: a reader is led to `back` and told why, a form is refused (422)."""
    if request.method == "POST":
        return refusal_page(request, reason, back, *back_arguments)
    messages.error(request, typography(reason))
    return redirect(back, *back_arguments)


def press(
    request: HttpRequest, write: Callable[[], object], done: str, back: Any, *back_arguments: Any
) -> HttpResponse:
    """Call the service behind a lone button, then lead to `back` with the sentence `done`; or say why it is refused."""
    try:
        write()
    except DomainError as error:
        return refusal_page(request, error.message, back, *back_arguments)
    except StaleVersionError:
        return refusal_page(request, STALE, back, *back_arguments, status=409)
    messages.success(request, typography(done))
    return redirect(back, *back_arguments)
