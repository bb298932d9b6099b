"""The clock of `make load`, and what it refuses; the load itself is run by the command."""

import random
from collections import Counter

import pytest

from bench.load import arrivals, main

pytestmark = pytest.mark.one_database


def test_each_voter_sends_five_votes_the_last_about_the_first_lever():
    votes = arrivals(1000, 120, 60, random.Random(1))
    assert Counter(vote.voter for vote in votes) == dict.fromkeys(range(1000), 5)
    assert Counter(vote.rank for vote in votes) == dict.fromkeys(range(5), 1000)
    times = [vote.at for vote in votes]
    assert times == sorted(times) and times[0] > 0 and times[-1] < 120


def test_the_rate_rises_to_the_peak_and_falls():
    per_second = Counter(int(vote.at) for vote in arrivals(1000, 120, 60, random.Random(1)))
    assert per_second[0] <= 2 and per_second[119] <= 2
    assert {per_second[second] for second in range(45, 75)} == {60}
    assert max(per_second.values()) == 60


@pytest.mark.parametrize(("seconds", "peak"), [(10, 60), (120, 400)])
def test_a_time_that_does_not_fit_the_peak_is_refused(seconds, peak):
    with pytest.raises(ValueError, match="do not make a peak"):
        arrivals(1000, seconds, peak, random.Random(1))


def test_another_base_than_postgresql_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.sqlite3")
    assert main([]) == 1
    assert "PostgreSQL" in capsys.readouterr().err
