"""Screens of the authority: gates, hidden results, refusals, conflicts, queries."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.enums import Track
from levers.enums import Grade, NamesVisibility, ShortlistState, Verdict
from levers.models import Ballot, Decision, Shortlist, ShortlistedLever, Vote
from tests.factories import make_member, make_participant
from tests.factories_levers import (
    ballot_levers,
    fill_ballot,
    make_ballot,
    make_catalogue,
    make_lever,
    make_shortlist,
    make_vote,
)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def open_ballot(initiative, now):
    """An open ballot whose votes are all « inapproprié », with a reason that must not leak."""
    ballot = make_ballot(
        initiative, opens_at=now - timezone.timedelta(days=1), closes_at=now + timezone.timedelta(days=1)
    )
    for voter in ballot.voters.all():
        for lever in ballot_levers(ballot):
            make_vote(ballot, voter, lever, Grade.UNSUITABLE, reason="Secret de scrutin")
    return ballot


@pytest.fixture
def closed_ballot(initiative, now):
    ballot = make_ballot(
        initiative, opens_at=now - timezone.timedelta(days=9), closes_at=now - timezone.timedelta(days=1), levers=4
    )
    fill_ballot(ballot, {"LEV-01": "EEE", "LEV-02": "EPP", "LEV-03": "NNC", "LEV-04": "EIN"})
    return ballot


def url(name: str, authority, *args) -> str:
    return reverse(f"levers:{name}", args=[authority.slug, *args])


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


RESULT_ROUTES = [
    "ballot_results",
    "ballot_ranking",
    "ballot_table",
    "ballot_services",
    "ballot_comments",
    "ballot_agenda",
]


# Gates ---------------------------------------------------------------------------------------------------------------

READ_ROUTES = ["lever_list", "shortlist_detail", "ballot_list", "decision_list", "decision_matrix"]


@pytest.mark.parametrize("name", READ_ROUTES)
@pytest.mark.parametrize("role", ["referent", "committee", "elected", "adviser"])
def test_members_read_the_step(authority, catalogue, name, role):
    assert client_of(make_member(authority, role)).get(url(name, authority)).status_code == 200


@pytest.mark.parametrize("name", READ_ROUTES)
def test_strangers_find_nothing_and_contributors_may_not(authority, catalogue, outsider_client, name):
    assert outsider_client.get(url(name, authority)).status_code == 404
    assert client_of(make_member(authority, "contributor")).get(url(name, authority)).status_code == 403


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("shortlist_update", {"referent", "adviser"}),
        ("shortlist_submit", {"referent", "adviser"}),
        ("shortlist_withdraw", {"referent", "adviser"}),
        ("shortlist_reopen", {"referent", "adviser"}),
        ("shortlist_validate", {"referent", "elected"}),
        ("ballot_create", {"referent"}),
        ("decision_confirm", {"referent"}),
    ],
)
def test_who_may_write(authority, catalogue, name, roles):
    for role in ("referent", "committee", "elected", "adviser"):
        response = client_of(make_member(authority, role)).post(url(name, authority))
        assert (response.status_code != 403) is (role in roles), role


def test_objects_of_another_authority_do_not_exist(authority, referent_client, other_initiative, now):
    foreign = make_ballot(
        other_initiative, opens_at=now - timezone.timedelta(days=9), closes_at=now - timezone.timedelta(days=1)
    )
    fill_ballot(foreign, {"LEV-01": "EEE"})
    mine = make_ballot(
        authority.initiatives.get(),
        opens_at=now - timezone.timedelta(days=2),
        closes_at=now + timezone.timedelta(days=2),
    )
    voter = foreign.voters.first()
    for name in [*RESULT_ROUTES, "ballot_detail", "ballot_extend", "ballot_close"]:
        assert referent_client.get(url(name, authority, foreign.pk)).status_code == 404
    assert referent_client.get(url("ballot_pile", authority, foreign.pk, "favorable")).status_code == 404
    assert referent_client.post(url("voter_create", authority, foreign.pk), {"voter": voter.pk}).status_code == 404
    for ballot_pk, voter_pk in [(foreign.pk, voter.pk), (mine.pk, voter.pk)]:
        assert referent_client.get(url("paper_ballot", authority, ballot_pk, voter_pk)).status_code == 404
    # A voter of elsewhere cannot be slipped into a ballot.
    assert referent_client.post(url("voter_create", authority, mine.pk), {"voter": voter.pk}).status_code == 422
    assert mine.voters.filter(pk=voter.pk).count() == 0


# Catalogue and shortlist -------------------------------------------------------------------------------------------


def test_lever_is_added_and_taken_out_in_one_gesture(authority, catalogue, referent_client):
    lever = catalogue.levers.first()
    back = url("lever_list", authority) + "?ef=3"

    response = referent_client.post(url("shortlist_update", authority), {"add": lever.pk, "next": back})
    assert (response.status_code, response["Location"]) == (302, f"{back}#levier-{lever.pk}")
    assert ShortlistedLever.objects.get().lever == lever
    assert "Présélectionné" in text_of(referent_client.get(back))

    referent_client.post(url("shortlist_update", authority), {"remove": lever.pk, "next": back})
    assert not ShortlistedLever.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"add": "x"}, {"add": "-1"}, {"add": "1", "remove": "1"}, {"add": "9" * 30}, {"add": "\x00"}]
)
def test_odd_picks_change_nothing(authority, catalogue, referent_client, data):
    response = referent_client.post(url("shortlist_update", authority), data)

    assert response.status_code in {404, 422}
    assert not ShortlistedLever.objects.exists()


def test_pick_never_leads_out_of_the_site(authority, catalogue, referent_client):
    data = {"add": catalogue.levers.first().pk, "next": "https://ailleurs.example/"}

    response = referent_client.post(url("shortlist_update", authority), data)

    assert response["Location"] == url("shortlist_detail", authority)


def test_catalogue_survives_odd_addresses(authority, catalogue, referent_client):
    for query in ("?q=%00%27", "?page=zzz", "?page=9999", "?th=9&di=x&pe=y&ef=z&pr=w&tri=v", "?q=" + "a" * 5000):
        assert referent_client.get(url("lever_list", authority) + query).status_code == 200
    assert "Aucun levier ne correspond" in text_of(referent_client.get(url("lever_list", authority) + "?q=zzz"))


def test_proposal_is_editable_before_it_is_taken(authority, catalogue, referent_client):
    assert "4 leviers proposés" in text_of(referent_client.get(url("shortlist_suggest", authority)))
    first, second = catalogue.levers.all()[:2]

    referent_client.post(url("shortlist_suggest", authority), {"levers": [first.pk, second.pk]})
    assert [item.lever for item in ShortlistedLever.objects.order_by("lever__position")] == [first, second]
    assert referent_client.post(url("shortlist_suggest", authority), {}).status_code == 422
    assert referent_client.post(url("shortlist_suggest", authority), {"levers": ["x", "999999"]}).status_code == 422


def test_shortlist_goes_from_draft_to_validated(authority, initiative, catalogue, referent_client, elected_client):
    levers = list(catalogue.levers.all())
    make_shortlist(initiative, levers, state=ShortlistState.DRAFT)

    referent_client.post(url("shortlist_submit", authority), {"version": 1})
    assert "ne change plus" in text_of(referent_client.get(url("shortlist_detail", authority)))

    first = text_of(elected_client.get(url("shortlist_validate", authority)))
    assert "Quels leviers le comité écarte-t-il&#8239;?" in first
    second = elected_client.get(url("shortlist_validate", authority), {"etape": "raisons", "ecarte": levers[0].pk})
    assert "3 leviers validés sur 4" in text_of(second)
    data = {"version": 2, "validated_on": "2026-03-01", "body": "comité de pilotage", "ecarte": levers[0].pk}
    refused = elected_client.post(url("shortlist_validate", authority), data)
    assert refused.status_code == 422 and "pourquoi ce levier est écarté" in text_of(refused)
    elected_client.post(url("shortlist_validate", authority), {**data, f"reason_{levers[0].pk}": "Hors compétence"})

    assert Shortlist.objects.get().state == ShortlistState.VALIDATED
    page = text_of(referent_client.get(url("shortlist_detail", authority)))
    assert "Validée par le comité de pilotage du 1er mars 2026." in page and "Hors compétence" in page


def test_stale_validation_gives_409_and_keeps_what_was_typed(authority, initiative, catalogue, referent_client):
    make_shortlist(initiative, list(catalogue.levers.all()), state=ShortlistState.SUBMITTED, version=5)
    data = {"version": 4, "validated_on": "2026-03-01", "body": "bureau communautaire", "note": "Ma note"}

    response = referent_client.post(url("shortlist_validate", authority), data)

    assert response.status_code == 409
    assert "Ma note" in text_of(response) and "bureau communautaire" in text_of(response)
    assert Shortlist.objects.get().state == ShortlistState.SUBMITTED


def test_stale_submission_is_told(authority, initiative, catalogue, referent_client):
    make_shortlist(initiative, [catalogue.levers.first()], state=ShortlistState.DRAFT, version=3)

    for version in ("2", "", "x", "9" * 40):
        response = referent_client.post(url("shortlist_submit", authority), {"version": version}, follow=True)
        assert "relisez-les, puis recommencez" in text_of(response)
    assert Shortlist.objects.get().state == ShortlistState.DRAFT


# Ballot --------------------------------------------------------------------------------------------------------------


def test_ballot_opens_with_its_rules(authority, initiative, catalogue, referent_client):
    make_shortlist(initiative, list(catalogue.levers.all()))
    voter = make_participant(initiative)
    page = text_of(referent_client.get(url("ballot_create", authority)))
    assert "Deux tiers des voix" in page and voter.name in page
    closes_on = timezone.localdate() + timezone.timedelta(days=14)

    referent_client.post(
        url("ballot_create", authority),
        {"closes_at": f"{closes_on}T18:00", "names_visibility": "nobody", "voters": [voter.pk]},
    )

    ballot = Ballot.objects.get()
    assert (ballot.names_visibility, timezone.localtime(ballot.closes_at).hour) == (NamesVisibility.NOBODY, 18)
    assert list(ballot.voters.all()) == [voter]


@pytest.mark.parametrize(
    "changes",
    [
        {"closes_at": "demain"},
        {"closes_at": "2001-01-01T18:00"},
        {"names_visibility": "tout"},
        {"voters": []},
        {"voters": ["x"]},
        {"voters": ["999999"]},
    ],
)
def test_ballot_with_odd_rules_is_refused(authority, initiative, catalogue, referent_client, changes):
    make_shortlist(initiative, list(catalogue.levers.all()))
    closes_on = timezone.localdate() + timezone.timedelta(days=14)
    data = {
        "closes_at": f"{closes_on}T18:00",
        "names_visibility": "nobody",
        "voters": [make_participant(initiative).pk],
    }

    assert referent_client.post(url("ballot_create", authority), {**data, **changes}).status_code == 422
    assert not Ballot.objects.exists()


def test_open_ballot_leaks_nothing_on_any_page(authority, open_ballot, referent_client, elected_client):
    """Neither a grade, nor a pile, nor a reason, on any page of any member, for any way to ask."""
    others = ["lever_list", "shortlist_detail", "ballot_list", "decision_list", "decision_matrix", "decision_confirm"]
    paths = [url(name, authority, open_ballot.pk) for name in [*RESULT_ROUTES, "ballot_detail", "ballot_close"]]
    paths += [
        url("ballot_pile", authority, open_ballot.pk, pile) for pile in ("favorable", "defavorable", "peu-de-voix")
    ]
    paths += [url(name, authority) for name in others]
    paths += [url("decision_update", authority, lever.pk) for lever in ballot_levers(open_ballot)]
    paths += [url("paper_ballot", authority, open_ballot.pk, open_ballot.voters.first().pk)]
    for client in (referent_client, elected_client):
        for path in paths:
            page = text_of(client.get(path, follow=True))
            for secret in ("Secret de scrutin", "Consensus défavorable", "9 voix", "3 voix", "N 3", "checked"):
                assert secret not in page, (path, secret)


@pytest.mark.parametrize("name", RESULT_ROUTES)
def test_results_of_an_open_ballot_send_to_the_participation(authority, open_ballot, referent_client, name):
    response = referent_client.get(url(name, authority, open_ballot.pk))

    assert (response.status_code, response["Location"]) == (302, url("ballot_detail", authority, open_ballot.pk))


def test_closing_now_reveals_and_an_extension_then_is_refused(authority, open_ballot, referent_client):
    path = url("ballot_close", authority, open_ballot.pk)
    assert referent_client.post(path, {"version": 1}).status_code == 422
    referent_client.post(path, {"version": 1, "is_sure": "on"})

    results = text_of(referent_client.get(url("ballot_results", authority, open_ballot.pk)))
    assert "Consensus défavorable" in results
    later = (timezone.localtime() + timezone.timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    refused = referent_client.post(url("ballot_extend", authority, open_ballot.pk), {"version": 2, "closes_at": later})
    assert refused.status_code == 422 and "ne se rouvre pas" in text_of(refused)


def test_extension_with_a_stale_page_gives_409(authority, open_ballot, referent_client):
    later = (timezone.localtime() + timezone.timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    path = url("ballot_extend", authority, open_ballot.pk)

    assert referent_client.post(path, {"version": 7, "closes_at": later}).status_code == 409
    assert referent_client.post(path, {"version": 1, "closes_at": later}).status_code == 302
    open_ballot.refresh_from_db()
    assert open_ballot.is_extended


def test_paper_ballot_is_typed_for_the_voter_without_showing_online_votes(
    authority, initiative, open_ballot, referent, referent_client
):
    voter = make_participant(initiative)
    open_ballot.voters.add(voter)
    first, second = ballot_levers(open_ballot)[:2]
    make_vote(open_ballot, voter, first, Grade.ESSENTIAL)
    path = url("paper_ballot", authority, open_ballot.pk, voter.pk)
    page = text_of(referent_client.get(path))
    assert first.title not in page and second.title in page and "1 levier déjà voté en ligne" in page

    referent_client.post(path, {f"g{second.pk}": "C", f"g{first.pk}": "N"})

    assert Vote.objects.get(participant=voter, lever=first).grade == Grade.ESSENTIAL
    typed = Vote.objects.get(participant=voter, lever=second)
    assert (typed.grade, typed.entered_by) == (Grade.COMPLEX, referent)
    for data in ({}, {f"g{second.pk}": "Z"}):
        assert referent_client.post(path, data).status_code == 422


# Results and decisions -----------------------------------------------------------------------------------------------


def test_results_show_the_piles_and_lead_to_the_decisions(authority, closed_ballot, referent_client):
    page = text_of(referent_client.get(url("ballot_results", authority, closed_ballot.pk)))

    assert "Le comité s’accorde sur 3 leviers, il en reste 1 à discuter" in page
    assert "<title>3 voix : essentiel 1, prioritaire 2</title>" in page
    assert referent_client.get(url("ballot_pile", authority, closed_ballot.pk, "inconnue")).status_code == 404


def test_under_three_voters_there_are_no_piles(authority, initiative, referent_client, now):
    ballot = make_ballot(
        initiative, voters=2, opens_at=now - timezone.timedelta(days=9), closes_at=now - timezone.timedelta(days=1)
    )
    fill_ballot(ballot, {"LEV-01": "EE"})

    page = text_of(referent_client.get(url("ballot_results", authority, ballot.pk)))

    assert "Moins de trois votants" in page and "Consensus favorable" not in page
    assert "essentiel 2" in page


def test_names_are_shown_as_the_rule_says(authority, initiative, referent_client, elected_client, now):
    ballot = make_ballot(
        initiative,
        names=NamesVisibility.REFERENT,
        opens_at=now - timezone.timedelta(days=9),
        closes_at=now - timezone.timedelta(days=1),
    )
    voter = ballot.voters.first()
    make_vote(ballot, voter, ballot_levers(ballot)[0], Grade.COMPLEX, reason="Trop lourd")
    path = url("ballot_comments", authority, ballot.pk)

    assert voter.name in text_of(referent_client.get(path))
    elected_page = text_of(elected_client.get(path))
    assert "Trop lourd" in elected_page and voter.name not in elected_page


def test_decision_needs_a_reason_and_is_shown(authority, closed_ballot, referent_client):
    lever = ballot_levers(closed_ballot)[0]
    path = url("decision_update", authority, lever.pk)
    assert referent_client.get(path).status_code == 200
    for data in (
        {"version": 0},
        {"version": 0, "verdict": "retained"},
        {"version": 0, "verdict": "x", "reason": "Oui"},
    ):
        assert referent_client.post(path, data).status_code == 422

    referent_client.post(path, {"version": 0, "verdict": "retained", "reason": "Le comité le demande"})

    assert Decision.objects.get().verdict == Verdict.RETAINED
    assert "Le comité le demande" in text_of(referent_client.get(url("decision_list", authority)))


def test_decisions_all_taken_lead_to_the_sheets(authority, closed_ballot, referent_client):
    path = url("decision_list", authority)
    sheets = f'href="{reverse("roadmap:roadmap_detail", args=[authority.slug])}">Construire les fiches actions</a>'
    for lever in ballot_levers(closed_ballot):
        assert sheets not in referent_client.get(path).content.decode()
        data = {"version": 0, "verdict": "retained", "reason": "Utile"}
        referent_client.post(url("decision_update", authority, lever.pk), data)

    assert sheets in referent_client.get(path).content.decode()


def test_stale_decision_shows_both_reasons(authority, closed_ballot, referent_client):
    lever = ballot_levers(closed_ballot)[0]
    path = url("decision_update", authority, lever.pk)
    referent_client.post(path, {"version": 0, "verdict": "retained", "reason": "Raison de la première"})

    response = referent_client.post(path, {"version": 0, "verdict": "dismissed", "reason": "Raison de la seconde"})

    assert response.status_code == 409
    assert "Raison de la première" in text_of(response) and "Raison de la seconde" in text_of(response)
    assert Decision.objects.get().verdict == Verdict.RETAINED


def test_decision_about_a_lever_that_was_not_voted_is_not_found(authority, closed_ballot, referent_client):
    other = make_lever(ballot_levers(closed_ballot)[0].catalogue, "LEV-99")

    assert referent_client.get(url("decision_update", authority, other.pk)).status_code == 404
    assert referent_client.get(url("decision_update", authority, 999999)).status_code == 404


def test_consensual_levers_are_confirmed_in_one_gesture(authority, closed_ballot, referent_client):
    assert "Confirmer les 3 consensuels" in text_of(referent_client.get(url("decision_list", authority)))
    path = url("decision_confirm", authority)
    assert referent_client.post(path, {"piles": ["debattre"], "reason": "Non"}).status_code == 422
    assert referent_client.post(path, {"piles": ["favorable"], "reason": ""}).status_code == 422

    referent_client.post(path, {"piles": ["favorable", "defavorable"], "reason": "Consensus du comité"})

    assert Decision.objects.filter(verdict=Verdict.RETAINED).count() == 2
    assert Decision.objects.filter(verdict=Verdict.DISMISSED).count() == 1


def test_light_track_decides_without_a_ballot(authority, initiative, catalogue, referent_client):
    initiative.track = Track.LIGHT
    initiative.save()
    lever = catalogue.levers.first()
    make_shortlist(initiative, [lever], state=ShortlistState.DRAFT)

    referent_client.post(
        url("decision_update", authority, lever.pk), {"version": 0, "verdict": "retained", "reason": "Avec l’élue"}
    )

    assert Decision.objects.get().ballot is None


def test_way_back_that_is_a_bare_word_is_followed_not_resolved(referent_client, authority):
    lever = make_lever(make_catalogue(), "LEV-01")
    response = referent_client.post(url("shortlist_update", authority), {"add": lever.pk, "next": "mot"})
    assert response.status_code == 302
    assert response["Location"] == f"mot#levier-{lever.pk}"


def test_voter_whose_number_is_longer_than_a_key_is_refused(initiative, referent_client, authority, closed_ballot):
    response = referent_client.post(
        url("ballot_create", authority), {"voters": ["9" * 30], "names_visibility": "referent", "closes_at": ""}
    )
    assert response.status_code == 422
