"""The calendar: planned backwards, edited by hand, downloaded as iCalendar."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from django.urls import reverse

from authorities.enums import MeetingKind, Perimeter, Track
from authorities.ics import build_calendar
from authorities.models import Initiative, Meeting
from authorities.selectors import calendar_view
from authorities.services import add_meeting, delete_meeting, plan_calendar, save_initiative, save_meeting
from authorities.services.calendar import MeetingValues
from common.errors import DomainError
from common.versioning import StaleVersionError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import SHORT_STEPS, make_meeting, make_preset, make_territory

pytestmark = pytest.mark.django_db

TUESDAY, MONDAY = date(2026, 9, 15), date(2026, 9, 14)


def _plan(initiative, preset, council_on=TUESDAY, actor=None) -> Initiative:
    initiative = Initiative.objects.get(pk=initiative.pk)
    return plan_calendar(
        initiative=initiative,
        expected_version=initiative.version,
        preset=preset,
        council_on=council_on,
        actor=actor or factories.make_user(),
        now=PARIS_NOON,
    )


def _dates(initiative) -> dict[str, date]:
    return dict(Meeting.objects.for_initiative(initiative).values_list("code", "planned_on"))


def _save(meeting, **fields) -> Meeting:
    meeting = Meeting.objects.select_related("initiative__authority").get(pk=meeting.pk)
    names = ("label", "planned_on", "start_time", "duration_minutes", "place")
    values = {name: getattr(meeting, name) for name in names} | {"kind": MeetingKind.STEERING} | fields
    return save_meeting(
        meeting=meeting,
        expected_version=meeting.version,
        values=MeetingValues(**values),
        actor=factories.make_user(),
        now=PARIS_NOON,
    )


# Worked by hand in test_planning.py.
FROM_TUESDAY = {
    "copil_lancement": date(2026, 4, 14),
    "scrutin_ouverture": date(2026, 5, 26),
    "copil_validation": date(2026, 8, 25),
    "assemblee": TUESDAY,
}
# Monday 14 September: Whit Monday 25 May goes back to Friday 22 May.
FROM_MONDAY = {
    "copil_lancement": date(2026, 4, 13),
    "scrutin_ouverture": date(2026, 5, 22),
    "copil_validation": date(2026, 8, 24),
    "assemblee": MONDAY,
}


def test_every_step_of_the_preset_is_dated(initiative):
    _plan(initiative, make_preset())
    assert _dates(initiative) == FROM_TUESDAY
    initiative.refresh_from_db()
    assert (initiative.council_on, initiative.calendar_preset.code) == (TUESDAY, "six_mois")


def test_another_council_moves_what_nobody_edited(initiative):
    preset = make_preset()
    _plan(initiative, preset)
    edited = _save(Meeting.objects.get(code="copil_validation"), planned_on=date(2026, 8, 20))
    _plan(initiative, preset, MONDAY)
    assert _dates(initiative) == {**FROM_MONDAY, "copil_validation": date(2026, 8, 20)}
    assert edited.is_edited


def test_the_settings_of_the_demarche_move_the_calendar_too(initiative, referent):
    _plan(initiative, make_preset())
    initiative.refresh_from_db()
    save_initiative(
        initiative=initiative,
        expected_version=initiative.version,
        track=Track.STANDARD,
        perimeter=Perimeter.INTERNAL,
        territory_follow_up="",
        period_start_year=2026,
        period_years=3,
        council_on=MONDAY,
        actor=referent,
        now=PARIS_NOON,
    )
    assert _dates(initiative) == FROM_MONDAY


def test_another_place_or_hour_does_not_make_a_date_edited(initiative):
    preset = make_preset()
    _plan(initiative, preset)
    _save(Meeting.objects.get(code="copil_lancement"), place="Salle du conseil", start_time=time(14, 30))
    _plan(initiative, preset, MONDAY)
    meeting = Meeting.objects.get(code="copil_lancement")
    assert (meeting.planned_on, meeting.place) == (date(2026, 4, 13), "Salle du conseil")


def test_a_deleted_meeting_stays_deleted_with_the_same_preset(initiative, referent):
    preset = make_preset()
    _plan(initiative, preset)
    delete_meeting(meeting=Meeting.objects.get(code="scrutin_ouverture"), actor=referent, now=PARIS_NOON)
    _plan(initiative, preset, MONDAY)
    assert "scrutin_ouverture" not in _dates(initiative)


def test_another_preset_replaces_what_nobody_edited_and_keeps_the_rest(initiative, referent):
    _plan(initiative, make_preset())
    _save(Meeting.objects.get(code="copil_lancement"), planned_on=date(2026, 4, 16))
    add_meeting(
        initiative=initiative,
        values=MeetingValues("Visite du centre de tri", None, date(2026, 6, 3)),
        actor=referent,
        now=PARIS_NOON,
    )
    _plan(initiative, make_preset("allege", SHORT_STEPS))
    assert _dates(initiative) == {
        "copil_lancement": date(2026, 4, 16),
        "reunion-1": date(2026, 6, 3),
        # 8 weeks before 15 September is Tuesday 21 July.
        "lancement": date(2026, 7, 21),
        "assemblee": TUESDAY,
    }
    assert Meeting.objects.get(code="assemblee").label == "Conseil municipal"


def test_planning_twice_changes_nothing(initiative):
    preset = make_preset()
    _plan(initiative, preset)
    before = list(Meeting.objects.values_list("pk", "version", "planned_on"))
    _plan(initiative, preset)
    assert list(Meeting.objects.values_list("pk", "version", "planned_on")) == before


def test_a_stale_plan_is_refused_and_moves_nothing(initiative, referent):
    preset = make_preset()
    _plan(initiative, preset)
    stale = Initiative.objects.get(pk=initiative.pk)
    with pytest.raises(StaleVersionError):
        plan_calendar(
            initiative=stale, expected_version=1, preset=preset, council_on=MONDAY, actor=referent, now=PARIS_NOON
        )
    assert _dates(initiative) == FROM_TUESDAY


def test_the_assembly_moves_by_the_council_date_only(initiative, referent):
    _plan(initiative, make_preset())
    assembly = Meeting.objects.get(code="assemblee")
    with pytest.raises(DomainError, match="fixe tout le calendrier"):
        _save(assembly, planned_on=date(2026, 9, 22))
    with pytest.raises(DomainError, match="ne se supprime pas"):
        delete_meeting(meeting=assembly, actor=referent, now=PARIS_NOON)
    _save(assembly, place="Salle du conseil")
    assert Meeting.objects.get(code="assemblee").planned_on == TUESDAY


def test_overseas_and_alsace_have_their_own_holidays(db):
    # Friday 4 September 2026: 22 weeks before is Good Friday, a holiday in Alsace: back to Thursday.
    authority = factories.make_authority(territory=make_territory(department_code="67"))
    initiative = authority.initiatives.get()
    _plan(initiative, make_preset(), date(2026, 9, 4))
    assert _dates(initiative)["copil_lancement"] == date(2026, 4, 2)


def test_the_view_flags_the_past_and_offers_the_first_possible_council(initiative):
    _plan(initiative, make_preset())
    initiative.refresh_from_db()
    on_time = calendar_view(initiative, now=PARIS_NOON)
    assert (on_time.past_count, on_time.earliest_council_on) == (0, None)
    # From 14 April to 15 September: 22 weeks, 110 working days, a third is 36.7.
    assert (on_time.effort.weeks, on_time.effort.working_days) == (22, 37)
    late = calendar_view(initiative, now=PARIS_NOON + timedelta(days=80))
    # 29 May 2026: two dates are past. 22 weeks later is 30 October.
    assert [row.is_past for row in late.rows] == [True, True, False, False]
    assert (late.past_count, late.earliest_council_on) == (2, date(2026, 10, 30))
    over = calendar_view(initiative, now=PARIS_NOON + timedelta(days=365))
    assert (over.past_count, over.earliest_council_on) == (4, None)


def test_the_view_warns_of_a_day_off_chosen_by_hand(initiative):
    _plan(initiative, make_preset())
    _save(Meeting.objects.get(code="copil_lancement"), planned_on=date(2026, 5, 14))
    initiative.refresh_from_db()
    rows = {row.meeting.code: row.warning for row in calendar_view(initiative, now=PARIS_NOON).rows}
    assert (rows["copil_lancement"], rows["assemblee"]) == ("Ascension", "")


# iCalendar ----------------------------------------------------------------------------------------------------------


def _events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_a_date_without_hour_takes_the_day(initiative):
    meeting = make_meeting(initiative, planned_on=date(2026, 4, 14))
    event = _events(build_calendar(initiative, [meeting], url="https://exemple.fr/c/"))[0]
    assert event["DTSTART"].dt == date(2026, 4, 14)
    assert event["DTEND"].dt == date(2026, 4, 15)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["SUMMARY"] == "COPIL de lancement (Pays d’Exemple)"


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2026, 1, 13), 13), (date(2026, 7, 7), 12)],  # Paris is one hour ahead in winter, two in summer
)
def test_an_hour_of_paris_is_written_in_utc(initiative, day, utc_hour):
    meeting = make_meeting(
        initiative, planned_on=day, start_time=time(14, 30), duration_minutes=90, place="Salle du conseil, 2e étage"
    )
    event = _events(build_calendar(initiative, [meeting], url="https://exemple.fr/c/"))[0]
    starts_at = datetime(day.year, day.month, day.day, utc_hour, 30, tzinfo=UTC)
    assert event["DTSTART"].dt == starts_at
    assert event["DTEND"].dt == starts_at + timedelta(minutes=90)
    assert event["LOCATION"] == "Salle du conseil, 2e étage"


def test_the_identifier_stays_and_the_sequence_grows(initiative):
    meeting = make_meeting(initiative)
    first = _events(build_calendar(initiative, [meeting], url="https://exemple.fr/c/"))[0]
    moved = _save(meeting, planned_on=date(2026, 4, 16))
    second = _events(build_calendar(initiative, [moved], url="https://exemple.fr/c/"))[0]
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)


def test_the_whole_calendar_and_one_meeting_are_downloaded(initiative, referent_client):
    slug = initiative.authority.slug
    first = make_meeting(initiative, label="COPIL\nBEGIN:VEVENT")
    make_meeting(initiative, code="atelier", label="Atelier « leviers »", planned_on=date(2026, 6, 2))
    response = referent_client.get(reverse("authorities:calendar_export", args=[slug]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="calendrier-{slug}.ics"'
    events = _events(response.content)
    # A typed line never adds an event.
    assert [str(event["SUMMARY"]) for event in events] == [
        "COPIL\nBEGIN:VEVENT (Pays d’Exemple)",
        "Atelier « leviers » (Pays d’Exemple)",
    ]
    assert len({str(event["UID"]) for event in events}) == 2
    one = referent_client.get(reverse("authorities:meeting_export", args=[slug, first.pk]))
    assert [str(event["UID"]) for event in _events(one.content)] == [str(events[0]["UID"])]
