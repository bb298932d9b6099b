"""Pages of the preparation: forms refused in French, stale saves, hostile identifiers, roles, query counts."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from authorities.models import ChecklistItem, Initiative, Meeting, Participant, SourceDocument, TerritoryActor
from tests import factories
from tests.factories_authorities import (
    client_of,
    make_actor,
    make_dimension,
    make_document,
    make_document_kind,
    make_meeting,
    make_prerequisites,
    make_preset,
)

pytestmark = pytest.mark.django_db


def _url(initiative, route, *pks) -> str:
    return reverse(f"authorities:{route}", args=[initiative.authority.slug, *pks])


def _text(response) -> str:
    return response.content.decode()


GOOD_INITIATIVE = {
    "version": "1",
    "period_start_year": "2027",
    "period_years": "3",
    "track": "standard",
    "perimeter": "interne",
    "territory_follow_up": "En 2028",
    "council_on": "2026-12-15",
}
GOOD_PERSON = {"version": "1", "name": "Achats", "email": "achats@exemple.fr", "roles": ["committee"]}
GOOD_MEETING = {"version": "1", "label": "COPIL", "kind": "copil", "planned_on": "2026-05-12", "duration_minutes": "90"}


# Démarche and texts -------------------------------------------------------------------------------------------------


def test_the_demarche_is_settled(initiative, referent_client):
    response = referent_client.post(_url(initiative, "initiative_update"), GOOD_INITIATIVE)
    assert response["Location"] == _url(initiative, "preparation_detail")
    initiative.refresh_from_db()
    assert (initiative.period_label, initiative.territory_follow_up, initiative.council_on) == (
        "2027–2029",
        "En 2028",
        date(2026, 12, 15),
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"period_start_year": "1999"}, "Indiquez une année entre 2015 et 2050."),
        ({"period_start_year": "deux mille"}, "Indiquez une année entre 2015 et 2050."),
        ({"period_years": "7"}, "Indiquez un nombre entier entre 1 et 6."),
        ({"track": "rapide"}, "Choisissez une réponse de la liste."),
        ({"perimeter": ""}, "Choisissez une réponse."),
        ({"council_on": "31/02/2027"}, "Indiquez une date, par exemple"),
        ({"council_on": "2226-01-01"}, "Indiquez une date entre le 1"),
        ({"territory_follow_up": "x" * 6_001}, "caractères au plus"),
        ({"version": ""}, "Rechargez la page"),
        ({"version": "abc"}, "Rechargez la page"),
    ],
)
def test_wrong_settings_are_refused_in_french(initiative, referent_client, data, message):
    response = referent_client.post(_url(initiative, "initiative_update"), {**GOOD_INITIATIVE, **data})
    assert response.status_code == 422
    assert message in _text(response)
    assert Initiative.objects.get(pk=initiative.pk).version == 1


def test_two_people_on_the_settings_are_shown_both_texts(initiative, referent_client):
    url = _url(initiative, "initiative_update")
    referent_client.post(url, {**GOOD_INITIATIVE, "territory_follow_up": "Le texte de l’une"})
    response = referent_client.post(url, {**GOOD_INITIATIVE, "territory_follow_up": "Le texte de l’autre"})
    assert response.status_code == 409
    content = _text(response)
    assert "Le texte de l’une" in content and "Le texte de l’autre" in content
    assert Initiative.objects.get(pk=initiative.pk).territory_follow_up == "Le texte de l’une"
    # The page then expects the stored version: choosing and saving goes through.
    chosen = {
        **GOOD_INITIATIVE,
        "version": "2",
        "shown-territory_follow_up": "1",
        "keep-territory_follow_up": "mine",
        "mine-territory_follow_up": "Le texte de l’autre",
        "territory_follow_up": "mélange",
    }
    assert referent_client.post(url, chosen).status_code == 302
    assert Initiative.objects.get(pk=initiative.pk).territory_follow_up == "Le texte de l’autre"


def test_the_texts_are_kept_while_typing(initiative, referent_client):
    url = _url(initiative, "state_of_play_update")
    assert "data-autosave" in _text(referent_client.get(url))
    data = {"version": "1", "uses_summary": "Fibre", "engaged_actions": "", "actors_involvement": ""}
    response = referent_client.post(url, data, headers={"X-Autosave": "1"})
    assert (response.status_code, response["X-Version"], response.content) == (204, "2", b"")
    stale = referent_client.post(url, {**data, "uses_summary": "Cuivre"}, headers={"X-Autosave": "1"})
    assert stale.status_code == 409
    assert Initiative.objects.get(pk=initiative.pk).uses_summary == "Fibre"


def test_the_facts_of_the_authority_are_corrected(initiative, referent_client):
    url = _url(initiative, "authority_update")
    data = {"version": "1", "population": "61 000", "agent_count": "430", "has_it_department": "oui"}
    assert referent_client.post(url, data).status_code == 302
    initiative.authority.refresh_from_db()
    assert (initiative.authority.population, initiative.authority.agent_count) == (61_000, 430)
    stale = referent_client.post(url, {**data, "agent_count": "500"})
    assert stale.status_code == 409 and "500" in _text(stale) and "430" in _text(stale)


# People -------------------------------------------------------------------------------------------------------------


def test_a_person_is_added_and_nothing_is_sent(initiative, referent_client):
    service = factories.make_service("achats", "Achats")
    ach = make_dimension("ACH", "Achats")
    data = {**GOOD_PERSON, "service": service.pk, "dimensions": [ach.pk]}
    response = referent_client.post(_url(initiative, "participant_create"), data, follow=True)
    assert "Aucun message n’est parti." in _text(response)
    assert list(Participant.objects.get().dimensions.all()) == [ach]
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": ""}, "Complétez ce champ."),
        ({"email": "achats@"}, "Indiquez une adresse électronique complète"),
        ({"service": ""}, "Choisissez un service dans la liste."),
        ({"service": "999999"}, "Choisissez une réponse de la liste."),
        ({"service": "abc"}, "Choisissez une réponse de la liste."),
        ({"roles": []}, "Cochez au moins un rôle."),
        ({"roles": ["empereur"]}, "Choisissez parmi les réponses proposées."),
        ({"dimensions": ["999999"]}, "Choisissez parmi les réponses proposées."),
        ({"dimensions": ["abc"]}, "Choisissez parmi les réponses proposées."),
        ({"dimensions": ["9" * 30]}, "Choisissez parmi les réponses proposées."),
        ({"service": "9" * 30}, "Choisissez une réponse de la liste."),
        ({"email": "deja@exemple.fr"}, "Une personne du comité a déjà cette adresse"),
    ],
)
def test_a_wrong_person_is_refused_in_french(initiative, referent_client, data, message):
    factories.make_participant(initiative, email="deja@exemple.fr")
    good = {**GOOD_PERSON, "service": factories.make_service("achats").pk}
    response = referent_client.post(_url(initiative, "participant_create"), {**good, **data})
    assert response.status_code == 422
    assert message in _text(response)
    assert Participant.objects.count() == 1


def test_a_person_is_corrected_and_a_stale_correction_is_shown(initiative, referent_client):
    participant = factories.make_participant(initiative, email="achats@exemple.fr", name="Achats")
    url = _url(initiative, "participant_update", participant.pk)
    good = {**GOOD_PERSON, "service": participant.service_id}
    assert referent_client.post(url, {**good, "function": "Directrice"}).status_code == 302
    stale = referent_client.post(url, {**good, "function": "Cheffe de service"})
    assert stale.status_code == 409
    assert "Directrice" in _text(stale) and "Cheffe de service" in _text(stale)
    assert Participant.objects.get().function == "Directrice"


def test_the_invitation_is_read_before_it_is_sent(initiative, referent_client, django_capture_on_commit_callbacks):
    guest = factories.make_participant(initiative, name="Achats", accepted_at=None)
    factories.make_participant(initiative, name="Déjà là")
    url = _url(initiative, "participant_invite")
    page = _text(referent_client.get(url, {"personne": guest.pk}))
    assert "Bonjour Achats," in page and "Déjà là" not in page
    data = {"participants": [guest.pk], "note": "À <b>jeudi</b>"}
    preview = referent_client.post(url, {**data, "action": "preview"})
    assert preview.status_code == 200 and "À &lt;b&gt;jeudi&lt;/b&gt;" in _text(preview)
    assert mail.outbox == [] and Participant.objects.get(pk=guest.pk).invitation_count == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert referent_client.post(url, {**data, "action": "send"}).status_code == 302
    assert [message.to for message in mail.outbox] == [[guest.email]]


@pytest.mark.parametrize("value", ["", "999999", "abc", "-1", "9" * 30, "١"])
def test_a_hostile_invitation_is_refused(initiative, referent_client, value):
    factories.make_participant(initiative, accepted_at=None)
    url = _url(initiative, "participant_invite")
    response = referent_client.post(url, {"participants": [value] if value else [], "action": "send"})
    assert response.status_code == 422
    assert referent_client.get(url, {"personne": value}).status_code == 200


def test_an_accepted_or_foreign_person_cannot_be_slipped_into_an_invitation(initiative, referent_client):
    accepted = factories.make_participant(initiative)
    foreign = factories.make_participant(factories.make_authority().initiatives.get(), accepted_at=None)
    factories.make_participant(initiative, accepted_at=None)
    for person in (accepted, foreign):
        response = referent_client.post(
            _url(initiative, "participant_invite"), {"participants": [person.pk], "action": "send"}
        )
        assert response.status_code == 422
    assert mail.outbox == []


def test_nobody_to_invite_is_said(initiative, referent_client):
    assert "Personne à inviter" in _text(referent_client.get(_url(initiative, "participant_invite")))


def test_a_copied_link_is_shown_once_and_kills_the_former(initiative, referent_client, client):
    guest = factories.make_participant(initiative, accepted_at=None)
    former = factories.make_link(guest)
    response = referent_client.post(_url(initiative, "link_copy", guest.pk))
    former.refresh_from_db()
    assert response.status_code == 200 and former.revoked_at is not None
    assert "no-store" in response["Cache-Control"] and response["Referrer-Policy"] == "strict-origin"
    token = _text(response).split("/invitations/")[1].split("/")[0]
    assert client.get(reverse("authorities:invitation", args=[token])).status_code == 200
    assert token not in _text(referent_client.get(_url(initiative, "participant_update", guest.pk)))
    assert token not in _text(referent_client.get(_url(initiative, "event_list")))


def test_a_link_is_revoked_and_a_person_leaves_and_comes_back(initiative, referent_client):
    guest = factories.make_participant(initiative)
    link = factories.make_link(guest)
    assert referent_client.post(_url(initiative, "link_revoke", guest.pk)).status_code == 302
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert referent_client.post(_url(initiative, "participant_deactivate", guest.pk)).status_code == 302
    assert referent_client.post(_url(initiative, "participant_deactivate", guest.pk)).status_code == 422
    assert referent_client.post(_url(initiative, "link_copy", guest.pk)).status_code == 422
    assert "ne participe plus" in _text(referent_client.get(_url(initiative, "participant_list")))
    assert referent_client.post(_url(initiative, "participant_reactivate", guest.pk)).status_code == 302
    assert referent_client.post(_url(initiative, "participant_reactivate", guest.pk)).status_code == 422


# Calendar, checklist, lists -----------------------------------------------------------------------------------------


def test_the_calendar_is_planned_from_its_page(initiative, referent_client):
    preset = make_preset()
    url = _url(initiative, "calendar_plan")
    empty = _text(referent_client.get(_url(initiative, "meeting_list")))
    assert "Aucune date pour l’instant" in empty
    response = referent_client.post(url, {"version": "1", "preset": preset.pk, "council_on": "15/09/2026"})
    assert response.status_code == 302
    content = _text(referent_client.get(response["Location"]))
    assert "Un conseil le 15 septembre 2026" in content and "mardi 14 avril 2026" in content
    refused = referent_client.post(url, {"version": "2", "preset": "999999", "council_on": ""})
    assert refused.status_code == 422
    assert "Choisissez une réponse de la liste." in _text(refused)
    assert "Indiquez la date du conseil" in _text(refused)
    stale = referent_client.post(url, {"version": "1", "preset": preset.pk, "council_on": "2026-09-22"})
    assert stale.status_code == 409
    assert "22 septembre 2026" in _text(stale) and "15 septembre 2026" in _text(stale)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"label": ""}, "Complétez ce champ."),
        ({"kind": "bal"}, "Choisissez une réponse de la liste."),
        ({"planned_on": "demain"}, "Indiquez une date"),
        ({"start_time": "25:00"}, "Indiquez une heure, par exemple 14:30."),
        ({"duration_minutes": "5"}, "Indiquez un nombre entier entre 15 et 720."),
    ],
)
def test_a_wrong_meeting_is_refused_in_french(initiative, referent_client, data, message):
    response = referent_client.post(_url(initiative, "meeting_create"), {**GOOD_MEETING, **data})
    assert response.status_code == 422
    assert message in _text(response)
    assert Meeting.objects.count() == 0


def test_a_meeting_is_added_corrected_and_removed(initiative, referent_client):
    data = {**GOOD_MEETING, "start_time": "14h30"}
    assert referent_client.post(_url(initiative, "meeting_create"), data).status_code == 302
    meeting = Meeting.objects.get()
    url = _url(initiative, "meeting_update", meeting.pk)
    assert referent_client.post(url, {**data, "label": "COPIL 2"}).status_code == 302
    stale = referent_client.post(url, {**data, "label": "COPIL 3"})
    assert stale.status_code == 409 and "COPIL 2" in _text(stale) and "COPIL 3" in _text(stale)
    assert referent_client.post(_url(initiative, "meeting_delete", meeting.pk)).status_code == 302
    assert Meeting.objects.count() == 0


def test_the_assembly_is_not_removed(initiative, referent_client):
    meeting = make_meeting(initiative, code="assemblee", kind="assemblee", planned_on=date(2026, 9, 15))
    assert "Retirer du calendrier" not in _text(referent_client.get(_url(initiative, "meeting_update", meeting.pk)))
    response = referent_client.post(_url(initiative, "meeting_delete", meeting.pk))
    assert response.status_code == 422 and "ne se supprime pas" in _text(response)
    moved = referent_client.post(
        _url(initiative, "meeting_update", meeting.pk), {**GOOD_MEETING, "planned_on": "2026-09-22"}
    )
    assert moved.status_code == 422 and "fixe tout le calendrier" in _text(moved)


def test_a_prerequisite_is_ticked_from_its_page(initiative, referent_client):
    make_prerequisites()
    url = _url(initiative, "prerequisite_update", "lancement")
    assert referent_client.post(url, {"version": "0", "is_done": "on", "note": "Le 5"}).status_code == 302
    assert ChecklistItem.objects.get().note == "Le 5"
    stale = referent_client.post(url, {"version": "0", "is_done": "on", "note": "Le 6"})
    assert stale.status_code == 409 and "Le 5" in _text(stale) and "Le 6" in _text(stale)
    assert referent_client.post(url, {"version": "1", "note": "x" * 301}).status_code == 422
    # A derived one and an unknown one have no page.
    assert referent_client.get(_url(initiative, "prerequisite_update", "calendrier")).status_code == 404
    assert referent_client.get(_url(initiative, "prerequisite_update", "inconnu")).status_code == 404


def test_documents_and_actors_are_kept_from_their_pages(initiative, referent_client):
    kind = make_document_kind("sdsi")
    prefilled = _text(referent_client.get(_url(initiative, "document_create"), {"type": "sdsi"}))
    assert 'value="SDSI"' in prefilled
    assert referent_client.get(_url(initiative, "document_create"), {"type": "<x>"}).status_code == 200
    data = {"version": "1", "kind": kind.pk, "title": "SDSI 2023", "year": "2023", "implication": "Postes"}
    assert referent_client.post(_url(initiative, "document_create"), data).status_code == 302
    document = SourceDocument.objects.get()
    assert (
        referent_client.post(_url(initiative, "document_update", document.pk), {**data, "year": "1066"}).status_code
        == 422
    )
    assert referent_client.post(_url(initiative, "document_delete", document.pk)).status_code == 302
    actor = {"version": "1", "name": "Médiathèque", "nature": "public", "involvement": ""}
    assert referent_client.post(_url(initiative, "actor_create"), {**actor, "nature": "x"}).status_code == 422
    assert referent_client.post(_url(initiative, "actor_create"), actor).status_code == 302
    listed = TerritoryActor.objects.get()
    assert (
        referent_client.post(_url(initiative, "actor_update", listed.pk), {**actor, "name": "Médiathèques"}).status_code
        == 302
    )
    assert referent_client.post(_url(initiative, "actor_delete", listed.pk)).status_code == 302
    assert TerritoryActor.objects.count() == SourceDocument.objects.count() == 0


# Hostile identifiers, roles, queries --------------------------------------------------------------------------------

OBJECT_ROUTES = {
    "participant_update": "participant",
    "participant_deactivate": "participant",
    "participant_reactivate": "participant",
    "link_copy": "participant",
    "link_revoke": "participant",
    "meeting_update": "meeting",
    "meeting_export": "meeting",
    "meeting_delete": "meeting",
    "document_update": "document",
    "document_delete": "document",
    "actor_update": "actor",
    "actor_delete": "actor",
    "member_update": "membership",
    "member_delete": "membership",
    "membership_request_accept": "request",
    "membership_request_refuse": "request",
}


@pytest.fixture
def elsewhere(outsider):
    """One of each object, in the authority of somebody else."""
    authority = outsider.memberships.get().authority
    initiative = authority.initiatives.get()
    return {
        "participant": factories.make_participant(initiative),
        "meeting": make_meeting(initiative),
        "document": make_document(initiative),
        "actor": make_actor(initiative),
        "membership": outsider.memberships.get(),
        "request": authority.membership_requests.create(user=factories.make_user()),
    }


@pytest.mark.parametrize("route", sorted(OBJECT_ROUTES))
def test_the_object_of_another_authority_is_not_found(initiative, referent_client, elsewhere, route):
    target = elsewhere[OBJECT_ROUTES[route]]
    url = _url(initiative, route, target.pk)
    assert {referent_client.get(url).status_code, referent_client.post(url).status_code} <= {404, 405}
    assert 404 in {referent_client.get(url).status_code, referent_client.post(url).status_code}
    target.refresh_from_db()
    assert referent_client.post(_url(initiative, route, 10**12)).status_code in {404, 405}


def test_the_object_of_a_former_demarche_is_not_edited(initiative, referent_client):
    former = factories.make_initiative(initiative.authority, number=2, is_current=False)
    meeting = make_meeting(former)
    assert referent_client.get(_url(initiative, "meeting_update", meeting.pk)).status_code == 404


READ, EDIT, PEOPLE, MEMBERS = "read", "edit", "people", "members"
PAGES = {
    "preparation_detail": READ,
    "duty_list": READ,
    "meeting_list": READ,
    "calendar_export": READ,
    "event_list": READ,
    "authority_update": EDIT,
    "initiative_update": EDIT,
    "state_of_play_update": EDIT,
    "calendar_plan": EDIT,
    "meeting_create": EDIT,
    "prerequisite_list": EDIT,
    "document_list": EDIT,
    "document_create": EDIT,
    "actor_list": EDIT,
    "actor_create": EDIT,
    "participant_list": PEOPLE,
    "participant_create": PEOPLE,
    "participant_invite": PEOPLE,
    "member_list": MEMBERS,
}
OPENED = {
    "referent": {READ, EDIT, PEOPLE, MEMBERS},
    "adviser": {READ, EDIT, PEOPLE},
    "elected": {READ},
    "committee": {READ},
    "contributor": set(),
}


@pytest.mark.parametrize("role", sorted(OPENED))
def test_each_role_opens_its_pages_and_no_other(initiative, role):
    member = client_of(factories.make_member(initiative.authority, role))
    wanted = {route: 200 if kind in OPENED[role] else 403 for route, kind in PAGES.items()}
    assert {route: member.get(_url(initiative, route)).status_code for route in PAGES} == wanted


@pytest.mark.parametrize("route", sorted(PAGES))
def test_a_stranger_finds_nothing(initiative, outsider_client, client, route):
    assert outsider_client.get(_url(initiative, route)).status_code == 404
    assert client.get(_url(initiative, route)).status_code == 302


COUNTED = {
    # Session, account, membership, démarche: four queries before the page.
    "preparation_detail": 15,
    "participant_list": 7,
    # One more for the word of the last invitation, one for the text that was typed and not saved.
    "participant_invite": 8,
    # Two for the round and the ballot, whose dates are the real ones.
    "meeting_list": 7,
    "prerequisite_list": 11,
    "document_list": 7,
    "actor_list": 5,
    "event_list": 6,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("route", sorted(COUNTED))
def test_pages_take_the_same_queries_whatever_the_rows(
    initiative, referent_client, route, rows, django_assert_max_num_queries
):
    make_prerequisites()
    kind = make_document_kind()
    for number in range(rows):
        guest = factories.make_participant(initiative, accepted_at=None)
        guest.dimensions.add(make_dimension(f"D{number}"))
        factories.make_link(guest)
        make_meeting(initiative, code=f"reunion-{number}")
        make_document(initiative, kind=kind)
        make_actor(initiative)
    with django_assert_max_num_queries(COUNTED[route]):
        assert referent_client.get(_url(initiative, route)).status_code == 200
