"""The calendar as an iCalendar file (RFC 5545), read by Outlook, Thunderbird, Google and Apple calendars."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from icalendar import Calendar, Event

from authorities.models import Initiative, Meeting

PRODUCT_ID = "-//Jalons//Calendrier de la démarche//FR"
PARIS = ZoneInfo("Europe/Paris")


def build_calendar(initiative: Initiative, meetings: Iterable[Meeting], *, url: str) -> bytes:
    """Return the meetings as an .ics file in UTF-8.

    A meeting with an hour is written in UTC, so that no time zone has to be described; without one it takes the whole
    day and leaves the person free; so does the moment of a round or of a ballot, which is nobody's meeting. The
    identifier of a meeting never changes: a later file moves it in the agenda.
    """
    calendar = new_calendar(f"Numérique responsable, {initiative.authority.name}")
    for meeting in meetings:
        calendar.add_component(_event(initiative, meeting, url))
    content: bytes = calendar.to_ical()
    return content


def new_calendar(name: str) -> Calendar:
    """Return a calendar without any event, under the name that an agenda shows."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def uid_of(name: str) -> str:
    """Return an identifier that is the same in every file of this site, and another one on another site."""
    return f"{name}@{settings.SITE_URL.split('://')[-1].split(':')[0]}"


def calendar_response(content: bytes, filename: str) -> HttpResponse:
    """Send a calendar, as a download."""
    disposition = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    return HttpResponse(
        content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def meeting_uid(meeting: Meeting) -> str:
    """Return the identifier of a meeting, the same in every file."""
    return uid_of(f"reunion-{meeting.pk}")


def _sequence(meeting: Meeting) -> int:
    """Return what an agenda compares to take the newest: it grows when the round opens, and when its end is put off."""
    minutes = int(meeting.real_at.timestamp()) // 60 if meeting.real_at else 0
    return meeting.version - 1 + minutes


def _event(initiative: Initiative, meeting: Meeting, url: str) -> Event:
    event = Event()
    event.add("uid", meeting_uid(meeting))
    event.add("dtstamp", meeting.updated_at.astimezone(UTC))
    event.add("last-modified", meeting.updated_at.astimezone(UTC))
    event.add("sequence", _sequence(meeting))
    event.add("summary", f"{meeting.label} ({initiative.authority.name})")
    if meeting.place:
        event.add("location", meeting.place)
    event.add("description", f"Démarche numérique responsable {initiative.period_label}. Calendrier\u00a0: {url}")
    event.add("url", url)
    if meeting.real_at is not None:
        event.add("dtstart", meeting.real_at.astimezone(UTC))
        event.add("dtend", meeting.real_at.astimezone(UTC))
        event.add("transp", "TRANSPARENT")
    elif meeting.start_time is None:
        event.add("dtstart", meeting.planned_on)
        event.add("dtend", meeting.planned_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        starts_at = datetime.combine(meeting.planned_on, meeting.start_time, tzinfo=PARIS).astimezone(UTC)
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + timedelta(minutes=meeting.duration_minutes))
        event.add("transp", "OPAQUE")
    return event
