"""What is fixed when a ballot opens stays, whatever is posted; what the steering committee did is told to the end."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from levers import services, urls
from levers.enums import NamesVisibility, ShortlistState
from levers.models import Ballot, ShortlistedLever
from levers.selectors import choice_summary
from levers.selectors.results import ballot_levers as voted_levers
from tests.factories import make_participant, participant_client
from tests.factories_levers import ballot_levers, make_ballot, make_catalogue, make_shortlist

# Every field that a rule of the ballot may be called by, in one form.
RULES = {
    "names_visibility": NamesVisibility.EVERYONE,
    "quorum": "1",
    "is_detached": "on",
    "opens_at": "2020-01-01T08:00",
    "first_closes_at": "2020-01-01T08:00",
    "shortlist": "1",
    "number": "9",
    "voters": [],
    "version": "1",
    "closes_at": "2020-01-01T08:00",
    "announces": "on",
    "is_sure": "on",
}
FIXED = ("names_visibility", "quorum", "opens_at", "first_closes_at", "shortlist_id", "number", "opened_by_id")


def fixed(ballot: Ballot) -> tuple[object, ...]:
    stored = Ballot.objects.get(pk=ballot.pk)
    return tuple(getattr(stored, name) for name in FIXED) + (frozenset(stored.voters.values_list("pk", flat=True)),)


@pytest.mark.parametrize("names", [NamesVisibility.NOBODY, NamesVisibility.DETACHED])
def test_no_post_changes_the_rules_of_an_open_ballot(authority, initiative, referent, referent_client, names):
    now = timezone.now()
    ballot = make_ballot(
        initiative, voters=5, names=names, quorum=4, opened_by=referent, opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=3),
    )  # fmt: skip
    voter = ballot.voters.order_by("pk").first()
    lever = ballot_levers(ballot)[0]
    before = fixed(ballot)
    posted = []
    for pattern in urls.authority_patterns:
        route = str(pattern.pattern)
        if not route.startswith("votes/"):
            continue
        known = {"pk": ballot.pk, "voter_pk": voter.pk, "pile": "favorable", "export_slug": "xlsx"}
        arguments = {name: known[name] for name in pattern.pattern.converters}
        path = reverse(f"levers:{pattern.name}", kwargs={"authority_slug": authority.slug, **arguments})
        # The closing comes last: what follows it would be refused for another reason.
        posted.append((pattern.name == "ballot_close", path))
    assert len(posted) >= 10
    phone = participant_client(voter)
    for name, extra in (("vote_list", []), ("vote_table", []), ("paper_take", []), ("vote_update", [lever.pk])):
        phone.post(reverse(f"levers:{name}", args=[voter.pk, ballot.pk, *extra]), RULES)
    for _is_last, path in sorted(posted):
        referent_client.post(path, RULES | {"version": str(Ballot.objects.get().version)})
        assert fixed(ballot) == before, path
    assert Ballot.objects.get().is_closed(timezone.now())
    assert fixed(ballot) == before


def test_thirty_five_levers_become_thirty_three_with_their_reasons(initiative, referent):
    levers = list(make_catalogue(35).levers.all())
    shortlist = make_shortlist(initiative, levers, state=ShortlistState.SUBMITTED)
    now = timezone.now()
    shortlist = services.validate_shortlist(
        shortlist=shortlist, expected_version=1, validated_on=date(2026, 3, 9), body="comité de pilotage",
        set_aside={levers[3].pk: "Hors de nos compétences", levers[9].pk: "Déjà voté au budget"}, actor=referent,
        now=now,
    )  # fmt: skip
    voters = [make_participant(initiative) for _ in range(3)]
    ballot = services.open_ballot(
        initiative=initiative, shortlist=shortlist, voters=voters, closes_at=now + timedelta(days=14),
        names_visibility=NamesVisibility.NOBODY, actor=referent, now=now,
    )  # fmt: skip

    assert len(voted_levers(ballot)) == 33
    summary = choice_summary(initiative, now=now)
    assert (summary.shortlisted_count, summary.validated_count, summary.validated_on) == (35, 33, date(2026, 3, 9))
    assert [(item.lever.code, item.reason) for item in summary.set_aside] == [
        ("LEV-04", "Hors de nos compétences"),
        ("LEV-10", "Déjà voté au budget"),
    ]
    assert ShortlistedLever.objects.filter(is_set_aside=True).count() == 2
