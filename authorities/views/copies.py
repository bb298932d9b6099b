"""The preparation of another of one's authorities, taken over after a preview."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authorities import services
from authorities.access import AuthorityAccess, authority_view
from authorities.forms.copies import PreparationCopyForm
from authorities.permissions import Permission
from authorities.selectors.copies import copy_of, copy_sources
from common.refusals import press, refusal_page

SOURCES_PER_PAGE = 30


@authority_view(Permission.EDIT_PREPARATION)
@require_http_methods(["GET", "HEAD", "POST"])
def preparation_copy(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Choose one of one's other authorities, see what its preparation would change here, take it over."""
    sources = copy_sources(access.user, access.initiative)
    if request.method == "POST":
        return _copy(request, access, PreparationCopyForm(request.POST, sources=sources))
    chosen = next((source for source in sources if source.authority.slug == request.GET.get("depuis")), None)
    planned = copy_of(chosen, access.initiative, today=timezone.localdate()) if chosen else None
    page = Paginator(sources, SOURCES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "planned": planned, "initiative": access.initiative}
    return render(request, "authorities/preparation_copy.html", context)


def _copy(request: HttpRequest, access: AuthorityAccess, form: PreparationCopyForm) -> HttpResponse:
    if not form.is_valid():
        reason = str(next(iter(form.errors.values()))[0])
        return refusal_page(request, reason, "authorities:preparation_copy", access.authority.slug)
    return press(
        request,
        lambda: services.copy_preparation(
            source=form.source,
            target=access.initiative,
            expected_version=form.cleaned_data["version"],
            actor=access.user,
            now=timezone.now(),
        ),
        f"La préparation de {form.source.authority} est reprise. Relisez les dates.",
        "authorities:meeting_list",
        access.authority.slug,
    )
