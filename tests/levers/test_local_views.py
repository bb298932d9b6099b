"""Screens of local levers: who may, another authority’s keys, the two texts, what past ballots still show."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from levers.enums import LocalState, ShortlistState
from levers.models import Lever, Shortlist, ShortlistedLever
from levers.views.results import EXPORTS
from tests.factories import make_authority, make_member
from tests.factories_authorities import client_of
from tests.factories_levers import (
    fill_ballot,
    local_values,
    make_ballot,
    make_catalogue,
    make_lever,
    make_local_lever,
    make_shortlist,
)

ROLES = ("referent", "committee", "elected", "contributor", "adviser")


def url(name: str, authority, *args) -> str:
    return reverse(f"levers:{name}", args=[authority.slug, *args])


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def answers(lever: Lever | None = None, **fields) -> dict:
    values = local_values()
    sent = {name: values[name] for name in ("title", "summary", "description", "perimeter", "effort", "impact", "cost")}
    sent |= {"delay_months": "9", "theme": values["theme"].pk, "dimension": values["dimension"].pk}
    return {**sent, **({"version": lever.version} if lever else {}), **fields}


@pytest.fixture
def lever(authority, referent) -> Lever:
    return make_local_lever(authority, author=referent)


def test_a_referent_adds_a_lever_and_finds_it_in_the_catalogue(referent_client, authority, catalogue):
    sent = answers(
        steps="Recenser\n\nPrêter\r\n", indicators="Postes prêtés (postes par an)\nLieux servis", human="3 jours"
    )
    response = referent_client.post(url("local_lever_create", authority), sent)
    lever = Lever.objects.get(authority=authority)
    assert (response.status_code, response["Location"]) == (302, url("lever_detail", authority, lever.pk))
    assert lever.steps == ["Recenser", "Prêter"]
    assert lever.indicators == [
        {"name": "Postes prêtés", "unit": "postes par an"}, {"name": "Lieux servis", "unit": ""},
    ]  # fmt: skip
    assert (lever.author.email, lever.means["human"]) == (authority.memberships.get().user.email, "3 jours")
    page = text_of(referent_client.get(url("lever_list", authority), {"q": "réemploi"}))
    assert '<h2 class="count">1 levier</h2>' in page
    assert '<li class="local">Levier local</li>' in page
    assert "Aucun gain n’est simulé sur votre inventaire pour un levier local." in text_of(
        referent_client.get(response["Location"])
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Complétez ce champ."),
        ("summary", "é" * 401, "Écrivez 400 caractères au plus ; il y en a 401."),
        ("description", "é" * 4001, "Écrivez 4000 caractères au plus ; il y en a 4001."),
        ("steps", "\n".join(["Une étape"] * 13), "Écrivez 12 lignes au plus ; il y en a 13."),
        ("risks", "é" * 301, "Une ligne tient en 300 caractères ; la plus longue en a 301 : coupez-la."),
        ("indicators", f"Nom ({'u' * 61})", "son unité en 60 : raccourcissez"),
        ("effort", "6", "Choisissez une réponse de la liste."),
        ("delay_months", "0", "entre 1 et 72"),
        ("audience", "999999999999999999999", "Choisissez parmi les réponses proposées."),
    ],
)
def test_a_wrong_answer_is_said_and_nothing_typed_is_lost(
    referent_client, authority, catalogue, field, value, sentence
):
    sent = answers() | {"budget": "Un budget déjà écrit"} | {field: value}
    response = referent_client.post(url("local_lever_create", authority), sent)
    page = text_of(response)
    assert response.status_code == 422
    assert sentence in page
    assert "Un budget déjà écrit" in page
    assert not Lever.objects.filter(authority=authority).exists()


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_and_who_writes(authority, role, lever):
    client = client_of(make_member(authority, role))
    may_write, may_read = role in {"referent", "adviser"}, role != "contributor"
    assert client.get(url("local_lever_list", authority)).status_code == (200 if may_read else 403)
    assert client.get(url("local_lever_create", authority)).status_code == (200 if may_write else 403)
    assert client.get(url("local_lever_update", authority, lever.pk)).status_code == (200 if may_write else 403)
    posted = client.post(url("local_lever_withdraw", authority, lever.pk))
    assert posted.status_code == (302 if may_write else 403)
    lever.refresh_from_db()
    assert lever.local_state == (LocalState.WITHDRAWN if may_write else LocalState.PROPOSED)
    if may_read:
        page = text_of(client.get(url("lever_list", authority)))
        assert ("Ajouter un levier local" in page) is may_write


def test_the_lever_of_another_authority_is_nowhere(outsider_client, outsider, lever, catalogue):
    home = outsider.memberships.get().authority
    for name in ("lever_detail", "local_lever_update", "local_lever_share"):
        assert outsider_client.get(url(name, home, lever.pk)).status_code == 404, name
    for name in ("local_lever_update", "local_lever_withdraw", "local_lever_restore", "local_lever_share"):
        assert outsider_client.post(url(name, home, lever.pk), answers(lever)).status_code == 404, name
    for action in ("add", "remove"):
        assert outsider_client.post(url("shortlist_update", home), {action: lever.pk}).status_code == 404
    assert not Shortlist.objects.filter(initiative__authority=home).exists()
    compared = text_of(outsider_client.get(url("lever_compare", home), {"l": lever.pk}))
    found = text_of(outsider_client.get(url("lever_list", home), {"q": "réemploi"}))
    assert lever.title not in compared + found


def test_a_published_lever_is_not_edited_here(referent_client, authority, catalogue):
    published = catalogue.levers.first()
    response = referent_client.post(url("local_lever_update", authority, published.pk), answers(published))
    assert response.status_code == 404


def test_a_stale_save_shows_both_texts(referent_client, authority, lever):
    address, seen = url("local_lever_update", authority, lever.pk), answers(lever)
    assert referent_client.post(address, seen | {"summary": "Résumé du premier"}).status_code == 302
    response = referent_client.post(address, seen | {"summary": "Résumé de la seconde"})
    page = text_of(response)
    assert response.status_code == 409
    assert "Résumé du premier" in page
    assert "Résumé de la seconde" in page
    assert Lever.objects.get(pk=lever.pk).summary == "Résumé du premier"


def test_the_page_of_a_settled_text_announces_a_new_version(referent_client, authority, initiative, lever):
    make_shortlist(initiative, [lever])
    address = url("local_lever_update", authority, lever.pk)
    assert "<h1>Créer une nouvelle version de ce levier</h1>" in text_of(referent_client.get(address))
    response = referent_client.post(address, answers(lever, title="Prêter les postes"), follow=True)
    page = text_of(response)
    assert "Version 2 du levier créée." in page
    assert "<h1>Prêter les postes</h1>" in page
    former = text_of(referent_client.get(url("lever_detail", authority, lever.pk)))
    assert "Une version plus récente existe" in former
    assert "<h1>Réemployer les postes</h1>" in former


def test_the_form_is_kept_while_it_is_typed(referent_client, authority, lever):
    for address in (url("local_lever_create", authority), url("local_lever_update", authority, lever.pk)):
        page = text_of(referent_client.get(address))
        assert f'data-draft="{reverse("authorities:draft_keep")}"' in page
        assert page.count("<") / 2 < 400, "a page stays light"


def test_a_withdrawn_lever_may_be_restored_from_its_list(referent_client, authority, lever):
    referent_client.post(url("local_lever_withdraw", authority, lever.pk))
    page = text_of(referent_client.get(url("local_lever_list", authority)))
    assert "Levier local (retiré)" in page
    assert "Remettre au catalogue : Réemployer les postes" in page
    referent_client.post(url("local_lever_restore", authority, lever.pk))
    assert Lever.objects.get(pk=lever.pk).is_proposed


@pytest.fixture
def accompanied(authority):
    """An accompagnateur of this authority and of another one."""
    adviser = make_member(authority, "adviser")
    other = make_authority(name="Pays accompagné")
    other.memberships.create(user=adviser, roles=["adviser"])
    return adviser, other


def test_an_accompagnateur_shares_a_lever_in_a_name(authority, accompanied):
    adviser, other = accompanied
    lever = make_local_lever(authority, author=adviser)
    client = client_of(adviser)
    assert "Le partager" in text_of(client.get(url("lever_detail", authority, lever.pk)))
    address = url("local_lever_share", authority, lever.pk)
    response = client.post(address, {"shared_as": "Syndicat d’Exemple", "authorities": [other.pk]})
    assert response.status_code == 302
    page = text_of(client_of(make_member(other, "referent")).get(url("lever_list", other), {"q": "réemploi"}))
    assert "Levier local, partagé par Syndicat d’Exemple" in page
    assert adviser.email not in page


def test_sharing_with_an_authority_that_one_does_not_accompany_is_refused(authority, accompanied):
    adviser, _other = accompanied
    stranger = make_authority(name="Pays inconnu")
    lever = make_local_lever(authority, author=adviser)
    address = url("local_lever_share", authority, lever.pk)
    assert stranger.name not in text_of(client_of(adviser).get(address))
    response = client_of(adviser).post(address, {"shared_as": "Syndicat", "authorities": [stranger.pk]})
    assert response.status_code == 422
    assert not Lever.objects.filter(authority=stranger).exists()


def test_a_referent_is_told_why_nothing_is_shared(referent_client, authority, lever):
    address = url("local_lever_share", authority, lever.pk)
    assert "Seul un accompagnateur partage" in text_of(referent_client.get(address, follow=True))
    refused = referent_client.post(address, {"shared_as": "Moi", "authorities": []})
    assert refused.status_code == 422


def test_a_referent_reads_whose_shared_lever_it_is(authority, accompanied):
    adviser, other = accompanied
    lever = make_local_lever(authority, author=adviser)
    client_of(adviser).post(
        url("local_lever_share", authority, lever.pk), {"shared_as": "Syndicat d’Exemple", "authorities": [other.pk]}
    )
    copy = Lever.objects.get(authority=other)
    client = client_of(make_member(other, "referent"))
    address = url("local_lever_update", other, copy.pk)
    assert "partagé par Syndicat d’Exemple : son texte se change par qui l’a écrit" in text_of(
        client.get(address, follow=True)
    )
    response = client.post(address, answers(copy, title="Récrit par un autre"))
    assert (response.status_code, Lever.objects.get(pk=copy.pk).title) == (422, copy.title)
    assert "Récrit par un autre" in text_of(response), "what was typed is not lost"


# A past ballot --------------------------------------------------------------------------------------------------------


@pytest.fixture
def past(authority, initiative, lever):
    """A closed ballot on two levers: a published one, and the local one."""
    now = timezone.now()
    ballot = make_ballot(
        initiative,
        shortlist=make_shortlist(initiative, [make_catalogue(2).levers.first(), lever]),
        opens_at=now - timezone.timedelta(days=9),
        closes_at=now - timezone.timedelta(days=1),
    )
    fill_ballot(ballot, {"LEV-01": "EPI", "LOC-1": "EEP"})
    return ballot


PAGES = (
    "ballot_detail", "ballot_results", "ballot_ranking", "ballot_table", "ballot_services", "ballot_comments",
    "ballot_agenda",
)  # fmt: skip
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|name="draft" value="[^"]*"|\d+ ko')


def told(client, ballot) -> dict[str, str]:
    """Return what each page and each file of a ballot says."""
    authority = ballot.initiative.authority
    pages = {name: TOKENS.sub("", text_of(client.get(url(name, authority, ballot.pk), follow=True))) for name in PAGES}
    files = {slug: client.get(url("ballot_export", authority, ballot.pk, slug)).content for slug in CSV_EXPORTS}
    assert all(pages.values())
    assert all(files.values())
    return {**pages, **{slug: content.decode("utf-8-sig") for slug, content in files.items()}}


CSV_EXPORTS = [slug for slug in EXPORTS if slug.endswith("csv") and slug != "regles-csv"]


def publish_another_catalogue(client, authority, lever) -> None:
    newer = make_catalogue(code="essai-2", is_current=True, title="Catalogue suivant")
    make_lever(newer, "LEV-01", title="Levier récrit")


def write_a_new_version(client, authority, lever) -> None:
    sent = answers(lever, title="Tout autre chose", summary="Un autre résumé.", effort="5", impact="1")
    # The sentence that says so is read here, not on the pages that are compared.
    client.post(url("local_lever_update", authority, lever.pk), sent, follow=True)
    assert Lever.objects.filter(authority=authority, title="Tout autre chose").exists()


def withdraw_it(client, authority, lever) -> None:
    client.post(url("local_lever_withdraw", authority, lever.pk), follow=True)
    assert not Lever.objects.get(pk=lever.pk).is_proposed


@pytest.mark.parametrize("change", [publish_another_catalogue, write_a_new_version, withdraw_it])
def test_a_past_ballot_reads_the_same_before_and_after(referent_client, past, lever, authority, change):
    before = told(referent_client, past)
    assert lever.title in before["ballot_table"]
    assert lever.title in before["leviers-csv"]
    change(referent_client, authority, lever)
    assert told(referent_client, past) == before


# Lists ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_base_as_often_for_one_lever_as_for_three(
    referent_client, authority, initiative, count, django_assert_num_queries
):
    author = make_member(authority, "adviser")
    for number in range(count):
        make_local_lever(authority, author=author, title=f"Levier {number}")
    referent_client.get(url("local_lever_list", authority))
    with django_assert_num_queries(7):
        assert referent_client.get(url("local_lever_list", authority)).status_code == 200


def test_cards_are_printed_with_a_local_lever(referent_client, authority, initiative, lever):
    make_shortlist(initiative, [lever], state=ShortlistState.DRAFT)
    response = referent_client.get(url("lever_cards", authority))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert ShortlistedLever.objects.get().lever == lever


def test_each_lever_says_what_would_make_its_place_more_precise(referent_client, authority, catalogue):
    page = text_of(referent_client.get(url("lever_detail", authority, catalogue.levers.first().pk)))
    section = page.split("Pour être plus précis</h3>")[1].split("</section>")[0]
    assert "Sans niveau retenu au diagnostic" in section
    assert "Sans inventaire" not in section, "this lever has no simulated effect"
    assert "Pour être plus précis : <a" in text_of(referent_client.get(url("lever_list", authority)))


def test_whoever_reads_decisions_finds_the_picture_of_effort_and_impact(elected_client, past, authority):
    page = text_of(elected_client.get(url("decision_list", authority)))
    assert url("decision_matrix", authority) in page
    matrix = text_of(elected_client.get(url("decision_matrix", authority)))
    assert 'role="region" aria-label="Leviers par effort et par impact" tabindex="0"' in matrix
    assert "<caption>Les mêmes leviers</caption>" in matrix
