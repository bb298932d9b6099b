"""Messages of a round: only to those who have accepted, and reminders only to the silent."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from authorities.services import find_link
from common.errors import DomainError
from diagnostics import services
from tests import factories
from tests.factories_diagnostics import AFTER_CLOSING, OPENING, make_diagnosis, make_rating

pytestmark = pytest.mark.django_db

NOW = OPENING + timedelta(days=3)


@pytest.fixture
def round_of_four(initiative, people):
    """Anne has answered; Denis and Chloé are silent; Paul has not accepted; Rose has no address."""
    paul = factories.make_participant(initiative, name="Paul", accepted_at=None)
    rose = factories.make_participant(initiative, name="Rose", email="")
    diagnosis = make_diagnosis(initiative, [*people, paul, rose])
    make_rating(diagnosis, people[0], "ACH-1", 2, "secret")
    return diagnosis


def recipients() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


def test_opening_is_announced_to_those_who_have_accepted(
    round_of_four, people, referent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        services.announce_opening(diagnosis=round_of_four, actor=referent, now=NOW)

    assert recipients() == sorted(person.email for person in people)
    assert "Les avis sur les pratiques numériques de Pays d’Exemple sont ouverts." in mail.outbox[0].body


def test_reminder_goes_to_the_silent_with_their_own_link(
    round_of_four, people, referent, django_capture_on_commit_callbacks
):
    former = factories.make_link(people[1])
    with django_capture_on_commit_callbacks(execute=True):
        reminded = services.remind_silent(diagnosis=round_of_four, actor=referent, now=NOW)

    assert sorted(person.name for person in reminded) == ["Chloé Com", "Denis Dsi"]
    assert recipients() == sorted(person.email for person in people[1:])
    message = next(item for item in mail.outbox if item.to == [people[1].email])
    assert message.subject.startswith("Rappel")
    assert "secret" not in message.body
    token = re.search(r"/invitations/([^/\s]+)/", message.body).group(1)
    assert find_link(token).participant == people[1]
    former.refresh_from_db()
    assert former.revoked_at is None


def test_reminder_leaves_once_a_day(round_of_four, referent):
    services.remind_silent(diagnosis=round_of_four, actor=referent, now=NOW)

    with pytest.raises(DomainError, match="attendez demain"):
        services.remind_silent(diagnosis=round_of_four, actor=referent, now=NOW + timedelta(hours=23))
    assert services.remind_silent(diagnosis=round_of_four, actor=referent, now=NOW + timedelta(days=1))


def test_reminder_needs_somebody_silent(diagnosis, people, referent):
    for person in people:
        make_rating(diagnosis, person, "ACH-1", None)

    with pytest.raises(DomainError, match="Personne n’est à relancer"):
        services.remind_silent(diagnosis=diagnosis, actor=referent, now=NOW)


def test_nobody_is_reminded_after_the_closing(round_of_four, referent):
    with pytest.raises(DomainError, match="ne sont pas ouverts"):
        services.remind_silent(diagnosis=round_of_four, actor=referent, now=AFTER_CLOSING)


def test_a_draft_is_announced_to_nobody(initiative, people, referent):
    draft = make_diagnosis(initiative, people, opened_at=None)

    with pytest.raises(DomainError, match="Ouvrez le diagnostic"):
        services.announce_opening(diagnosis=draft, actor=referent, now=NOW)
