"""The dashboard: the path, and what each role has to do."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authorities.access import AuthorityAccess
from authorities.enums import Role
from authorities.models import Initiative
from authorities.permissions import permissions_of
from common.steps import StepStatus
from levers.enums import ShortlistState
from levers.services import close_phones, open_phones, start_workshop
from roadmap import services
from roadmap.models import ActionSheet
from roadmap.selectors.dashboard import dashboard
from roadmap.selectors.state import building_state, follow_up_state, roadmap_counts, validation_state
from tests import factories, factories_levers
from tests.factories import PARIS_NOON
from tests.factories_diagnostics import make_diagnosis, make_finished_diagnosis, relative_round
from tests.factories_inventory import make_frozen
from tests.factories_roadmap import (
    make_full_sheet,
    make_objective,
    make_resolution,
    make_roadmap,
    make_sheets_from_levers,
    make_version,
    retain_levers,
)
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

pytestmark = pytest.mark.django_db
NOW = PARIS_NOON


def board(initiative: Initiative, *roles: str, user=None, now=NOW):
    user = user or factories.make_member(initiative.authority, *roles)
    found = frozenset(Role(role) for role in roles)
    access = AuthorityAccess(initiative.authority, initiative, user, found, permissions_of(found))
    return dashboard(access, now=now)


def states(initiative):
    counts = roadmap_counts(initiative)
    return (
        building_state(initiative, now=NOW, counts=counts),
        validation_state(initiative, now=NOW, counts=counts),
        follow_up_state(initiative, counts=counts),
    )


# States of the last steps ---------------------------------------------------------------------------------------------


def test_building_waits_for_retained_levers(initiative):
    building, validation, follow_up = states(initiative)
    assert [step.status for step in (building, validation, follow_up)] == [StepStatus.TODO] * 3
    assert building.next_action is None


def test_building_asks_first_for_the_sheets(initiative):
    retain_levers(initiative, 2)
    building = states(initiative)[0]
    assert (building.status, building.summary) == (StepStatus.TODO, "2 fiches à créer")
    assert building.missing[0].text == "2\u00a0leviers retenus n’ont pas leur fiche"
    assert building.next_action.title == "Créer les fiches actions des 2\u00a0leviers retenus"


def test_building_asks_then_for_means_then_objectives_then_the_schedule(initiative, referent):
    make_sheets_from_levers(initiative, 2, referent)
    building = states(initiative)[0]
    assert building.next_action.title == "Compléter 2\u00a0fiches avec leurs pilotes"
    ActionSheet.objects.update(human_days=3, budget_eur=0)
    building = states(initiative)[0]
    assert building.next_action.title == "Fixer les objectifs et y rattacher les actions"
    make_objective(make_roadmap(initiative)).sheets.set(ActionSheet.objects.all())
    building = states(initiative)[0]
    assert building.next_action.title == "Proposer un calendrier"
    assert [gap.text for gap in building.missing] == ["La place au calendrier de 2\u00a0fiches"]
    ActionSheet.objects.update(start_half="2026-S1", end_half="2026-S1")
    building, validation, _ = states(initiative)
    assert building.status is StepStatus.DONE
    assert (validation.status, validation.next_action.button) == (StepStatus.CURRENT, "Ouvrir la vérification")


def test_building_says_its_pilot_when_one_sheet_is_left(initiative, referent):
    make_sheets_from_levers(initiative, 1, referent)
    assert states(initiative)[0].next_action.title == "Compléter 1 fiche avec son pilote"


def test_abandoned_sheets_do_not_hold_the_step(initiative, roadmap):
    make_full_sheet(roadmap)
    extra = make_full_sheet(roadmap, human_days=None)
    assert states(initiative)[0].status is StepStatus.CURRENT
    ActionSheet.objects.filter(pk=extra.pk).update(status="abandoned")
    assert states(initiative)[0].status is StepStatus.DONE


def test_validation_goes_from_frozen_to_validated_to_adopted(initiative, roadmap, referent, monkeypatch):
    make_full_sheet(roadmap)
    version = make_version(roadmap)
    validation = states(initiative)[1]
    assert (validation.status, validation.summary) == (
        StepStatus.REVIEW,
        "version 1 à valider par le comité de pilotage",
    )
    services.record_steering_validation(
        version=version, validated_on=NOW.date(), body="COPIL", note="", actor=referent, now=NOW
    )
    validation = states(initiative)[1]
    assert (validation.status, validation.next_action.before) == (StepStatus.REVIEW, "15 septembre 2026")
    monkeypatch.setattr("roadmap.documents.catalogue.render_roadmap_pdf", lambda content, **options: b"%PDF")
    services.record_adoption(version=version, adopted_on=NOW.date(), reference="42", actor=referent, now=NOW)
    _, validation, follow_up = states(initiative)
    assert (validation.status, validation.summary) == (StepStatus.DONE, "adoptée le 10 mars 2026")
    assert (follow_up.status, follow_up.next_action.button) == (StepStatus.CURRENT, "Voir ce qui manque")


def test_a_state_alone_takes_one_query(initiative, roadmap, django_assert_num_queries):
    make_full_sheet(roadmap)
    with django_assert_num_queries(1):
        building_state(initiative, now=NOW)
    with django_assert_num_queries(1):
        validation_state(initiative, now=NOW)


# What each role has to do ---------------------------------------------------------------------------------------------


def test_the_referent_gets_the_first_action_of_the_path(initiative):
    found = board(initiative, "referent")
    assert [step.code for step in found.steps] == [
        "preparation",
        "diagnosis",
        "prioritisation",
        "building",
        "validation",
        "follow_up",
    ]
    assert found.current.code == "preparation"
    assert found.action == found.steps[0].next_action
    assert found.missing


def test_the_elected_validates_the_shortlist(initiative):
    assert board(initiative, "elected").quiet_title == "Rien ne vous est demandé aujourd’hui"
    levers = list(factories_levers.make_catalogue(2).levers.all())
    factories_levers.make_shortlist(initiative, levers, state=ShortlistState.SUBMITTED, submitted_at=NOW)
    found = board(initiative, "elected")
    assert found.action.button == "Enregistrer la validation"
    assert found.missing == ()


def test_the_elected_validates_the_frozen_version(initiative, roadmap):
    make_full_sheet(roadmap)
    make_version(roadmap)
    action = board(initiative, "elected").action
    assert action.title == "Lire la version 1, puis la valider en comité de pilotage"
    assert action.url == reverse("roadmap:version_detail", args=[initiative.authority.slug, 1])


def test_the_elected_reads_the_draft_while_nothing_is_frozen(initiative, roadmap):
    assert board(initiative, "elected").quiet_url == ""
    make_full_sheet(roadmap)
    found = board(initiative, "elected")
    assert found.action is None
    assert found.quiet_url == reverse("roadmap:draft_pdf", args=[initiative.authority.slug])
    assert board(initiative, "committee").quiet_url == ""


VOTED = {
    "inventory": {
        "total": {"central_kg": 51_300, "low_kg": 19_000, "high_kg": 160_000},
        "simulated": {"central_kg": 9_000, "low_kg": 6_000, "high_kg": 22_000, "actions_count": 5},
    },
    "objectives": [
        {"kind": "reduction", "unit": "t CO₂e par an", "baseline": 50, "target": 41, "target_on": "2026-12-31"}
    ],
}


def test_the_elected_downloads_the_adopted_document_and_reads_its_two_figures(initiative, roadmap):
    make_full_sheet(roadmap)
    make_resolution(make_version(roadmap, content=VOTED))
    found = board(initiative, "elected")
    assert found.action.title == "Lire la feuille de route adoptée"
    assert found.action.url == reverse("roadmap:version_adopted_pdf", args=[initiative.authority.slug, 1])
    footprint, reduction = found.figures
    assert (footprint.value, footprint.unit, footprint.range) == ("51", "t CO₂e/an", "entre 19 et 160")
    assert (reduction.label, reduction.value, reduction.unit) == ("Réduction visée en 2026", "−18", "%")
    assert "L’objectif demande 9,0\u00a0t CO₂e" in reduction.note


def test_an_adopted_document_without_figures_shows_none(initiative, roadmap):
    make_full_sheet(roadmap)
    make_resolution(make_version(roadmap))
    found = board(initiative, "elected")
    assert (found.action.button, found.figures) == ("Télécharger le document adopté (PDF)", ())


def test_a_new_frozen_version_comes_before_the_adopted_one(initiative, roadmap):
    make_full_sheet(roadmap)
    make_resolution(make_version(roadmap))
    make_version(roadmap, number=2, pdf_sha256="b" * 64)
    assert board(initiative, "elected").action.button == "Ouvrir la version 2"


def test_the_adviser_prepares_and_never_validates(initiative, roadmap):
    make_full_sheet(roadmap)
    make_version(roadmap)
    action = board(initiative, "adviser").action
    assert action == board(initiative, "referent").steps[0].next_action


def test_the_contributor_gets_the_inventory_and_nothing_else(initiative):
    found = board(initiative, "contributor")
    assert found.action.button == "Commencer l’inventaire"
    assert [step.url for step in found.steps] == [""] * 6
    assert found.figures == ()
    assert found.missing == ()


def test_the_contributor_is_thanked_at_the_end(reference, initiative, referent):  # noqa: F811 (the fixture)
    make_frozen(initiative, referent)
    assert board(initiative, "contributor").quiet_title == "L’inventaire est complet"


def test_a_committee_member_opens_their_own_seat_when_awaited(initiative):
    member = factories.make_member(initiative.authority, "committee")
    seat = factories.make_participant(initiative, user=member, name="Responsable du parc")
    other = factories.make_participant(initiative, name="Autre personne")
    assert board(initiative, "committee", user=member).participation is None
    make_diagnosis(initiative, [seat, other])
    found = board(initiative, "committee", user=member)
    assert (found.participation.pk, found.participation.name, found.action) == (seat.pk, "Responsable du parc", None)
    # Who is silent is not shown to the other members.
    assert found.awaited == ()
    group = board(initiative, "referent").awaited[0]
    assert (group.step_title, group.more) == ("Diagnostiquer", 0)
    assert [item.name for item in group.items] == ["Autre personne", "Responsable du parc"]


def test_a_committee_member_is_told_of_an_open_second_vote(initiative, referent, client):
    member = factories.make_member(initiative.authority, "committee")
    seat = factories.make_participant(initiative, user=member, name="Responsable du parc")
    now = timezone.now()
    ballot = factories_levers.make_ballot(
        initiative, voters=[seat], opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1)
    )
    workshop = start_workshop(ballot=ballot, planned_minutes=90, actor=referent, now=now)
    assert board(initiative, "committee", user=member, now=now).participation is None
    lever = factories_levers.ballot_levers(ballot)[0]
    vote = open_phones(workshop=workshop, lever=lever, actor=referent, now=now)

    assert board(initiative, "committee", user=member, now=now).participation.second_vote == lever.title
    other = factories.make_member(initiative.authority, "committee")
    factories.make_participant(initiative, user=other)
    assert board(initiative, "committee", user=other, now=now).participation is None
    client.force_login(member)
    page = client.get(reverse("roadmap:dashboard", args=[initiative.authority.slug])).content.decode()
    assert page.count(f"Un second vote est ouvert en atelier\u00a0: {lever.title}") == 1
    assert "Ouvrir ma participation" in page
    spaces = client.get(reverse("roadmap:space_list")).content.decode()
    assert "Rien ne vous est demandé" not in spaces

    close_phones(second_vote=vote, actor=referent, now=now)
    assert board(initiative, "committee", user=member, now=now).participation is None


def test_a_seat_of_another_demarche_is_not_ones_own(initiative):
    member = factories.make_member(initiative.authority, "committee")
    elsewhere = factories.make_initiative(initiative.authority, number=2, is_current=False)
    factories.make_participant(elsewhere, user=member, name="Responsable du parc")
    make_diagnosis(initiative, [factories.make_participant(initiative, name="Responsable du parc")])
    assert board(initiative, "committee", user=member).participation is None


def test_several_hats_give_the_first_action_of_the_first_role(initiative):
    assert board(initiative, "elected", "contributor").action.button == "Commencer l’inventaire"
    assert board(initiative, "contributor", "referent").action == board(initiative, "referent").action


# Words and figures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("council_on", "expected"),
    [
        (date(2026, 3, 20), "Il reste 10\u00a0jours avant le conseil communautaire du 20 mars 2026."),
        (date(2026, 3, 11), "Il reste 1\u00a0jour avant le conseil communautaire du 11 mars 2026."),
        (date(2026, 3, 10), "Le conseil communautaire est aujourd’hui."),
        (date(2026, 3, 9), "«\u00a0Préparer\u00a0»."),
        (None, "«\u00a0Préparer\u00a0»."),
    ],
)
def test_the_lede_counts_the_days_before_the_council(initiative, council_on, expected):
    initiative.council_on = council_on
    assert board(initiative, "referent").lede.endswith(expected)


def test_figures_are_those_of_the_results(reference, initiative, referent):  # noqa: F811 (the fixture)
    # Parc: mean of 1 and 2 is 1.5; achats: 3. Mean of the dimensions: 2.25, written 2,3 (half up).
    make_finished_diagnosis(initiative, {"PAR-1": 1, "PAR-2": 2, "ACH-1": 3, "TER-2": None})
    lot = make_frozen(initiative, referent)
    maturity, footprint = board(initiative, "referent").figures
    assert (maturity.value, maturity.label) == ("2,3", "Maturité, moyenne de 2 dimensions")
    total = lot.result["reference"]["criteria"]["GWP"]["total"]["central"]
    assert footprint.value == f"{total / 1000:.1f}".replace(".", ",") or footprint.value == str(round(total / 1000))
    assert footprint.note == "inventaire du 1er mars 2026"


def test_no_figure_before_there_is_one(initiative):
    assert board(initiative, "referent").figures == ()


@pytest.mark.parametrize("stage", ["empty", "rating", "voting", "built"])
def test_the_page_stays_within_its_queries(client, authority, initiative, django_assert_max_num_queries, stage):
    member = factories.make_member(authority, "committee", "elected")
    people = [factories.make_participant(initiative, user=member if number == 0 else None) for number in range(3)]
    now = timezone.now()
    if stage != "empty":
        make_diagnosis(initiative, people, **relative_round(now, days_left=5 if stage == "rating" else -5))
    if stage == "voting":
        factories_levers.make_ballot(initiative, voters=people, opens_at=now, closes_at=now + timedelta(days=3))
    if stage == "built":
        make_full_sheet(make_roadmap(initiative))
        make_version(make_roadmap(initiative))
    for user in (member, factories.make_member(authority, "referent")):
        client.force_login(user)
        with django_assert_max_num_queries(15):
            assert client.get(reverse("roadmap:dashboard", args=[authority.slug])).status_code == 200


def test_a_version_frozen_after_the_adoption_leaves_the_follow_up_open(initiative, roadmap, referent_client, authority):
    make_resolution(make_version(roadmap))
    make_version(roadmap, number=2, pdf_sha256="b" * 64)

    _, validation, follow_up = states(initiative)
    page = referent_client.get(reverse("roadmap:follow_up_detail", args=[authority.slug])).content.decode()

    assert validation.status == StepStatus.REVIEW
    assert "La version 1, adoptée, reste en vigueur" in validation.detail
    assert follow_up.status == StepStatus.CURRENT
    assert "La version 1 est adoptée" in page
