"""The schedule in the base: a proposal shown then applied, a placement by hand, the load, the capacities."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.versioning import StaleVersionError
from roadmap import services
from roadmap.enums import ActionStatus
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, BudgetCeiling, LeadCapacity, Roadmap
from roadmap.selectors.history import sheet_history
from roadmap.selectors.load_board import load_board
from roadmap.selectors.proposals import read_token
from roadmap.selectors.schedule import costed_sheets, lead_of, live_sheets, planned_actions
from tests import factories
from tests.factories_roadmap import NOW, make_full_sheet, make_sheet, make_sheets_from_levers

pytestmark = pytest.mark.django_db
S1, S2, S3 = HalfYear(2026, 1), HalfYear(2026, 2), HalfYear(2027, 1)


def place(sheet, start, end, actor, version=None):
    return services.place_sheet(
        sheet=sheet, expected_version=version or sheet.version, start=start, end=end, actor=actor, now=NOW
    )


def spans():
    return list(ActionSheet.objects.order_by("number").values_list("start_half", "end_half"))


def test_proposing_writes_nothing(roadmap, sheets):
    proposal = services.propose_schedule(roadmap=roadmap)
    assert proposal.changed_count == 2
    assert all(move.reason for move in proposal.moves)
    assert spans() == [("", ""), ("", "")]


def test_applying_writes_what_was_shown(roadmap, sheets, referent):
    proposal = services.propose_schedule(roadmap=roadmap)
    moved = services.apply_schedule(roadmap=roadmap, token=proposal.token, actor=referent, now=NOW)
    assert moved == 2
    assert spans() == [(move.start.code, move.end.code) for move in proposal.moves]
    sheet = ActionSheet.objects.first()
    assert (sheet.is_placed_by_hand, bool(sheet.placement_reason)) == (False, True)
    # Its steps, which had no date, are spread over its span.
    assert [step.due_half for step in sheet.steps.all()] == [sheet.start_half, sheet.start_half]
    assert services.propose_schedule(roadmap=roadmap).changed_count == 0


def test_applying_a_proposal_after_a_change_writes_nothing(roadmap, sheets, referent):
    token = services.propose_schedule(roadmap=roadmap).token
    ActionSheet.objects.filter(pk=sheets[1].pk).update(version=2)
    with pytest.raises(DomainError, match="demandez un nouveau calendrier"):
        services.apply_schedule(roadmap=roadmap, token=token, actor=referent, now=NOW)
    assert spans() == [("", ""), ("", "")]


def test_a_proposal_of_another_authority_is_not_applied(roadmap, sheets, referent, outsider):
    theirs = make_sheets_from_levers(outsider.memberships.get().authority.initiatives.get(), 2)
    token = services.propose_schedule(roadmap=theirs[0].roadmap).token
    with pytest.raises(DomainError, match="demandez un nouveau calendrier"):
        services.apply_schedule(roadmap=roadmap, token=token, actor=referent, now=NOW)
    assert set(spans()) == {("", "")}


@pytest.mark.parametrize("token", ["", "x", "W1sxXV0:1abc:forged", "é"])
def test_a_forged_proposal_is_refused(token):
    with pytest.raises(DomainError, match="n’est plus lisible"):
        read_token(token)


def test_a_placement_by_hand_is_kept_by_the_proposals(roadmap, sheets, referent):
    place(sheets[0], S3, S3, referent)
    proposal = services.propose_schedule(roadmap=roadmap)
    kept = next(move for move in proposal.moves if move.sheet.pk == sheets[0].pk)
    assert (kept.start, kept.end, kept.reason) == (S3, S3, "Placée à la main\u00a0: gardée.")
    services.apply_schedule(roadmap=roadmap, token=proposal.token, actor=referent, now=NOW)
    sheet = ActionSheet.objects.get(pk=sheets[0].pk)
    assert (sheet.start_half, sheet.is_placed_by_hand) == ("2027-S1", True)


def test_an_action_already_begun_is_kept(roadmap, sheets, referent):
    place(sheets[0], S2, S3, referent)
    ActionSheet.objects.filter(pk=sheets[0].pk).update(is_placed_by_hand=False, status=ActionStatus.ONGOING)
    move = services.propose_schedule(roadmap=roadmap).moves[0]
    assert (move.start, move.reason) == (S2, "Déjà engagée\u00a0: gardée.")


def test_releasing_lets_the_proposal_move_it(roadmap, sheets, referent):
    placed = place(sheets[0], S3, S3, referent)
    services.release_sheet(sheet=placed, expected_version=placed.version, actor=referent, now=NOW)
    move = services.propose_schedule(roadmap=roadmap).moves[0]
    assert move.is_changed
    assert move.start < S3


def test_moving_shifts_the_dated_steps_and_the_days(roadmap, referent):
    sheet = make_full_sheet(roadmap, human_days_by_half_year={"2026-S1": 5, "2026-S2": 2})
    sheet.steps.create(position=2, text="À une date", due_on=NOW.date())
    place(sheet, S2, S3, referent)
    stored = ActionSheet.objects.get()
    assert stored.human_days_by_half_year == {"2026-S2": 5, "2027-S1": 2}
    assert [(step.due_half, step.due_on) for step in stored.steps.all()] == [("2026-S2", None), ("", NOW.date())]


def test_days_pushed_after_the_period_are_not_lost(roadmap, referent):
    sheet = make_full_sheet(roadmap, human_days_by_half_year={"2026-S1": 5, "2028-S2": 2})
    place(sheet, S2, S3, referent)
    assert ActionSheet.objects.get().human_days_by_half_year == {"2026-S2": 5, "2029-S1": 2}


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (HalfYear(2025, 2), S1, "du 1er semestre 2026 au 2e semestre 2028"),
        (S1, HalfYear(2029, 1), "du 1er semestre 2026 au 2e semestre 2028"),
        (S2, S1, "égal ou postérieur"),
    ],
)
def test_a_bad_place_is_refused(sheets, referent, start, end, message):
    with pytest.raises(DomainError, match=message):
        place(sheets[0], start, end, referent)


def test_a_stale_placement_is_refused(sheets, referent):
    ActionSheet.objects.update(version=5)
    with pytest.raises(StaleVersionError):
        place(sheets[0], S1, S1, referent, version=1)
    assert spans() == [("", ""), ("", "")]


def test_abandoned_actions_leave_the_schedule(roadmap, sheets):
    ActionSheet.objects.filter(pk=sheets[0].pk).update(status=ActionStatus.ABANDONED)
    assert [sheet.pk for sheet in live_sheets(roadmap)] == [sheets[1].pk]


def test_prerequisites_of_the_catalogue_become_a_preference(roadmap, sheets):
    first, second = sheets
    first.lever.prerequisite_codes = [second.lever.code, "LEV-INCONNU"]
    first.lever.save()
    planned = planned_actions(costed_sheets(roadmap), [S1, S2])
    assert [action.prerequisites for action in planned] == [(second.pk,), ()]


def test_an_action_without_days_is_estimated_and_said(roadmap):
    make_sheet(roadmap, effort=3, lead_service="dsi")
    planned = planned_actions(costed_sheets(roadmap), [S1, S2])
    assert sum(planned[0].profile) == 12
    notes = services.propose_schedule(roadmap=roadmap).notes
    assert notes == ("1 fiche ne dit pas ses jours\u00a0: le calcul prend 4\u00a0jours par point d’effort.",)


def test_the_proposal_says_which_capacity_it_exceeds(roadmap):
    make_sheet(roadmap, human_days=Decimal(30), lead_service="dsi")
    notes = services.propose_schedule(roadmap=roadmap).notes
    assert notes == ("dsi dépasse sa capacité de 10\u00a0jours au 1er semestre 2026\u00a0: aucune place ne l’évite.",)


def test_the_load_counts_each_lead_against_its_capacity(roadmap):
    make_full_sheet(roadmap, human_days=Decimal(50))
    LeadCapacity.objects.create(roadmap=roadmap, service=factories.make_service("dsi"), days_per_half_year=22)
    board = load_board(roadmap, list(live_sheets(roadmap)))
    row = board.loads[0]
    assert [round(cell.days) for cell in row.cells] == [25, 25, 0, 0, 0, 0]
    assert (row.capacity, board.over_count) == (22, 2)
    (relief,) = board.reliefs
    days = "3\u00a0jours de trop au"
    assert relief.title == f"dsi\u00a0: {days} 1er semestre 2026, {days} 2e semestre 2026"
    assert relief.action_key is None


def limits(service, days, euros, **firm):
    return services.LimitValues(default_days=15, days_by_service={service: days}, euros_by_year={2027: euros}, **firm)


def test_limits_are_kept_changed_and_removed(roadmap, referent):
    service = factories.make_service("dsi")

    def save(values, version):
        services.save_limits(roadmap=roadmap, expected_version=version, values=values, actor=referent, now=NOW)

    save(limits(service, 8, Decimal(9000), has_firm_ceilings=True, has_firm_end=False), 1)
    stored = Roadmap.objects.get()
    assert (stored.default_capacity_days, stored.has_firm_capacities) == (15, False)
    assert (stored.has_firm_ceilings, stored.has_firm_end) == (True, False)
    assert LeadCapacity.objects.get().days_per_half_year == 8
    assert (BudgetCeiling.objects.get().year, BudgetCeiling.objects.get().amount_eur) == (2027, 9000)
    save(limits(service, None, None), 2)
    assert not LeadCapacity.objects.exists()
    assert not BudgetCeiling.objects.exists()
    with pytest.raises(StaleVersionError):
        save(limits(service, 3, None), 1)
    with pytest.raises(DomainError, match="entre 1 et 1\u202f000"):
        save(services.LimitValues(default_days=0), 3)
    with pytest.raises(DomainError, match="supérieur"):
        save(limits(service, 3, Decimal(-1)), 3)
    assert not LeadCapacity.objects.exists()


# Budget, end of the period, undo -------------------------------------------------------------------------------------


def test_the_lines_of_the_budget_follow_a_move_from_year_to_year(roadmap, referent):
    sheet = make_full_sheet(roadmap)
    sheet.budget_lines.create(year=2026, investment_eur=1000, funding_source="État")
    sheet.budget_lines.create(year=2027, operation_eur=200)
    place(sheet, S2, S3, referent)
    assert list(sheet.budget_lines.values_list("year", flat=True)) == [2026, 2027]
    place(ActionSheet.objects.get(), S3, S3, referent)
    assert list(sheet.budget_lines.values_list("year", "investment_eur", "operation_eur", "funding_source")) == [
        (2027, 1000, 0, "État"),
        (2028, 0, 200, ""),
    ]


def test_a_proposal_holds_the_ceilings_and_compares_the_years(roadmap, referent):
    for number in (1, 2):
        make_sheet(roadmap, human_days=Decimal(1), budget_eur=Decimal(8000), lead_service=f"service-{number}")
    BudgetCeiling.objects.create(roadmap=roadmap, year=2026, amount_eur=10_000)
    proposal = services.propose_schedule(roadmap=roadmap)
    assert sorted(move.start.year for move in proposal.moves) == [2026, 2027]
    change = next(item for item in proposal.changes if "2026" in item.label)
    assert (change.label, change.before, change.after) == (
        "Budget 2026, plafond de 10\u202f000\u202f€", "0\u202f€", "8\u202f000\u202f€",
    )  # fmt: skip


def test_a_proposal_counts_what_moves_and_what_stays(roadmap, sheets, referent):
    place(sheets[0], S3, S3, referent)
    proposal = services.propose_schedule(roadmap=roadmap)
    assert (proposal.changed_count, proposal.kept_count, proposal.fixed_count) == (1, 1, 1)
    assert [move.verb for move in proposal.moves] == ["Gardée", "Placée"]


def test_firm_limits_that_cannot_hold_stop_the_proposal(roadmap):
    make_sheet(roadmap, human_days=Decimal(30), lead_service="dsi", title="Tri du parc")
    Roadmap.objects.update(has_firm_capacities=True)
    proposal = services.propose_schedule(roadmap=Roadmap.objects.select_related("initiative").get())
    assert (proposal.moves, proposal.token) == ((), "")
    (conflict,) = proposal.conflicts
    assert conflict.title == "La capacité du pilote «\u00a0dsi\u00a0» ne peut pas tenir"
    assert conflict.facts == (
        "dsi\u00a0: «\u00a0Tri du parc\u00a0» demande à elle seule 30\u00a0jours en un semestre, pour 20 possibles.",
    )


def test_a_place_after_the_period_is_allowed_when_its_end_is_not_firm(roadmap, sheets, referent):
    beyond = HalfYear(2029, 1)
    Roadmap.objects.update(has_firm_end=False)
    sheet = ActionSheet.objects.select_related("roadmap__initiative").get(pk=sheets[0].pk)
    placed = place(sheet, HalfYear(2028, 2), beyond, referent)
    assert spans()[0] == ("2028-S2", "2029-S1")
    # Firm again: it stays where it was put, and a proposal keeps it.
    Roadmap.objects.update(has_firm_end=True)
    proposal = services.propose_schedule(roadmap=Roadmap.objects.select_related("initiative").get())
    kept = next(move for move in proposal.moves if move.sheet.pk == placed.pk)
    assert (kept.end, kept.is_changed) == (beyond, False)


def test_undoing_a_move_gives_back_the_place_the_steps_the_days_and_the_budget(roadmap, referent):
    sheet = make_full_sheet(roadmap, human_days_by_half_year={"2026-S1": 5})
    sheet.budget_lines.create(year=2026, investment_eur=1000)
    placed = place(sheet, S3, S3, referent)
    assert sheet.budget_lines.get().year == 2027
    services.undo_placement(sheet=placed, expected_version=placed.version, actor=referent, now=NOW)
    stored = ActionSheet.objects.get()
    assert (stored.start_half, stored.end_half, stored.is_placed_by_hand) == ("2026-S1", "2026-S2", False)
    assert stored.human_days_by_half_year == {"2026-S1": 5}
    assert [step.due_half for step in stored.steps.all()] == ["2026-S1"]
    assert stored.budget_lines.get().year == 2026


def test_undoing_the_first_place_empties_it(sheets, referent):
    placed = place(sheets[0], S2, S2, referent)
    assert placed.steps.first().due_half == "2026-S2"
    services.undo_placement(sheet=placed, expected_version=placed.version, actor=referent, now=NOW)
    assert spans()[0] == ("", "")
    assert {step.due_half for step in placed.steps.all()} == {""}


def test_a_version_taken_back_with_its_place_is_no_move(sheets, referent):
    sheet = sheets[0]
    for texts in (["Un", "Deux", "Trois"], ["Un", "Deux"]):
        sheet = ActionSheet.objects.select_related("roadmap__initiative__authority").get(pk=sheet.pk)
        services.save_sheet(
            sheet=sheet,
            expected_version=sheet.version,
            changes={},
            rows={"steps": [services.StepValues(text) for text in texts]},
            actor=referent,
            now=NOW,
        )
    placed = place(sheet, S2, S2, referent)
    with_three_steps = sheet_history(placed)[1]
    services.restore_sheet(
        sheet=placed, expected_version=placed.version, version=with_three_steps, actor=referent, now=NOW
    )

    with pytest.raises(DomainError, match="n’est pas un déplacement"):
        services.undo_placement(sheet=placed, expected_version=placed.version, actor=referent, now=NOW)


def test_only_a_move_is_undone_and_never_a_stale_one(roadmap, sheets, referent):
    sheet = sheets[0]
    with pytest.raises(DomainError, match="n’est pas un déplacement"):
        services.undo_placement(sheet=sheet, expected_version=1, actor=referent, now=NOW)
    placed = place(sheet, S2, S2, referent)
    with pytest.raises(StaleVersionError):
        services.undo_placement(sheet=placed, expected_version=1, actor=referent, now=NOW)
    fresh = ActionSheet.objects.get(pk=sheet.pk)
    services.save_sheet(
        sheet=fresh, expected_version=fresh.version, changes={"title": "Autre"}, actor=referent, now=NOW
    )
    with pytest.raises(DomainError, match="n’est pas un déplacement"):
        services.undo_placement(sheet=fresh, expected_version=fresh.version, actor=referent, now=NOW)
    assert spans()[0] == ("2026-S2", "2026-S2")


def test_all_the_places_made_by_hand_are_given_back_at_once(roadmap, sheets, referent):
    place(sheets[0], S3, S3, referent)
    place(sheets[1], S2, S2, referent)
    assert services.release_all(roadmap=roadmap, actor=referent, now=NOW) == 2
    assert not ActionSheet.objects.filter(is_placed_by_hand=True).exists()
    assert spans() == [("2027-S1", "2027-S1"), ("2026-S2", "2026-S2")]
    assert services.release_all(roadmap=roadmap, actor=referent, now=NOW) == 0


def test_a_person_leads_alone_only_without_a_service(roadmap):
    person = factories.make_participant(roadmap.initiative, name="Anne Le Goff")
    with_service = make_sheet(roadmap, lead_service="dsi", lead_participant=person)
    alone = make_sheet(roadmap, lead_participant=person)
    named = make_sheet(roadmap, lead_name="Chargée de mission")
    assert [lead_of(sheet) for sheet in (with_service, alone, named)] == ["dsi", "Anne Le Goff", "Chargée de mission"]


# Screens --------------------------------------------------------------------------------------------------------------


def url(name, authority, *args):
    return reverse(f"roadmap:{name}", args=[authority.slug, *args])


def test_the_page_shows_the_proposal_then_applies_it(referent_client, authority, roadmap, sheets):
    page = referent_client.get(url("schedule_propose", authority))
    assert "Le calendrier proposé déplace 2 actions" in page.content.decode()
    response = referent_client.post(
        url("schedule_propose", authority), {"token": page.context["proposal"].token}, follow=True
    )
    assert "2\u00a0actions placées" in response.content.decode()
    assert ("", "") not in spans()


def test_the_page_refuses_a_forged_proposal(referent_client, authority, roadmap, sheets):
    response = referent_client.post(url("schedule_propose", authority), {"token": "faux"}, follow=True)
    assert "Cette proposition n’est plus lisible" in response.content.decode()
    assert spans() == [("", ""), ("", "")]


def test_proposing_without_sheet_says_what_to_do(referent_client, authority, roadmap):
    response = referent_client.get(url("schedule_propose", authority), follow=True)
    assert "Créez d’abord les fiches actions" in response.content.decode()


def test_an_action_is_placed_with_two_lists(referent_client, authority, sheets):
    data = {"start_half": "2026-S2", "end_half": "2027-S1", "version": "1"}
    response = referent_client.post(url("sheet_place", authority, sheets[0].pk), data)
    assert response.status_code == 302
    assert spans()[0] == ("2026-S2", "2027-S1")


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        ({"start_half": "2027-S1", "end_half": "2026-S1", "version": "1"}, 422, "égal ou postérieur au début"),
        ({"start_half": "2020-S1", "end_half": "2026-S1", "version": "1"}, 422, "Choisissez une réponse de la liste"),
        ({"start_half": "2026-S1", "version": "1"}, 422, "Choisissez une réponse"),
        ({"start_half": "2026-S1", "end_half": "2026-S1"}, 422, "Rechargez la page"),
        ({"start_half": "2026-S1", "end_half": "2026-S1", "version": "x"}, 422, "Rechargez la page"),
        ({"start_half": "2026-S1", "end_half": "2026-S1", "version": "7"}, 409, "Une autre version est enregistrée"),
    ],
)
def test_a_bad_placement_is_told_and_written_nowhere(referent_client, authority, sheets, data, status, message):
    response = referent_client.post(url("sheet_place", authority, sheets[0].pk), data)
    assert response.status_code == status
    assert message in response.content.decode()
    assert spans()[0] == ("", "")


def test_the_button_releases_a_placement(referent_client, authority, sheets, referent):
    placed = place(sheets[0], S2, S2, referent)
    page = url("sheet_release", authority, placed.pk)
    assert referent_client.post(page, {"version": "1"}).status_code == 409
    assert ActionSheet.objects.get(pk=placed.pk).is_placed_by_hand
    referent_client.post(page, {"version": str(placed.version)})
    assert not ActionSheet.objects.get(pk=placed.pk).is_placed_by_hand


def test_limits_are_typed_in_one_form(referent_client, authority, roadmap):
    sheet = make_full_sheet(roadmap)
    page = url("capacity_update", authority)
    field = f"service_{sheet.lead_service_id}"
    typed = {field: "9", "ceiling_2027": "12 000,50", "has_firm_ceilings": "on", "version": "1"}
    assert referent_client.post(page, {**typed, "default_days": "0"}).status_code == 422
    assert referent_client.post(page, {**typed, "default_days": "18"}).status_code == 302
    assert LeadCapacity.objects.get().days_per_half_year == 9
    assert BudgetCeiling.objects.get().amount_eur == Decimal("12000.50")
    stored = Roadmap.objects.get()
    assert (stored.default_capacity_days, stored.has_firm_ceilings, stored.has_firm_end) == (18, True, False)
    conflict = referent_client.post(page, {**typed, "default_days": "19"})
    assert conflict.status_code == 409
    assert Roadmap.objects.get().default_capacity_days == 18


def test_the_page_says_why_no_schedule_holds_and_offers_the_limits(referent_client, authority, roadmap):
    sheet = make_sheet(roadmap, human_days=Decimal(30), lead_service="dsi")
    Roadmap.objects.update(has_firm_capacities=True)
    text = referent_client.get(url("schedule_propose", authority)).content.decode()
    assert "Aucun calendrier ne tient vos limites" in text
    assert "Donner 10\u00a0jours de plus par semestre" in text
    assert url("sheet_detail", authority, sheet.pk) in text
    assert url("capacity_update", authority) in text
    assert spans() == [("", "")]


def test_the_drawing_saves_a_move_and_undoes_it(referent_client, authority, sheets):
    page = url("sheet_place", authority, sheets[0].pk)
    data = {"start_half": "2026-S2", "end_half": "2027-S1", "version": "1"}
    answer = referent_client.post(page, data, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer["X-Version"]) == (204, "2")
    assert referent_client.post(page, data, headers={"X-Autosave": "1"}).status_code == 409
    undo = url("sheet_unplace", authority, sheets[0].pk)
    assert referent_client.post(undo, {"version": "1"}, headers={"X-Autosave": "1"}).status_code == 409
    answer = referent_client.post(undo, {"version": "2"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer["X-Version"]) == (204, "3")
    assert spans()[0] == ("", "")


def test_a_move_is_undone_by_a_button_too(referent_client, authority, sheets, referent):
    page, undo = (url(name, authority, sheets[0].pk) for name in ("sheet_place", "sheet_unplace"))
    assert undo not in referent_client.get(page).content.decode()
    assert referent_client.post(undo, {"version": "1"}).status_code == 422
    place(sheets[0], S2, S2, referent)
    assert undo in referent_client.get(page).content.decode()
    response = referent_client.post(undo, {"version": "2"}, follow=True)
    assert "Déplacement de la fiche 1 annulé." in response.content.decode()
    assert spans()[0] == ("", "")


def test_one_button_gives_back_every_place_made_by_hand(referent_client, authority, sheets, referent):
    page = url("schedule_detail", authority)
    assert url("schedule_release", authority) not in referent_client.get(page).content.decode()
    place(sheets[0], S3, S3, referent)
    text = referent_client.get(page).content.decode()
    assert "1 action placée à la main reste où vous l’avez mise" in text
    response = referent_client.post(url("schedule_release", authority), follow=True)
    assert "1 action suivra la prochaine proposition" in response.content.decode()
    assert not ActionSheet.objects.filter(is_placed_by_hand=True).exists()


def test_days_that_fall_after_the_period_are_told_and_stay_on_the_form(referent_client, authority, roadmap, referent):
    sheet = make_full_sheet(roadmap, human_days_by_half_year={"2026-S2": 5, "2028-S2": 4})
    place(sheet, HalfYear(2027, 1), HalfYear(2028, 2), referent)

    page = referent_client.get(reverse("roadmap:schedule_detail", args=[authority.slug])).content.decode()
    means = referent_client.get(reverse("roadmap:sheet_update", args=[authority.slug, sheet.pk, "moyens"])).content

    assert "Des jours tombent après la période" in page
    assert "4\u00a0jours" in page or "4 jours" in page
    assert b'name="days_2029-S2"' in means
