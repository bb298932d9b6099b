"""Pages of an account: its authorities, the search, the creation, the request to join, members, trail."""

import pytest
from django.test import Client
from django.urls import reverse

from authorities.forms.authorities import is_siren
from authorities.models import Authority, Membership, MembershipRequest
from authorities.services import request_membership
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of, make_reen_duties, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer() -> Client:
    return client_of(factories.make_user("nouvelle@exemple.fr", full_name="Nouvelle venue"))


def _text(response) -> str:
    return response.content.decode()


def test_an_empty_list_leads_to_the_search(newcomer):
    content = _text(newcomer.get(reverse("roadmap:space_list")))
    assert "Aucune collectivité pour l’instant" in content
    assert f'href="{reverse("authorities:authority_search")}"' in content


def test_the_list_shows_my_spaces_and_nobody_else_s(authority, referent_client, outsider):
    content = _text(referent_client.get(reverse("roadmap:space_list")))
    assert authority.name in content and f"/collectivites/{authority.slug}/" in content
    assert "Autre Pays" not in content


def test_the_search_is_a_link_that_works_without_script(newcomer):
    territory = make_territory("Morlaix Communauté", search_name="morlaix communaute")
    content = _text(newcomer.get(reverse("authorities:authority_search"), {"q": "MORLAIX"}))
    assert f'href="{reverse("authorities:authority_create", args=[territory.code])}"' in content
    assert "65\u202f507\u00a0habitants" in content
    nothing = _text(newcomer.get(reverse("authorities:authority_search"), {"q": "<b>rien</b>"}))
    assert "Rien pour" in nothing and "<b>rien" not in nothing


def test_a_territory_is_explained_then_opened(newcomer):
    make_reen_duties()
    territory = make_territory()
    url = reverse("authorities:authority_create", args=[territory.code])
    page = _text(newcomer.get(url))
    assert "obligatoire pour vous" in page and "Loi REEN, art. 35" in page and "1er janvier 2025" in page
    response = newcomer.post(url, {"agent_count": "1 200", "has_it_department": "oui", "member_communes_count": "26"})
    authority = Authority.objects.get()
    assert response["Location"] == reverse("authorities:initiative_update", args=[authority.slug])
    assert (authority.agent_count, authority.has_it_department, authority.member_communes_count) == (1_200, True, 26)
    assert "Nous proposons le parcours standard" in _text(newcomer.get(response["Location"]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Répondez oui ou non."),
        ({"has_it_department": "peut-être"}, "Choisissez une réponse de la liste."),
        ({"has_it_department": "oui", "agent_count": "-3"}, "entre 1 et 200\u202f000"),
        ({"has_it_department": "oui", "agent_count": "beaucoup"}, "entre 1 et 200\u202f000"),
        ({"has_it_department": "oui", "agent_count": "9" * 400}, "entre 1 et 200\u202f000"),
    ],
)
def test_a_wrong_answer_is_refused_in_french(newcomer, data, message):
    response = newcomer.post(reverse("authorities:authority_create", args=[make_territory().code]), data)
    assert response.status_code == 422
    assert message in _text(response)
    assert Authority.objects.count() == 0


def test_an_unknown_territory_is_not_found(newcomer):
    assert newcomer.get("/collectivites/nouvelle/99999/").status_code == 404


def test_a_territory_with_a_space_leads_to_the_request(newcomer, authority):
    territory = make_territory()
    authority.territory = territory
    authority.save()
    join = reverse("authorities:membership_request_create", args=[authority.pk])
    assert newcomer.get(reverse("authorities:authority_create", args=[territory.code]))["Location"] == join
    assert "a déjà un espace" in _text(newcomer.get(join))
    assert newcomer.post(join, {"message": "Bonjour"})["Location"] == reverse("roadmap:space_list")
    assert "En attente" in _text(newcomer.get(reverse("roadmap:space_list")))
    again = newcomer.post(join, {"message": "Bonjour"})
    assert again.status_code == 422
    assert MembershipRequest.objects.count() == 1


def test_a_syndicat_is_typed_by_hand(newcomer):
    data = {"name": "Syndicat d'énergie", "kind": "syndicat", "has_it_department": "non", "siren": "732 829 320"}
    response = newcomer.post(reverse("authorities:authority_create_manual"), data)
    authority = Authority.objects.get()
    assert response.status_code == 302
    assert (authority.name, authority.kind, authority.siren) == ("Syndicat d’énergie", "syndicat", "732829320")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": ""}, "Complétez ce champ."),
        ({"kind": ""}, "Choisissez un type dans la liste."),
        ({"kind": "royaume"}, "Choisissez une réponse de la liste."),
        ({"siren": "732829321"}, "Vérifiez le SIREN"),
        ({"siren": "12"}, "Vérifiez le SIREN"),
        ({"population": "0"}, "entre 1 et 20\u202f000\u202f000"),
        ({"name": "x" * 200}, "Écrivez 150 caractères au plus"),
    ],
)
def test_a_wrong_typed_authority_is_refused_in_french(newcomer, data, message):
    good = {"name": "Syndicat", "kind": "syndicat", "has_it_department": "non"}
    response = newcomer.post(reverse("authorities:authority_create_manual"), {**good, **data})
    assert response.status_code == 422
    assert message in _text(response)
    assert Authority.objects.count() == 0


def test_a_siren_already_known_leads_to_its_owner(newcomer, authority):
    Authority.objects.update(siren="732829320")
    make_territory("Brest Métropole", siren="404833048")
    good = {"name": "Syndicat", "kind": "syndicat", "has_it_department": "non"}
    url = reverse("authorities:authority_create_manual")
    taken = newcomer.post(url, {**good, "siren": "732829320"})
    assert taken.status_code == 422
    assert reverse("authorities:membership_request_create", args=[authority.pk]) in _text(taken)
    listed = newcomer.post(url, {**good, "siren": "404833048"})
    assert listed.status_code == 422
    assert "Ce SIREN est celui de Brest Métropole" in _text(listed)


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [("732829320", True), ("404833048", True), ("732829321", False), ("73282932", False), ("٧٣٢٨٢٩٣٢٠", False)],
)
def test_siren_key(text, is_valid):
    # 732829320: 7 + 2×3=6 + 2 + 2×8=16→7 + 2 + 2×9=18→9 + 3 + 2×2=4 + 0 = 40, a multiple of ten.
    assert is_siren(text) is is_valid


# Members ------------------------------------------------------------------------------------------------------------


def test_a_request_is_accepted_with_roles_from_the_members_page(authority, referent_client):
    user = factories.make_user("elue@exemple.fr", full_name="Élue")
    asked = request_membership(authority=authority, user=user, message="Je suis élue", now=PARIS_NOON)
    listed = _text(referent_client.get(reverse("authorities:member_list", args=[authority.slug])))
    assert "1 demande à traiter" in listed and "Je suis élue" in listed
    url = reverse("authorities:membership_request_accept", args=[authority.slug, asked.pk])
    assert referent_client.post(url, {}).status_code == 422
    assert referent_client.post(url, {"roles": ["elected", "committee"]}).status_code == 302
    assert Membership.objects.get(user=user).roles == ["committee", "elected"]
    assert referent_client.post(url, {"roles": ["elected"]}).status_code == 422


def test_a_request_is_refused_from_the_members_page(authority, referent_client):
    asked = request_membership(authority=authority, user=factories.make_user(), message="", now=PARIS_NOON)
    url = reverse("authorities:membership_request_refuse", args=[authority.slug, asked.pk])
    assert referent_client.post(url).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert referent_client.post(url).status_code == 422


def test_the_last_referent_is_locked_with_its_reason(authority, referent, referent_client):
    membership = Membership.objects.get(user=referent)
    listed = _text(referent_client.get(reverse("authorities:member_list", args=[authority.slug])))
    assert "Seul référent" in listed
    remove = referent_client.post(reverse("authorities:member_delete", args=[authority.slug, membership.pk]))
    assert remove.status_code == 422 and "au moins un référent" in _text(remove)
    change = referent_client.post(
        reverse("authorities:member_update", args=[authority.slug, membership.pk]), {"roles": ["elected"]}
    )
    assert change.status_code == 422 and "au moins un référent" in _text(change)
    assert Membership.objects.get(user=referent).roles == ["referent"]


def test_a_referent_who_leaves_goes_back_to_their_list(authority, referent, referent_client):
    factories.make_member(authority, "referent")
    membership = Membership.objects.get(user=referent)
    response = referent_client.post(reverse("authorities:member_delete", args=[authority.slug, membership.pk]))
    assert response["Location"] == reverse("roadmap:space_list")


@pytest.mark.parametrize("members", [1, 3])
def test_the_members_page_takes_the_same_queries(authority, referent_client, members, django_assert_num_queries):
    for _ in range(members):
        factories.make_member(authority, "committee")
        request_membership(authority=authority, user=factories.make_user(), message="", now=PARIS_NOON)
    # Session, account, membership, démarche, then the two reads of the page.
    with django_assert_num_queries(6):
        referent_client.get(reverse("authorities:member_list", args=[authority.slug]))


def test_the_trail_is_paginated_and_says_who_did_what(authority, referent_client, referent):
    for number in range(31):
        request_membership(
            authority=authority, user=factories.make_user(full_name=f"Personne {number}"), message="", now=PARIS_NOON
        )
    url = reverse("authorities:event_list", args=[authority.slug])
    first, second = _text(referent_client.get(url)), _text(referent_client.get(url, {"page": 2}))
    assert "<b>Personne 30<" in first and "<b>Personne 0<" not in first
    assert "<b>Personne 0<" in second
    assert referent_client.get(url, {"page": "abc"}).status_code == 200


def test_the_demarches_are_listed(authority, referent_client):
    content = _text(referent_client.get(reverse("authorities:initiative_list", args=[authority.slug])))
    assert "Démarche 1, 2026–2028" in content and "En cours" in content


@pytest.mark.parametrize("route", ["authority_search", "authority_create_manual"])
def test_an_anonymous_reader_is_sent_to_the_sign_in(client, route):
    response = client.get(reverse(f"authorities:{route}"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
