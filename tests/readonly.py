"""A GET never writes: the rule of the site, enforced on every request of the test suite."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse

_WRITE = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|ALTER|CREATE|DROP)\b", re.IGNORECASE)
# The return of the identity provider is a GET by its protocol, and signs in; its state serves once.
_EXEMPT_PATHS = {"/compte/fournisseur/retour/"}
# The session keeps messages and the confirmed links; it is not the data of an authority.
_ALLOWED = re.compile(r"django_session|SAVEPOINT", re.IGNORECASE)


class WriteOnReadError(AssertionError):
    """A GET, HEAD or OPTIONS request wrote to the database."""


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if _WRITE.match(sql) and not _ALLOWED.search(sql):
        raise WriteOnReadError(f"a read request wrote: {sql[:200]}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Raise when a safe request writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} or request.path in _EXEMPT_PATHS:
            return self.get_response(request)
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(_refuse_writes))
            return self.get_response(request)
