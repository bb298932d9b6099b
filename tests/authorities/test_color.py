"""The colour of the documents: checked, kept with its trail, and put in the snapshot."""

import pytest
from django.urls import reverse

from authorities.models import Event
from roadmap.documents.content import build_content
from tests.factories_roadmap import NOW, make_roadmap

pytestmark = pytest.mark.django_db


def url(authority):
    return reverse("authorities:color_update", args=[authority.slug])


def post(client, authority, color):
    return client.post(url(authority), {"color": color, "version": authority.version})


def test_a_dark_colour_is_kept_and_goes_in_the_snapshot(referent_client, authority, initiative):
    response = post(referent_client, authority, "1D4F91")

    assert response.status_code == 302
    authority.refresh_from_db()
    assert authority.color == "#1d4f91"
    assert Event.objects.get().verb == "a choisi la couleur #1d4f91 pour les documents"
    content = build_content(make_roadmap(initiative), on=NOW.date(), now=NOW)
    assert content["authority"]["color"] == "#1d4f91"
    assert 'fill="#1d4f91"' in referent_client.get(url(authority)).content.decode()


def test_a_pale_colour_is_refused_with_a_darker_one(referent_client, authority):
    response = post(referent_client, authority, "#f7a600")

    page = response.content.decode()
    assert response.status_code == 422
    # 1.05 / (0.4755 + 0.05) = 2.0
    assert "Cette couleur est trop claire" in page
    assert "son contraste est de 2,0" in page
    authority.refresh_from_db()
    assert authority.color == ""
    darker = page.partition("Essayez ")[2][:7]
    assert post(referent_client, authority, darker).status_code == 302


@pytest.mark.parametrize("text", ["bleu", "#12", "red;}", "<script>", "=cmd"])
def test_something_else_is_refused_in_words(referent_client, authority, text):
    response = post(referent_client, authority, text)
    assert response.status_code == 422
    assert "six chiffres hexadécimaux" in response.content.decode()


def test_an_empty_colour_is_that_of_the_site(referent_client, authority):
    authority.color = "#1d4f91"
    authority.save()
    assert post(referent_client, authority, "").status_code == 302
    authority.refresh_from_db()
    assert authority.color == ""
    assert "le vert de Jalons" in referent_client.get(url(authority)).content.decode()


def test_a_stale_colour_is_not_written_over(referent_client, authority):
    version = authority.version
    post(referent_client, authority, "#1d4f91")
    response = referent_client.post(url(authority), {"color": "#7a1f3d", "version": version})
    assert response.status_code == 409
    assert "#1d4f91" in response.content.decode()
    authority.refresh_from_db()
    assert authority.color == "#1d4f91"
