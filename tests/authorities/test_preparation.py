"""State of the preparation: checklist, sub-steps, step of the dashboard; documents and actors."""

import pytest
from django.urls import reverse

from authorities.enums import ActorNature, Track
from authorities.models import ChecklistItem, Event, SourceDocument, TerritoryActor
from authorities.selectors import preparation_state, prerequisite_rows, sub_steps
from authorities.selectors.preparation import documents_view
from authorities.services import (
    add_actor,
    add_document,
    delete_actor,
    delete_document,
    save_actor,
    save_checklist_item,
    save_document,
    save_state_of_play,
)
from common.errors import DomainError
from common.steps import StepStatus
from common.versioning import StaleVersionError
from reference.models import Prerequisite
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import (
    make_actor,
    make_dimension,
    make_document,
    make_document_kind,
    make_meeting,
    make_prerequisites,
    make_reen_duties,
)

pytestmark = pytest.mark.django_db


def _tick(initiative, actor, code="lancement", *, expected_version=0, is_done=True, note=""):
    return save_checklist_item(
        initiative=initiative,
        prerequisite=Prerequisite.objects.get(code=code),
        expected_version=expected_version,
        is_done=is_done,
        note=note,
        actor=actor,
        now=PARIS_NOON,
    )


# Checklist ----------------------------------------------------------------------------------------------------------


def test_a_prerequisite_is_ticked_by_hand_with_a_note(initiative, referent):
    make_prerequisites()
    _tick(initiative, referent, note="Le 5 septembre")
    row = next(row for row in prerequisite_rows(initiative) if row.prerequisite.code == "lancement")
    assert (row.is_done, row.is_derived, row.note, row.version) == (True, False, "Le 5 septembre", 1)
    assert Event.objects.get().verb == "a coché le prérequis «\u00a0Prérequis lancement\u00a0»"


def test_a_derived_prerequisite_is_not_ticked_by_hand(initiative, referent):
    make_prerequisites()
    with pytest.raises(DomainError, match="se remplit seul"):
        _tick(initiative, referent, "calendrier")
    assert ChecklistItem.objects.count() == 0


def test_two_people_who_write_about_a_prerequisite_are_both_heard(initiative, referent):
    make_prerequisites()
    _tick(initiative, referent, note="premier")
    with pytest.raises(StaleVersionError) as caught:
        _tick(initiative, referent, note="second")
    assert caught.value.current.note == "premier"
    _tick(initiative, referent, note="second", expected_version=1)
    with pytest.raises(StaleVersionError):
        _tick(initiative, referent, note="troisième", expected_version=1)


def test_the_light_track_has_a_shorter_list(initiative):
    make_prerequisites()
    assert len(prerequisite_rows(initiative)) == 11
    initiative.track = Track.LIGHT
    assert len(prerequisite_rows(initiative)) == 8


def test_the_actors_are_required_of_obliged_authorities_only(initiative):
    make_prerequisites()
    make_reen_duties()
    required = [row.prerequisite.code for row in prerequisite_rows(initiative) if row.is_required]
    assert required == ["acteurs"]
    initiative.authority.population = 50_000
    assert [row for row in prerequisite_rows(initiative) if row.is_required] == []


def test_documents_tick_themselves_or_are_said_not_to_exist(initiative, referent):
    make_prerequisites()

    def row():
        return next(row for row in prerequisite_rows(initiative) if row.prerequisite.code == "documents")

    assert (row().is_done, row().is_derived) == (False, False)
    _tick(initiative, referent, "documents")
    assert (row().is_done, row().is_derived) == (True, False)
    make_document(initiative)
    assert (row().is_done, row().is_derived) == (True, True)


# Step of the dashboard ----------------------------------------------------------------------------------------------


def test_a_space_just_opened_is_to_do(authority):
    initiative = authority.initiatives.get()
    initiative.council_on = None
    state = preparation_state(initiative, now=PARIS_NOON)
    assert (state.code, state.status, state.summary) == ("preparation", StepStatus.TODO, "")
    assert state.next_action.title == "Ajouter l’élu qui porte la démarche"
    assert state.url == f"/collectivites/{authority.slug}/preparer/"


def _fill(initiative):
    factories.make_participant(initiative, service="referent", roles=("referent",))
    factories.make_participant(initiative, service="elus", roles=("elected", "committee"))
    factories.make_participant(initiative, service="achats")
    factories.make_participant(initiative, service="dsi")
    make_meeting(initiative)


def test_a_preparation_that_holds_the_essential_is_done(initiative):
    _fill(initiative)
    state = preparation_state(initiative, now=PARIS_NOON)
    assert (state.status, state.next_action) == (StepStatus.DONE, None)
    assert state.summary == "4\u00a0personnes, 4\u00a0services\u202f; 4 ont confirmé"
    assert state.detail == "Calendrier calé sur le conseil du 15 septembre 2026."
    # What the roadmap will need is reminded without holding the diagnosis back.
    assert [missing.text for missing in state.missing] == [
        "Dites quand le territoire suivra.",
        "Rédigez l’état des lieux\u00a0: usages, actions engagées, acteurs associés.",
    ]


def test_each_essential_that_is_missing_is_told_with_its_page(initiative):
    _fill(initiative)
    guest = factories.make_participant(initiative, name="Eau", accepted_at=None, service="eau")
    state = preparation_state(initiative, now=PARIS_NOON)
    assert state.status == StepStatus.CURRENT
    assert state.missing[0].text == "1\u00a0personne n’est pas invitée\u00a0: Eau"
    assert state.missing[0].url.endswith("/preparer/comite/inviter/")
    assert state.next_action.title == "Inviter le comité"
    guest.invited_at = PARIS_NOON
    guest.save()
    state = preparation_state(initiative, now=PARIS_NOON)
    assert state.status == StepStatus.DONE
    awaited = state.awaited[0]
    assert (awaited.name, awaited.role) == ("Eau", "Comité technique")
    assert awaited.status == "Invitation du 10 mars, pas encore confirmée"


def test_people_who_left_count_no_more(initiative):
    _fill(initiative)
    initiative.participants.filter(service__code="elus").update(is_active=False)
    assert preparation_state(initiative, now=PARIS_NOON).next_action.title == "Ajouter l’élu qui porte la démarche"


@pytest.mark.parametrize("people", [1, 3])
def test_the_step_takes_two_queries_whatever_the_people(initiative, people, django_assert_num_queries):
    for _ in range(people):
        factories.make_participant(initiative)
        make_document(initiative)
    with django_assert_num_queries(2):
        preparation_state(initiative, now=PARIS_NOON)


def test_the_sub_steps_tell_their_state(initiative):
    make_prerequisites()
    _fill(initiative)
    lines = {line.code: (line.status, line.summary) for line in sub_steps(initiative)}
    assert lines["collectivite"] == (
        StepStatus.CURRENT,
        "EPCI à fiscalité propre, 60\u202f000\u00a0habitants, nombre d’agents à compléter.",
    )
    assert lines["demarche"] == (
        StepStatus.CURRENT,
        "2026–2028, parcours standard, fonctionnement interne.",
    )
    assert lines["participants"] == (StepStatus.DONE, "4\u00a0personnes, 4\u00a0services\u202f; 4 ont confirmé.")
    assert lines["calendrier"] == (StepStatus.DONE, "1\u00a0date au calendrier.")
    assert lines["documents"] == (StepStatus.TODO, "Aucun document recensé.")
    assert lines["etat-des-lieux"][0] == StepStatus.TODO
    # Référent, élu, COTECH, calendar, invitations.
    assert lines["prerequis"][1] == "5 sur 11 remplis."


# Documents, actors, texts -------------------------------------------------------------------------------------------


def test_a_document_is_added_corrected_and_removed(initiative, referent):
    kind = make_document_kind()
    common = {"actor": referent, "now": PARIS_NOON}
    document = add_document(initiative=initiative, kind=kind, title="SDSI", year=2023, implication="", **common)
    save_document(
        document=document, expected_version=1, kind=None, title="SDSI 2", year=None, implication="Postes", **common
    )
    stored = SourceDocument.objects.get()
    assert (stored.kind, stored.title, stored.year, stored.implication) == (None, "SDSI 2", None, "Postes")
    with pytest.raises(StaleVersionError):
        save_document(document=stored, expected_version=1, kind=None, title="x", year=None, implication="", **common)
    delete_document(document=SourceDocument.objects.get(), **common)
    assert SourceDocument.objects.count() == 0
    assert [event.verb for event in Event.objects.order_by("pk")] == [
        "a ajouté le document «\u00a0SDSI\u00a0»",
        "a modifié le document «\u00a0SDSI 2\u00a0»",
        "a retiré le document «\u00a0SDSI 2\u00a0»",
    ]


def test_the_kinds_already_listed_are_no_longer_proposed(initiative):
    make_dimension("PAR", "Parc")
    sdsi = make_document_kind("sdsi")
    make_document_kind("pcaet", ["PAR", "INCONNUE"])
    make_document(initiative, kind=sdsi)
    view = documents_view(initiative)
    assert [(item.kind.code, item.dimension_names) for item in view.suggestions] == [("pcaet", "Parc")]


def test_an_actor_is_added_corrected_and_removed(initiative, referent):
    common = {"actor": referent, "now": PARIS_NOON}
    actor = add_actor(
        initiative=initiative, name="Ressourcerie", nature=ActorNature.ASSOCIATION, involvement="", **common
    )
    save_actor(
        territory_actor=actor,
        expected_version=1,
        name="Ressourcerie du Chablais",
        nature=ActorNature.ASSOCIATION,
        involvement="Réunion d’octobre",
        **common,
    )
    assert TerritoryActor.objects.get().involvement == "Réunion d’octobre"
    delete_actor(territory_actor=TerritoryActor.objects.get(), **common)
    assert TerritoryActor.objects.count() == 0


def test_texts_saved_while_typing_leave_one_line_an_hour_in_the_trail(initiative, referent):
    for minute, text in enumerate(("U", "Us", "Usages")):
        save_state_of_play(
            initiative=initiative,
            expected_version=initiative.version,
            uses_summary=text,
            engaged_actions="",
            actors_involvement="",
            actor=referent,
            now=PARIS_NOON.replace(minute=minute),
        )
    initiative.refresh_from_db()
    assert (initiative.uses_summary, initiative.version) == ("Usages", 4)
    assert Event.objects.count() == 1


def test_the_hub_leads_to_each_page(initiative, referent_client):
    make_prerequisites()
    page = referent_client.get(reverse("authorities:preparation_detail", args=[initiative.authority.slug]))
    content = page.content.decode()
    for line in sub_steps(initiative):
        assert f'href="{line.url}"' in content


def test_the_hub_is_read_by_an_elected_official_without_links_to_forms(initiative, elected_client):
    make_prerequisites()
    make_actor(initiative)
    content = elected_client.get(
        reverse("authorities:preparation_detail", args=[initiative.authority.slug])
    ).content.decode()
    assert "Les acteurs du territoire" in content
    assert "/preparer/acteurs/" not in content
    assert f'href="{reverse("authorities:meeting_list", args=[initiative.authority.slug])}"' in content
