"""Texts that are not saved: kept while they are typed, erased on demand, given back by the page of a stale form."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from authorities.access import usable_link
from authorities.drafts import (
    MARK_NAME,
    PATH_NAME,
    QUERY_NAME,
    Place,
    Writer,
    find_place,
    forget_in_session,
    has_text,
    kept_fields,
    new_key,
    read_mark,
    user_writer,
)
from authorities.services.drafts import discard_draft, keep_draft
from common.errors import DomainError

SHORTEST_COPIED = 20


@login_not_required
@require_POST
def draft_keep(request: HttpRequest) -> HttpResponse:
    """Keep what the script of a page sends: 204, 401 when its author is not known any more, 422 when it is refused."""
    place = find_place(request.POST.get(PATH_NAME, ""))
    if place is None:
        return HttpResponse(status=400)
    writer = writer_at(request, place)
    owner, key = read_mark(request.POST.get(MARK_NAME, ""))
    # Somebody else may have signed in from another window of the browser: the text is not theirs.
    if writer is None or owner != writer.code:
        return HttpResponse(status=401)
    try:
        keep_draft(writer=writer, place=place, key=key, fields=kept_fields(request.POST), now=timezone.now())
    except DomainError as error:
        return HttpResponse(error.message, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@login_not_required
@require_POST
def draft_discard(request: HttpRequest) -> HttpResponse:
    """Erase a text and show its form again, as it is saved."""
    place = find_place(request.POST.get(PATH_NAME, ""))
    writer = writer_at(request, place) if place is not None else None
    if place is None or writer is None:
        raise Http404
    key = request.POST.get("key", "")[:22].replace("\x00", "")
    discard_draft(writer=writer, path=place.path, key=key)
    forget_in_session(request, key)
    messages.success(request, "Brouillon effacé.")
    page = find_place(request.POST.get("page", ""))
    return redirect((page or place).path)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that the form was too old or came from elsewhere, and give back its text when it came from this site.

    A form of another site is neither kept nor shown: its text is not the reader's.
    """
    place = find_place(request.get_full_path())
    context: dict[str, object] = {}
    if place is not None and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}":
        context = _given_back(request, place)
    return render(request, "errors/csrf.html", context, status=403)


def writer_at(request: HttpRequest, place: Place) -> Writer | None:
    """Return who types in a form: the participant whose link this browser confirmed, or the account."""
    if place.participant_pk is None:
        return user_writer(request)
    link = usable_link(request, place.participant_pk)
    return Writer(participant_pk=link.participant_id) if link is not None else None


def _given_back(request: HttpRequest, place: Place) -> dict[str, object]:
    """Keep the text for its author when they are known; the long answers to copy otherwise."""
    fields = kept_fields(request.POST)
    writer = writer_at(request, place)
    if writer is not None and has_text(fields):
        owner, key = read_mark(request.POST.get(MARK_NAME, ""))
        key = key if owner == writer.code else new_key()
        with suppress(DomainError):
            keep_draft(writer=writer, place=place, key=key, fields=fields, now=timezone.now())
            joint = "&" if "?" in place.path else "?"
            return {"resume_url": f"{place.path}{joint}{QUERY_NAME}={key}"}
    return {"texts": [value for values in fields.values() for value in values if len(value) >= SHORTEST_COPIED]}
