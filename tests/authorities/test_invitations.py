"""Invitations: counted under a lock, for an address, and never for an accompagnateur to vote by."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailFate
from accounts.models import OutboxMessage
from authorities.enums import Role
from authorities.models import Event, Participant, PersonalLink
from authorities.services import confirm_link, invite_participants, issue_link, save_participant
from authorities.services.participants import ParticipantValues
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(initiative) -> Participant:
    """Somebody who has not been invited yet."""
    return factories.make_participant(initiative, email="achats@exemple.fr", name="Achats", accepted_at=None)


def _invite(guest, referent, now=PARIS_NOON):
    return invite_participants(initiative=guest.initiative, participants=[guest], note="", actor=referent, now=now)


def test_somebody_who_has_not_accepted_gets_the_invitation_and_two_repeats(
    guest, referent, django_capture_on_commit_callbacks
):
    for day in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            _invite(guest, referent, now=PARIS_NOON + timedelta(days=day))
    with pytest.raises(DomainError, match="l’invitation et deux rappels"):
        _invite(guest, referent, now=PARIS_NOON + timedelta(days=3))
    assert [message.subject.startswith("Rappel") for message in mail.outbox] == [False, True, True]
    guest.refresh_from_db()
    assert (guest.invitation_count, guest.remaining_invitations) == (3, 0)


def test_a_second_click_sends_nothing_and_kills_no_link(guest, referent):
    """Both requests read the person before either wrote: the second one reads again under the lock."""
    first, second = (Participant.objects.get(pk=guest.pk) for _ in range(2))
    _invite(first, referent)
    with pytest.raises(DomainError, match="vient de partir"):
        _invite(second, referent, now=PARIS_NOON + timedelta(seconds=1))
    guest.refresh_from_db()
    assert (guest.invitation_count, OutboxMessage.objects.count()) == (1, 1)
    assert [link.is_usable(PARIS_NOON) for link in guest.links.all()] == [True]


def test_an_address_that_comes_back_has_had_its_invitations(guest, referent):
    for day in range(3):
        _invite(guest, referent, now=PARIS_NOON + timedelta(days=day))
    guest.refresh_from_db()
    for email in ("autre@exemple.fr", guest.email):
        values = ParticipantValues(name=guest.name, service=guest.service, roles=[Role.COMMITTEE], email=email)
        current = Participant.objects.get(pk=guest.pk)
        save_participant(
            participant=current, expected_version=current.version, values=values, actor=referent, now=PARIS_NOON
        )
    with pytest.raises(DomainError, match="l’invitation et deux rappels"):
        _invite(guest, referent, now=PARIS_NOON + timedelta(days=4))
    assert {message.fate for message in OutboxMessage.objects.all()} == {MailFate.SENT}


def test_two_confirmations_at_once_leave_one_line(guest, referent):
    link, _token = issue_link(participant=guest, now=PARIS_NOON)
    for same in [PersonalLink.objects.get(pk=link.pk) for _ in range(2)]:
        confirm_link(link=same, now=PARIS_NOON)
    assert Event.objects.filter(verb="a confirmé sa participation").count() == 1


def test_an_adviser_signed_in_does_not_open_what_lets_vote(guest, referent, authority):
    adviser = factories.make_member(authority, "adviser")
    client = Client()
    client.force_login(adviser)
    link, token = issue_link(participant=guest, now=timezone.now())
    answer = client.post(reverse("authorities:invitation", args=[token]))
    assert answer.status_code == 403
    assert "Vous accompagnez cette collectivité" in answer.content.decode()
    link.refresh_from_db()
    assert link.confirmed_at is None
    # What only reads is theirs to open, and the person themself still opens the other.
    reader = factories.make_participant(guest.initiative, roles=("elected",))
    _link, reading = issue_link(participant=reader, now=timezone.now())
    assert client.post(reverse("authorities:invitation", args=[reading])).status_code == 302
