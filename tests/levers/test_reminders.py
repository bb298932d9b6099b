"""Messages of a ballot: only to those who accepted, never twice a day, and never a vote in them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authorities.models import Event
from common.errors import DomainError
from levers import services
from levers.enums import Grade
from levers.models import Ballot
from tests.factories import PARIS_NOON as NOW
from tests.factories import make_participant
from tests.factories_levers import CLOSING, ballot_levers, make_ballot, make_shortlist, make_vote


@pytest.fixture
def people(initiative):
    return {
        "silent": make_participant(initiative, name="Silencieuse", email="silence@exemple.fr"),
        "voted": make_participant(initiative, name="Votante", email="vote@exemple.fr"),
        "unconfirmed": make_participant(initiative, name="Pas encore", email="attente@exemple.fr", accepted_at=None),
        "no address": make_participant(initiative, name="Sans adresse", email=""),
    }


@pytest.fixture
def ballot(initiative, people):
    ballot = make_ballot(initiative, voters=list(people.values()))
    make_vote(ballot, people["voted"], ballot_levers(ballot)[0], Grade.UNSUITABLE, reason="Secret")
    return ballot


def recipients(mailoutbox) -> list[str]:
    return sorted(address for message in mailoutbox for address in message.to)


def test_opening_is_announced_to_those_who_accepted(ballot, referent, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.announce_ballot(ballot=ballot, actor=referent, now=NOW)

    assert recipients(mailoutbox) == ["silence@exemple.fr", "vote@exemple.fr"]
    message = mailoutbox[0]
    assert message.subject == "Votre vote sur les leviers numériques, Pays d’Exemple"
    assert "mardi 24 mars 2026 à 11\u00a0h" in message.body and "/invitations/" in message.body
    assert message.reply_to == [referent.email]


def test_reminder_goes_to_the_silent_only_and_tells_no_vote(
    ballot, referent, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        services.remind_silent(ballot=ballot, actor=referent, now=NOW)

    assert recipients(mailoutbox) == ["silence@exemple.fr"]
    whole = mailoutbox[0].subject + mailoutbox[0].body + str(mailoutbox[0].alternatives)
    assert mailoutbox[0].subject.startswith("Rappel")
    for secret in ("Secret", "inapproprié", "Votante"):
        assert secret not in whole
    assert Event.objects.get().verb == "a relancé 1 personne silencieuse pour le scrutin"


def test_reminder_goes_once_a_day_at_most(ballot, referent):
    services.remind_silent(ballot=ballot, actor=referent, now=NOW)

    with pytest.raises(DomainError, match="attendez demain"):
        services.remind_silent(ballot=ballot, actor=referent, now=NOW + timedelta(hours=23))
    services.remind_silent(ballot=ballot, actor=referent, now=NOW + timedelta(days=1))
    assert Ballot.objects.get().reminded_at == NOW + timedelta(days=1)


def test_reminder_needs_an_open_ballot_and_somebody_silent(ballot, people, referent):
    with pytest.raises(DomainError, match="ne se rouvre pas"):
        services.remind_silent(ballot=ballot, actor=referent, now=CLOSING)
    make_vote(ballot, people["silent"], ballot_levers(ballot)[0], None)
    with pytest.raises(DomainError, match="Personne n’est à relancer"):
        services.remind_silent(ballot=ballot, actor=referent, now=NOW)


def test_former_links_stay_alive(ballot, people, referent):
    services.announce_ballot(ballot=ballot, actor=referent, now=NOW)
    services.remind_silent(ballot=ballot, actor=referent, now=NOW + timedelta(days=1))

    assert people["silent"].links.filter(revoked_at=None).count() == 2


@pytest.mark.parametrize(("ticked", "count"), [({"announces": "on"}, 2), ({}, 0)])
def test_opening_screen_announces_when_the_box_is_ticked(
    initiative, catalogue, people, referent_client, mailoutbox, django_capture_on_commit_callbacks, ticked, count
):
    make_shortlist(initiative, list(catalogue.levers.all()))
    closes_on = timezone.localdate() + timedelta(days=14)
    data = {
        "closes_at": f"{closes_on}T18:00",
        "names_visibility": "referent",
        "voters": [person.pk for person in people.values()],
        **ticked,
    }

    with django_capture_on_commit_callbacks(execute=True):
        referent_client.post(reverse("levers:ballot_create", args=[initiative.authority.slug]), data)

    assert Ballot.objects.count() == 1
    assert len(mailoutbox) == count


def test_reminder_button_says_what_happened(initiative, people, referent_client):
    now = timezone.now()
    ballot = make_ballot(
        initiative,
        voters=list(people.values()),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )
    path = reverse("levers:reminder_send", args=[initiative.authority.slug, ballot.pk])

    assert "Rappel envoyé" in referent_client.post(path, follow=True).content.decode()
    assert "attendez demain" in referent_client.post(path, follow=True).content.decode()
    assert referent_client.get(path).status_code == 405
