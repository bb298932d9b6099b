"""Pages of shared actions: who opens them, what they say, what they never say, what they refuse."""

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import Initiative
from roadmap.models import SheetShare
from tests.factories import make_authority, make_initiative, make_member, make_participant, participant_client
from tests.factories_roadmap import make_full_sheet, make_roadmap, make_share

PARTS = {"host_part": "Achète les postes.", "guest_part": "Forme ses agents.", "equipment": "host"}


@pytest.fixture
def town(db):
    return make_authority("Ville d’Exemple", kind="commune", siren="217400001", population=31_415, agent_count=927)


@pytest.fixture
def sheet(roadmap):
    return make_full_sheet(roadmap, title="Allonger la vie des portables")


@pytest.fixture
def town_client(town):
    return client_of(make_member(town, "referent"))


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name, authority, *arguments) -> str:
    return reverse(f"roadmap:{name}", args=[authority.slug, *arguments])


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def propose(client, authority, sheet, town, **fields):
    return client.post(f"{url('sheet_share', authority, sheet.pk)}?avec={town.slug}", {**PARTS, **fields}, follow=True)


def received(town) -> SheetShare:
    return SheetShare.objects.get(initiative__authority=town)


def test_the_whole_path_of_a_shared_action(referent_client, town_client, authority, town, sheet):
    search = f"{url('sheet_share', authority, sheet.pk)}?q=exemple"
    assert f"?avec={town.slug}" in text_of(referent_client.get(search))
    assert "Proposition envoyée à Ville d’Exemple." in text_of(propose(referent_client, authority, sheet, town))
    assert "Partage proposé à Ville d’Exemple" in text_of(referent_client.get(url("sheet_detail", authority, sheet.pk)))

    for page in ("dashboard", "roadmap_detail"):
        assert "1 proposition attend la réponse du référent." in text_of(town_client.get(url(page, town)))
    share = received(town)
    proposal = text_of(town_client.get(url("share_detail", town, share.pk)))
    assert "Proposition de Pays d’Exemple" in proposal
    assert "Réduire de 10 %." in proposal

    accepted = town_client.post(url("share_accept", town, share.pk), follow=True)
    assert "Fiche 1 partagée avec Pays d’Exemple." in text_of(accepted)
    assert "Action partagée avec Pays d’Exemple" in text_of(accepted)
    assert "Le matériel est à Pays d’Exemple" in text_of(accepted)
    own = text_of(referent_client.get(url("sheet_detail", authority, sheet.pk)))
    assert "Action partagée avec Ville d’Exemple" in own
    assert "Le matériel est à vous" in own

    left = town_client.post(url("share_end", town, share.pk), {"reason": "Autre priorité."}, follow=True)
    assert "Partage avec Pays d’Exemple terminé" in text_of(left)
    listed = text_of(referent_client.get(url("share_list", authority)))
    assert "Quittée" in listed
    assert "Autre priorité." in listed


def test_the_search_gives_names_and_nothing_else(referent_client, authority, town, sheet):
    page = text_of(referent_client.get(f"{url('sheet_share', authority, sheet.pk)}?q=217400001"))
    assert "Ville d’Exemple" in page
    form = text_of(referent_client.get(f"{url('sheet_share', authority, sheet.pk)}?avec={town.slug}"))
    for private in ("31 415", "31415", "927", "commune de"):
        assert private not in page
        assert private not in form


def test_a_refused_proposal_loses_nothing(referent_client, authority, town, sheet):
    response = propose(referent_client, authority, sheet, town, guest_part="")
    assert response.status_code == 422
    assert "Achète les postes." in text_of(response)
    response = propose(referent_client, authority, sheet, make_authority(), equipment="eux")
    assert response.status_code == 422
    assert SheetShare.objects.count() == 0


@pytest.mark.parametrize("slug", ["inconnue", "pays-dexemple", "", "%00", "x" * 5000])
def test_an_unknown_partner_is_asked_again(referent_client, authority, town, sheet, slug):
    page = f"{url('sheet_share', authority, sheet.pk)}?avec={slug}"
    assert referent_client.get(page).status_code == 200
    assert referent_client.post(page, PARTS).status_code == 422
    assert SheetShare.objects.count() == 0


def test_declining_asks_why(referent_client, town_client, authority, town, sheet):
    propose(referent_client, authority, sheet, town)
    decline = url("share_decline", town, received(town).pk)
    assert town_client.post(decline, {"reason": " "}).status_code == 422
    assert received(town).state == "proposed"
    assert "refusée" in text_of(town_client.post(decline, {"reason": "Pas cette année."}, follow=True))
    assert "Pas cette année." in text_of(referent_client.get(url("share_list", authority)))


def test_an_answer_given_twice_is_refused_with_its_reason(town_client, town, sheet):
    make_share(sheet, town)
    response = town_client.post(url("share_accept", town, received(town).pk))
    assert response.status_code == 422
    assert "n’attend plus de réponse" in text_of(response)


# Nobody reads the other's space ---------------------------------------------------------------------------------------
def test_a_side_opens_in_its_own_space_only(referent_client, town_client, authority, town, sheet):
    host = make_share(sheet, town)
    guest = received(town)
    for name in ("share_detail", "share_decline", "share_end"):
        assert referent_client.get(url(name, authority, guest.pk)).status_code == 404
        assert town_client.get(url(name, town, host.pk)).status_code == 404
        assert referent_client.get(url(name, town, guest.pk)).status_code == 404
    assert referent_client.post(url("share_accept", authority, guest.pk)).status_code == 404
    assert referent_client.get(url("sheet_detail", authority, guest.sheet_id)).status_code == 404
    assert referent_client.get(url("sheet_share", authority, guest.sheet_id)).status_code == 404
    assert SheetShare.objects.filter(state="accepted").count() == 2


def test_a_sheet_of_the_other_is_no_answer(town_client, town, sheet):
    make_share(sheet, town, accepted=False)
    response = town_client.post(url("share_accept", town, received(town).pk), {"sheet": sheet.pk})
    assert response.status_code == 422
    assert received(town).state == "proposed"


def test_the_other_page_names_nobody_and_shows_no_figure(referent_client, authority, town, sheet):
    make_share(sheet, town)
    copy = received(town).sheet
    copy.lead_name, copy.elected_lead, copy.human_days = "Jeanne Secrète", "Paul Secret", 987
    copy.budget_eur, copy.context, copy.vote_counts = 98_765, "Constat secret", {"E": 7}
    copy.save()
    copy.steps.update(who="Jeanne Secrète")
    copy.indicators.update(baseline=4321)
    share = SheetShare.objects.get(sheet=sheet)
    for page in (url("sheet_detail", authority, sheet.pk), url("share_detail", authority, share.pk)):
        text = text_of(referent_client.get(page))
        assert "Action partagée" in text
        for private in ("Secr", "secret", "987", "98 765", "4321", "4 321"):
            assert private not in text


@pytest.mark.parametrize("role", ["committee", "elected", "adviser"])
def test_who_is_not_referent_reads_and_answers_nothing(authority, town, sheet, role):
    make_share(sheet, town, accepted=False)
    client = client_of(make_member(town, role))
    share = received(town)
    page = client.get(url("share_detail", town, share.pk))
    assert page.status_code == 200
    assert "Le référent de la démarche répond." in text_of(page)
    assert client.post(url("share_accept", town, share.pk)).status_code == 403
    assert client.post(url("share_decline", town, share.pk), {"reason": "Non."}).status_code == 403
    assert client.post(url("share_end", town, share.pk)).status_code == 403
    own = client_of(make_member(authority, role))
    assert own.get(url("sheet_share", authority, sheet.pk)).status_code == 403
    assert "réponse du référent" not in text_of(client.get(url("dashboard", town)))


def test_a_contributor_knows_nothing_of_it(town, sheet):
    make_share(sheet, town, accepted=False)
    client = client_of(make_member(town, "contributor"))
    assert client.get(url("share_list", town)).status_code == 403
    assert client.get(url("share_detail", town, received(town).pk)).status_code == 403


def test_the_lead_reads_the_parts_on_the_page_of_the_action(initiative, sheet, town):
    lead = make_participant(initiative)
    sheet.lead_participant = lead
    sheet.save()
    make_share(sheet, town)
    page = participant_client(lead).get(reverse("roadmap:participant_sheet_detail", args=[lead.pk, sheet.pk]))
    assert "Action partagée avec Ville d’Exemple" in text_of(page)
    assert "/partages/" not in text_of(page)


def test_a_former_demarche_keeps_its_shares_out_of_reach(town_client, town, sheet):
    make_share(sheet, town, accepted=False)
    share = received(town)
    Initiative.objects.filter(authority=town).update(is_current=False)
    make_initiative(town, number=2)
    assert town_client.get(url("share_detail", town, share.pk)).status_code == 404
    assert town_client.post(url("share_accept", town, share.pk)).status_code == 404
    assert received(town).state == "proposed"


def test_reading_writes_nothing_and_lists_cost_the_same(
    referent_client, authority, town, sheet, roadmap, django_assert_max_num_queries
):
    make_share(sheet, town)
    page = url("share_list", authority)
    referent_client.get(page)
    with django_assert_max_num_queries(6) as one:
        referent_client.get(page)
    for _ in range(2):
        make_share(make_full_sheet(make_roadmap(authority.initiatives.get())), town)
    with django_assert_max_num_queries(6) as three:
        referent_client.get(page)
    assert len(one) == len(three)
