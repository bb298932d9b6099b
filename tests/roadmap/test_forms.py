"""What the forms of the roadmap read, refuse, and keep when two people write."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from roadmap.models import ActionSheet, Objective, Roadmap, ThemeExplanation
from tests import factories, factories_levers
from tests.factories_inventory import make_frozen
from tests.factories_roadmap import (
    make_decision,
    make_full_sheet,
    make_objective,
    make_roadmap,
    make_sheet,
    make_sheets_from_levers,
)
from tests.inventory.conftest import factor_files, reference  # noqa: F401 (fixtures of the inventory)

pytestmark = pytest.mark.django_db


def url(name, authority, *args):
    return reverse(f"roadmap:{name}", args=[authority.slug, *args])


def post_part(client, sheet, part, data, version=None):
    page = url("sheet_update", sheet.roadmap.initiative.authority, sheet.pk, part)
    return client.post(page, {"version": str(version or sheet.version), **data})


@pytest.fixture
def sheet(roadmap) -> ActionSheet:
    return make_full_sheet(roadmap)


IDENTITY = {"title": "Garder les écrans", "perimeter": "interne", "status": "planned"}


# Parts of a sheet -----------------------------------------------------------------------------------------------------


def test_identity_is_saved(referent_client, sheet):
    data = {**IDENTITY, "short_title": "Écrans", "is_quick_win": "on", "commitment": "realisation"}
    assert post_part(referent_client, sheet, "identite", data).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.label, stored.is_quick_win, stored.commitment) == ("Écrans", True, "realisation")
    assert (stored.human_days, stored.steps.count()) == (Decimal(12), 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Complétez ce champ"),
        ({"title": "x" * 201}, "200 caractères au plus"),
        ({"perimeter": "lune"}, "Choisissez une réponse de la liste"),
        ({"status": "inconnu"}, "Choisissez une réponse de la liste"),
        ({"objectives": "999"}, "Choisissez parmi les réponses proposées"),
        ({"dimension": "x"}, "Choisissez une réponse de la liste"),
        ({"version": ""}, "Rechargez la page"),
    ],
)
def test_a_bad_identity_is_told(referent_client, sheet, changes, message):
    response = post_part(referent_client, sheet, "identite", {**IDENTITY, **changes})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert ActionSheet.objects.get().title == "Action 1"


def test_an_objective_of_others_is_not_in_the_list(referent_client, sheet, outsider):
    foreign = make_objective(make_roadmap(outsider.memberships.get().authority.initiatives.get()))
    response = post_part(referent_client, sheet, "identite", {**IDENTITY, "objectives": str(foreign.pk)})
    assert response.status_code == 422


def test_a_lead_of_others_is_not_in_the_list(referent_client, sheet, outsider):
    stranger = factories.make_participant(outsider.memberships.get().authority.initiatives.get())
    response = post_part(referent_client, sheet, "equipe", {"lead_participant": str(stranger.pk)})
    assert response.status_code == 422
    assert ActionSheet.objects.get().lead_participant is None


HOSTILE = ["9" * 30, "é", "²", "-1", "1; DROP"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("identite", "objectives"), ("identite", "dimension"), ("identite", "theme"),
        ("equipe", "lead_participant"), ("equipe", "lead_service"), ("equipe", "associated_services"),
    ],
)  # fmt: skip
def test_a_hostile_id_is_refused(referent_client, sheet, part, field, value):
    base = IDENTITY if part == "identite" else {}
    assert post_part(referent_client, sheet, part, {**base, field: value}).status_code == 422


@pytest.mark.parametrize("name", ["sheet_detail", "sheet_place", "objective_update", "version_detail", "version_pdf"])
def test_a_hostile_id_in_the_address_does_not_exist(referent_client, authority, roadmap, name):
    for number in (0, 10**12, 10**30):
        assert referent_client.get(url(name, authority, number)).status_code == 404


def test_people_are_saved_with_their_services(referent_client, sheet, initiative):
    person = factories.make_participant(initiative, service="rh", name="Responsable RH")
    services = [factories.make_service("achats").pk, factories.make_service("finances").pk]
    data = {"lead_participant": person.pk, "associated_services": services, "partners": "Ressourcerie\nLycée"}
    assert post_part(referent_client, sheet, "equipe", data).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.lead_service.code, stored.partner_list) == ("rh", ["Ressourcerie", "Lycée"])
    assert stored.associated_services.count() == 2


def test_steps_are_changed_added_and_removed(referent_client, sheet):
    sheet.steps.create(position=2, text="À retirer", progress="ongoing")
    data = {
        "text-0": "Commencer vite", "who-0": "DSI", "due_half-0": "2026-S2", "due_on-0": "",
        "text-1": "  ", "who-1": "x", "due_half-1": "", "due_on-1": "",
        "text-2": "Finir", "who-2": "", "due_half-2": "", "due_on-2": "15/09/2026",
    }  # fmt: skip
    assert post_part(referent_client, sheet, "etapes", data).status_code == 302
    assert list(sheet.steps.values_list("position", "text", "due_half", "due_on")) == [
        (1, "Commencer vite", "2026-S2", None),
        (2, "Finir", "", date(2026, 9, 15)),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text-0": "x", "due_half-0": "2019-S1"}, "Choisissez une réponse de la liste"),
        ({"text-0": "x", "due_on-0": "bientôt"}, "Indiquez une date"),
        ({"text-0": "x" * 301}, "300 caractères au plus"),
    ],
)
def test_a_bad_step_is_told(referent_client, sheet, data, message):
    response = post_part(referent_client, sheet, "etapes", data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert sheet.steps.get().text == "Commencer"


def test_indicators_read_french_numbers(referent_client, sheet):
    data = {"name-0": "Part", "unit-0": "%", "direction-0": "up", "baseline-0": "1 234,5", "target-0": "2\u202f000",
            "baseline_year-0": "2025", "frequency-0": "yearly", "name-1": ""}  # fmt: skip
    assert post_part(referent_client, sheet, "indicateurs", data).status_code == 302
    indicator = sheet.indicators.get()
    assert (indicator.baseline, indicator.target, indicator.baseline_year) == (Decimal("1234.5"), 2000, 2025)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name-0": "x", "baseline-0": "beaucoup"}, "Indiquez un nombre"),
        ({"name-0": "x", "baseline-0": "1e400"}, "Indiquez un nombre"),
        ({"name-0": "x", "baseline-0": "NaN"}, "Indiquez un nombre"),
        ({"name-0": "x", "baseline_year-0": "12"}, "Indiquez une année entre 1990 et 2060"),
        ({"name-0": "x", "frequency-0": "jamais"}, "Choisissez une réponse de la liste"),
    ],
)
def test_a_bad_indicator_is_told(referent_client, sheet, data, message):
    response = post_part(referent_client, sheet, "indicateurs", data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert sheet.indicators.get().name == "Part"


def test_days_by_half_year_make_the_total(referent_client, sheet):
    data = {"days_2026-S1": "4,5", "days_2026-S2": "0"}
    assert post_part(referent_client, sheet, "moyens", data).status_code == 302
    stored = ActionSheet.objects.get()
    assert stored.human_days_by_half_year == {"2026-S1": 4.5, "2026-S2": 0.0}
    assert stored.human_days == Decimal("4.5")


def test_days_by_role_make_the_total(referent_client, sheet):
    data = {"role-0": "Chef de projet", "days-0": "7,5"}
    assert post_part(referent_client, sheet, "moyens", data).status_code == 302
    data |= {"role-1": "Technicien", "days-1": "0"}
    assert post_part(referent_client, sheet, "moyens", data, version=2).status_code == 302
    stored = ActionSheet.objects.get()
    assert list(stored.human_means.values_list("role", "days")) == [
        ("Chef de projet", Decimal("7.5")),
        ("Technicien", Decimal(0)),
    ]
    assert stored.human_days == Decimal("7.5")


def test_days_by_half_year_and_by_role_with_two_totals_are_refused(referent_client, sheet):
    data = {"days_2026-S1": "4", "role-0": "Chef de projet", "days-0": "5"}
    response = post_part(referent_client, sheet, "moyens", data)
    assert response.status_code == 422
    message = "Le détail par semestre fait 4\u00a0jours, le détail par rôle 5\u00a0:"
    assert message in response.content.decode()
    assert (ActionSheet.objects.get().human_days, sheet.human_means.count()) == (Decimal(12), 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"role-0": "Chef de projet"}, "Indiquez combien de jours ce rôle donne"),
        ({"days-0": "3"}, "Nommez le rôle qui donne ces jours"),
    ],
)
def test_half_a_role_is_told(referent_client, sheet, data, message):
    response = post_part(referent_client, sheet, "moyens", data)
    assert response.status_code == 422
    assert message in response.content.decode()


def test_lines_of_the_budget_make_the_total(referent_client, sheet):
    data = {
        "investment_eur_2026": "1 500",
        "funding_eur_2026": "400",
        "funding_source_2026": "Région",
        "operation_eur_2027": "250,50",
        "budget_note": "Hors taxes",
    }
    assert post_part(referent_client, sheet, "budget", data).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.budget_eur, stored.budget_note) == (Decimal("1750.5"), "Hors taxes")
    lines = stored.budget_lines.values_list("year", "investment_eur", "operation_eur", "funding_eur", "funding_source")
    assert list(lines) == [(2026, 1500, 0, 400, "Région"), (2027, 0, Decimal("250.5"), 0, "")]
    again = {**data, "investment_eur_2026": "2 500"}
    assert post_part(referent_client, sheet, "budget", again, version=2).status_code == 302
    assert ActionSheet.objects.get().budget_eur == Decimal("2750.5")
    assert post_part(referent_client, sheet, "budget", {"budget_eur": "1 200"}, version=3).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.budget_eur, stored.budget_lines.count()) == (1200, 0)


@pytest.mark.parametrize(
    ("part", "data", "message"),
    [
        ("budget", {"budget_eur": "10 000", "investment_eur_2026": "400"}, "Le détail fait 400 €"),
        ("moyens", {"human_days": "40", "days_2026-S1": "3"}, "Le détail fait 3 jours"),
        ("moyens", {"human_days": "40", "role-0": "Chef de projet", "days-0": "12,5"}, "Le détail fait 12,5 jours"),
    ],
)
def test_a_total_that_contradicts_its_detail_is_refused(referent_client, sheet, part, data, message):
    response = post_part(referent_client, sheet, part, data)
    assert response.status_code == 422
    assert message in unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")
    assert ActionSheet.objects.get().version == 1


def test_a_total_that_stood_there_gives_way_to_the_detail(referent_client, roadmap):
    sheet = make_full_sheet(roadmap, human_days=18)
    data = {"human_days": "18", "role-0": "Chargé de mission", "days-0": "12,5"}
    assert post_part(referent_client, sheet, "moyens", data).status_code == 302
    assert ActionSheet.objects.get().human_days == Decimal("12.5")


def test_a_year_that_only_tells_its_funding_leaves_the_total(referent_client, sheet):
    data = {"budget_eur": "10 000", "funding_eur_2026": "5 000", "funding_source_2026": "DSIL"}
    assert post_part(referent_client, sheet, "budget", data).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.budget_eur, stored.budget_lines.get().funding_eur) == (10_000, 5_000)


def test_a_budget_left_empty_is_not_known(referent_client, sheet):
    assert post_part(referent_client, sheet, "budget", {"budget_eur": ""}).status_code == 302
    assert ActionSheet.objects.get().budget_eur is None


def test_a_total_alone_is_kept_and_empty_is_not_zero(referent_client, sheet):
    assert post_part(referent_client, sheet, "moyens", {"human_days": "8"}).status_code == 302
    stored = ActionSheet.objects.get()
    assert (stored.human_days, stored.human_days_by_half_year) == (8, {})


def test_days_after_the_period_are_on_the_form_too(referent_client, roadmap):
    sheet = make_full_sheet(roadmap, human_days_by_half_year={"2026-S1": 5, "2029-S1": 2})
    assert post_part(referent_client, sheet, "moyens", {"days_2026-S1": "6", "days_2029-S1": ""}).status_code == 302
    assert ActionSheet.objects.get().human_days_by_half_year == {"2026-S1": 6.0}


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("moyens", {"human_days": "-1"}),
        ("moyens", {"days_2026-S1": "10001"}),
        ("budget", {"budget_eur": "gratuit"}),
        ("budget", {"investment_eur_2026": "-5"}),
    ],
)
def test_bad_means_are_told(referent_client, sheet, part, data):
    response = post_part(referent_client, sheet, part, data)
    assert response.status_code == 422
    assert "Indiquez un nombre" in response.content.decode()


@pytest.mark.parametrize(("field", "value"), [("effort", "6"), ("impact", "0"), ("effort", "fort")])
def test_marks_go_from_one_to_five(referent_client, sheet, field, value):
    assert post_part(referent_client, sheet, "vigilance", {field: value}).status_code == 422


# Two people -----------------------------------------------------------------------------------------------------------


def test_two_people_on_a_text_see_both(referent_client, sheet):
    assert post_part(referent_client, sheet, "constat", {"aim": "Le premier but"}, version=1).status_code == 302
    response = post_part(referent_client, sheet, "constat", {"aim": "Le second but"}, version=1)
    text = response.content.decode()
    assert response.status_code == 409
    assert "Le premier but" in text
    assert "Le second but" in text
    assert ActionSheet.objects.get().aim == "Le premier but"


def test_the_conflict_is_settled_by_a_choice(referent_client, sheet):
    post_part(referent_client, sheet, "constat", {"aim": "Le premier but"}, version=1)
    response = post_part(referent_client, sheet, "constat", {"aim": "Le second but"}, version=1)
    version = response.context["form"].data["version"]
    data = {"aim": "x", "shown-aim": "1", "mine-aim": "Le second but", "keep-aim": "mine"}
    assert post_part(referent_client, sheet, "constat", data, version=version).status_code == 302
    assert ActionSheet.objects.get().aim == "Le second but"


def test_two_people_on_the_steps_see_both(referent_client, sheet):
    post_part(referent_client, sheet, "etapes", {"text-0": "Première idée"}, version=1)
    response = post_part(referent_client, sheet, "etapes", {"text-0": "Seconde idée"}, version=1)
    text = response.content.decode()
    assert response.status_code == 409
    assert "Première idée" in text
    assert "Seconde idée" in text
    assert sheet.steps.get().text == "Première idée"


def test_two_people_on_the_means_see_both(referent_client, sheet):
    post_part(referent_client, sheet, "moyens", {"human_days": "7"}, version=1)
    response = post_part(referent_client, sheet, "moyens", {"human_days": "9"}, version=1)
    assert response.status_code == 409
    assert ActionSheet.objects.get().human_days == 7


# Objectives -----------------------------------------------------------------------------------------------------------

OBJECTIVE = {"title": "Réduire", "kind": "reduction", "version": "1"}


def test_an_objective_is_added_with_its_sheets(referent_client, authority, sheet):
    data = {**OBJECTIVE, "baseline": "59,4", "target": "48", "target_on": "31/12/2028", "sheets": [sheet.pk]}
    assert referent_client.post(url("objective_create", authority), data).status_code == 302
    objective = Objective.objects.order_by("pk").last()
    assert (objective.baseline, objective.target_on) == (Decimal("59.4"), date(2028, 12, 31))
    assert objective in ActionSheet.objects.get().objectives.all()


def test_an_objective_may_come_before_the_roadmap(referent_client, authority):
    assert referent_client.post(url("objective_create", authority), OBJECTIVE).status_code == 302
    assert Objective.objects.get().roadmap.initiative.authority == authority


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Complétez ce champ"),
        ({"kind": "autre"}, "Choisissez une réponse de la liste"),
        ({"baseline": "x"}, "Indiquez un nombre"),
        ({"baseline_low": "5", "baseline_high": "3"}, "La valeur basse de départ"),
        ({"target_low": "5", "target_high": "3"}, "La valeur basse de la cible"),
        ({"target_on": "2020-01-01"}, "Choisissez une échéance à partir du"),
        ({"sheets": ["999"]}, "Choisissez parmi les réponses proposées"),
    ],
)
def test_a_bad_objective_is_told(referent_client, authority, roadmap, changes, message):
    response = referent_client.post(url("objective_create", authority), {**OBJECTIVE, **changes})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Objective.objects.exists()


def test_two_people_on_an_objective_see_both(referent_client, authority, roadmap):
    objective = make_objective(roadmap)
    page = url("objective_update", authority, objective.pk)
    assert referent_client.post(page, {**OBJECTIVE, "title": "Premier"}).status_code == 302
    response = referent_client.post(page, {**OBJECTIVE, "title": "Second"})
    assert response.status_code == 409
    assert "Premier" in response.content.decode()
    assert Objective.objects.get().title == "Premier"


def test_an_objective_is_removed_after_a_confirmation(referent_client, authority, roadmap):
    objective = make_objective(roadmap)
    referent_client.post(url("objective_delete", authority, objective.pk))
    assert not Objective.objects.exists()


def test_the_reduction_objective_is_proposed_from_the_inventory(
    referent_client,
    authority,
    initiative,
    referent,
    reference,  # noqa: F811 (the fixture)
):
    lot = make_frozen(initiative, referent)
    effect = {"type": "reduce_count", "categories": ["screen"], "percent": 20}
    catalogue = factories_levers.make_catalogue()
    make_decision(initiative, factories_levers.make_lever(catalogue, "LEV-01", simulation=effect))
    make_decision(initiative, factories_levers.make_lever(catalogue, "LEV-02"))
    referent_client.post(url("sheets_create", authority))
    first, second = ActionSheet.objects.order_by("number")
    assert first.saving_low_kgco2e <= first.saving_kgco2e <= first.saving_high_kgco2e
    assert first.saving_source == "simulation sur l’inventaire du 1er mars 2026"
    assert second.saving_kgco2e is None

    page = referent_client.get(url("objective_create", authority) + "?proposition=empreinte")
    initial = page.context["form"].initial
    total = lot.result["reference"]["criteria"]["GWP"]["total"]["central"]
    assert float(initial["baseline"]) == pytest.approx(total / 1000, rel=0.005)
    # A fifth of the screens less: the target is the baseline less the saving of the only lever that acts.
    assert float(initial["target"]) == pytest.approx((total - float(first.saving_kgco2e)) / 1000, rel=0.005)
    assert (initial["target_on"], initial["sheets"]) == (date(2028, 12, 31), [first.pk])
    board = referent_client.get(url("objective_list", authority)).content.decode()
    assert "avec l’action qui agit sur le parc, sans double compte" in initial["note"]
    assert "1 action simulée sur l’inventaire du 1er mars 2026" in board.replace("\u00a0", " ")


def test_savings_are_simulated_again_on_demand(
    referent_client,
    authority,
    initiative,
    referent,
    reference,  # noqa: F811 (the fixture)
):
    effect = {"type": "reduce_count", "categories": ["screen"], "percent": 20}
    lever = factories_levers.make_lever(factories_levers.make_catalogue(), "LEV-01", simulation=effect)
    make_decision(initiative, lever)
    referent_client.post(url("sheets_create", authority))
    assert ActionSheet.objects.get().saving_kgco2e is None
    make_frozen(initiative, referent)
    response = referent_client.post(url("savings_refresh", authority), follow=True)
    assert "1 gain recalculé." in response.content.decode().replace("\u00a0", " ")
    assert ActionSheet.objects.get().saving_kgco2e > 0
    response = referent_client.post(url("savings_refresh", authority), follow=True)
    assert "Les gains sont à jour." in response.content.decode()


def test_a_proposal_without_inventory_says_what_to_do(referent_client, authority):
    response = referent_client.get(url("objective_create", authority) + "?proposition=empreinte")
    assert "Remplissez d’abord l’inventaire" in response.content.decode()


# Texts and themes -----------------------------------------------------------------------------------------------------


def test_governance_is_proposed_then_saved(referent_client, authority):
    page = referent_client.get(url("texts_update", authority))
    proposed = page.context["form"].initial
    assert proposed["steering_meetings_per_year"] == 2
    rhythm = {name: str(proposed[name]) for name in proposed if name.endswith("_per_year")}
    data = {"version": "1", "foreword": "", "governance": proposed["governance"], **rhythm}
    assert referent_client.post(url("texts_update", authority), data).status_code == 302
    assert Roadmap.objects.get().steering_meetings_per_year == 2
    assert referent_client.post(url("texts_update", authority), {**data, "governance": "Autre"}).status_code == 409


@pytest.mark.parametrize("value", ["53", "-1", "deux"])
def test_a_bad_rhythm_is_told(referent_client, authority, value):
    response = referent_client.post(
        url("texts_update", authority), {"version": "1", "committee_meetings_per_year": value}
    )
    assert response.status_code == 422


def test_themes_left_aside_are_explained_then_covered(referent_client, authority, roadmap):
    first, second = factories_levers.make_theme(1), factories_levers.make_theme(2)
    make_sheet(roadmap, theme=first)
    page = referent_client.get(url("theme_list", authority))
    assert list(page.context["form"].fields) == ["theme_2", "version"]
    data = {"theme_2": "Après 2028.", "version": "1"}
    assert referent_client.post(url("theme_list", authority), data).status_code == 302
    assert ThemeExplanation.objects.get().theme == second
    assert "2 thèmes couverts ou expliqués sur 2" in referent_client.get(url("theme_list", authority)).content.decode()
    assert referent_client.post(url("theme_list", authority), {"theme_2": "Autre", "version": "1"}).status_code == 409
    referent_client.post(url("theme_list", authority), {"theme_2": "", "version": "2"})
    assert not ThemeExplanation.objects.exists()


def test_removing_a_sheet_from_the_page(referent_client, authority, initiative, referent):
    sheet = make_sheets_from_levers(initiative, 1, referent)[0]
    response = referent_client.post(url("sheet_delete", authority, sheet.pk), follow=True)
    assert "retirée." in response.content.decode()
    assert not ActionSheet.objects.exists()
