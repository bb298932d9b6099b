"""The actions as an iCalendar file: their dated steps, and the half-year where each one ends."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, timedelta

from icalendar import Calendar, Event

from authorities.ics import new_calendar, uid_of
from authorities.models import Initiative
from common.text import typography
from roadmap.enums import StepProgress
from roadmap.half_years import HalfYear
from roadmap.models import ActionSheet, ActionStep

UrlOf = Callable[[ActionSheet], str]


def build_schedule_calendar(initiative: Initiative, sheets: Iterable[ActionSheet], *, url_of: UrlOf) -> bytes:
    """Return the steps and the ends of actions as an .ics file in UTF-8; each takes a whole day and nobody's time.

    What is dated by half-year stands on its last day. The identifier of the end of an action never changes, that of a
    step follows its rank in the sheet: a later file moves them in the agenda. Sheets come with their steps.
    """
    calendar: Calendar = new_calendar(f"Actions numérique responsable, {initiative.authority.name}")
    for sheet in sheets:
        for step in sheet.steps.all():
            if step.is_dated:
                calendar.add_component(_step_event(sheet, step, url_of(sheet)))
        if sheet.end is not None:
            calendar.add_component(_end_event(sheet, sheet.end, url_of(sheet)))
    content: bytes = calendar.to_ical()
    return content


def _step_event(sheet: ActionSheet, step: ActionStep, url: str) -> Event:
    half_year = HalfYear.from_code(step.due_half) if step.due_half else None
    day = step.due_on or (half_year.ends_on if half_year else sheet.identified_on)
    done = " (faite)" if step.progress == StepProgress.DONE else ""
    words = [f"Étape de l’action {sheet.number}, « {sheet.title} »."]
    if step.who:
        words.append(f"Qui : {step.who}.")
    if step.due_on is None and half_year is not None:
        words.append(f"À faire au {half_year.label}.")
    return _event(sheet, f"etape-{step.position}", day, f"{step.text}{done}", words, url)


def _end_event(sheet: ActionSheet, end: HalfYear, url: str) -> Event:
    words = [f"L’action va {_span(sheet)}.", f"État : {sheet.get_status_display()}."]
    if sheet.lead_label:
        words.append(f"Pilote : {sheet.lead_label}.")
    return _event(sheet, "fin", end.ends_on, f"Fin prévue de l’action {sheet.number} : {sheet.label}", words, url)


def _span(sheet: ActionSheet) -> str:
    label = sheet.span_label
    return label if label.startswith("du ") else f"du début à la fin du {label}"


def _event(sheet: ActionSheet, part: str, day: date, summary: str, words: list[str], url: str) -> Event:
    event = Event()
    event.add("uid", uid_of(f"action-{sheet.pk}-{part}"))
    event.add("dtstamp", sheet.updated_at.astimezone(UTC))
    event.add("last-modified", sheet.updated_at.astimezone(UTC))
    event.add("sequence", sheet.version - 1)
    event.add("summary", typography(summary))
    event.add("description", typography(" ".join([*words, url])))
    event.add("url", url)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event
