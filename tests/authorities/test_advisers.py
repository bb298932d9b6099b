"""An accompagnateur prepares and never votes, by whatever path they come or leave."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from authorities.enums import Role
from authorities.models import Event, Membership
from authorities.services import change_roles, remove_membership, request_membership
from authorities.services.links import open_own_participation
from authorities.services.memberships import answer_membership_request
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(authority):
    return Membership.objects.get(user=factories.make_member(authority, "adviser"))


def test_a_removed_adviser_leaves_the_committee_with_their_links(authority, initiative, adviser, referent):
    participant = factories.make_participant(initiative, user=adviser.user, roles=("elected",))
    browser = factories.participant_client(participant)
    home = reverse("roadmap:participant_home", args=[participant.pk])
    assert browser.get(home).status_code == 200
    remove_membership(membership=adviser, actor=referent, now=PARIS_NOON)
    participant.refresh_from_db()
    assert not participant.is_active
    assert browser.get(home).status_code == 404
    assert Event.objects.filter(verb=f"a retiré {participant.name} du comité").count() == 1


def test_a_removed_adviser_opens_no_participation(initiative, adviser, referent):
    participant = factories.make_participant(initiative, user=adviser.user)
    user = adviser.user
    remove_membership(membership=adviser, actor=referent, now=PARIS_NOON)
    participant.refresh_from_db()
    with pytest.raises(DomainError):
        open_own_participation(user=user, participant=participant, now=PARIS_NOON)


def test_the_participation_is_found_in_former_demarches_and_by_address(authority, adviser, referent):
    former = factories.make_initiative(authority, number=2, is_current=False)
    EmailAddress.objects.create(user=adviser.user, email="conseil@exemple.fr", verified=True)
    participant = factories.make_participant(former, email="conseil@exemple.fr")
    remove_membership(membership=adviser, actor=referent, now=PARIS_NOON)
    participant.refresh_from_db()
    assert not participant.is_active


def test_somebody_else_who_leaves_the_site_stays_in_the_committee(authority, initiative, referent):
    member = Membership.objects.get(user=factories.make_member(authority, "committee"))
    participant = factories.make_participant(initiative, user=member.user)
    remove_membership(membership=member, actor=referent, now=PARIS_NOON)
    participant.refresh_from_db()
    assert participant.is_active


def test_a_colleague_with_another_address_is_untouched(initiative, adviser, referent):
    colleague, without_address = (
        factories.make_participant(initiative),
        factories.make_participant(initiative, email=""),
    )
    remove_membership(membership=adviser, actor=referent, now=PARIS_NOON)
    for participant in (colleague, without_address):
        participant.refresh_from_db()
        assert participant.is_active


def test_nobody_becomes_adviser_while_they_vote(authority, initiative, referent):
    member = Membership.objects.get(user=factories.make_member(authority, "elected"))
    factories.make_participant(initiative, user=member.user, roles=("committee",))
    with pytest.raises(DomainError, match="retirez-lui d’abord ce rôle"):
        change_roles(membership=member, roles=[Role.ADVISER, Role.ELECTED], actor=referent, now=PARIS_NOON)
    member.refresh_from_db()
    assert member.roles == ["elected"]
    # A référent accompanies nobody: they conduct the démarche.
    change_roles(membership=member, roles=[Role.ADVISER, Role.REFERENT], actor=referent, now=PARIS_NOON)


def test_nobody_is_admitted_as_adviser_while_they_vote(authority, initiative, referent):
    user = factories.make_user()
    factories.make_participant(initiative, user=user)
    request = request_membership(authority=authority, user=user, message="", now=PARIS_NOON)
    with pytest.raises(DomainError, match="il ne vote pas"):
        answer_membership_request(
            request=request, is_accepted=True, roles=[Role.ADVISER], actor=referent, now=PARIS_NOON
        )
    request.refresh_from_db()
    assert request.state == "pending" and not Membership.objects.filter(user=user).exists()
