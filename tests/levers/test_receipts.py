"""Receipt of a whole vote: once, in the grouped message of the next morning, and never a grade."""

from datetime import timedelta

import pytest

from accounts import outbox
from accounts.enums import MailChoice, MailReason
from accounts.models import OutboxMessage
from accounts.preferences import locked_preference, save_preference
from authorities.enums import ActivityKind
from authorities.models import ActivityItem
from authorities.services.activity import send_due_news
from common.emails import html_part
from levers import services
from levers.enums import Grade, NamesVisibility
from levers.papers import new_secret
from levers.services import VotePaper
from tests.factories import PARIS_NOON as NOW
from tests.factories import make_participant
from tests.factories_levers import CLOSING, ballot_levers, make_ballot

MORNING = NOW + timedelta(days=1)
NAMED = [NamesVisibility.EVERYONE, NamesVisibility.REFERENT, NamesVisibility.NOBODY]


@pytest.fixture
def voter(initiative):
    return make_participant(initiative, name="Votante", email="vote@exemple.fr")


@pytest.fixture
def ballot(initiative, voter):
    return make_ballot(initiative, voters=[voter])


def answer(ballot, voter, *, count: int = 3, grade=Grade.UNSUITABLE, now=NOW, **fields) -> None:
    papers = [VotePaper(lever, grade, "Secret") for lever in ballot_levers(ballot)[:count]]
    services.cast_votes(ballot=ballot, participant=voter, papers=papers, now=now, **fields)


@pytest.mark.parametrize("names", NAMED)
def test_whole_vote_is_acknowledged_the_next_morning(initiative, voter, referent, mailoutbox, names):
    ballot = make_ballot(initiative, voters=[voter], names=names)
    answer(ballot, voter, count=2)
    assert not ActivityItem.objects.exists()

    answer(ballot, voter)
    assert mailoutbox == []
    assert send_due_news(now=MORNING) == 1

    message = mailoutbox[0]
    assert (message.to, message.subject) == (
        ["vote@exemple.fr"],
        "Votre vote est enregistré, Pays d’Exemple",
    )
    assert "Vous avez répondu sur 3\u00a0leviers numériques de Pays d’Exemple" in message.body
    assert "jusqu’à la fermeture du scrutin, mardi 24 mars 2026 à 11\u00a0h" in message.body
    assert "ne le transmettez pas" in message.body and "Relire mes réponses" in message.body
    assert OutboxMessage.objects.get().reason == MailReason.ACTIVITY


def test_receipt_says_neither_grade_nor_reason(ballot, voter, mailoutbox):
    answer(ballot, voter)
    send_due_news(now=MORNING)

    whole = (mailoutbox[0].subject + mailoutbox[0].body + html_part(mailoutbox[0])).lower()
    for secret in [*(grade.label for grade in Grade), "secret", "levier lev-", "abst"]:
        assert str(secret) not in whole


def test_receipt_comes_once_whatever_changes_after(ballot, voter, mailoutbox):
    answer(ballot, voter)
    answer(ballot, voter, grade=Grade.ESSENTIAL)
    answer(ballot, voter, grade=None)
    send_due_news(now=MORNING)
    answer(ballot, voter, grade=Grade.PRIORITY, now=MORNING)
    send_due_news(now=MORNING + timedelta(days=1))

    assert len(mailoutbox) == 1


def test_two_ballots_give_two_receipts_in_one_message(initiative, ballot, voter, mailoutbox):
    other = make_ballot(initiative, number=2, shortlist=ballot.shortlist, voters=[voter])
    answer(ballot, voter)
    answer(other, voter)

    assert send_due_news(now=MORNING) == 1
    assert mailoutbox[0].body.count("votre vote est enregistré") == 2


def test_detached_vote_leaves_no_receipt(initiative, mailoutbox):
    ballot = make_ballot(initiative, voters=5, names=NamesVisibility.DETACHED)
    answer(ballot, ballot.voters.first(), secret=new_secret())

    assert send_due_news(now=MORNING) == 0
    assert not ActivityItem.objects.exists() and not OutboxMessage.objects.exists() and mailoutbox == []


@pytest.mark.parametrize("fields", [{"accepted_at": None}, {"email": ""}])
def test_only_who_accepted_and_has_an_address(initiative, referent, fields):
    """A paper ballot may be that of somebody who never opened a link."""
    voter = make_participant(initiative, **fields)
    answer(make_ballot(initiative, voters=[voter]), voter, entered_by=referent)

    assert not ActivityItem.objects.exists()


def test_paper_ballot_is_acknowledged_to_whom_it_belongs(ballot, voter, referent, mailoutbox):
    answer(ballot, voter, entered_by=referent)
    send_due_news(now=MORNING)

    assert "Votre bulletin papier a été recopié" in mailoutbox[0].body


@pytest.mark.parametrize("choice", [MailChoice.NOTHING, MailChoice.DEADLINES])
def test_preferences_are_respected(ballot, voter, mailoutbox, choice):
    preference = locked_preference(voter.email)
    save_preference(email=voter.email, choice=choice, expected_version=preference.version)
    answer(ballot, voter)

    assert send_due_news(now=MORNING) == 0
    assert mailoutbox == []
    assert OutboxMessage.objects.get().fate == "withheld"


def test_receipt_of_the_last_evening_comes_after_the_closing(ballot, voter, mailoutbox):
    answer(ballot, voter, now=CLOSING - timedelta(seconds=1))

    assert send_due_news(now=CLOSING + timedelta(days=1)) == 1
    assert "Il se change jusqu’à la fermeture du scrutin, mardi 24 mars 2026" in mailoutbox[0].body


def test_voter_taken_out_gets_no_receipt(ballot, voter, mailoutbox):
    answer(ballot, voter)
    ballot.voters.remove(voter)

    assert send_due_news(now=MORNING) == 0 and mailoutbox == []


def test_receipt_written_while_mail_is_withheld_never_leaves(ballot, voter, mailoutbox):
    with outbox.withholding("Essai."):
        answer(ballot, voter)

    assert send_due_news(now=MORNING) == 0
    assert ActivityItem.objects.get(kind=ActivityKind.BALLOT_RECEIPT).message is not None
    assert (OutboxMessage.objects.get().fate_reason, mailoutbox) == ("Essai.", [])
