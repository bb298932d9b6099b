"""The calendar of a roadmap: meetings, dated steps, ends of half-years."""

from datetime import date

import icalendar
import pytest

from roadmap.documents.office.agenda import build_agenda, due_of
from roadmap.half_years import HalfYear
from tests.roadmap.hostile_content import make_hostile_content
from tests.roadmap.sample_content import make_content, make_empty_content


def _events(content) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(build_agenda(content))
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


@pytest.mark.parametrize(
    ("label", "due"),
    [
        ("30/06/2025", date(2025, 6, 30)),
        ("1er semestre 2025", HalfYear(2025, 1)),
        ("2e\u00a0semestre 2026", HalfYear(2026, 2)),
        ("", None),
        ("au printemps", None),
    ],
)
def test_when_a_step_is_due(label, due):
    assert due_of({"due_label": label}) == due


def test_meetings_are_on_their_day():
    council = _events(make_content())["Adoption en assemblée (Pays d’Exemple)"]

    assert (council["dtstart"].dt, council["dtend"].dt) == (date(2024, 1, 30), date(2024, 1, 31))
    assert council["transp"] == "TRANSPARENT"


def test_a_dated_step_is_an_event_and_half_years_gather_the_others():
    content = make_content()
    content["sheets"] = content["sheets"][:2]
    content["sheets"][1]["steps"][0]["due_label"] = "15/03/2024"

    events = _events(content)

    step = events["Étape\u00a0: Mesurer l’âge réel de sortie par catégorie (Pays d’Exemple)"]
    assert step["dtstart"].dt == date(2024, 3, 15)
    end = events["Fin du 2e semestre 2024\u00a0: 1 action à terminer, 2 étapes attendues (Pays d’Exemple)"]
    assert end["dtstart"].dt == date(2024, 12, 31)
    assert str(end["description"]).splitlines()[0] == (
        "Fin de l’action 1\u00a0: Faire porter la démarche par un binôme élu et direction générale"
    )


def test_an_event_keeps_its_identifier_when_its_meeting_moves():
    before, after = make_content(), make_content(on="2024-02-01")
    after["meetings"].insert(0, {"label": "Point", "kind_label": "", "planned_on": "2023-08-01"})
    after["meetings"][-1]["planned_on"] = "2024-02-20"
    name = "Adoption en assemblée (Pays d’Exemple)"

    first, second = _events(before)[name], _events(after)[name]

    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]
    assert second["dtstart"].dt == date(2024, 2, 20)


def test_identifiers_are_unique_and_the_same_content_gives_the_same_bytes():
    content = make_content()
    content["meetings"].append({"label": "Adoption en assemblée", "kind_label": "", "planned_on": "2024-06-01"})
    calendar = icalendar.Calendar.from_ical(build_agenda(content))
    uids = [str(event["uid"]) for event in calendar.walk("VEVENT")]

    assert len(uids) == len(set(uids))
    assert build_agenda(content) == build_agenda(content)


def test_nothing_known_gives_the_half_years_only():
    assert (
        list(_events(make_empty_content()))[0] == "Fin du 1er semestre 2024\u00a0: point d’avancement (Pays d’Exemple)"
    )


def test_what_is_typed_is_never_a_property():
    content = make_hostile_content()
    content["meetings"][0]["label"] = "Réunion\r\nATTACH:http://example.org/x\r\nEND:VEVENT"

    calendar = icalendar.Calendar.from_ical(build_agenda(content))

    events = calendar.walk("VEVENT")
    assert len(events) == len(content["meetings"]) + len(content["half_years"])
    assert not [event for event in events if "attach" in event]
    assert max(len(str(event["summary"])) for event in events) < 6_000
