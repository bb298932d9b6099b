"""The public page: opened after the adoption, on purpose; closed, nothing of it answers any more."""

import base64
import json

import pytest
from django.urls import reverse

from authorities.models import Event, Initiative
from common.errors import DomainError
from roadmap import services
from roadmap.models import Publication
from tests import factories
from tests.factories_roadmap import NOW, make_resolution, make_roadmap, make_version
from tests.roadmap.sample_content import make_content

pytestmark = pytest.mark.django_db
PUBLIC = ("public_roadmap", "public_pdf", "public_data", "public_logo")
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


@pytest.fixture
def version(roadmap):
    content = make_content()
    content["authority"]["logo"] = {"type": "image/png", "sha256": "d" * 64, "data": PIXEL}
    return make_version(roadmap, content=content)


@pytest.fixture
def adopted(version):
    make_resolution(version)
    return version


def url(name, authority, *arguments):
    return reverse(f"roadmap:{name}", args=[authority.slug, *arguments])


def test_only_an_adopted_version_is_published(version, referent):
    with pytest.raises(DomainError, match="seule une version adoptée est publiée"):
        services.publish_version(version=version, actor=referent, now=NOW)
    assert not Publication.objects.exists()


def test_nobody_sees_anything_before_it_is_asked(client, authority, adopted):
    assert [client.get(url(name, authority)).status_code for name in PUBLIC] == [404] * 4


def test_the_page_is_open_without_an_account_and_kept_by_nobody(client, referent_client, authority, adopted):
    response = referent_client.post(url("version_publish", authority, 1), follow=True)
    assert "La page publique est ouverte" in response.content.decode()

    answers = {name: client.get(url(name, authority)) for name in PUBLIC}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer["Cache-Control"] for answer in answers.values()} == {"no-store"}
    assert {answer["X-Robots-Tag"] for answer in answers.values()} == {"noarchive"}
    page = answers["public_roadmap"].content.decode()
    assert "Pays d’Exemple" in page
    assert "délibération 2026-03-01" in page
    assert "17 actions" in page
    assert "noindex" not in page
    assert answers["public_pdf"].content == b"%PDF-1.7 voted"
    data = {table["name"]: table["data"] for table in json.loads(answers["public_data"].content)["resources"]}
    assert len(data["actions"]) == 17
    assert answers["public_logo"]["Content-Type"] == "image/png"
    assert "sessionid" not in client.cookies


def test_taken_back_it_is_not_found_at_once(client, referent_client, authority, adopted, referent):
    services.publish_version(version=adopted, actor=referent, now=NOW)
    assert client.get(url("public_roadmap", authority)).status_code == 200

    referent_client.post(reverse("roadmap:public_page_close", args=[authority.slug]))

    assert [client.get(url(name, authority)).status_code for name in PUBLIC] == [404] * 4
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "a publié la version 1 sur la page ouverte à tous",
        "a retiré la version 1 de la page ouverte à tous",
    ]
    services.close_public_page(authority=authority, actor=referent, now=NOW)
    assert Event.objects.count() == 2


def test_the_page_of_a_former_demarche_closes_too(client, referent_client, authority, adopted, referent):
    services.publish_version(version=adopted, actor=referent, now=NOW)
    Initiative.objects.filter(pk=adopted.roadmap.initiative_id).update(is_current=False)
    factories.make_initiative(authority, number=2, period_start_year=2029)
    record = reverse("roadmap:initiative_detail", args=[authority.slug, 1])
    assert "Fermer la page" in referent_client.get(record).content.decode()

    referent_client.post(reverse("roadmap:public_page_close", args=[authority.slug]))

    assert client.get(url("public_roadmap", authority)).status_code == 404


def test_nobody_is_named_on_the_page_nor_in_its_data(client, roadmap, referent):
    content = make_content()
    person = {"lead": "Zébulon Particulier", "lead_service": "", "elected_lead": "Élue Nommée"}
    step = {**content["sheets"][0]["steps"][0], "who": "Zébulon Particulier"}
    content["sheets"][0] |= {**person, "lead_detail": "Zébulon Particulier (DSI)", "steps": [step]}
    version = make_version(roadmap, content=content)
    make_resolution(version)
    services.publish_version(version=version, actor=referent, now=NOW)

    for name in ("public_roadmap", "public_data"):
        answer = client.get(url(name, roadmap.initiative.authority)).content.decode()
        assert "Zébulon" not in answer
        assert "Élue Nommée" not in answer


def test_a_new_version_takes_the_place_of_the_former(client, roadmap, authority, adopted, referent):
    services.publish_version(version=adopted, actor=referent, now=NOW)
    content = make_content(objectives=[])
    second = make_version(roadmap, number=2, content=content, pdf_sha256="b" * 64)
    make_resolution(second, reference="2027-01-01")

    services.publish_version(version=second, actor=referent, now=NOW)
    services.publish_version(version=second, actor=referent, now=NOW)

    assert Publication.objects.get().version == second
    assert "délibération 2027-01-01" in client.get(url("public_roadmap", authority)).content.decode()


@pytest.mark.parametrize("role", ["committee", "elected", "adviser"])
def test_only_the_referent_opens_and_closes(client, authority, adopted, role):
    client.force_login(factories.make_member(authority, role))
    assert client.post(url("version_publish", authority, 1)).status_code == 403
    assert client.post(reverse("roadmap:public_page_close", args=[authority.slug])).status_code == 403
    assert not Publication.objects.exists()


def test_another_authority_shows_nothing(client, authority, adopted, referent):
    other = factories.make_authority(name="Autre")
    make_roadmap(other.initiatives.get())
    services.publish_version(version=adopted, actor=referent, now=NOW)
    assert client.get(url("public_roadmap", other)).status_code == 404


def test_texts_of_people_are_never_markup_on_the_public_page(client, roadmap, authority, referent):
    content = make_content()
    content["authority"]["name"] = '<script>alert(1)</script>"'
    content["authority"]["color"] = 'red" onload="x'
    content["sheets"][0]["title"] = "<img src=x onerror=alert(1)>"
    content["objectives"][0]["title"] = "=cmd|' /C calc'!A0"
    version = make_version(roadmap, content=content)
    make_resolution(version)
    services.publish_version(version=version, actor=referent, now=NOW)

    page = client.get(url("public_roadmap", authority)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "onload=" not in page


def test_the_page_asks_few_queries(client, authority, adopted, referent, django_assert_num_queries):
    services.publish_version(version=adopted, actor=referent, now=NOW)
    with django_assert_num_queries(1):
        client.get(url("public_roadmap", authority))
