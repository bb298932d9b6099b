"""Links changed on demand, links of a printed sheet, and a participant who takes an account."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from authorities.models import Event, Participant
from authorities.services import (
    confirm_link,
    find_link,
    issue_link,
    issue_sheet_links,
    rotate_own_link,
    send_rotated_link,
    tie_participations,
)
from common.errors import DomainError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import verified_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(initiative) -> Participant:
    """Somebody who has not been invited yet."""
    return factories.make_participant(initiative, email="achats@exemple.fr", name="Achats", accepted_at=None)


def test_a_link_is_rotated_on_demand_and_the_former_dies_when_it_is_confirmed(initiative, referent):
    person = factories.make_participant(initiative, email="rh@exemple.fr")
    former, _ = issue_link(participant=person, now=PARIS_NOON)
    asked = rotate_own_link(participant=person, now=PARIS_NOON + timedelta(hours=1))
    with pytest.raises(DomainError, match="vient de partir"):
        rotate_own_link(participant=person, now=PARIS_NOON + timedelta(hours=1, minutes=1))
    sent = send_rotated_link(participant=person, actor=referent, now=PARIS_NOON + timedelta(hours=2))
    former.refresh_from_db()
    assert former.is_usable(PARIS_NOON + timedelta(hours=2))
    confirm_link(link=sent, now=PARIS_NOON + timedelta(hours=3))
    for link in (former, asked):
        link.refresh_from_db()
        assert link.revoked_at == PARIS_NOON + timedelta(hours=3)


def test_a_rotation_asks_for_an_address_and_a_confirmed_person(initiative, guest, referent):
    nameless = factories.make_participant(initiative, email="")
    with pytest.raises(DomainError, match="Aucune adresse"):
        rotate_own_link(participant=nameless, now=PARIS_NOON)
    with pytest.raises(DomainError, match="l’adresse"):
        send_rotated_link(participant=nameless, actor=referent, now=PARIS_NOON)
    with pytest.raises(DomainError, match="plutôt l’invitation"):
        send_rotated_link(participant=guest, actor=referent, now=PARIS_NOON)


def test_the_links_of_a_sheet_live_two_days_beside_the_others(initiative, guest, referent, authority):
    former, _ = issue_link(participant=guest, now=PARIS_NOON)
    ((link, url),) = issue_sheet_links(initiative=initiative, participants=[guest], actor=referent, now=PARIS_NOON)
    former.refresh_from_db()
    assert former.is_usable(PARIS_NOON)
    assert link.expires_at == PARIS_NOON + timedelta(hours=48)
    assert find_link(url.split("/invitations/")[1].rstrip("/")) == link
    assert Event.objects.get().verb == "a imprimé une feuille de 1 lien personnel, pour 48 heures"
    stranger = factories.make_participant(factories.make_authority().initiatives.get())
    adviser = factories.make_member(authority, "adviser")
    for people, actor, reason in (
        ([], referent, "au moins une"),
        ([stranger], referent, "pas de cette démarche"),
        ([guest], adviser, "Seul le référent"),
    ):
        with pytest.raises(DomainError, match=reason):
            issue_sheet_links(initiative=initiative, participants=people, actor=actor, now=PARIS_NOON)


def test_an_account_gets_the_participations_of_the_address_that_it_proved(initiative, referent):
    person = factories.make_participant(initiative, email="rh@exemple.fr")
    with pytest.raises(DomainError, match="Vérifiez d’abord"):
        tie_participations(user=factories.make_user("rh@exemple.fr"), email="rh@exemple.fr", now=PARIS_NOON)
    owner = verified_user("autre@exemple.fr")
    EmailAddress.objects.create(user=owner, email="rh@exemple.fr", verified=True)
    assert tie_participations(user=owner, email="RH@exemple.fr", now=PARIS_NOON) == 1
    assert tie_participations(user=owner, email="rh@exemple.fr", now=PARIS_NOON) == 0
    person.refresh_from_db()
    assert person.user == owner
