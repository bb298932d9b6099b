"""Public pages."""

from django.conf import settings
from django.urls import URLPattern, path

from accounts import views, views_mail

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions/", views.legal, name="legal"),
    path("courriels/desinscription/<str:signature>/", views_mail.mail_unsubscribe, name="mail_unsubscribe"),
]

if settings.DEBUG or getattr(settings, "SHOW_OUTBOX", False):
    urlpatterns += [path("developpement/courrier/", views.outbox, name="outbox")]
