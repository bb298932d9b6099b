"""Public pages."""

from django.conf import settings
from django.urls import URLPattern, path

from accounts import views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions/", views.legal, name="legal"),
]

if settings.DEBUG or getattr(settings, "SHOW_OUTBOX", False):
    urlpatterns += [path("developpement/courrier/", views.outbox, name="outbox")]
