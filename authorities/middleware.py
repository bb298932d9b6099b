"""Nothing typed is lost: keeps what a lost session sent, offers what was kept, forgets what is saved.

A form with the attribute `data-draft` is told whose it is and which page it is by a hidden field, signed. When texts
are kept for its address, a notice stands above it; with `?brouillon=<key>` the form is shown filled with one of them.
"""

import re
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from authorities.drafts import (
    DETACHED_COOKIE,
    MARK_NAME,
    NEVER_FILLED,
    QUERY_NAME,
    KeptText,
    Place,
    Writer,
    find_place,
    forget_in_session,
    has_text,
    keep_in_session,
    kept_fields,
    new_key,
    read_mark,
    sign_mark,
    user_writer,
)
from authorities.selectors.drafts import kept_texts
from authorities.services.drafts import discard_draft
from common.form_filling import FilledForm, fill_form

HOOK = b"data-draft"
SESSION_OVER = (
    "Votre session a pris fin. Votre texte est gardé dans ce navigateur\u00a0: connectez-vous, il vous sera rendu."
)
# Texts of unknown visitors that one address may leave in an hour: each is a row of the table of sessions.
MAX_KEPT_PER_HOUR = 60
_FORM = re.compile(r"<form\b[^>]*\sdata-draft\b[^>]*>")
_ACTION = re.compile(r'\saction="([^"]*)"')


class DraftMiddleware:
    """Keep, offer and forget the texts that are not saved. It writes on POST only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST":
            # A body that cannot be read is refused here, not once the view has written.
            _ = request.POST
        response = self.get_response(request)
        if not isinstance(response, HttpResponse):
            return response
        if request.method == "POST":
            place = find_place(request.get_full_path())
            if place is not None and _is_session_over(request, response, place):
                return _keep(request, response, place)
            if place is not None and _is_saved(request, response):
                _forget(request, place)
        if response.get("Content-Type", "").startswith("text/html") and HOOK in response.content:
            _show(request, response)
        return response


# What a lost session sends --------------------------------------------------------------------------------------------


def _is_session_over(request: HttpRequest, response: HttpResponse, place: Place) -> bool:
    """Tell whether the form was refused because its author is not known any more."""
    if hasattr(request, "access"):
        return False
    if place.participant_pk is not None:
        return response.status_code == 404
    login_url = resolve_url(settings.LOGIN_URL)
    return response.status_code == 302 and response.headers["Location"].partition("?")[0] == login_url


def _keep(request: HttpRequest, response: HttpResponse, place: Place) -> HttpResponse:
    """Keep the text in the session of this browser and say so; a script is told by a status and keeps its own."""
    if "X-Autosave" in request.headers:
        return HttpResponse(status=401)
    if place.is_secret and any(name.startswith(DETACHED_COOKIE) for name in request.COOKIES):
        return response
    if not has_text(kept_fields(request.POST)) or not _may_keep(request):
        return response
    if not keep_in_session(request, place, timezone.now()):
        return response
    if place.participant_pk is not None:
        return render(request, "errors/kept.html", status=404)
    messages.warning(request, SESSION_OVER)
    return response


def _may_keep(request: HttpRequest) -> bool:
    """Count the texts that an address leaves, so that nobody fills the base with them."""
    key = f"kept-texts:{get_adapter().get_client_ip(request)}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, 3600)
    return count <= MAX_KEPT_PER_HOUR


# What is saved ----------------------------------------------------------------------------------------------------


def _is_saved(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether the view did what the form asked: a redirect, or 204 for a script, without a message of error."""
    if response.status_code not in {204, 302, 303}:
        return False
    # Only what this request says: iterating over the messages would take those that wait for the next page.
    said = getattr(get_messages(request), "_queued_messages", [])
    return all(message.level < messages.ERROR for message in said)


def _forget(request: HttpRequest, place: Place) -> None:
    owner, key = read_mark(request.POST.get(MARK_NAME, ""))
    writer = _writer(request)
    if key and writer is not None and owner == writer.code:
        discard_draft(writer=writer, path=place.path, key=key)
        forget_in_session(request, key)


def _writer(request: HttpRequest) -> Writer | None:
    participant = getattr(getattr(request, "access", None), "participant", None)
    return Writer(participant_pk=participant.pk) if participant is not None else user_writer(request)


# What the page shows --------------------------------------------------------------------------------------------------


def _show(request: HttpRequest, response: HttpResponse) -> None:
    """Mark the forms of the page, and give back in them what was kept."""
    writer = _writer(request)
    if writer is None:
        return
    html = response.content.decode()
    forms = []
    for match in _FORM.finditer(html):
        action = _ACTION.search(match[0])
        place = find_place(action[1].replace("&amp;", "&") if action and action[1] else request.get_full_path())
        if place is not None:
            forms.append((match.start(), match.end(), place))
    # A page that answers a form shows what was just typed: nothing else is offered there.
    is_read = request.method == "GET" and response.status_code == 200
    texts = kept_texts(request, writer, [place for *_, place in forms], timezone.now()) if is_read else []
    owner, key = read_mark(request.POST.get(MARK_NAME, ""))
    page_key = key if owner == writer.code else new_key()
    for start, end, place in reversed(forms):
        own = [text for text in texts if text.path == place.path]
        html = _give_back(request, html, (start, end), sign_mark(writer, page_key), writer, own)
    response.content = html.encode()


def _give_back(
    request: HttpRequest, html: str, tag: tuple[int, int], mark: str, writer: Writer, texts: list[KeptText]
) -> str:
    """Put the mark in a form, the notice above it, and the text that the address asks for in its fields."""
    start, end = tag
    offered: list[KeptText] = []
    resumed, filled = None, None
    for text in texts:
        trial = fill_form(html, start, text.fields, ignored=NEVER_FILLED)
        if request.GET.get(QUERY_NAME) == text.key:
            resumed, filled = text, trial
            mark = sign_mark(writer, text.key)
        elif trial.is_changed or trial.leftovers:
            offered.append(text)
    if filled is not None:
        html = filled.html
    hidden = format_html('<input type="hidden" name="{}" value="{}">', MARK_NAME, mark)
    notice = _notice(request, resumed, filled, offered)
    return html[:start] + notice + html[start:end] + hidden + html[end:]


def _notice(request: HttpRequest, resumed: KeptText | None, filled: FilledForm | None, offered: list[KeptText]) -> str:
    if resumed is None and not offered:
        return ""
    query = request.GET.copy()
    query.pop(QUERY_NAME, None)
    context = {
        "resumed": resumed,
        "leftovers": filled.leftovers if filled else [],
        "offered": offered,
        "page_url": f"{request.path}?{query.urlencode()}" if query else request.path,
        "resume_url": f"{request.path}?{query.urlencode()}&" if query else f"{request.path}?",
    }
    return render_to_string("authorities/_draft_notice.html", context, request)
