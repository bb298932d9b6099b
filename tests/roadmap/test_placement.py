"""The schedule in the base: a proposal shown then applied, a placement by hand, the load, the capacities."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.versioning import StaleVersionError
from roadmap import services
from roadmap.enums import ActionStatus
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, LeadCapacity, Roadmap
from roadmap.selectors.schedule import live_sheets, load_board, planned_actions, read_token
from tests import factories
from tests.factories_roadmap import NOW, make_full_sheet, make_roadmap, make_sheet, make_sheets_from_levers

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
    planned = planned_actions(list(live_sheets(roadmap)), [S1, S2])
    assert [action.prerequisites for action in planned] == [(second.pk,), ()]


def test_an_action_without_days_is_estimated_and_said(roadmap):
    make_sheet(roadmap, effort=3, lead_service="dsi")
    planned = planned_actions(list(live_sheets(roadmap)), [S1, S2])
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
    assert board.reliefs[0].title == "dsi\u00a0: 3\u00a0jours de trop au 1er semestre 2026"
    assert board.reliefs[0].action_key is None


def test_capacities_are_kept_changed_and_removed(roadmap, referent):
    service = factories.make_service("dsi")

    def save(days, version):
        services.save_capacities(
            roadmap=roadmap,
            expected_version=version,
            default_days=15,
            days_by_service={service: days},
            actor=referent,
            now=NOW,
        )

    save(8, 1)
    assert Roadmap.objects.get().default_capacity_days == 15
    assert LeadCapacity.objects.get().days_per_half_year == 8
    save(None, 2)
    assert not LeadCapacity.objects.exists()
    with pytest.raises(StaleVersionError):
        save(3, 1)
    with pytest.raises(DomainError, match="entre 1 et 1\u202f000"):
        services.save_capacities(
            roadmap=roadmap, expected_version=3, default_days=0, days_by_service={}, actor=referent, now=NOW
        )


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


def test_capacities_are_typed_in_one_form(referent_client, authority, roadmap):
    sheet = make_full_sheet(roadmap)
    page = url("capacity_update", authority)
    field = f"service_{sheet.lead_service_id}"
    assert referent_client.post(page, {"default_days": "0", field: "9", "version": "1"}).status_code == 422
    assert referent_client.post(page, {"default_days": "18", field: "9", "version": "1"}).status_code == 302
    assert LeadCapacity.objects.get().days_per_half_year == 9
    assert make_roadmap(roadmap.initiative).default_capacity_days == 18
