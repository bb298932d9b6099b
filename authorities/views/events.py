"""The audit trail of an authority."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.forms.events import EventFilterForm
from authorities.permissions import Permission
from authorities.selectors.events import EXPORT_HEADERS, actors_of, event_rows, events_of, export_rows
from common.csv_files import build_csv

EVENTS_PER_PAGE = 30
CHANGES_PER_PAGE = 40


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def event_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show who did what, the latest first, filtered by the address."""
    form = EventFilterForm(request.GET, actors=actors_of(access.authority))
    page = Paginator(events_of(access.authority, form.filters()), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": event_rows(list(page)), "form": form}
    return render(request, "authorities/event_list.html", context)


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def event_export(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Send the list that the same address shows, every page of it, as csv."""
    form = EventFilterForm(request.GET, actors=actors_of(access.authority))
    content = build_csv(EXPORT_HEADERS, export_rows(events_of(access.authority, form.filters())))
    name = f"journal-{access.authority.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, "text/csv; charset=utf-8", headers={"Content-Disposition": disposition})


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def event_detail(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the values of an event before and after."""
    event = get_object_or_404(events_of(access.authority), pk=pk)
    page = Paginator(event.changes, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "authorities/event_detail.html", {"event": event, "page_obj": page})
