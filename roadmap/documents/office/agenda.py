"""The calendar of a roadmap: its meetings, its dated steps, the end of each half-year with what must be done by then.

A step known by its half-year alone is listed at the end of it: dozens of one-day events on the same day help nobody.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from common.document import clean
from roadmap.documents.office import facts
from roadmap.documents.presentation.texts import counted
from roadmap.half_years import HalfYear

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT_ID = "-//Jalons//Calendrier de la feuille de route//FR"
LONGEST_SUMMARY = 180
LONGEST_LINE = 240
_DAY = re.compile(r"^(\d{2})/(\d{2})/(\d{4})$")
_HALF = re.compile(r"^(1er|2e)\s+semestre\s+(\d{4})$")


def build_agenda(content: dict[str, Any]) -> bytes:
    """Return the calendar as an .ics file in UTF-8; the same content gives the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", clean(f"Feuille de route numérique responsable, {facts.name_of(content)}"))
    for event in _events(content):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def due_of(step: dict[str, Any]) -> date | HalfYear | None:
    """Read when a step is due: a day, a half-year, or nothing that can be read."""
    label = " ".join(step["due_label"].split())
    found = _DAY.match(label)
    if found:
        return date(int(found[3]), int(found[2]), int(found[1]))
    found = _HALF.match(label)
    return HalfYear(int(found[2]), 1 if found[1] == "1er" else 2) if found else None


def _events(content: dict[str, Any]) -> Iterator[Event]:
    seen: Counter[str] = Counter()
    for meeting in content["meetings"]:
        seen[meeting["label"]] += 1
        # A meeting keeps its identifier when its date moves, or when another one is added.
        key = f"reunion-{meeting['label']}-{seen[meeting['label']]}"
        kind = f" ({meeting['kind_label']})" if meeting["kind_label"] else ""
        on = date.fromisoformat(meeting["planned_on"])
        yield _event(content, key, on, meeting["label"], [f"Démarche numérique responsable{kind}."])
    for sheet in content["sheets"]:
        for rank, step in enumerate(sheet["steps"], start=1):
            due = due_of(step)
            if isinstance(due, date):
                who = [f"Qui : {step['who']}"] if step["who"] else []
                lines = [f"Action {sheet['number']} : {sheet['title']}", *who]
                yield _event(content, f"etape-{sheet['number']}-{rank}", due, f"Étape : {step['text']}", lines)
    for half in _half_years(content):
        yield _end_of(content, half)


def _half_years(content: dict[str, Any]) -> list[HalfYear]:
    """Return the half-years of the period, and those beyond it that an action or a step names."""
    found = {HalfYear.from_code(code) for code in content["half_years"]}
    for sheet in content["sheets"]:
        if sheet["end_half"]:
            found.add(HalfYear.from_code(sheet["end_half"]))
        found |= {due for due in map(due_of, sheet["steps"]) if isinstance(due, HalfYear)}
    return sorted(found)


def _end_of(content: dict[str, Any], half: HalfYear) -> Event:
    ending = [sheet for sheet in content["sheets"] if sheet["end_half"] == half.code]
    steps = [(sheet, step) for sheet in content["sheets"] for step in sheet["steps"] if due_of(step) == half]
    counts = [
        counted(len(ending), "action à terminer", "actions à terminer") if ending else "",
        counted(len(steps), "étape attendue", "étapes attendues") if steps else "",
    ]
    said = ", ".join(text for text in counts if text) or "point d’avancement"
    lines = [f"Fin de l’action {sheet['number']} : {sheet['title']}" for sheet in ending]
    lines += [f"Étape de l’action {sheet['number']} : {step['text']}" for sheet, step in steps]
    return _event(content, f"semestre-{half.code}", half.ends_on, f"Fin du {half.label} : {said}", lines)


def _event(content: dict[str, Any], key: str, on: date, summary: str, lines: Sequence[str]) -> Event:
    """Return an event of a whole day that leaves the person free; a newer file replaces it by its identifier."""
    published = date.fromisoformat(content["on"])
    address = f"jalons:{content['authority']['slug']}:{content['initiative']['number']}:{key}"
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, address)}@jalons")
    event.add("dtstamp", datetime.combine(published, time(12), tzinfo=UTC))
    event.add("sequence", published.toordinal())
    event.add("summary", f"{_short(summary, LONGEST_SUMMARY)} ({facts.name_of(content)})")
    if lines:
        event.add("description", "\n".join(_short(line, LONGEST_LINE) for line in lines))
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _short(text: str, length: int) -> str:
    text = clean(text)
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
