"""People of the committee: added, corrected, deactivated, never deleted."""

import pytest
from django.test import Client
from django.urls import reverse

from authorities import extensions
from authorities.enums import Role
from authorities.models import Event, Participant
from authorities.services import add_participant, deactivate_participant, reactivate_participant, save_participant
from authorities.services.participants import ParticipantValues
from common.errors import DomainError
from common.versioning import StaleVersionError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import make_dimension, person

pytestmark = pytest.mark.django_db


def _add(initiative, actor, **fields) -> Participant:
    return add_participant(initiative=initiative, values=person(**fields), actor=actor, now=PARIS_NOON)


def _save(participant, actor, *, expected_version=None, **fields) -> Participant:
    version = participant.version if expected_version is None else expected_version
    return save_participant(
        participant=participant, expected_version=version, values=person(**fields), actor=actor, now=PARIS_NOON
    )


@pytest.fixture
def questionnaire(monkeypatch):
    """A questionnaire in which the purchasing service knows one dimension."""
    achats = make_dimension("ACH", "Achats")
    make_dimension("PAR", "Parc")

    def known(service):
        return [achats] if service.code == "achats" else []

    monkeypatch.setattr(extensions, "_registered", [extensions.QuestionnaireAnswers(known, lambda initiative: None)])
    return achats


def test_dimensions_are_proposed_from_the_service(initiative, referent, questionnaire):
    assert list(_add(initiative, referent).dimensions.all()) == [questionnaire]
    assert list(_add(initiative, referent, service="dsi").dimensions.all()) == []


def test_dimensions_that_were_chosen_are_kept(initiative, referent, questionnaire):
    parc = make_dimension("PA2", "Parc")
    assert list(_add(initiative, referent, dimensions=[parc]).dimensions.all()) == [parc]


def test_an_address_serves_once_in_a_demarche_whatever_its_case(initiative, referent):
    assert _add(initiative, referent, email="Achats@Exemple.fr").email == "achats@exemple.fr"
    with pytest.raises(DomainError, match="déjà cette adresse"):
        _add(initiative, referent, email="ACHATS@exemple.fr")
    # Two people without address are not the same person.
    _add(initiative, referent, email="")
    _add(initiative, referent, email="")
    assert Participant.objects.count() == 3


def test_somebody_has_a_role(initiative, referent):
    with pytest.raises(DomainError, match="au moins un rôle"):
        _add(initiative, referent, roles=[])


def test_other_roles_change_what_the_living_links_open(initiative, referent):
    participant = _add(initiative, referent)
    link = factories.make_link(participant)
    _save(participant, referent, roles=[Role.CONTRIBUTOR])
    link.refresh_from_db()
    assert (link.scopes, link.revoked_at) == (["inventory"], None)


def test_another_address_kills_the_links_and_forgets_the_acceptance(initiative, referent):
    participant = _add(initiative, referent)
    participant.accepted_at, participant.invitation_count = PARIS_NOON, 2
    participant.save()
    link = factories.make_link(participant)
    _save(participant, referent, email="autre@exemple.fr")
    participant.refresh_from_db()
    link.refresh_from_db()
    assert (participant.accepted_at, participant.invitation_count, participant.user) == (None, 0, None)
    assert link.revoked_at == PARIS_NOON


def test_a_stale_save_of_a_participant_is_refused(initiative, referent):
    participant = _add(initiative, referent)
    _save(participant, referent, name="Commande publique")
    with pytest.raises(StaleVersionError):
        _save(Participant.objects.get(), referent, name="Autre nom", expected_version=1)
    assert Participant.objects.get().name == "Commande publique"


def test_leaving_kills_the_links_and_keeps_the_person(initiative, referent):
    participant = _add(initiative, referent)
    link = factories.make_link(participant)
    deactivate_participant(participant=participant, actor=referent, now=PARIS_NOON)
    link.refresh_from_db()
    assert Participant.objects.get().is_active is False
    assert link.revoked_at == PARIS_NOON
    with pytest.raises(DomainError, match="ne participe déjà plus"):
        deactivate_participant(participant=participant, actor=referent, now=PARIS_NOON)


def test_somebody_who_left_is_taken_back_without_their_links(initiative, referent):
    participant = _add(initiative, referent)
    link = factories.make_link(participant)
    deactivate_participant(participant=participant, actor=referent, now=PARIS_NOON)
    reactivate_participant(participant=participant, actor=referent, now=PARIS_NOON)
    link.refresh_from_db()
    assert Participant.objects.get().is_active is True
    assert link.revoked_at == PARIS_NOON
    with pytest.raises(DomainError, match="participe déjà"):
        reactivate_participant(participant=participant, actor=referent, now=PARIS_NOON)


# Accompagnateur -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accepted_at", [PARIS_NOON, None])
def test_an_adviser_changes_neither_address_nor_roles(initiative, authority, accepted_at):
    """Whoever was chosen to rate or to vote was chosen with this address, confirmed or not."""
    adviser = factories.make_member(authority, "adviser")
    guest = factories.make_participant(initiative, email="avis@exemple.fr", accepted_at=accepted_at)
    for change in ({"email": "autre@exemple.fr"}, {"roles": [Role.COMMITTEE, Role.ELECTED]}):
        with pytest.raises(DomainError, match="Seul le référent"):
            _save(guest, adviser, **{"email": guest.email, "roles": [Role.COMMITTEE], **change})
    guest.refresh_from_db()
    assert (guest.email, guest.roles) == ("avis@exemple.fr", ["committee"])
    _save(guest, adviser, name="Achats et marchés", email=guest.email, roles=[Role.COMMITTEE])
    assert Participant.objects.get(pk=guest.pk).name == "Achats et marchés"


def test_the_trail_tells_what_moved_and_no_address(initiative, referent):
    guest = factories.make_participant(initiative, name="Achats", email="avis@exemple.fr")
    _save(guest, referent, name="Achats", email="autre@exemple.fr", roles=[Role.ELECTED])
    assert Event.objects.latest("pk").verb == "a modifié Achats\u00a0: son adresse et ses rôles"


def test_a_name_stands_on_one_line(referent_client, initiative, authority):
    service = factories.make_service("dsi").pk
    data = {"name": "Jean\r\n\nDupont\u202e", "service": service, "roles": ["committee"], "version": 1}
    assert (
        referent_client.post(reverse("authorities:participant_create", args=[authority.slug]), data).status_code == 302
    )
    assert initiative.participants.get().name == "Jean Dupont"


def test_an_adviser_is_never_among_those_who_vote(initiative, authority, referent):
    adviser = factories.make_member(authority, "adviser")
    values = ParticipantValues(
        name="Conseil", service=factories.make_service("dsi"), roles=[Role.COMMITTEE], email=adviser.email
    )
    with pytest.raises(DomainError, match="ne vote pas"):
        add_participant(initiative=initiative, values=values, actor=referent, now=PARIS_NOON)


def test_an_adviser_may_not_copy_a_link(initiative, authority):
    guest = factories.make_participant(initiative)
    client = Client()
    client.force_login(factories.make_member(authority, "adviser"))
    response = client.post(reverse("authorities:link_copy", args=[authority.slug, guest.pk]))
    assert response.status_code == 403
    assert not guest.links.exists()
