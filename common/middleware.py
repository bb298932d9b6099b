"""Middleware of the site."""

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from common.numbers import NO_BREAK_SPACE, format_weight
from common.page_weight import compress_page, static_bytes

WEIGHT_MARK = b"<!--page-weight-->"
# Below this, compressing makes the answer heavier.
SMALLEST_BYTES = 400
LONGEST_PADDING_BYTES = 64
_COMPRESSIBLE = re.compile(r"^(text/|application/json|image/svg\+xml)")


class PageWeightMiddleware:
    """Write in the footer of each page what it weighs, and compress it.

    The weight is that of what is sent to this browser: the page is compressed once to be weighed and once with its
    figure in it (0.9 ms in all for 26 kB, files included).

    Compression and secrets (BREACH): the pages hold no lasting secret, for Django masks the CSRF token anew in each
    page; moreover a comment of random length blurs the size of each compressed page, as Django's own gzip does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) or not isinstance(response, HttpResponse):
            return response
        if response.has_header("Content-Encoding") or not _COMPRESSIBLE.match(response.get("Content-Type", "")):
            return response
        encoding = _accepted_encoding(request)
        patch_vary_headers(response, ["Accept-Encoding"])
        if WEIGHT_MARK in response.content:
            response.content = response.content.replace(WEIGHT_MARK, _sentence(response.content, encoding).encode(), 1)
            if encoding:
                response.content += _padding()
        if encoding and len(response.content) >= SMALLEST_BYTES:
            response.content = _encode(response.content, encoding)
            response["Content-Encoding"] = encoding
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
        return response


class RefusedMethodMiddleware:
    """Show a page where Django answers 405 with nothing.

    An address that only receives a form may still be visited: typed again, or asked for after signing in anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.method == "GET":
            page = render(request, "errors/405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


def _sentence(content: bytes, encoding: str) -> str:
    page = len(_encode(content, encoding))
    first_visit = format_weight(page + static_bytes(content))
    return f"Cette page pèse {first_visit}, puis {format_weight(page)} aux{NO_BREAK_SPACE}visites suivantes"


def _accepted_encoding(request: HttpRequest) -> str:
    """Return `br`, `gzip` or nothing, as the browser asks."""
    accepted = set()
    for token in request.META.get("HTTP_ACCEPT_ENCODING", "").lower().split(","):
        name, _, quality = token.strip().partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip())
    return next((encoding for encoding in ("br", "gzip") if encoding in accepted), "")


def _encode(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return compress_page(content)
    if encoding == "gzip":
        return compress_string(content)
    return content


def _padding() -> bytes:
    return f"<!--{secrets.token_hex(LONGEST_PADDING_BYTES)[: secrets.randbelow(LONGEST_PADDING_BYTES)]}-->".encode()
