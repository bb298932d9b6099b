"""Routes of the site. Paths are French, route names are English; each application owns its own file."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from common import views as common_views
from roadmap.views.method import method
from roadmap.views.privacy import erasure_receipt, privacy

urlpatterns: list[URLPattern | URLResolver] = [
    # Public pages
    path("", include("accounts.urls_public")),
    path("methode-et-sources/", method, name="method"),
    path("vos-donnees/", privacy, name="privacy"),
    path("vos-donnees/recus/<slug:code>/", erasure_receipt, name="erasure_receipt"),
    path("compte/", include("accounts.urls")),
    # Spaces of the authorities; each application adds its own routes under the same prefix
    path("", include("authorities.urls")),
    path("", include("inventory.urls")),
    path("", include("diagnostics.urls")),
    path("", include("levers.urls")),
    path("", include("roadmap.urls")),
    # Administration of reference data
    path("administration/", admin.site.urls),
]

handler400 = common_views.bad_request
handler403 = common_views.permission_denied
handler404 = common_views.not_found
handler500 = common_views.server_error

if settings.DEBUG or getattr(settings, "SHOW_COMPONENTS", False):
    urlpatterns += [path("composants/", common_views.components, name="components")]
