"""Voting behind a personal link: nothing moves on GET, one's own votes only, change of mind until the closing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levers.enums import Grade
from levers.models import Ballot, Vote
from tests.factories import make_participant, participant_client
from tests.factories_levers import ballot_levers, make_ballot, make_lever, make_vote


@pytest.fixture
def ballot(initiative):
    now = timezone.now()
    return make_ballot(initiative, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))


@pytest.fixture
def voter(ballot):
    return ballot.voters.order_by("pk").first()


@pytest.fixture
def voter_client(voter) -> Client:
    return participant_client(voter)


def url(name: str, voter, ballot, *args) -> str:
    return reverse(f"levers:{name}", args=[voter.pk, ballot.pk, *args])


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def close(ballot) -> None:
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def test_reading_every_page_changes_nothing(ballot, voter, voter_client):
    for path in (
        url("vote_list", voter, ballot),
        url("vote_table", voter, ballot),
        *(url("vote_update", voter, ballot, lever.pk) for lever in ballot_levers(ballot)),
    ):
        assert voter_client.get(path).status_code == 200
        assert voter_client.head(path).status_code == 200
    assert not Vote.objects.exists()


def test_vote_leads_to_the_next_lever_then_to_the_overview(ballot, voter, voter_client):
    levers = ballot_levers(ballot)
    for lever, following in zip(levers, [*levers[1:], None], strict=True):
        response = voter_client.post(
            url("vote_update", voter, ballot, lever.pk), {"choice": "P", "reason": "", "version": 0}
        )
        expected = url("vote_update", voter, ballot, following.pk) if following else url("vote_list", voter, ballot)
        assert (response.status_code, response["Location"]) == (302, expected)

    assert set(Vote.objects.values_list("participant", "grade")) == {(voter.pk, Grade.PRIORITY)}
    page = text_of(voter_client.get(url("vote_list", voter, ballot)))
    assert "Vous avez répondu sur les 3 leviers" in page and page.count("Prioritaire") == 3


def test_abstention_and_change_of_mind(ballot, voter, voter_client):
    lever = ballot_levers(ballot)[0]
    path = url("vote_update", voter, ballot, lever.pk)

    voter_client.post(path, {"choice": "A", "reason": "Hors de mon domaine", "version": 0})
    assert Vote.objects.get().grade is None
    page = text_of(voter_client.get(path))
    assert "Hors de mon domaine" in page and "Enregistré à" in page
    voter_client.post(path, {"choice": "N", "reason": "", "version": 1})

    vote = Vote.objects.get()
    assert (vote.grade, vote.reason, vote.version) == (Grade.UNSUITABLE, "", 2)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"choice": "Z", "version": 0},
        {"choice": "", "version": 0},
        {"choice": "P"},
        {"choice": "P", "version": "x"},
        {"choice": "P", "version": 0, "reason": "x" * 1001},
    ],
)
def test_odd_vote_is_refused_and_what_was_typed_stays(ballot, voter, voter_client, data):
    response = voter_client.post(url("vote_update", voter, ballot, ballot_levers(ballot)[0].pk), data)

    assert response.status_code == 422
    assert data.get("reason", "") in text_of(response)
    assert not Vote.objects.exists()


def test_two_windows_show_both_answers(ballot, voter, voter_client):
    lever = ballot_levers(ballot)[0]
    path = url("vote_update", voter, ballot, lever.pk)
    voter_client.post(path, {"choice": "E", "reason": "Première raison", "version": 0})

    response = voter_client.post(path, {"choice": "N", "reason": "Seconde raison", "version": 0})

    page = text_of(response)
    assert response.status_code == 409
    assert "Première raison" in page and "Seconde raison" in page and "Garder l’autre" in page
    assert Vote.objects.get().grade == Grade.ESSENTIAL


def test_autosave_answers_with_the_new_version(ballot, voter, voter_client):
    path = url("vote_update", voter, ballot, ballot_levers(ballot)[0].pk)

    response = voter_client.post(path, {"choice": "E", "reason": "", "version": 0}, headers={"X-Autosave": "1"})

    assert (response.status_code, response["X-Version"]) == (204, "1")
    again = voter_client.post(path, {"choice": "I", "reason": "", "version": 1}, headers={"X-Autosave": "1"})
    assert again["X-Version"] == "2"


def test_closing_is_computed_when_the_vote_comes_in(ballot, voter, voter_client):
    lever = ballot_levers(ballot)[0]
    close(ballot)

    late = voter_client.post(
        url("vote_update", voter, ballot, lever.pk), {"choice": "E", "reason": "Trop tard", "version": 0}
    )
    assert late.status_code == 422
    assert "Le scrutin est clos depuis le" in text_of(late) and "Trop tard" in text_of(late)
    assert not Vote.objects.exists()
    for name, args in (("vote_update", [lever.pk]), ("vote_table", [])):
        response = voter_client.get(url(name, voter, ballot, *args))
        assert (response.status_code, response["Location"]) == (302, url("vote_list", voter, ballot))
    assert "Scrutin clos le" in text_of(voter_client.get(url("vote_list", voter, ballot)))


def test_a_voter_never_sees_the_votes_of_others(ballot, voter, voter_client):
    other = ballot.voters.order_by("pk").last()
    for lever in ballot_levers(ballot):
        make_vote(ballot, other, lever, Grade.COMPLEX, reason="Secret de l’autre")

    def pages():
        paths = [url("vote_list", voter, ballot), url("vote_table", voter, ballot)]
        paths += [url("vote_update", voter, ballot, lever.pk) for lever in ballot_levers(ballot)]
        return [text_of(voter_client.get(path, follow=True)) for path in paths]

    assert not any("Secret" in page or "checked" in page or other.name in page for page in pages())
    close(ballot)
    assert not any("Secret" in page or other.name in page for page in pages())


def test_table_records_many_votes_at_once(ballot, voter, voter_client):
    first, second, third = ballot_levers(ballot)
    make_vote(ballot, voter, first, Grade.ESSENTIAL, reason="Gardée")
    versions = f"{first.pk}:1 {second.pk}:0 {third.pk}:0"

    response = voter_client.post(
        url("vote_table", voter, ballot),
        {"versions": versions, f"g{first.pk}": "C", f"g{second.pk}": "A", f"g{third.pk}": ""},
    )

    assert (response.status_code, response["Location"]) == (302, url("vote_list", voter, ballot))
    assert dict(Vote.objects.values_list("lever", "grade")) == {first.pk: Grade.COMPLEX, second.pk: None}
    assert Vote.objects.get(lever=first).reason == "Gardée"


def test_table_of_a_stale_window_gives_409_then_may_be_sent_again(ballot, voter, voter_client):
    first, second, _third = ballot_levers(ballot)
    make_vote(ballot, voter, first, Grade.ESSENTIAL, version=2)
    path = url("vote_table", voter, ballot)
    data = {"versions": f"{first.pk}:1 {second.pk}:0", f"g{first.pk}": "N", f"g{second.pk}": "P"}

    response = voter_client.post(path, data)

    page = text_of(response)
    assert response.status_code == 409 and "a enregistré « essentiel »" in page
    assert f"{first.pk}:2" in page
    assert Vote.objects.get().grade == Grade.ESSENTIAL
    assert voter_client.post(path, {**data, "versions": f"{first.pk}:2 {second.pk}:0"}).status_code == 302
    assert Vote.objects.get(lever=first).grade == Grade.UNSUITABLE


@pytest.mark.parametrize("data", [{}, {"versions": "a:b 9:9:9 ::"}, {"versions": "x" * 5000}])
def test_empty_or_odd_table_is_refused(ballot, voter, voter_client, data):
    assert voter_client.post(url("vote_table", voter, ballot), data).status_code == 422


def test_unknown_grade_in_the_table_is_told_on_its_row(ballot, voter, voter_client):
    lever = ballot_levers(ballot)[0]

    response = voter_client.post(url("vote_table", voter, ballot), {f"g{lever.pk}": "Z"})

    assert response.status_code == 422 and "Choisissez une des six réponses" in text_of(response)


# Hostile addresses --------------------------------------------------------------------------------------------------


def test_only_the_voters_of_the_ballot_find_it(ballot, voter, initiative, other_initiative, voter_client):
    lever = ballot_levers(ballot)[0]
    others = {
        "a participant who does not vote": make_participant(initiative),
        "a participant of another authority": make_participant(other_initiative),
    }
    for who, participant in others.items():
        client = participant_client(participant)
        for name, args in (("vote_list", []), ("vote_table", []), ("vote_update", [lever.pk])):
            assert client.get(url(name, participant, ballot, *args)).status_code == 404, who
            # Somebody else's space
            assert client.get(url(name, voter, ballot, *args)).status_code == 404, who
        path = url("vote_update", participant, ballot, lever.pk)
        assert client.post(path, {"choice": "E", "version": 0}).status_code == 404
    assert Client().get(url("vote_list", voter, ballot)).status_code == 404
    assert not Vote.objects.exists()


def test_link_without_the_right_to_vote_is_refused(ballot, voter):
    assert participant_client(voter, scopes=["read"]).get(url("vote_list", voter, ballot)).status_code == 403


def test_lever_that_is_not_put_to_the_vote_is_not_found(ballot, voter, voter_client):
    other = make_lever(ballot.shortlist.catalogue, "LEV-99")
    for pk in (other.pk, 999_999):
        path = url("vote_update", voter, ballot, pk)
        assert voter_client.get(path).status_code == 404
        assert voter_client.post(path, {"choice": "E", "version": 0}).status_code == 404


def test_ballot_of_another_demarche_is_not_found(ballot, voter, voter_client, other_initiative):
    now = timezone.now()
    foreign = make_ballot(other_initiative, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))

    assert voter_client.get(url("vote_list", voter, foreign)).status_code == 404


# Budgets -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "queries"), [("vote_list", 5), ("vote_table", 5), ("vote_update", 6)])
@pytest.mark.parametrize("levers", [1, 3])
def test_voting_pages_take_the_same_queries(initiative, django_assert_num_queries, name, queries, levers):
    now = timezone.now()
    ballot = make_ballot(
        initiative, levers=levers, voters=levers, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1)
    )
    voter = ballot.voters.first()
    for lever in ballot_levers(ballot):
        make_vote(ballot, voter, lever, Grade.PRIORITY, reason="Oui")
    client = participant_client(voter)
    args = [ballot_levers(ballot)[0].pk] if name == "vote_update" else []

    with django_assert_num_queries(queries):
        assert client.get(url(name, voter, ballot, *args)).status_code == 200


def test_version_that_is_no_number_is_ignored(ballot, voter, voter_client):
    """« ² » is a digit for Python, and no number."""
    lever = ballot_levers(ballot)[0]
    response = voter_client.post(
        url("vote_table", voter, ballot), {f"g{lever.pk}": "E", "versions": f"²:1 {lever.pk}:²"}
    )
    assert response.status_code == 302
    assert Vote.objects.get(lever=lever).grade == Grade.ESSENTIAL
