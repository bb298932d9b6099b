"""The public page of an adopted roadmap, and the two buttons that open and close it.

Nothing of it is kept by anybody: the next request after it is closed finds nothing.
"""

import base64
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from authorities.access import AuthorityAccess, authority_view
from authorities.permissions import Permission
from common.errors import DomainError
from common.refusals import press
from roadmap import services
from roadmap.documents.office.open_data import JSON_TYPE, build_open_json
from roadmap.models import RoadmapVersion
from roadmap.selectors.publications import public_page, published_version_of
from roadmap.views.dossier import download, frozen_version
from roadmap.views.frame import PDF, pdf_name

# No browser, proxy or search engine keeps a copy.
NOT_KEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noarchive"}
LOGO_TYPES = {"image/png", "image/jpeg"}


@authority_view(Permission.FREEZE_ROADMAP)
@require_POST
def version_publish(request: HttpRequest, access: AuthorityAccess, number: int) -> HttpResponse:
    """Open the public page on an adopted version."""
    version = frozen_version(access, number)
    publish = partial(services.publish_version, version=version, actor=access.user, now=timezone.now())
    done = "La page publique est ouverte."
    return press(request, publish, done, "roadmap:version_detail", access.authority.slug, number)


@authority_view(Permission.FREEZE_ROADMAP)
@require_POST
def public_page_close(request: HttpRequest, access: AuthorityAccess) -> HttpResponse:
    """Close the public page at once, whichever démarche it shows."""
    close = partial(services.close_public_page, authority=access.authority, actor=access.user, now=timezone.now())
    return press(request, close, "La page publique est fermée.", "roadmap:validation_detail", access.authority.slug)


def _public(view: Callable[[HttpRequest, RoadmapVersion], HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view to everybody on the version that an authority shows; 404 when it shows none."""

    @wraps(view)
    def opened(request: HttpRequest, public_slug: str, **kwargs: Any) -> HttpResponse:
        version = published_version_of(public_slug)
        if version is None:
            raise Http404
        response = view(request, version)
        for name, value in NOT_KEPT.items():
            response[name] = value
        return response

    return login_not_required(require_safe(opened))


@_public
def public_roadmap(request: HttpRequest, version: RoadmapVersion) -> HttpResponse:
    """Show the adopted roadmap to everybody."""
    return render(request, "roadmap/public_roadmap.html", {"page": public_page(version), "version": version})


@_public
def public_pdf(request: HttpRequest, version: RoadmapVersion) -> HttpResponse:
    """Send the adopted document, its data attached."""
    try:
        content = services.read_kept_pdf(version)
    except DomainError as error:
        raise Http404 from error
    return download(content, PDF, pdf_name(version.roadmap.initiative.authority, version.number))


@_public
def public_data(request: HttpRequest, version: RoadmapVersion) -> HttpResponse:
    """Send the open data: what the actions are, nobody's name, no vote."""
    return HttpResponse(build_open_json(version.content), content_type=JSON_TYPE)


@_public
def public_logo(request: HttpRequest, version: RoadmapVersion) -> HttpResponse:
    """Send the logo of the day of the version: an image that we encoded ourselves."""
    logo = version.content["authority"].get("logo")
    if not logo or logo["type"] not in LOGO_TYPES:
        raise Http404
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    return HttpResponse(base64.b64decode(logo["data"]), content_type=logo["type"], headers=headers)
