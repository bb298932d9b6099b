"""Weight of the screens of the authority: SQL queries and elements, whatever the number of levers and votes."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from levers.models import Ballot, Vote
from tests.factories_levers import fill_ballot, make_ballot, make_lever, make_shortlist

READ_ROUTES = ["lever_list", "shortlist_detail", "ballot_list", "decision_list", "decision_matrix"]
RESULT_ROUTES = [
    "ballot_results",
    "ballot_ranking",
    "ballot_table",
    "ballot_services",
    "ballot_comments",
    "ballot_agenda",
]


def url(name: str, authority, *args) -> str:
    return reverse(f"levers:{name}", args=[authority.slug, *args])


def count_elements(response) -> int:
    return len(re.findall(r"<[a-zA-Z]", response.content.decode()))


def build(initiative, count: int, *, is_closed: bool) -> Ballot:
    moment = timezone.now()
    ballot = make_ballot(
        initiative,
        levers=count,
        voters=count,
        opens_at=moment - timezone.timedelta(days=9),
        closes_at=moment + timezone.timedelta(days=-1 if is_closed else 1),
    )
    fill_ballot(ballot, {f"LEV-{number:02d}": "EIN"[:count] for number in range(1, count + 1)})
    return ballot


@pytest.mark.parametrize(
    ("name", "is_closed", "queries"),
    [
        ("ballot_results", True, 9),
        ("ballot_ranking", True, 8),
        ("ballot_table", True, 8),
        ("ballot_services", True, 8),
        ("ballot_comments", True, 8),
        ("ballot_agenda", True, 9),
        ("ballot_detail", False, 9),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_ballot_pages_take_the_same_queries(
    authority, initiative, referent_client, django_assert_num_queries, name, is_closed, queries, count
):
    ballot = build(initiative, count, is_closed=is_closed)
    path = url(name, authority, ballot.pk)

    with django_assert_num_queries(queries):
        assert referent_client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("lever_list", 9),
        ("shortlist_detail", 10),
        ("shortlist_suggest", 9),
        ("ballot_list", 8),
        ("decision_list", 11),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_step_pages_take_the_same_queries(
    authority, initiative, referent_client, django_assert_num_queries, name, queries, count
):
    build(initiative, count, is_closed=True)

    with django_assert_num_queries(queries):
        assert referent_client.get(url(name, authority)).status_code == 200


def test_heavy_pages_stay_light(authority, initiative, catalogue, referent_client):
    """81 levers, 33 of them voted: fewer than 400 elements on each page, 600 for the table of the ballot."""
    for number in range(5, 82):
        make_lever(catalogue, f"LEV-{number:02d}", theme=1 + number % 6)
    ballot = make_ballot(
        initiative,
        shortlist=make_shortlist(initiative, list(catalogue.levers.all())[:33]),
        voters=9,
        opens_at=timezone.now() - timezone.timedelta(days=9),
        closes_at=timezone.now() - timezone.timedelta(days=1),
    )
    fill_ballot(ballot, {f"LEV-{number:02d}": "EEPPIICCN" for number in range(1, 34)})

    pages = {url(name, authority): 400 for name in READ_ROUTES}
    pages |= {url(name, authority, ballot.pk): 400 for name in RESULT_ROUTES}
    pages[url("shortlist_suggest", authority)] = 400
    counts = {path: count_elements(referent_client.get(path)) for path in pages}
    assert {path: count for path, count in counts.items() if count > pages[path]} == {}
    Ballot.objects.update(closes_at=timezone.now() + timezone.timedelta(days=1))
    Vote.objects.all().delete()
    paper = referent_client.get(url("paper_ballot", authority, ballot.pk, ballot.voters.first().pk))
    assert count_elements(paper) <= 600
