"""Action sheets: creation from the decisions, saves, refusals."""

from decimal import Decimal

import pytest

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from levers.enums import Grade, Verdict
from roadmap import services
from roadmap.models import ActionSheet, Objective
from roadmap.prefill import (
    COMPARED_FIELDS,
    catalogue_snapshot,
    changed_fields_count,
    days_in,
    sheet_snapshot,
    split_rebound,
    unchanged_fields,
)
from roadmap.selectors import sources
from roadmap.selectors.sheets import detailed_sheets, sheet_facts, sheet_row
from tests import factories, factories_levers
from tests.factories_roadmap import (
    NOW,
    make_decision,
    make_objective,
    make_roadmap,
    make_sheets_from_levers,
    retain_levers,
    save_as,
)

pytestmark = pytest.mark.django_db


def save(sheet, actor, *, version=None, **fields):
    return save_as(actor, sheet, version=version, **fields)


def test_creating_makes_one_prefilled_sheet_per_retained_lever(initiative, referent):
    catalogue = factories_levers.make_catalogue()
    lever = factories_levers.make_lever(
        catalogue,
        "LEV-01",
        theme=2,
        service="achats",
        audience_codes=["dsi", "achats"],
        means={"human": "8 à 15 jours-agent la première fois, 4 à 6 ensuite", "budget": "De 1 000 à 3 000 €"},
        risks=["Lassitude", "Effet rebond : acheter plus souvent"],
        legal_references=["Loi REEN, art. 35"],
        is_quick_win=True,
    )
    factories.make_service("dsi", "Informatique")
    make_decision(initiative, lever)
    report = services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=NOW)
    sheet = report.created[0]
    sheet.refresh_from_db()
    assert (sheet.number, sheet.title, sheet.aim) == (1, "Levier LEV-01", "Résumé de LEV-01.")
    assert (sheet.theme.number, sheet.dimension.code, sheet.perimeter) == (2, "PAR", "interne")
    assert (sheet.lead_service.code, sheet.is_quick_win) == ("achats", True)
    # The middle of 8 and 15 is 11.5, rounded up.
    assert (sheet.human_days, sheet.budget_eur) == (Decimal(12), None)
    assert (sheet.risks, sheet.rebound) == ("Lassitude", "Acheter plus souvent")
    assert sheet.legal_list == ["Loi REEN, art. 35"]
    assert [step.text for step in sheet.steps.all()] == ["Commencer", "Finir"]
    indicator = sheet.indicators.get()
    assert (indicator.name, indicator.baseline, indicator.target) == ("Part", None, None)
    assert indicator.note == "a / b. Départ\u00a0: 0\u202f%"
    assert [service.code for service in sheet.associated_services.all()] == ["dsi"]
    assert sheet.saving_kgco2e is None
    assert sheet.priority is None
    assert not sheet.is_placed


def test_a_lever_that_costs_nothing_gives_a_budget_of_zero(initiative, referent):
    make_decision(initiative, factories_levers.make_lever(factories_levers.make_catalogue(), "LEV-01", cost="nul"))
    sheet = services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=NOW).created[0]
    assert sheet.budget_eur == 0


def test_creating_twice_creates_nothing_more(initiative, referent):
    make_sheets_from_levers(initiative, 2, referent)
    ActionSheet.objects.filter(number=1).update(title="Mon titre")
    report = services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=NOW)
    assert (report.created, report.existing_count) == ([], 2)
    assert list(ActionSheet.objects.values_list("number", "title")) == [(1, "Mon titre"), (2, "Levier LEV-02")]
    assert Event.objects.filter(verb__contains="fiches actions").count() == 1


def test_a_lever_retained_later_gets_the_next_number(initiative, referent):
    make_sheets_from_levers(initiative, 2, referent)
    make_decision(initiative, factories_levers.make_catalogue(3).levers.last())
    created = services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=NOW).created
    assert [sheet.number for sheet in created] == [3]


def test_creating_without_retained_lever_says_what_to_do(initiative, referent):
    make_decision(initiative, factories_levers.make_catalogue(1).levers.get(), Verdict.DISMISSED)
    with pytest.raises(DomainError, match="Retenez d’abord des leviers"):
        services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=NOW)
    assert not ActionSheet.objects.exists()


def test_the_vote_comes_with_the_sheet_after_the_closing_only(initiative, referent):
    ballot = factories_levers.make_ballot(initiative, levers=1)
    lever = factories_levers.ballot_levers(ballot)[0]
    factories_levers.fill_ballot(ballot, {lever.code: "EE-"})
    assert sources.lever_votes(initiative, now=NOW) == {}
    make_decision(initiative, lever)
    later = factories_levers.AFTER_CLOSING
    sheet = services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=later).created[0]
    assert sheet.priority == Grade.ESSENTIAL
    assert sheet.vote_counts == {"E": 2, "P": 0, "I": 0, "C": 0, "N": 0, "A": 1}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("8 à 15 jours-agent la première fois, 4 à 6 ensuite", 12),
        ("3 jours-agent", 3),
        ("1 jour-agent par an", 1),
        ("4\u00a0à\u00a06\u00a0jours-agent pour construire", 5),
        ("0,5 à 1,5 heure par poste", None),
        ("0,2 à 0,5 ETP selon le volume", None),
        ("", None),
    ],
)
def test_days_in_reads_the_middle_of_what_the_catalogue_announces(text, days):
    assert days_in(text) == days


def test_split_rebound_parts_the_effects_from_the_risks():
    assert split_rebound(["Effet rebond : acheter plus", "Panne"]) == (["Panne"], ["Acheter plus"])


def test_a_new_sheet_is_the_catalogue_and_tells_it(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    row = sheet_row(detailed_sheets(sheet.roadmap).get())
    assert row.is_still_catalogue
    # What the catalogue leaves empty is not a text to read over.
    assert set(row.unchanged) == set(COMPARED_FIELDS) - {"context", "human", "budget"}
    assert row.unchanged_label.startswith("l’intitulé, l’objectif de l’action")


def test_five_changed_fields_make_a_sheet_the_authoritys_own(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    save(
        sheet,
        referent,
        aim="Autre but",
        context="Constat d’ici",
        human_days=Decimal(30),
        lead_name="Responsable du parc",
    )
    facts = sheet_facts(detailed_sheets(sheet.roadmap).get())
    assert facts.changed_fields_count == 4
    save(sheet, referent, budget_eur=Decimal(100))
    row = sheet_row(detailed_sheets(sheet.roadmap).get())
    assert not row.is_still_catalogue
    assert set(row.unchanged) == {"title", "steps", "indicators", "risks", "effect"}


def test_an_emptied_field_is_no_change(initiative):
    lever = retain_levers(initiative, 1)[0]
    prefill = catalogue_snapshot(lever)
    sheet = ActionSheet(title="", lead_service=lever.lead_service)
    current = sheet_snapshot(sheet, [], [])
    assert "title" not in unchanged_fields(prefill, current)
    assert changed_fields_count(prefill, current) == 0


# Saving ---------------------------------------------------------------------------------------------------------------


def test_saving_writes_the_fields_the_rows_and_the_event(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    service = factories.make_service("rh", "Ressources humaines")
    save(
        sheet,
        referent,
        aim="Réduire de 10 %",
        steps=[services.StepValues("Compter", "DSI", "2026-S1"), services.StepValues("Acheter")],
        indicators=[services.IndicatorValues("Âge moyen", "années", baseline=Decimal(5), target=Decimal(7))],
        associated_services=[service],
    )
    stored = ActionSheet.objects.get()
    assert (stored.aim, stored.version) == ("Réduire de 10 %", 2)
    assert list(stored.steps.values_list("position", "text", "due_half")) == [
        (1, "Compter", "2026-S1"),
        (2, "Acheter", ""),
    ]
    assert list(stored.indicators.values_list("name", "baseline", "target")) == [("Âge moyen", 5, 7)]
    assert list(stored.associated_services.all()) == [service]
    assert Event.objects.order_by("pk").last().verb == "a modifié la fiche 1, «\u00a0Levier LEV-01\u00a0»"


def test_a_stale_save_is_refused_and_nothing_is_lost(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    other = ActionSheet.objects.get()
    save(other, referent, aim="Le premier texte")
    with pytest.raises(StaleVersionError) as caught:
        save(sheet, referent, version=1, aim="Le second", steps=[])
    assert caught.value.current.aim == "Le premier texte"
    stored = ActionSheet.objects.get()
    assert (stored.aim, stored.steps.count()) == ("Le premier texte", 2)


def test_days_by_half_year_make_the_total(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    save(sheet, referent, human_days_by_half_year={"2026-S1": 4.5, "2027-S1": 2})
    assert ActionSheet.objects.get().human_days == Decimal("6.5")


def test_a_lead_of_the_demarche_brings_their_service(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    person = factories.make_participant(initiative, service="rh", name="Responsable RH")
    save(sheet, referent, lead_participant=person)
    stored = ActionSheet.objects.get()
    assert stored.lead_service.code == "rh"
    assert stored.lead_label == "Responsable RH (rh)"


def test_a_lead_of_another_demarche_is_refused(initiative, referent, outsider):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    stranger = factories.make_participant(outsider.memberships.get().authority.initiatives.get())
    with pytest.raises(DomainError, match="parmi les personnes de la démarche"):
        save(sheet, referent, lead_participant=stranger)


def test_an_objective_of_another_roadmap_is_refused(initiative, referent, outsider):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    foreign = make_objective(make_roadmap(outsider.memberships.get().authority.initiatives.get()))
    with pytest.raises(DomainError, match="un objectif de cette feuille de route"):
        save(sheet, referent, objectives=[foreign])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": "  "}, "Donnez un intitulé"),
        ({"budget_eur": Decimal(-1)}, "0"),
        ({"effort": 6}, "5"),
        ({"human_days_by_half_year": {"2026": 3}}, "Choisissez un semestre"),
        ({"human_days_by_half_year": {"2026-S1": -3}}, "entre 0 et 10\u202f000"),
        ({"steps": [services.StepValues("x")] * 13}, "Gardez 12 étapes"),
        ({"steps": [services.StepValues("x", due_half="demain")]}, "Choisissez un semestre"),
        ({"indicators": [services.IndicatorValues("x")] * 9}, "Gardez 8 indicateurs"),
    ],
)
def test_a_bad_value_is_refused_whole(initiative, referent, fields, message):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    with pytest.raises(DomainError) as caught:
        save(sheet, referent, aim="Nouveau but", **fields)
    assert message in caught.value.message
    stored = ActionSheet.objects.get()
    assert (stored.aim, stored.version, stored.steps.count()) == ("Résumé de LEV-01.", 1, 2)


def test_a_field_of_the_site_is_not_written_by_a_person(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    with pytest.raises(ValueError, match="prefill"):
        save(sheet, referent, prefill={})


def test_deleting_a_sheet_lets_the_lever_have_a_new_one(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    services.delete_sheet(sheet=sheet, actor=referent, now=NOW)
    report = services.create_sheets_from_decisions(initiative=initiative, actor=referent, now=NOW)
    assert len(report.created) == 1


# Objectives -----------------------------------------------------------------------------------------------------------


def objective_values(**fields):
    return services.ObjectiveValues(**{"title": "Réduire l’empreinte", **fields})


def test_an_objective_takes_the_next_number_and_its_sheets(initiative, referent):
    sheets = make_sheets_from_levers(initiative, 2, referent)
    roadmap = sheets[0].roadmap
    make_objective(roadmap)
    objective = services.create_objective(
        roadmap=roadmap, values=objective_values(), sheet_pks=[sheets[1].pk], actor=referent, now=NOW
    )
    assert objective.number == 2
    assert list(ActionSheet.objects.values_list("objectives", "version")) == [(None, 1), (objective.pk, 2)]


def test_saving_an_objective_unties_the_other_sheets(initiative, referent):
    sheets = make_sheets_from_levers(initiative, 2, referent)
    objective = make_objective(sheets[0].roadmap)
    sheets[0].objectives.add(objective)
    services.save_objective(
        objective=objective,
        expected_version=1,
        values=objective_values(),
        sheet_pks=[sheets[1].pk],
        actor=referent,
        now=NOW,
    )
    assert list(ActionSheet.objects.values_list("objectives", flat=True)) == [None, objective.pk]


def test_a_stale_objective_is_refused(initiative, referent):
    objective = make_objective(make_roadmap(initiative))
    Objective.objects.update(version=4)
    with pytest.raises(StaleVersionError):
        services.save_objective(
            objective=objective, expected_version=1, values=objective_values(), actor=referent, now=NOW
        )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": " "}, "Écrivez l’objectif"),
        ({"target_on": NOW.date().replace(year=2025)}, "à partir du 1er janvier 2026"),
        ({"baseline_low": Decimal(9), "baseline_high": Decimal(3)}, "valeur basse de départ"),
        ({"target_low": Decimal(9), "target_high": Decimal(3)}, "valeur basse de la cible"),
    ],
)
def test_a_bad_objective_is_refused(initiative, referent, fields, message):
    with pytest.raises(DomainError, match=message):
        services.create_objective(
            roadmap=make_roadmap(initiative), values=objective_values(**fields), actor=referent, now=NOW
        )
    assert not Objective.objects.exists()


def test_an_objective_does_not_take_the_sheets_of_others(initiative, referent, outsider):
    foreign = make_sheets_from_levers(outsider.memberships.get().authority.initiatives.get(), 1)[0]
    with pytest.raises(DomainError, match="n’existe plus"):
        services.create_objective(
            roadmap=make_roadmap(initiative),
            values=objective_values(),
            sheet_pks=[foreign.pk],
            actor=referent,
            now=NOW,
        )
    assert not ActionSheet.objects.get().objectives.exists()


def test_deleting_an_objective_keeps_its_sheets(initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    objective = make_objective(sheet.roadmap)
    sheet.objectives.add(objective)
    services.delete_objective(objective=objective, actor=referent, now=NOW)
    assert not ActionSheet.objects.get().objectives.exists()


def test_change_percent_needs_both_ends(initiative):
    roadmap = make_roadmap(initiative)
    assert make_objective(roadmap).change_percent == Decimal(-18)
    assert make_objective(roadmap, baseline=0).change_percent is None
    assert make_objective(roadmap, target=None).change_percent is None
