"""Error pages, gallery, refused forms."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from common import views
from common.page_weight import static_bytes


def _raise(error: Exception):
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    view.login_required = False
    return view


urlpatterns = [
    path("essai/400/", _raise(SuspiciousOperation("x"))),
    path("essai/403/", _raise(PermissionDenied("x"))),
    path("essai/404/", _raise(Http404("x"))),
    path("essai/500/", _raise(RuntimeError("secret de la panne"))),
    path("", include("config.urls")),
]
handler400, handler403, handler404, handler500 = (
    views.bad_request,
    views.permission_denied,
    views.not_found,
    views.server_error,
)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("code", "title"),
    [
        (400, "Cette demande n’a pas pu être lue"),
        (403, "Cette page est réservée à d’autres rôles"),
        (404, "Cette page n’existe pas, ou n’est pas la vôtre"),
        (500, "Le site n’a pas su répondre"),
    ],
)
def test_error_page_offers_a_way_back(code, title):
    response = Client(raise_request_exception=False).get(f"/essai/{code}/")

    html = response.content.decode()
    assert response.status_code == code
    assert re.findall(r"<h1>(.*?)</h1>", html) == [title]
    assert '<a class="btn" href="/">Revenir à l’accueil</a>' in html
    assert "secret" not in html


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_failure_page_needs_neither_request_nor_base(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = views.server_error(RequestFactory().get("/"))

    assert response.status_code == 500


@pytest.mark.django_db
def test_member_is_led_back_to_their_authorities(referent_client):
    response = referent_client.get("/nulle-part/")

    assert response.status_code == 404
    assert "Revenir à mes collectivités" in response.content.decode()


@pytest.mark.django_db
def test_stale_form_is_explained_in_french():
    response = Client(enforce_csrf_checks=True).post("/compte/connexion/", {"login": "a@exemple.fr"})

    assert response.status_code == 403
    assert "Ce formulaire est resté ouvert trop longtemps" in response.content.decode()


@pytest.mark.django_db
def test_gallery_shows_each_component(client):
    response = client.get("/composants/")

    html = response.content.decode()
    assert response.status_code == 200
    for mark in ('class="next"', 'class="locked"', 'class="note block"', 'class="empty"', 'class="rod"', "<progress"):
        assert mark in html
    for mark in ('class="tabs"', 'class="pager"', 'class="figs"', 'class="steps full"', 'class="errors"', "conflict"):
        assert mark in html


@pytest.mark.django_db
def test_style_sheet_and_page_are_light(client):
    """Style sheet within 10 kB, icons and script within 3 kB, compressed."""
    assert (
        static_bytes(b'<link href="/static/css/jalons.css">')
        - static_bytes(b'<link href="/static/fonts/public-sans-fr.woff2">')
        <= 10_000
    )
    assert static_bytes(b'<script src="/static/js/jalons.js"></script><use href="/static/img/icons.svg">') <= 3_000
