"""The history of a sheet: versions worked out from the trail, two compared, a return to one."""

from decimal import Decimal

import pytest
from django.urls import reverse

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from roadmap import services
from roadmap.enums import ActionStatus
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet
from roadmap.selectors.history import compare_versions, sheet_history
from roadmap.services import StepValues
from tests.factories import make_authority, make_participant, make_service
from tests.factories_roadmap import NOW, make_full_sheet, make_objective, make_roadmap, make_sheet, save_as

pytestmark = pytest.mark.django_db


def save(sheet, actor, **fields):
    return save_as(actor, sheet, **fields)


@pytest.fixture
def sheet(roadmap, referent) -> ActionSheet:
    """A sheet with four versions: as created, renamed, placed elsewhere, its step replaced and its state changed."""
    sheet = make_full_sheet(roadmap, title="Recycler")
    save(sheet, referent, title="Réemployer", budget_eur=Decimal(500))
    services.place_sheet(
        sheet=sheet, expected_version=2, start=HalfYear(2026, 2), end=HalfYear(2027, 1), actor=referent, now=NOW
    )
    return save(sheet, referent, status=ActionStatus.ONGOING, steps=[StepValues("Publier"), StepValues("Finir")])


def told(sheet, number: int, *names: str) -> list[str]:
    texts = sheet_history(sheet)[number - 1].texts
    return [texts.get(name, "") for name in names]


def test_each_version_says_what_the_sheet_said(sheet, referent):
    versions = sheet_history(sheet)
    assert [version.number for version in versions] == [1, 2, 3, 4]
    assert (versions[0].saved_at, versions[0].actor_label) == (None, "")
    assert (versions[3].saved_at, versions[3].actor_label) == (NOW, str(referent))
    names = ("title", "budget_eur", "start_half", "status")
    assert told(sheet, 1, *names) == ["Recycler", "0", "1er semestre 2026", "à lancer"]
    assert told(sheet, 2, *names) == ["Réemployer", "500", "1er semestre 2026", "à lancer"]
    assert told(sheet, 3, *names) == ["Réemployer", "500", "2e semestre 2026", "à lancer"]
    assert told(sheet, 4, *names) == ["Réemployer", "500", "2e semestre 2026", "en cours"]
    assert told(sheet, 4, "steps.1", "steps.2")[1].startswith("Finir")
    assert told(sheet, 1, "steps.1", "steps.2")[1] == ""


def test_save_without_any_change_makes_no_version(sheet, referent):
    save(sheet, referent, title="Réemployer")
    assert len(sheet_history(sheet)) == 4


def test_history_is_not_that_of_a_removed_sheet_with_the_same_number(sheet, roadmap, referent):
    services.delete_sheet(sheet=sheet, actor=referent, now=NOW)
    again = make_sheet(roadmap, number=sheet.number)
    assert [version.number for version in sheet_history(again)] == [1]


def test_history_is_not_that_of_the_same_number_elsewhere(sheet, referent):
    elsewhere = make_sheet(make_roadmap(make_authority(name="Ailleurs").initiatives.get()), number=sheet.number)
    assert len(sheet_history(elsewhere)) == 1


def test_two_versions_compared_name_the_fields_that_differ(sheet):
    versions = sheet_history(sheet)
    assert [item.label for item in compare_versions(versions[0], versions[1])] == ["intitulé", "budget, en euros"]
    back = compare_versions(versions[1], versions[0])
    assert [(piece.kind, piece.text) for piece in back[0].pieces] == [("removed", "Réemployer"), ("added", "Recycler")]
    assert compare_versions(versions[2], versions[2]) == []


def test_returning_gives_back_every_value_and_is_one_more_version(sheet, referent):
    first = sheet_history(sheet)[0]
    lost = services.restore_sheet(sheet=sheet, expected_version=4, version=first, actor=referent, now=NOW)
    assert lost == []
    stored = ActionSheet.objects.get(pk=sheet.pk)
    assert (stored.title, stored.budget_eur, stored.status) == ("Recycler", Decimal(0), ActionStatus.PLANNED)
    assert (stored.start_half, stored.end_half, stored.is_placed_by_hand) == ("2026-S1", "2026-S2", False)
    assert [(step.text, step.who, step.due_half) for step in stored.steps.all()] == [("Commencer", "DSI", "2026-S1")]
    assert stored.version == 5
    versions = sheet_history(stored)
    assert versions[4].verb == "a repris la version 1 de la fiche 1, «\u00a0Recycler\u00a0»"
    assert compare_versions(versions[0], versions[4]) == []
    # The return is undone the same way.
    services.restore_sheet(sheet=stored, expected_version=5, version=versions[3], actor=referent, now=NOW)
    assert ActionSheet.objects.get(pk=sheet.pk).title == "Réemployer"


def test_returning_keeps_what_names_nothing_any_more(roadmap, referent):
    lead = make_participant(roadmap.initiative, name="Anne Achats", service="achats")
    objective = make_objective(roadmap, title="Réduire")
    sheet = make_full_sheet(roadmap, lead_participant=lead)
    other = make_participant(roadmap.initiative, name="Bruno Bureau", service="dsi")
    save(sheet, referent, lead_participant=other, objectives=[], title="Autre")
    lead.is_active = False
    lead.save()
    objective.delete()
    version = sheet_history(sheet)[0]
    lost = services.restore_sheet(sheet=sheet, expected_version=2, version=version, actor=referent, now=NOW)
    assert lost == ["objectifs servis", "personne pilote"]
    stored = ActionSheet.objects.get(pk=sheet.pk)
    assert (stored.lead_participant, stored.objectives.count(), stored.title) == (other, 0, "Action 1")


def test_return_is_refused_on_a_stale_page_and_when_nothing_differs(sheet, referent):
    versions = sheet_history(sheet)
    events = Event.objects.count()
    with pytest.raises(StaleVersionError):
        services.restore_sheet(sheet=sheet, expected_version=3, version=versions[0], actor=referent, now=NOW)
    with pytest.raises(DomainError, match="dit déjà"):
        services.restore_sheet(sheet=sheet, expected_version=4, version=versions[3], actor=referent, now=NOW)
    assert Event.objects.count() == events


def test_trail_from_elsewhere_may_name_fields_that_a_sheet_has_not(sheet):
    event = Event.objects.order_by("pk").last()
    event.changes += [
        {"field": name, "label": "?", "before": "x", "after": "y"} for name in ("zz", "steps.x", "number")
    ]
    event.save()
    versions = sheet_history(sheet)
    assert [item.label for item in compare_versions(versions[2], versions[3])] == ["état", "étape 1", "étape 2"]


# Pages ---------------------------------------------------------------------------------------------------------------
def url_of(name: str, sheet: ActionSheet, *arguments: object) -> str:
    return reverse(f"roadmap:{name}", args=[sheet.roadmap.initiative.authority.slug, sheet.pk, *arguments])


def test_pages_of_the_history(sheet, referent_client):
    detail = referent_client.get(url_of("sheet_detail", sheet)).content.decode()
    assert url_of("sheet_history", sheet) in detail
    listed = referent_client.get(url_of("sheet_history", sheet)).content.decode()
    assert "4 versions" in listed and url_of("sheet_restore", sheet, 3) in listed
    assert url_of("sheet_restore", sheet, 4) not in listed, "the last version is the sheet itself"
    compared = referent_client.get(url_of("sheet_compare", sheet), {"de": 1, "a": 2}).content.decode()
    assert "<del>Recycler</del>" in compared and "<ins>Réemployer</ins>" in compared


@pytest.mark.parametrize("query", [{}, {"de": "0", "a": "2"}, {"de": "1", "a": "5"}, {"de": "x", "a": "9" * 31}])
def test_unknown_versions_are_asked_again(sheet, referent_client, query):
    response = referent_client.get(url_of("sheet_compare", sheet), query)
    assert response.status_code == 200
    assert "comparisons" not in response.context


def test_return_is_confirmed_then_done(sheet, referent_client):
    url = url_of("sheet_restore", sheet, 1)
    page = referent_client.get(url).content.decode()
    assert 'name="version" value="4"' in page and "<ins>Recycler</ins>" in page
    response = referent_client.post(url, {"version": "4"}, follow=True)
    assert "La fiche 1 a repris sa version 1." in response.content.decode()
    assert ActionSheet.objects.get(pk=sheet.pk).title == "Recycler"


def test_return_is_refused_with_a_reason(sheet, referent_client):
    assert referent_client.post(url_of("sheet_restore", sheet, 1), {"version": "3"}).status_code == 409
    assert referent_client.post(url_of("sheet_restore", sheet, 1), {}).status_code == 409
    assert referent_client.post(url_of("sheet_restore", sheet, 4), {"version": "4"}).status_code == 422
    assert referent_client.get(url_of("sheet_restore", sheet, 5)).status_code == 404
    assert referent_client.post(url_of("sheet_restore", sheet, 0), {"version": "4"}).status_code == 404
    assert ActionSheet.objects.get(pk=sheet.pk).title == "Réemployer"


def test_reader_sees_the_history_and_may_not_return(sheet, elected_client):
    listed = elected_client.get(url_of("sheet_history", sheet)).content.decode()
    assert "4 versions" in listed and "Revenir à cette version" not in listed
    assert elected_client.post(url_of("sheet_restore", sheet, 1), {"version": "4"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["sheet_history", "sheet_compare", "sheet_restore"])
def test_history_takes_the_same_queries_whatever_the_versions(
    roadmap, referent, referent_client, name, count, django_assert_max_num_queries
):
    sheet = make_full_sheet(roadmap)
    for rank in range(count):
        services = [make_service(f"service-{number}") for number in range(5)]
        save(sheet, referent, title=f"Titre {rank}", associated_services=services)
    arguments = [1] if name == "sheet_restore" else []
    with django_assert_max_num_queries(18):
        assert referent_client.get(url_of(name, sheet, *arguments), {"de": 1, "a": 2}).status_code == 200
