"""The kit of the kick-off: three documents, each as odt and docx."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from authorities.selectors.kit import BY_SLUG, KIT, kit_facts, missing_facts, write_kit_document
from common import docx, odt

WRITERS = {"docx": (docx.build_docx, docx.CONTENT_TYPE), "odt": (odt.build_odt, odt.CONTENT_TYPE)}


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def kit_detail(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Show the three documents, and what the preparation does not say yet."""
    facts = kit_facts(access.initiative, now=timezone.now())
    context = {"documents": KIT, "missing": missing_facts(facts)}
    return render(request, "authorities/kit_detail.html", context)


@authority_view(Permission.VIEW_PREPARATION)
@require_safe
def kit_document(request: HttpRequest, access: AuthorityAccess, kit_slug: str, extension: str) -> HttpResponse:
    """Give a document of the kit, filled with what is known today."""
    if kit_slug not in BY_SLUG or extension not in WRITERS:
        raise Http404
    build, content_type = WRITERS[extension]
    content = build(write_kit_document(access.initiative, kit_slug, now=timezone.now()))
    name = content_disposition_header(True, f"{kit_slug}-{access.authority.slug}.{extension}") or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": name})
