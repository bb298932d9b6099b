"""The workshop: who may hold it, one gesture one decision, the way back, the parking lot, second votes."""

import pytest

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from levers import services
from levers.enums import Grade, NamesVisibility, SecondVoteMeans, Verdict
from levers.models import Decision, ParkedLever, SecondVote, SecondVoteAnswer, Workshop, WorkshopDecision
from levers.tally import Counts, Pile
from tests import factories
from tests.factories import PARIS_NOON as NOW
from tests.factories_levers import AFTER_CLOSING as LATER
from tests.factories_levers import ballot_levers, fill_ballot, make_ballot, make_lever

HANDS = Counts((2, 1, 0, 3, 0), 1)


@pytest.fixture
def workshop(ballot, referent) -> Workshop:
    return services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=LATER)


@pytest.fixture
def levers(ballot):
    return ballot_levers(ballot)


def decide(workshop, lever, referent, **changes) -> Decision:
    values = {"verdict": Verdict.RETAINED, "reason": "Utile", "expected_version": 0, "following": None, "now": LATER}
    return services.decide_in_workshop(workshop=workshop, lever=lever, actor=referent, **{**values, **changes})


def undo(workshop, number, referent):
    return services.undo_decision(workshop=workshop, number=number, actor=referent, now=LATER)


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


# Held -----------------------------------------------------------------------------------------------------------------


def test_workshop_begins_once(ballot, referent, workshop):
    again = services.start_workshop(ballot=ballot, planned_minutes=30, actor=referent, now=LATER)

    assert (again.pk, again.planned_minutes, again.started_by) == (workshop.pk, 90, referent)
    assert verbs() == ["a commencé l’atelier du scrutin n°\u00a01"]


def test_workshop_waits_for_the_closing(ballot, referent):
    with pytest.raises(DomainError, match="encore ouvert"):
        services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=NOW)
    assert not Workshop.objects.exists()


def test_workshop_is_that_of_the_last_ballot(ballot, initiative, referent, workshop, levers):
    make_ballot(initiative, shortlist=ballot.shortlist, voters=list(ballot.voters.all()), number=2)

    with pytest.raises(DomainError, match="dernier scrutin"):
        services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=LATER)
    with pytest.raises(DomainError, match="Un autre scrutin"):
        decide(workshop, levers[0], referent)


@pytest.mark.parametrize("minutes", [14, 721])
def test_workshop_lasts_as_long_as_a_meeting(ballot, referent, minutes):
    with pytest.raises(DomainError, match="de 15 à 720 minutes"):
        services.start_workshop(ballot=ballot, planned_minutes=minutes, actor=referent, now=LATER)


def test_nothing_is_written_in_a_workshop_that_is_over(workshop, levers, referent):
    services.end_workshop(workshop=workshop, actor=referent, now=LATER)
    services.end_workshop(workshop=workshop, actor=referent, now=LATER)

    for write in (
        lambda: decide(workshop, levers[0], referent),
        lambda: services.show_lever(workshop=workshop, lever=levers[0], now=LATER),
        lambda: services.park_lever(workshop=workshop, lever=levers[0], is_parked=True, actor=referent, now=LATER),
        lambda: services.record_hands(
            workshop=workshop, lever=levers[0], number=1, counts=HANDS, actor=referent, now=LATER
        ),
        lambda: services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER),
        lambda: undo(workshop, 1, referent),
    ):
        with pytest.raises(DomainError, match="L’atelier est terminé"):
            write()
    assert not Decision.objects.exists()
    services.resume_workshop(workshop=workshop, actor=referent, now=LATER)
    assert decide(workshop, levers[0], referent).verdict == Verdict.RETAINED
    assert verbs()[1:3] == ["a terminé l’atelier du scrutin n°\u00a01", "a repris l’atelier du scrutin n°\u00a01"]


def test_gestures_are_about_the_levers_of_the_ballot(workshop, referent, catalogue):
    other = make_lever(catalogue, "LEV-99")

    for write in (
        lambda: decide(workshop, other, referent),
        lambda: services.show_lever(workshop=workshop, lever=other, now=LATER),
        lambda: services.park_lever(workshop=workshop, lever=other, is_parked=True, actor=referent, now=LATER),
        lambda: services.record_hands(
            workshop=workshop, lever=other, number=1, counts=HANDS, actor=referent, now=LATER
        ),
        lambda: services.open_phones(workshop=workshop, lever=other, actor=referent, now=LATER),
    ):
        with pytest.raises(DomainError, match="n’est pas de ce scrutin"):
            write()


# Decisions and the way back -------------------------------------------------------------------------------------------


def test_decision_is_recorded_and_the_next_lever_is_shown(workshop, levers, referent):
    decide(workshop, levers[0], referent, following=levers[1])

    decision, gesture = Decision.objects.get(), WorkshopDecision.objects.get()
    assert (decision.verdict, decision.reason, decision.ballot) == (Verdict.RETAINED, "Utile", workshop.ballot)
    assert (gesture.number, gesture.version, gesture.former_verdict) == (1, 1, "")
    assert Workshop.objects.get().current == levers[1]


def test_decision_sent_again_is_written_once(workshop, levers, referent):
    decide(workshop, levers[0], referent)
    decide(workshop, levers[0], referent, following=levers[2])

    assert (Decision.objects.get().version, WorkshopDecision.objects.count()) == (1, 1)
    assert Workshop.objects.get().current == levers[2]
    assert len(verbs()) == 2


def test_decision_needs_a_reason_and_its_version(workshop, levers, referent):
    with pytest.raises(DomainError, match="la raison"):
        decide(workshop, levers[0], referent, reason=" ")
    decide(workshop, levers[0], referent)
    with pytest.raises(StaleVersionError):
        decide(workshop, levers[0], referent, verdict=Verdict.DISMISSED)
    assert WorkshopDecision.objects.count() == 1


def test_undo_of_a_first_decision_leaves_none_and_its_page_stale(workshop, levers, referent, initiative):
    decide(workshop, levers[0], referent)

    assert undo(workshop, 1, referent) == [levers[0]]

    assert not Decision.objects.exists()
    assert Workshop.objects.get().current == levers[0]
    last = Event.objects.first()
    assert last.verb == "a annulé la dernière décision\u00a0: «\u00a0Levier LEV-01\u00a0»"
    assert [(item["before"], item["after"]) for item in last.changes] == [("retenu", ""), ("Utile", "")]
    # The next first decision never bears the number of the one that went: a page of before stays stale.
    again = decide(workshop, levers[0], referent, verdict=Verdict.POSTPONED)
    assert again.version == 2
    with pytest.raises(StaleVersionError):
        services.record_decision(
            initiative=initiative, lever=levers[0], verdict=Verdict.DISMISSED, reason="x", expected_version=1,
            actor=referent, now=LATER,
        )  # fmt: skip


def test_undo_restores_exactly_what_stood_before_gesture_by_gesture(workshop, levers, initiative, referent, authority):
    colleague = factories.make_member(authority, "referent")
    before = services.record_decision(
        initiative=initiative, lever=levers[0], verdict=Verdict.POSTPONED, reason="Après 2027", expected_version=0,
        actor=colleague, now=LATER,
    )  # fmt: skip
    hour = LATER + (LATER - NOW)
    decide(workshop, levers[0], referent, verdict=Verdict.DISMISSED, reason="Cher", expected_version=1, now=hour)
    decide(workshop, levers[0], referent, verdict=Verdict.RETAINED, reason="Si", expected_version=2, now=hour)

    undo(workshop, 2, referent)
    stored = Decision.objects.get()
    assert (stored.verdict, stored.reason, stored.decided_by, stored.decided_at) == (
        "dismissed",
        "Cher",
        referent,
        hour,
    )
    undo(workshop, 1, referent)

    stored = Decision.objects.get()
    assert (stored.verdict, stored.reason) == (Verdict.POSTPONED, "Après 2027")
    assert (stored.decided_by, stored.decided_at, stored.ballot) == (colleague, before.decided_at, before.ballot)
    assert stored.version == 5


def test_undo_sent_again_undoes_nothing_more(workshop, levers, referent):
    decide(workshop, levers[0], referent)
    decide(workshop, levers[1], referent)

    undo(workshop, 2, referent)
    undo(workshop, 2, referent)

    assert Decision.objects.get().lever == levers[0]


def test_undo_takes_the_last_gesture_only(workshop, levers, referent):
    decide(workshop, levers[0], referent)
    decide(workshop, levers[1], referent)

    for number in (1, 3):
        with pytest.raises(DomainError, match="Une autre décision"):
            undo(workshop, number, referent)
    assert Decision.objects.count() == 2


def test_undo_leaves_a_decision_that_changed_elsewhere(workshop, levers, initiative, referent):
    decide(workshop, levers[0], referent)
    services.record_decision(
        initiative=initiative, lever=levers[0], verdict=Verdict.DISMISSED, reason="Relu", expected_version=1,
        actor=referent, now=LATER,
    )  # fmt: skip

    with pytest.raises(DomainError, match="a changé depuis"):
        undo(workshop, 1, referent)
    assert Decision.objects.get().reason == "Relu"


def test_consensus_is_confirmed_and_undone_in_one_gesture(initiative, referent):
    ballot = make_ballot(initiative, levers=4)
    fill_ballot(ballot, {"LEV-01": "EEE", "LEV-02": "EPP", "LEV-03": "NNC", "LEV-04": "EIN"})
    workshop = services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=LATER)

    piles = [Pile.FAVOURABLE, Pile.UNFAVOURABLE]
    services.confirm_in_workshop(workshop=workshop, piles=piles, reason="Consensus", actor=referent, now=LATER)
    assert Decision.objects.count() == 3
    undo(workshop, 1, referent)

    assert not Decision.objects.exists()
    last = Event.objects.first()
    assert last.verb == "a annulé 3 décisions consensuelles"
    assert {(item["label"], item["before"]) for item in last.changes} == {
        ("Levier LEV-01", "retenu"), ("Levier LEV-02", "retenu"), ("Levier LEV-03", "écarté"),
    }  # fmt: skip


def test_parking_is_told_once(workshop, levers, referent):
    for is_parked in (True, True, False, False):
        services.park_lever(workshop=workshop, lever=levers[0], is_parked=is_parked, actor=referent, now=LATER)

    assert not ParkedLever.objects.exists()
    assert verbs()[1:] == [
        "a gardé pour la fin\u00a0: «\u00a0Levier LEV-01\u00a0»",
        "a remis à sa place dans l’ordre du jour\u00a0: «\u00a0Levier LEV-01\u00a0»",
    ]


# Second votes ---------------------------------------------------------------------------------------------------------


def count_hands(workshop, lever, referent, number=1, counts=HANDS) -> SecondVote:
    return services.record_hands(
        workshop=workshop, lever=lever, number=number, counts=counts, actor=referent, now=LATER
    )


def test_hands_are_counted_once_and_may_be_counted_again(workshop, levers, referent):
    count_hands(workshop, levers[0], referent)
    count_hands(workshop, levers[0], referent)
    count_hands(workshop, levers[0], referent, number=2, counts=Counts((0, 0, 1, 0, 0)))

    first, second = SecondVote.objects.order_by("number")
    assert (first.grades, first.abstentions, first.means) == ((2, 1, 0, 3, 0), 1, SecondVoteMeans.HANDS)
    assert (second.grades, second.is_open) == ((0, 0, 1, 0, 0), False)
    with pytest.raises(DomainError, match="Un autre second vote"):
        count_hands(workshop, levers[0], referent, number=2)


@pytest.mark.parametrize("counts", [Counts((0, 0, 0, 0, 0)), Counts((501, 0, 0, 0, 0)), Counts((-1, 2, 0, 0, 0))])
def test_hands_are_a_sensible_number(workshop, levers, referent, counts):
    with pytest.raises(DomainError):
        count_hands(workshop, levers[0], referent, counts=counts)
    assert not SecondVote.objects.exists()


def answer(vote, voter, grade, version=0):
    return services.answer_second_vote(
        second_vote=vote, participant=voter, grade=grade, expected_version=version, now=LATER
    )


def test_phones_answer_until_it_closes_and_are_counted(workshop, levers, referent, ballot):
    first, second, third = ballot.voters.order_by("pk")
    vote = services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER)
    assert services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER) == vote

    given = answer(vote, first, Grade.ESSENTIAL)
    answer(vote, first, Grade.COMPLEX, version=given.version)
    answer(vote, second, None)
    answer(vote, third, Grade.COMPLEX)
    with pytest.raises(StaleVersionError):
        answer(vote, first, Grade.PRIORITY, version=1)
    assert SecondVote.objects.get().total == 0
    services.close_phones(second_vote=vote, actor=referent, now=LATER)
    services.close_phones(second_vote=vote, actor=referent, now=LATER)

    stored = SecondVote.objects.get()
    assert (stored.grades, stored.abstentions, stored.closed_at) == ((0, 0, 0, 2, 0), 1, LATER)
    with pytest.raises(DomainError, match="fermé"):
        answer(vote, first, Grade.PRIORITY, version=2)
    assert verbs()[1:] == [
        "a ouvert un second vote sur les téléphones\u00a0: «\u00a0Levier LEV-01\u00a0»",
        "a fermé le second vote\u00a0: «\u00a0Levier LEV-01\u00a0»",
    ]


def test_phones_are_those_of_the_voters(workshop, levers, referent, initiative):
    vote = services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER)

    with pytest.raises(DomainError, match="ne fait pas partie"):
        answer(vote, factories.make_participant(initiative), Grade.PRIORITY)
    assert not SecondVoteAnswer.objects.exists()


def test_phones_vote_on_one_lever_at_a_time(workshop, levers, referent):
    services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER)

    with pytest.raises(DomainError, match="encore ouvert"):
        services.open_phones(workshop=workshop, lever=levers[1], actor=referent, now=LATER)
    with pytest.raises(DomainError, match="Les téléphones votent"):
        count_hands(workshop, levers[0], referent, number=2)


def test_a_vote_that_nobody_answered_goes_away(workshop, levers, referent):
    vote = services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER)

    services.close_phones(second_vote=vote, actor=referent, now=LATER)

    assert not SecondVote.objects.exists()


def test_the_end_closes_the_phones(workshop, levers, referent, ballot):
    vote = services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER)
    answer(vote, ballot.voters.first(), Grade.PRIORITY)

    services.end_workshop(workshop=workshop, actor=referent, now=LATER)

    assert SecondVote.objects.get().grades == (0, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("names", "means", "grades", "abstentions", "is_shown", "has_few"),
    [
        # Names read by everybody: a count says no more than the names do.
        (NamesVisibility.EVERYONE, SecondVoteMeans.PHONES, 1, 0, True, True),
        (NamesVisibility.REFERENT, SecondVoteMeans.PHONES, 1, 0, False, True),
        (NamesVisibility.NOBODY, SecondVoteMeans.PHONES, 2, 0, False, True),
        # An abstention is an answer, never a voice.
        (NamesVisibility.NOBODY, SecondVoteMeans.PHONES, 1, 1, False, True),
        (NamesVisibility.NOBODY, SecondVoteMeans.PHONES, 2, 1, True, True),
        (NamesVisibility.NOBODY, SecondVoteMeans.PHONES, 3, 0, True, False),
        # The room sees the hands.
        (NamesVisibility.NOBODY, SecondVoteMeans.HANDS, 1, 0, True, True),
        (NamesVisibility.DETACHED, SecondVoteMeans.HANDS, 2, 0, True, True),
    ],
)
def test_a_count_of_phones_waits_for_three_answers_when_names_are_hidden(
    initiative, referent, names, means, grades, abstentions, is_shown, has_few
):
    ballot = make_ballot(initiative, voters=5, names=names)
    workshop = services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=LATER)
    vote = SecondVote.objects.create(
        workshop=workshop, lever=ballot_levers(ballot)[0], number=1, means=means, essential=grades,
        abstentions=abstentions, opened_at=LATER, closed_at=LATER,
    )  # fmt: skip

    assert (vote.is_shown, vote.has_few_votes) == (is_shown, has_few)


def test_an_open_count_is_shown_to_nobody(workshop, levers, referent, ballot):
    ballot.names_visibility = NamesVisibility.EVERYONE
    ballot.save()
    vote = services.open_phones(workshop=workshop, lever=levers[0], actor=referent, now=LATER)
    for voter in ballot.voters.all():
        answer(vote, voter, Grade.PRIORITY)

    assert not SecondVote.objects.get().is_shown


def test_detached_papers_are_never_followed_by_phones(initiative, referent):
    ballot = make_ballot(initiative, voters=5, names=NamesVisibility.DETACHED)
    workshop = services.start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=LATER)
    lever = ballot_levers(ballot)[0]

    with pytest.raises(DomainError, match="détachés"):
        services.open_phones(workshop=workshop, lever=lever, actor=referent, now=LATER)
    assert count_hands(workshop, lever, referent).total == 7


def test_minutes_keep_their_texts_and_refuse_strangers(workshop, referent, ballot, other_initiative):
    voter = ballot.voters.first()
    values = services.WorkshopMinutesValues("Salle", [voter], "Invitée", "À suivre")
    services.save_workshop_minutes(workshop=workshop, expected_version=1, values=values, actor=referent, now=LATER)

    stored = Workshop.objects.get()
    assert (stored.place, stored.other_people, stored.notes, stored.version) == ("Salle", "Invitée", "À suivre", 2)
    assert list(stored.present.all()) == [voter]
    with pytest.raises(StaleVersionError):
        services.save_workshop_minutes(workshop=workshop, expected_version=1, values=values, actor=referent, now=LATER)
    stranger = services.WorkshopMinutesValues("", [factories.make_participant(other_initiative)], "", "")
    with pytest.raises(DomainError, match="démarche"):
        services.save_workshop_minutes(
            workshop=workshop, expected_version=2, values=stranger, actor=referent, now=LATER
        )
