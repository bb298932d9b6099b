"""Decisions: who may be decided about and when, one by one or all the consensual ones at once."""

import pytest

from authorities.enums import EventKind, Track
from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from levers import services
from levers.enums import ShortlistState, Verdict
from levers.models import Decision
from levers.tally import Pile
from tests.factories import PARIS_NOON as NOW
from tests.factories_levers import (
    AFTER_CLOSING,
    ballot_levers,
    fill_ballot,
    make_ballot,
    make_lever,
    make_shortlist,
)

CONSENSUS = (Pile.FAVOURABLE, Pile.UNFAVOURABLE)


def decide(initiative, lever, referent, **changes):
    values = {"verdict": Verdict.RETAINED, "reason": "Utile", "expected_version": 0, "now": AFTER_CLOSING}
    return services.record_decision(initiative=initiative, lever=lever, actor=referent, **{**values, **changes})


def confirm(ballot, referent, **changes):
    values = {"piles": CONSENSUS, "reason": "Consensus", "now": AFTER_CLOSING}
    return services.confirm_consensus(ballot=ballot, actor=referent, **{**values, **changes})


def test_decision_keeps_the_verdict_the_reason_the_author_and_the_ballot(ballot, initiative, referent):
    lever = ballot_levers(ballot)[0]

    decide(initiative, lever, referent, verdict=Verdict.POSTPONED, reason=" Après 2027 ")

    decision = Decision.objects.get()
    assert (decision.lever, decision.verdict, decision.reason) == (lever, Verdict.POSTPONED, "Après 2027")
    assert (decision.decided_by, decision.decided_at, decision.ballot) == (referent, AFTER_CLOSING, ballot)
    assert Event.objects.get().verb == "a décidé\u00a0: «\u00a0Levier LEV-01\u00a0», reporté"


def test_decision_may_change_with_its_version(ballot, initiative, referent):
    lever = ballot_levers(ballot)[0]
    decide(initiative, lever, referent)

    with pytest.raises(StaleVersionError) as caught:
        decide(initiative, lever, referent, verdict=Verdict.DISMISSED, expected_version=0)
    assert caught.value.current.verdict == Verdict.RETAINED
    decide(initiative, lever, referent, verdict=Verdict.DISMISSED, reason="Trop cher", expected_version=1)

    decision = Decision.objects.get()
    assert (decision.verdict, decision.reason, decision.version) == (Verdict.DISMISSED, "Trop cher", 2)


def test_trail_keeps_a_decision_before_and_after(ballot, initiative, referent):
    lever = ballot_levers(ballot)[0]
    decide(initiative, lever, referent)
    decide(initiative, lever, referent, verdict=Verdict.DISMISSED, expected_version=1)

    last, first = Event.objects.order_by("-pk")
    assert (first.kind, first.subject_key) == (EventKind.DECISION, lever.code)
    assert first.changes == [
        {"field": "verdict", "label": "décision", "before": "", "after": "retenu"},
        {"field": "reason", "label": "raison", "before": "", "after": "Utile"},
    ]
    assert last.changes == [{"field": "verdict", "label": "décision", "before": "retenu", "after": "écarté"}]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_decision_needs_a_reason_of_a_reasonable_length(ballot, initiative, referent, reason):
    with pytest.raises(DomainError):
        decide(initiative, ballot_levers(ballot)[0], referent, reason=reason)
    assert not Decision.objects.exists()


def test_decision_waits_for_the_closing_and_for_a_ballot(ballot, initiative, other_initiative, referent, catalogue):
    lever = ballot_levers(ballot)[0]
    make_shortlist(other_initiative, list(catalogue.levers.all()))

    with pytest.raises(DomainError, match="encore ouvert"):
        decide(initiative, lever, referent, now=NOW)
    with pytest.raises(DomainError, match="Ouvrez d’abord un scrutin"):
        decide(other_initiative, lever, referent)
    assert not Decision.objects.exists()


def test_decision_is_about_the_levers_of_the_ballot_only(initiative, referent, catalogue):
    levers = list(catalogue.levers.all())
    shortlist = make_shortlist(initiative, levers[:2])
    shortlist.items.filter(lever=levers[1]).update(is_set_aside=True, set_aside_reason="non")
    make_ballot(initiative, shortlist=shortlist)

    for lever in (levers[1], levers[2], make_lever(catalogue, "LEV-99")):
        with pytest.raises(DomainError, match="Présélectionnez"):
            decide(initiative, lever, referent)


def test_light_track_decides_from_the_shortlist(initiative, referent, catalogue):
    initiative.track = Track.LIGHT
    initiative.save()
    levers = list(catalogue.levers.all())
    make_shortlist(initiative, levers[:1], state=ShortlistState.DRAFT)

    decision = decide(initiative, levers[0], referent, now=NOW)

    assert decision.ballot is None
    with pytest.raises(DomainError):
        decide(initiative, levers[1], referent, now=NOW)


def test_confirm_consensus_decides_what_is_consensual_and_left(initiative, referent):
    ballot = make_ballot(initiative, levers=4)
    fill_ballot(ballot, {"LEV-01": "EEE", "LEV-02": "EPP", "LEV-03": "NNC", "LEV-04": "EIN"})
    first = ballot_levers(ballot)[0]
    decide(initiative, first, referent, verdict=Verdict.POSTPONED, reason="Après 2027")

    decisions = confirm(ballot, referent)

    assert len(decisions) == 2
    assert dict(Decision.objects.values_list("lever__code", "verdict")) == {
        "LEV-01": Verdict.POSTPONED,
        "LEV-02": Verdict.RETAINED,
        "LEV-03": Verdict.DISMISSED,
    }
    assert Event.objects.first().verb == "a confirmé 2 décisions consensuelles"
    with pytest.raises(DomainError, match="déjà une décision"):
        confirm(ballot, referent)


def test_confirm_consensus_takes_the_pile_that_was_chosen(initiative, referent):
    ballot = make_ballot(initiative)
    fill_ballot(ballot, {"LEV-01": "EEE", "LEV-02": "EPP", "LEV-03": "NNC"})

    confirm(ballot, referent, piles=[Pile.UNFAVOURABLE])

    assert Decision.objects.get().lever.code == "LEV-03"


def test_confirm_consensus_refuses_debated_levers_open_ballots_and_empty_reasons(ballot, referent):
    fill_ballot(ballot, {"LEV-01": "EEE"})
    for changes in (
        {"piles": [Pile.DEBATE]},
        {"piles": [Pile.FEW_VOTES, Pile.FAVOURABLE]},
        {"piles": []},
        {"now": NOW},
        {"reason": " "},
    ):
        with pytest.raises(DomainError):
            confirm(ballot, referent, **changes)
    assert not Decision.objects.exists()


def test_confirm_consensus_has_nothing_to_say_under_three_voters(initiative, referent):
    ballot = make_ballot(initiative, voters=2)
    fill_ballot(ballot, {"LEV-01": "EE", "LEV-02": "NN"})

    with pytest.raises(DomainError):
        confirm(ballot, referent)


def test_confirm_consensus_is_for_the_last_ballot_only(initiative, referent):
    former = make_ballot(initiative)
    fill_ballot(former, {"LEV-01": "EEE"})
    make_ballot(initiative, shortlist=former.shortlist, voters=list(former.voters.all()), number=2)

    with pytest.raises(DomainError, match="dernier scrutin"):
        confirm(former, referent)
