"""A ballot closes at its second, in the time of Paris, across both changes of the clocks; the written hour is right.

In 2026 clocks go from 2:00 to 3:00 on 29 March (1:00 UTC) and from 3:00 back to 2:00 on 25 October (1:00 UTC).
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from common.errors import DomainError
from levers import selectors, services
from levers.enums import Grade
from levers.forms import BallotForm, default_closing
from levers.models import Vote
from levers.wording import written_moment
from tests.factories_levers import ballot_levers, make_ballot

SECOND = timedelta(seconds=1)
CLOSINGS = [
    # UTC, local hour as it is written
    (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "dimanche 29 mars 2026 à 1\u00a0h\u00a030"),
    (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "dimanche 29 mars 2026 à 3\u00a0h"),
    (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "dimanche 29 mars 2026 à 3\u00a0h\u00a030"),
    (datetime(2026, 3, 28, 17, 0, tzinfo=UTC), "samedi 28 mars 2026 à 18\u00a0h"),
    (datetime(2026, 3, 29, 16, 0, tzinfo=UTC), "dimanche 29 mars 2026 à 18\u00a0h"),
    (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), "dimanche 25 octobre 2026 à 1\u00a0h\u00a059"),
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "dimanche 25 octobre 2026 à 2\u00a0h\u00a030 (heure d’été)"),
    (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "dimanche 25 octobre 2026 à 2\u00a0h (heure d’hiver)"),
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "dimanche 25 octobre 2026 à 2\u00a0h\u00a030 (heure d’hiver)"),
    (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "dimanche 25 octobre 2026 à 3\u00a0h"),
    (datetime(2026, 10, 25, 17, 0, tzinfo=UTC), "dimanche 25 octobre 2026 à 18\u00a0h"),
]


@pytest.mark.parametrize(("closes_at", "written"), CLOSINGS)
def test_vote_is_taken_until_the_second_before_and_refused_at_the_second(initiative, closes_at, written):
    ballot = make_ballot(initiative, voters=1, opens_at=closes_at - timedelta(days=14), closes_at=closes_at)
    voter, lever = ballot.voters.get(), ballot_levers(ballot)[0]

    def cast(grade: Grade, now: datetime) -> None:
        services.cast_vote(ballot=ballot, participant=voter, lever=lever, grade=grade, now=now)

    cast(Grade.ESSENTIAL, closes_at - SECOND)
    with pytest.raises(DomainError, match="restent cachés"):
        selectors.ballot_results(ballot, now=closes_at - SECOND)

    with pytest.raises(DomainError) as refusal:
        cast(Grade.UNSUITABLE, closes_at)

    assert f"clos depuis le {written}\u202f;" in refusal.value.message
    assert Vote.objects.get().grade == Grade.ESSENTIAL
    assert selectors.ballot_results(ballot, now=closes_at).rows[0].result.counts.grades == (1, 0, 0, 0, 0)


@pytest.mark.parametrize(("closes_at", "written"), CLOSINGS)
def test_the_hour_does_not_depend_on_the_zone_of_the_value(closes_at, written):
    assert written_moment(closes_at) == written_moment(timezone.localtime(closes_at)) == written


@pytest.mark.parametrize(
    ("start", "closes_at"),
    [
        # Two weeks over each change: 18:00 in Paris on both sides, at another hour of UTC.
        (datetime(2026, 3, 20, 9, 0, tzinfo=UTC), datetime(2026, 4, 3, 16, 0, tzinfo=UTC)),
        (datetime(2026, 10, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 3, 17, 0, tzinfo=UTC)),
    ],
)
def test_proposed_closing_is_at_18_in_paris(start, closes_at):
    assert default_closing(start) == closes_at


@pytest.mark.parametrize("typed", ["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-25T02:00"])
def test_hour_that_does_not_exist_or_comes_twice_is_refused_with_what_to_do(db, typed):
    form = BallotForm({"closes_at": typed}, voters=[])

    assert form.errors["closes_at"] == [
        "Les horloges changent cette nuit-là\u00a0: cette heure n’existe pas, ou vient deux fois. Choisissez une heure "
        "avant 2\u00a0h, ou à partir de 3\u00a0h."
    ]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-03-29T01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25T01:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_hours_around_the_change_are_read_in_paris(db, typed, moment):
    form = BallotForm({"closes_at": typed}, voters=[])
    form.is_valid()

    assert form.cleaned_data["closes_at"] == moment
