"""Requests to join, roles, departures; an authority always keeps a référent."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from authorities.enums import Role
from authorities.models import Event, Membership, MembershipRequest
from authorities.services import (
    answer_membership_request,
    change_roles,
    remove_membership,
    request_membership,
)
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON

pytestmark = pytest.mark.django_db


def _ask(authority, user, message="Je suis l’élue déléguée.") -> MembershipRequest:
    return request_membership(authority=authority, user=user, message=message, now=PARIS_NOON)


def _answer(request, actor, *, is_accepted=True, roles=(Role.ELECTED,)):
    return answer_membership_request(
        request=request, is_accepted=is_accepted, roles=list(roles), actor=actor, now=PARIS_NOON
    )


def test_a_request_is_told_to_the_referents_only(
    authority, referent, elected_official, django_capture_on_commit_callbacks
):
    user = factories.make_user("elue@exemple.fr", full_name="Élue")
    with django_capture_on_commit_callbacks(execute=True):
        _ask(authority, user)
    assert [message.to for message in mail.outbox] == [[referent.email]]
    assert mail.outbox[0].subject == f"Élue demande à rejoindre {authority.name}"
    assert "Je suis l’élue déléguée." in mail.outbox[0].body
    assert f"/collectivites/{authority.slug}/membres/" in mail.outbox[0].body


def test_a_second_pending_request_is_refused(authority):
    user = factories.make_user()
    _ask(authority, user)
    with pytest.raises(DomainError, match="déjà partie"):
        _ask(authority, user)
    assert MembershipRequest.objects.count() == 1


def test_a_member_does_not_ask(authority, referent):
    with pytest.raises(DomainError, match="déjà membre"):
        _ask(authority, referent)


def test_accepting_gives_the_roles_and_tells_the_requester(authority, referent, django_capture_on_commit_callbacks):
    user = factories.make_user("elue@exemple.fr")
    request = _ask(authority, user)
    with django_capture_on_commit_callbacks(execute=True):
        _answer(request, referent, roles=[Role.COMMITTEE, Role.ELECTED])
    assert Membership.objects.get(user=user).roles == ["committee", "elected"]
    request.refresh_from_db()
    assert (request.state, request.answered_by, request.answered_at) == ("accepted", referent, PARIS_NOON)
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        ["elue@exemple.fr"],
        f"Vous avez rejoint {authority.name}",
    )


def test_refusing_gives_nothing_and_tells_the_requester(authority, referent, django_capture_on_commit_callbacks):
    user = factories.make_user("elue@exemple.fr")
    request = _ask(authority, user)
    with django_capture_on_commit_callbacks(execute=True):
        _answer(request, referent, is_accepted=False)
    assert not Membership.objects.filter(user=user).exists()
    assert mail.outbox[-1].subject == f"Votre demande pour {authority.name} n’a pas été acceptée"
    # Refused once, one may ask again after a week.
    with pytest.raises(DomainError, match="moins d’une semaine"):
        _ask(authority, user)
    MembershipRequest.objects.update(answered_at=PARIS_NOON - timedelta(days=7))
    _ask(authority, user)


def test_three_requests_leave_in_a_day(referent):
    user, now = factories.make_user(), timezone.now()
    places = [factories.make_authority() for _ in range(4)]
    for place in places[:3]:
        request_membership(authority=place, user=user, message="", now=now)
    with pytest.raises(DomainError, match="attendez demain"):
        request_membership(authority=places[3], user=user, message="", now=now)
    request_membership(authority=places[3], user=user, message="", now=now + timedelta(days=1, minutes=1))


def test_a_request_is_answered_once_and_needs_a_role(authority, referent):
    request = _ask(authority, factories.make_user())
    with pytest.raises(DomainError, match="au moins un rôle"):
        _answer(request, referent, roles=[])
    _answer(request, referent)
    with pytest.raises(DomainError, match="déjà reçu sa réponse"):
        _answer(request, referent, is_accepted=False)


def test_the_last_referent_stays(authority, referent):
    membership = Membership.objects.get(user=referent)
    with pytest.raises(DomainError, match="au moins un référent"):
        change_roles(membership=membership, roles=[Role.ELECTED], actor=referent, now=PARIS_NOON)
    with pytest.raises(DomainError, match="au moins un référent"):
        remove_membership(membership=membership, actor=referent, now=PARIS_NOON)
    membership.refresh_from_db()
    assert membership.roles == ["referent"]


def test_a_referent_leaves_when_another_stays(authority, referent):
    other = Membership.objects.get(user=factories.make_member(authority, "referent", "elected"))
    change_roles(membership=other, roles=[Role.ELECTED], actor=referent, now=PARIS_NOON)
    other.refresh_from_db()
    assert other.roles == ["elected"]
    change_roles(membership=other, roles=[Role.REFERENT], actor=referent, now=PARIS_NOON)
    remove_membership(membership=Membership.objects.get(user=referent), actor=referent, now=PARIS_NOON)
    assert [member.user for member in Membership.objects.filter(authority=authority)] == [other.user]


def test_a_referent_of_another_authority_does_not_count(authority, referent, outsider):
    with pytest.raises(DomainError):
        remove_membership(membership=Membership.objects.get(user=referent), actor=referent, now=PARIS_NOON)


def test_role_changes_are_in_the_trail(authority, referent):
    user = factories.make_member(authority, "committee")
    user.full_name = "Élue"
    user.save()
    membership = Membership.objects.select_related("user", "authority").get(user=user)
    change_roles(membership=membership, roles=[Role.ELECTED, Role.COMMITTEE], actor=referent, now=PARIS_NOON)
    event = Event.objects.get(authority=authority)
    assert event.verb == "a donné à Élue les rôles\u00a0: comité technique, élu"
    assert (event.actor_user, event.occurred_at) == (referent, PARIS_NOON)
