"""Catalogue of levers and page of a lever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from levers.forms import read_filters, read_levers
from levers.models import Lever
from levers.selectors.catalogue import SORTS, filter_catalogue, lever_page, ranked_catalogue
from levers.selectors.comparison import MOST_COMPARED, compare_levers
from levers.selectors.local_levers import may_share, newest_version
from levers.selectors.shortlists import shortlist_head
from levers.services.local_levers import is_settled
from levers.views.frame import page_of, step_tabs

PAGE_SIZE = 5


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def lever_list(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the levers ranked for the authority, searched and filtered by the address."""
    filters = read_filters(request.GET)
    shortlist, shortlisted = shortlist_head(access.initiative)
    ranked = ranked_catalogue(
        access.initiative, on=timezone.localdate(), catalogue=shortlist.catalogue if shortlist else None
    )
    offered = ranked.offered(shortlisted)
    filtered = filter_catalogue(ranked, filters, shortlisted)
    context = {
        "filters": filters,
        "filtered": filtered,
        "page_obj": page_of(request, filtered.items, PAGE_SIZE),
        "total": len(offered.items) - offered.local_count,
        "local_count": offered.local_count,
        "missing": ranked.known.missing,
        "shortlist": shortlist,
        "shortlisted": shortlisted,
        "can_edit": Permission.EDIT_SHORTLIST in access.permissions and (shortlist is None or shortlist.is_draft),
        "can_write": Permission.EDIT_SHORTLIST in access.permissions,
        "sorts": SORTS.items(),
        "tabs": step_tabs(access.authority.slug),
    }
    return render(request, "levers/lever_list.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def lever_detail(request: HttpRequest, access: AuthorityAccess, pk: int) -> HttpResponse:
    """Show everything that the catalogue says of a lever, and why it is recommended here."""
    levers = Lever.objects.with_labels().select_related("catalogue").defer("catalogue__source")
    lever = get_object_or_404(levers, pk=pk)
    shortlist, shortlisted = shortlist_head(access.initiative)
    catalogue = shortlist.catalogue if shortlist else None
    page = lever_page(access.initiative, lever, on=timezone.localdate(), catalogue=catalogue)
    if page is None:
        raise Http404
    can_write = lever.is_local and Permission.EDIT_SHORTLIST in access.permissions
    context = {
        "page": page,
        "lever": lever,
        "shortlist": shortlist,
        "is_shortlisted": lever.pk in shortlisted,
        "can_edit": Permission.EDIT_SHORTLIST in access.permissions and (shortlist is None or shortlist.is_draft),
        "can_write": can_write,
        "can_share": can_write and may_share(lever, access.user),
        "is_settled": can_write and is_settled(lever),
        "newest": newest_version(lever),
    }
    return render(request, "levers/lever_detail.html", context)


@authority_view(Permission.VIEW_LEVERS)
@require_safe
def lever_compare(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show up to four levers side by side; the address names them, so that it can be sent to somebody."""
    shortlist, _shortlisted = shortlist_head(access.initiative)
    compared = compare_levers(
        access.initiative,
        read_levers(request.GET),
        on=timezone.localdate(),
        catalogue=shortlist.catalogue if shortlist else None,
    )
    return render(request, "levers/lever_compare.html", {"compared": compared, "most": MOST_COMPARED})
