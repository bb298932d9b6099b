"""Requests that nobody answers: the national administration answers in place of the référent."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from authorities.enums import Role
from authorities.models import Event, Membership, MembershipRequest
from authorities.selectors.arbitration import arbitration_rows
from authorities.services import request_membership
from authorities.services.arbitration import arbitrate_membership_request
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
LIST = reverse("authorities:arbitration_list")


@pytest.fixture
def staff():
    return factories.make_user("national@exemple.fr", is_staff=True)


@pytest.fixture
def asked(authority, referent) -> MembershipRequest:
    user = factories.make_user("elue@exemple.fr", full_name="Élue")
    return request_membership(authority=authority, user=user, message="Je suis l’élue.", now=PARIS_NOON)


def _arbitrate(asked, staff, **fields):
    values = {"is_accepted": True, "roles": [Role.ELECTED], "reason": "Arrêté de délégation lu.", "actor": staff}
    return arbitrate_membership_request(request=asked, **{**values, "now": asked.created_at + WEEK, **fields})


def _waiting_since(asked, days):
    MembershipRequest.objects.update(created_at=asked.created_at - timedelta(days=days))


def test_a_request_comes_after_a_week_or_at_once_without_referent(asked, authority, referent):
    assert asked.created_at == PARIS_NOON
    assert arbitration_rows(now=asked.created_at + WEEK - timedelta(seconds=1)) == []
    (row,) = arbitration_rows(now=asked.created_at + WEEK)
    assert (row.request, row.has_referent, row.waiting_days) == (asked, True, 7)
    referent.is_active = False
    referent.save()
    (row,) = arbitration_rows(now=asked.created_at)
    assert not row.has_referent


def test_the_delay_is_a_setting(asked, settings):
    settings.MEMBERSHIP_ANSWER_DAYS = 2
    assert len(arbitration_rows(now=asked.created_at + timedelta(days=2))) == 1


@pytest.mark.parametrize("is_accepted", [True, False])
def test_both_are_told_and_the_trail_names_the_administration(
    asked, authority, referent, staff, is_accepted, django_capture_on_commit_callbacks
):
    mail.outbox.clear()  # the request itself was told to the référents
    with django_capture_on_commit_callbacks(execute=True):
        _arbitrate(asked, staff, is_accepted=is_accepted)
    asked.refresh_from_db()
    assert (asked.state, asked.is_arbitrated, asked.answered_by) == (
        "accepted" if is_accepted else "refused",
        True,
        staff,
    )
    assert Membership.objects.filter(authority=authority, user=asked.user).exists() is is_accepted
    assert [message.to for message in mail.outbox] == [["elue@exemple.fr"], [referent.email]]
    for message in mail.outbox:
        assert "Arrêté de délégation lu." in message.body
    event = Event.objects.filter(authority=authority).first()
    assert event.actor_label == "L’administration nationale"
    assert event.verb == f"{'a accepté' if is_accepted else 'a refusé'} la demande de Élue"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"roles": []}, "au moins un rôle"),
        ({"reason": " "}, "Donnez la raison"),
        ({"now": PARIS_NOON}, "encore le temps"),
    ],
)
def test_what_is_missing_is_refused(asked, staff, fields, reason):
    with pytest.raises(DomainError, match=reason):
        _arbitrate(asked, staff, **fields)
    assert not Membership.objects.filter(user=asked.user).exists()


def test_nobody_arbitrates_their_own_request_nor_without_the_flag(asked, referent):
    with pytest.raises(DomainError, match="revient à l’administration nationale"):
        _arbitrate(asked, referent)
    asked.user.is_staff = True
    asked.user.save()
    with pytest.raises(DomainError, match="votre propre demande"):
        _arbitrate(asked, asked.user)


def test_an_answered_request_is_not_answered_again(asked, staff):
    _arbitrate(asked, staff)
    with pytest.raises(DomainError, match="déjà reçu sa réponse"):
        _arbitrate(asked, staff)


# Pages --------------------------------------------------------------------------------------------------------------


def test_the_pages_exist_for_the_administration_only(asked, referent):
    _waiting_since(asked, 8)
    answer = reverse("authorities:arbitration_answer", args=[asked.pk])
    for url in (LIST, answer):
        assert Client().get(url).status_code == 302
        assert client_of(referent).get(url).status_code == 404
        assert client_of(referent).post(url).status_code == 404


def test_a_request_still_for_the_referent_is_not_found(asked, staff):
    url = reverse("authorities:arbitration_answer", args=[asked.pk])
    assert arbitration_rows(now=asked.created_at) == []
    with pytest.raises(DomainError):
        _arbitrate(asked, staff, now=asked.created_at)
    assert url.endswith(f"/{asked.pk}/")
