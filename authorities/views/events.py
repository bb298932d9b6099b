"""The audit trail of an authority."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.selectors.events import event_rows, events_of

EVENTS_PER_PAGE = 30
CHANGES_PER_PAGE = 40


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def event_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show who did what, the latest first."""
    page = Paginator(events_of(access.authority), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": event_rows(page.object_list)}
    return render(request, "authorities/event_list.html", context)


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def event_detail(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show the values of an event before and after."""
    event = get_object_or_404(events_of(access.authority), pk=pk)
    page = Paginator(event.changes, CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "authorities/event_detail.html", {"event": event, "page_obj": page})
