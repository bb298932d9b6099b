"""Opening, extension and closing of ballots; votes, online and on paper; with hostile objects of other démarches."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from levers import services
from levers.enums import Grade, NamesVisibility, ShortlistState
from levers.models import Ballot, Vote
from levers.services import VotePaper
from tests.factories import PARIS_NOON as NOW
from tests.factories import make_participant
from tests.factories_levers import (
    CLOSING,
    ballot_levers,
    make_ballot,
    make_lever,
    make_shortlist,
    make_vote,
)


def open_ballot(initiative, shortlist, voters, referent, **changes):
    values = {"closes_at": CLOSING, "names_visibility": NamesVisibility.REFERENT}
    return services.open_ballot(
        initiative=initiative, shortlist=shortlist, voters=voters, actor=referent, now=NOW, **{**values, **changes}
    )


# Opening -------------------------------------------------------------------------------------------------------------


def test_open_ballot_fixes_its_rules_and_its_voters(initiative, catalogue, referent):
    shortlist = make_shortlist(initiative, list(catalogue.levers.all()))
    voters = [make_participant(initiative), make_participant(initiative)]

    ballot = open_ballot(initiative, shortlist, voters, referent)

    assert (ballot.number, ballot.opens_at, ballot.closes_at, ballot.first_closes_at) == (1, NOW, CLOSING, CLOSING)
    assert (ballot.names_visibility, ballot.opened_by) == (NamesVisibility.REFERENT, referent)
    assert set(ballot.voters.all()) == set(voters)
    assert Event.objects.get().verb == "a ouvert le scrutin à 2 personnes, jusqu’au mardi 24 mars 2026 à 11\u00a0h"


def test_open_ballot_needs_the_current_validated_shortlist(initiative, other_initiative, catalogue, referent):
    levers = list(catalogue.levers.all())
    voter = make_participant(initiative)
    draft = make_shortlist(initiative, levers, state=ShortlistState.SUBMITTED)
    foreign = make_shortlist(other_initiative, levers)

    for shortlist in (draft, foreign):
        with pytest.raises(DomainError, match="valider la présélection"):
            open_ballot(initiative, shortlist, [voter], referent)
    make_shortlist(initiative, levers, number=2)
    former = make_shortlist(initiative, levers, number=0)
    with pytest.raises(DomainError):
        open_ballot(initiative, former, [voter], referent)
    assert not Ballot.objects.exists()


def test_open_ballot_refuses_a_second_one_until_the_first_has_closed(initiative, referent):
    first = make_ballot(initiative, closes_at=NOW + timedelta(hours=1))
    voter = make_participant(initiative)

    with pytest.raises(DomainError, match="déjà ouvert"):
        open_ballot(initiative, first.shortlist, [voter], referent)
    Ballot.objects.update(closes_at=NOW)
    assert open_ballot(initiative, first.shortlist, [voter], referent).number == 2


@pytest.mark.parametrize("closes_at", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=90, seconds=1)])
def test_open_ballot_needs_a_closing_within_ninety_days(initiative, catalogue, referent, closes_at):
    shortlist = make_shortlist(initiative, list(catalogue.levers.all()))

    with pytest.raises(DomainError, match="dans les 90\u00a0jours"):
        open_ballot(initiative, shortlist, [make_participant(initiative)], referent, closes_at=closes_at)


def test_open_ballot_takes_only_voters_of_the_demarche(initiative, other_initiative, catalogue, referent):
    shortlist = make_shortlist(initiative, list(catalogue.levers.all()))
    with pytest.raises(DomainError, match="au moins une personne"):
        open_ballot(initiative, shortlist, [], referent)
    with pytest.raises(DomainError, match="ne participe pas à cette démarche"):
        open_ballot(initiative, shortlist, [make_participant(other_initiative)], referent)
    for roles, fields in [
        (("elected",), {}),
        (("contributor",), {}),
        (("committee", "adviser"), {}),
        (("committee",), {"is_active": False}),
    ]:
        with pytest.raises(DomainError, match="ne vote pas"):
            open_ballot(initiative, shortlist, [make_participant(initiative, roles=roles, **fields)], referent)
    assert not Ballot.objects.exists()


# Extension and closing -----------------------------------------------------------------------------------------------


def test_extend_ballot_keeps_the_first_closing_and_tells_both(ballot, referent):
    later = CLOSING + timedelta(days=7)

    services.extend_ballot(ballot=ballot, expected_version=1, closes_at=later, actor=referent, now=NOW)

    ballot.refresh_from_db()
    assert (ballot.closes_at, ballot.first_closes_at, ballot.is_extended) == (later, CLOSING, True)
    verb = "a prolongé le scrutin, du mardi 24 mars 2026 à 11\u00a0h au mardi 31 mars 2026 à 12\u00a0h"
    assert Event.objects.get().verb == verb  # summer time began on 29 March


def test_extend_ballot_only_forward_and_only_before_the_closing(ballot, referent):
    for closes_at in (CLOSING, CLOSING - timedelta(days=1)):
        with pytest.raises(DomainError, match="après celle prévue"):
            services.extend_ballot(ballot=ballot, expected_version=1, closes_at=closes_at, actor=referent, now=NOW)
    with pytest.raises(DomainError, match="ne se rouvre pas"):
        services.extend_ballot(
            ballot=ballot,
            expected_version=1,
            closes_at=CLOSING + timedelta(days=2),
            actor=referent,
            now=CLOSING,
        )
    with pytest.raises(StaleVersionError):
        services.extend_ballot(
            ballot=ballot, expected_version=7, closes_at=CLOSING + timedelta(days=2), actor=referent, now=NOW
        )
    ballot.refresh_from_db()
    assert ballot.closes_at == CLOSING


def test_ballot_closes_at_its_hour_without_any_job(ballot):
    assert ballot.is_open(CLOSING - timedelta(seconds=1)) and not ballot.is_closed(CLOSING - timedelta(seconds=1))
    assert ballot.is_closed(CLOSING) and not ballot.is_open(CLOSING)
    assert not ballot.is_open(NOW - timedelta(seconds=1)) and not ballot.is_closed(NOW - timedelta(seconds=1))


def test_close_ballot_closes_for_good(ballot, referent):
    hour = NOW + timedelta(hours=3)

    services.close_ballot(ballot=ballot, expected_version=1, actor=referent, now=hour)

    ballot.refresh_from_db()
    assert ballot.closes_at == hour and ballot.is_closed(hour)
    with pytest.raises(DomainError):
        services.close_ballot(ballot=ballot, expected_version=2, actor=referent, now=hour)
    with pytest.raises(DomainError):
        services.extend_ballot(ballot=ballot, expected_version=2, closes_at=CLOSING, actor=referent, now=hour)


def test_add_voter_before_the_closing_only(ballot, initiative, other_initiative, referent):
    late = make_participant(initiative)

    services.add_voter(ballot=ballot, participant=late, actor=referent, now=NOW)

    assert ballot.voters.count() == 4
    for participant, now, message in [
        (late, NOW, "vote déjà"),
        (make_participant(other_initiative), NOW, "cette démarche"),
        (make_participant(initiative, roles=("elected",)), NOW, "ne vote pas"),
        (make_participant(initiative), CLOSING, "ne se rouvre pas"),
    ]:
        with pytest.raises(DomainError, match=message):
            services.add_voter(ballot=ballot, participant=participant, actor=referent, now=now)
    assert ballot.voters.count() == 4


# Votes ---------------------------------------------------------------------------------------------------------------


def test_cast_vote_then_change_of_mind_keeps_one_vote(ballot):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]

    first = services.cast_vote(
        ballot=ballot, participant=voter, lever=lever, grade=Grade.ESSENTIAL, reason=" Utile ", now=NOW
    )
    services.cast_vote(
        ballot=ballot, participant=voter, lever=lever, grade=None, expected_version=first.version, now=NOW
    )

    vote = Vote.objects.get()
    assert (vote.participant, vote.lever, vote.grade, vote.reason) == (voter, lever, None, "Utile")
    assert (vote.version, vote.entered_by, vote.is_on_paper) == (2, None, False)


def test_cast_vote_refuses_strangers_closed_ballots_and_other_levers(ballot, initiative, other_initiative, catalogue):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]
    not_a_voter = make_participant(initiative)
    stranger = make_participant(other_initiative)
    other_ballot = make_ballot(
        other_initiative, shortlist=make_shortlist(other_initiative, [catalogue.levers.last()]), voters=[stranger]
    )
    off_ballot = make_lever(lever.catalogue, "LEV-99")
    aside = ballot.shortlist.items.last()
    aside.is_set_aside, aside.set_aside_reason = True, "Hors compétence"
    aside.save()

    for changes, message in [
        ({"participant": not_a_voter}, "ne fait pas partie des votants"),
        ({"participant": stranger}, "ne fait pas partie des votants"),
        ({"ballot": other_ballot}, "ne fait pas partie des votants"),
        ({"lever": off_ballot}, "n’est pas soumis à ce scrutin"),
        ({"lever": aside.lever}, "n’est pas soumis à ce scrutin"),
        ({"now": CLOSING}, "ne se rouvre pas"),
        ({"now": NOW - timedelta(hours=1)}, "ouvre le"),
        ({"reason": "x" * 1001}, "1\u202f000\u00a0caractères|1000 caractères"),
    ]:
        values = {"ballot": ballot, "participant": voter, "lever": lever, "now": NOW, **changes}
        with pytest.raises(DomainError, match=message):
            services.cast_vote(grade=Grade.ESSENTIAL, **values)
    assert not Vote.objects.exists()


def test_cast_vote_refuses_a_person_set_aside_since_the_opening(ballot):
    voter = ballot.voters.first()
    voter.is_active = False
    voter.save()

    with pytest.raises(DomainError):
        services.cast_vote(
            ballot=ballot, participant=voter, lever=ballot_levers(ballot)[0], grade=Grade.PRIORITY, now=NOW
        )


def test_stale_vote_is_refused_and_the_stored_one_is_told(ballot):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]
    make_vote(ballot, voter, lever, Grade.ESSENTIAL, version=2)

    with pytest.raises(StaleVersionError) as caught:
        services.cast_vote(
            ballot=ballot, participant=voter, lever=lever, grade=Grade.UNSUITABLE, expected_version=1, now=NOW
        )

    assert caught.value.current.grade == Grade.ESSENTIAL
    # Saying again what is stored is no conflict.
    services.cast_vote(
        ballot=ballot, participant=voter, lever=lever, grade=Grade.ESSENTIAL, expected_version=1, now=NOW
    )
    assert Vote.objects.get().version == 2


def test_several_votes_are_all_recorded_or_none(ballot):
    voter, levers = ballot.voters.first(), ballot_levers(ballot)
    foreign = make_lever(levers[0].catalogue, "LEV-98")
    papers = [VotePaper(lever, Grade.INTERESTING) for lever in levers]

    with pytest.raises(DomainError):
        services.cast_votes(ballot=ballot, participant=voter, papers=[*papers, VotePaper(foreign, None)], now=NOW)
    assert not Vote.objects.exists()

    services.cast_votes(ballot=ballot, participant=voter, papers=papers, now=NOW)
    assert Vote.objects.count() == 3
    assert Event.objects.get().verb == "a répondu sur 3 leviers"


def test_paper_ballot_is_the_vote_of_the_participant_and_says_who_typed(ballot, referent):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]

    services.cast_vote(ballot=ballot, participant=voter, lever=lever, grade=Grade.COMPLEX, entered_by=referent, now=NOW)

    vote = Vote.objects.get()
    assert (vote.participant, vote.entered_by, vote.is_on_paper) == (voter, referent, True)
    event = Event.objects.get()
    assert event.verb == f"a saisi le bulletin papier de {voter} (1 levier)"
    assert event.actor_user == referent


def test_paper_ballot_never_touches_an_online_vote(ballot, referent):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]
    make_vote(ballot, voter, lever, Grade.ESSENTIAL)

    with pytest.raises(DomainError, match="déjà voté en ligne"):
        services.cast_vote(
            ballot=ballot, participant=voter, lever=lever, grade=Grade.UNSUITABLE, entered_by=referent, now=NOW
        )
    assert Vote.objects.get().grade == Grade.ESSENTIAL


def test_online_vote_replaces_a_paper_one(ballot, referent):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]
    services.cast_vote(ballot=ballot, participant=voter, lever=lever, grade=Grade.COMPLEX, entered_by=referent, now=NOW)

    services.cast_vote(ballot=ballot, participant=voter, lever=lever, grade=Grade.PRIORITY, now=NOW)

    vote = Vote.objects.get()
    assert (vote.grade, vote.entered_by, vote.is_on_paper) == (Grade.PRIORITY, None, False)


def test_no_event_of_an_open_ballot_tells_a_grade(ballot, referent):
    voters, levers = list(ballot.voters.all()), ballot_levers(ballot)
    papers = [VotePaper(lever, Grade.UNSUITABLE, "Trop cher pour nous") for lever in levers]
    services.cast_votes(ballot=ballot, participant=voters[0], papers=papers, now=NOW)
    services.cast_votes(ballot=ballot, participant=voters[1], papers=papers, entered_by=referent, now=NOW)

    told = " ".join(Event.objects.values_list("verb", flat=True)) + str(Vote.objects.first())
    for secret in ("inapproprié", "Trop cher", "UNSUITABLE", levers[0].title):
        assert secret not in told


def test_constraints_hold_without_the_services(ballot, initiative):
    voter, lever = ballot.voters.first(), ballot_levers(ballot)[0]
    make_vote(ballot, voter, lever, None)
    for write in (
        lambda: make_vote(ballot, voter, lever, Grade.ESSENTIAL),
        lambda: Vote.objects.update(grade=6),
        lambda: Ballot.objects.update(closes_at=NOW - timedelta(days=1)),
        lambda: ballot.shortlist.items.update(is_set_aside=True),
        lambda: make_shortlist(initiative, [], number=9, validated_on=None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_deleting_the_authority_takes_its_votes_along(ballot, authority):
    make_vote(ballot, ballot.voters.first(), ballot_levers(ballot)[0], Grade.ESSENTIAL)

    authority.delete()

    assert not Vote.objects.exists() and not Ballot.objects.exists()
