"""How often somebody may ask for what costs: the same limiter as that of the accounts, with its page 429.

The limits are in `settings.ACCOUNT_RATE_LIMITS`, by action; they are counted in the shared cache, for POST only.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def limited(action: str) -> Callable[[View], View]:
    """Answer 429 to the POST requests of an address that sends too many of them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                refusal: HttpResponse | None = ratelimit.consume_or_429(request, action=action)
                if refusal is not None:
                    return refusal
            return view(request, *args, **kwargs)

        return counted

    return decorate
