"""The actions in an agenda: steps and ends, for the référent and for the person who leads them."""

from datetime import date

import icalendar
import pytest
from django.urls import reverse

from roadmap.enums import ActionStatus
from roadmap.ics import build_schedule_calendar
from roadmap.selectors.schedule import sheets_with_steps
from tests import factories
from tests.factories_roadmap import make_full_sheet, make_roadmap, make_sheet

pytestmark = pytest.mark.django_db


def events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def build(roadmap):
    url_of = lambda sheet: f"https://exemple.fr/fiches/{sheet.pk}/"  # noqa: E731
    return build_schedule_calendar(roadmap.initiative, sheets_with_steps(roadmap), url_of=url_of)


def test_steps_and_ends_stand_on_their_day(roadmap):
    # Placed from 1er to 2e semestre 2026; its first step is « Commencer », DSI, 1er semestre 2026.
    sheet = make_full_sheet(roadmap, title="Tri du parc")
    sheet.steps.create(position=2, text="Publier", due_on=date(2026, 9, 15), progress="done")
    sheet.steps.create(position=3, text="Sans date")
    found = events(build(roadmap))
    assert [(str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt) for event in found] == [
        ("Commencer", date(2026, 6, 30), date(2026, 7, 1)),
        ("Publier (faite)", date(2026, 9, 15), date(2026, 9, 16)),
        ("Fin prévue de l’action 1\u00a0: Tri du parc", date(2026, 12, 31), date(2027, 1, 1)),
    ]
    assert {str(event["TRANSP"]) for event in found} == {"TRANSPARENT"}
    assert str(found[0]["DESCRIPTION"]) == (
        "Étape de l’action 1, «\u00a0Tri du parc\u00a0». Qui\u00a0: DSI. À faire au 1er semestre 2026. "
        f"https://exemple.fr/fiches/{sheet.pk}/"
    )


def test_identifiers_stay_when_steps_are_written_again_and_the_sequence_grows(roadmap):
    sheet = make_full_sheet(roadmap)
    first = events(build(roadmap))
    sheet.steps.all().delete()
    sheet.steps.create(position=1, text="Commencer autrement", due_half="2026-S2")
    type(sheet).objects.filter(pk=sheet.pk).update(version=4)
    second = events(build(roadmap))
    assert [str(event["UID"]) for event in first] == [str(event["UID"]) for event in second]
    assert len({str(event["UID"]) for event in second}) == 2
    assert [(event["SEQUENCE"], other["SEQUENCE"]) for event, other in zip(first, second, strict=True)] == [(0, 3)] * 2


def test_a_typed_text_never_adds_an_event_nor_a_line(roadmap):
    sheet = make_full_sheet(roadmap, title="Titre\r\nBEGIN:VEVENT\r\nSUMMARY:faux", short_title="A;B,C\\D")
    sheet.steps.update(text="Étape\nEND:VCALENDAR", who="X" * 150)
    content = build(roadmap)
    assert [str(event["SUMMARY"]) for event in events(content)] == [
        "Étape\nEND:VCALENDAR",
        "Fin prévue de l’action 1\u00a0: A;B,C\\D",
    ]
    assert content.count(b"BEGIN:VEVENT\r\n") == 2
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_abandoned_actions_and_those_without_place_have_no_end(roadmap):
    make_sheet(roadmap)
    make_full_sheet(roadmap, status=ActionStatus.ABANDONED)
    assert events(build(roadmap)) == []


def test_the_referent_downloads_the_actions_of_the_roadmap(referent_client, authority, roadmap):
    sheet = make_full_sheet(roadmap)
    response = referent_client.get(reverse("roadmap:schedule_export", args=[authority.slug]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="calendrier-des-actions-{authority.slug}.ics"'
    found = events(response.content)
    assert len(found) == 2
    assert str(found[0]["URL"]).endswith(reverse("roadmap:sheet_detail", args=[authority.slug, sheet.pk]))


def test_a_lead_downloads_their_own_actions_and_no_other(initiative):
    person = factories.make_participant(initiative, name="Responsable du parc")
    other = factories.make_participant(initiative, name="Autre pilote")
    roadmap = make_roadmap(initiative)
    make_full_sheet(roadmap, title="À moi", lead_participant=person)
    make_full_sheet(roadmap, title="À un autre", lead_participant=other)
    client = factories.participant_client(person)
    page = reverse("roadmap:participant_calendar", args=[person.pk])
    assert page in client.get(reverse("roadmap:participant_home", args=[person.pk])).content.decode()
    found = events(client.get(page).content)
    assert [str(event["SUMMARY"]) for event in found] == ["Commencer", "Fin prévue de l’action 1\u00a0: À moi"]
    assert "À un autre" not in client.get(page).content.decode()
    stranger = reverse("roadmap:participant_calendar", args=[other.pk])
    assert client.get(stranger).status_code == 404
