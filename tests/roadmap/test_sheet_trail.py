"""The trail of a sheet: every value before and after, in words, and read back."""

from datetime import date
from decimal import Decimal

import pytest

from authorities.enums import EventKind
from authorities.models import Event
from roadmap import services
from roadmap.enums import ActionStatus, StepProgress
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet
from roadmap.services import BudgetLineValues, HumanMeansValues, IndicatorValues, StepValues
from roadmap.services.trail import stored_texts
from roadmap.sheet_texts import TEXT_FIELDS, read_sheet
from tests.factories import make_participant, make_service
from tests.factories_roadmap import NOW, make_full_sheet, make_objective, make_sheet, save_as

pytestmark = pytest.mark.django_db


def save(sheet, actor, **fields):
    return save_as(actor, sheet, **fields)


def last_changes() -> dict[str, tuple[str, str]]:
    event = Event.objects.order_by("pk").last()
    return {change["label"]: (change["before"], change["after"]) for change in event.changes}


def test_saving_keeps_the_values_before_and_after_in_words(roadmap, referent):
    sheet = make_full_sheet(roadmap)
    lead = make_participant(roadmap.initiative, name="Anne Achats", service="achats")
    save(
        sheet, referent, status=ActionStatus.ONGOING, budget_eur=Decimal("1250.50"), lead_participant=lead,
        human_days_by_half_year={"2026-S1": 2.5, "2026-S2": 4.0},
    )  # fmt: skip
    event = Event.objects.order_by("pk").last()
    assert (event.kind, event.subject_key, event.actor_user) == (EventKind.SHEET, str(sheet.number), referent)
    assert last_changes() == {
        "état": ("à lancer", "en cours"),
        "personne pilote": ("", "Anne Achats"),
        "service pilote": (make_service("dsi").name, lead.service.name),
        "moyens humains, en jours": ("12", "6,5"),
        "jours par semestre": ("", "1er semestre 2026\u00a0: 2,5\n2e semestre 2026\u00a0: 4"),
        "budget, en euros": ("0", "1250,5"),
    }


def test_form_that_changed_the_sheet_in_memory_does_not_hide_the_former_value(roadmap, referent):
    sheet = make_sheet(roadmap, context="Ancien constat")
    sheet.context = "Nouveau constat"
    save(sheet, referent, context="Nouveau constat")
    assert last_changes() == {"contexte et constat": ("Ancien constat", "Nouveau constat")}


def test_steps_and_indicators_are_told_one_by_one(roadmap, referent):
    sheet = make_full_sheet(roadmap)
    save(
        sheet, referent,
        steps=[
            StepValues("Commencer", who="DSI", due_half="2026-S1", progress=StepProgress.DONE),
            StepValues("Publier", due_on=date(2026, 10, 5)),
        ],
        indicators=[],
    )  # fmt: skip
    assert last_changes() == {
        "étape 1": (
            "Commencer\nQui\u00a0: DSI\nSemestre\u00a0: 1er semestre 2026\nAvancement\u00a0: à faire",
            "Commencer\nQui\u00a0: DSI\nSemestre\u00a0: 1er semestre 2026\nAvancement\u00a0: fait",
        ),
        "étape 2": ("", "Publier\nDate précise\u00a0: 05/10/2026\nAvancement\u00a0: à faire"),
        "indicateur 1": (
            "Part\nUnité\u00a0: %\nSens\u00a0: à la hausse\nValeur de départ\u00a0: 1\nCible\u00a0: 2",
            "",
        ),
    }


def test_saving_the_same_values_changes_nothing_in_the_trail(roadmap, referent):
    sheet = make_full_sheet(roadmap)
    save(sheet, referent, title=sheet.title, status=sheet.status)
    assert Event.objects.order_by("pk").last().changes == []


def test_placing_tells_where_the_action_was(roadmap, referent):
    sheet = make_sheet(roadmap, start_half="2026-S1", end_half="2026-S1")
    services.place_sheet(
        sheet=sheet, expected_version=1, start=HalfYear(2026, 2), end=HalfYear(2027, 1), actor=referent, now=NOW
    )
    assert last_changes() == {
        "début": ("1er semestre 2026", "2e semestre 2026"),
        "fin": ("1er semestre 2026", "1er semestre 2027"),
        "placée à la main": ("non", "oui"),
        "pourquoi cette place": ("", "Placée à la main."),
    }
    services.release_sheet(sheet=sheet, expected_version=2, actor=referent, now=NOW)
    assert last_changes() == {"placée à la main": ("oui", "non")}


def test_applied_schedule_writes_one_event_for_each_action_that_moved(roadmap, referent):
    moved, other = make_full_sheet(roadmap, start_half="", end_half=""), make_full_sheet(roadmap)
    ActionSheet.objects.filter(pk=other.pk).update(is_placed_by_hand=True)
    proposal = services.propose_schedule(roadmap=roadmap)
    services.apply_schedule(roadmap=roadmap, token=proposal.token, actor=referent, now=NOW)
    events = Event.objects.filter(kind=EventKind.SHEET)
    assert [event.subject_key for event in events] == [str(moved.number)]
    assert "début" in last_changes()


def test_removed_sheet_leaves_its_texts_in_the_trail(roadmap, referent):
    sheet = make_full_sheet(roadmap, title="Recycler")
    services.delete_sheet(sheet=sheet, actor=referent, now=NOW)
    assert last_changes()["intitulé"] == ("Recycler", "")
    assert last_changes()["étape 1"][0].startswith("Commencer\n")


def test_removed_objective_is_told_by_the_sheets_that_served_it(roadmap, referent):
    objective = make_objective(roadmap, title="Réduire")
    make_sheet(roadmap).objectives.add(objective)
    make_sheet(roadmap)
    services.delete_objective(objective=objective, actor=referent, now=NOW)
    assert last_changes() == {"objectifs servis": ("Réduire", "")}
    assert [event.subject_key for event in Event.objects.filter(kind=EventKind.SHEET)] == ["1"]


def test_texts_of_a_sheet_are_read_back_as_its_values(roadmap, referent):
    sheet = make_full_sheet(roadmap, risks="Un risque\nEffet rebond : deux", human_days=None)
    lead = make_participant(roadmap.initiative, name="Anne Achats", service="achats")
    save(
        sheet, referent, lead_participant=lead, human_days_by_half_year={"2026-S1": 2.5}, is_quick_win=True, effort=3,
        associated_services=[make_service("dsi"), make_service("achats")],
        steps=[StepValues("Une étape", who="DSI : achats", due_half="2026-S2", due_on=date(2026, 11, 3))],
        indicators=[IndicatorValues("Part", baseline=Decimal("1234.5"), baseline_year=2024, note="Un : deux")],
        human_means=[HumanMeansValues("Chef de projet", Decimal("2.5"))],
        budget_lines=[BudgetLineValues(2026, Decimal(1000), funding_eur=Decimal(300), funding_source="État")],
    )  # fmt: skip
    stored = ActionSheet.objects.get(pk=sheet.pk)
    read = read_sheet(stored_texts([sheet.pk])[sheet.pk], stored)
    assert read.lost == []
    assert set(read.changes) == set(TEXT_FIELDS) - {"associated_services", "objectives"}
    assert read.changes == {name: getattr(stored, name) for name in read.changes}
    assert set(read.links["associated_services"]) == set(stored.associated_services.all())
    assert read.links["objectives"] == list(stored.objectives.all())
    assert read.rows == {
        "steps": [StepValues("Une étape", "DSI : achats", "2026-S2", date(2026, 11, 3), StepProgress.TODO)],
        "indicators": [IndicatorValues("Part", baseline=Decimal("1234.5"), baseline_year=2024, note="Un : deux")],
        "human_means": [HumanMeansValues("Chef de projet", Decimal("2.5"))],
        "budget_lines": [BudgetLineValues(2026, Decimal(1000), Decimal(0), Decimal(300), "État")],
    }


def test_what_is_no_longer_here_is_told_when_texts_are_read_back(roadmap, referent):
    sheet = make_sheet(roadmap)
    sheet.objectives.add(make_objective(roadmap, title="Réduire"))
    texts = stored_texts([sheet.pk])[sheet.pk] | {
        "lead_participant": "Quelqu’un d’autre",
        "status": "un mot inconnu",
        "human_days": "beaucoup",
        "start_half": "demain",
        "indicators.1": "Part\nsans deux-points",
    }
    read = read_sheet(texts, sheet)
    assert read.links["objectives"] == list(sheet.objectives.all())
    assert read.lost == ["état", "personne pilote", "moyens humains, en jours", "début", "indicateur 1"]
    assert not {"status", "lead_participant", "human_days", "start_half"} & set(read.changes)


@pytest.mark.parametrize("count", [1, 3])
def test_texts_take_the_same_queries_whatever_the_sheets(roadmap, count, django_assert_num_queries):
    sheets = [make_full_sheet(roadmap) for _ in range(count)]
    with django_assert_num_queries(7):
        assert len(stored_texts([sheet.pk for sheet in sheets])) == count
