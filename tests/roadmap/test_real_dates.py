"""The calendar beside a round and a ballot that exist: their real dates take the place of those that were foreseen."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest

from authorities.models import Meeting
from authorities.selectors import meetings_of
from diagnostics.models import Diagnosis
from levers.models import Ballot
from roadmap.documents.restitution_material import gather
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import make_meeting
from tests.factories_diagnostics import make_diagnosis, make_finished_diagnosis, relative_round
from tests.factories_levers import make_ballot

pytestmark = pytest.mark.django_db

ROOT = "/collectivites/pays-dexemple/preparer/calendrier/"
FORESEEN = date(2026, 1, 5)
OPENED, CLOSES = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 20, 17, tzinfo=UTC)
VOTE_OPENED, VOTE_CLOSES = datetime(2026, 4, 6, 8, tzinfo=UTC), datetime(2026, 4, 21, 16, tzinfo=UTC)
STEPS = ("diagnostic_ouverture", "diagnostic_cloture", "cotech_diagnostic", "scrutin_ouverture", "scrutin_cloture")


@pytest.fixture
def steps(initiative) -> list[Meeting]:
    return [
        make_meeting(initiative, code=code, label=code, planned_on=FORESEEN + timedelta(days=rank))
        for rank, code in enumerate(STEPS)
    ]


@pytest.fixture
def real(initiative) -> tuple[Diagnosis, Ballot]:
    raters = [factories.make_participant(initiative)]
    diagnosis = make_diagnosis(initiative, raters, opened_at=OPENED, closes_at=CLOSES)
    return diagnosis, make_ballot(initiative, opens_at=VOTE_OPENED, closes_at=VOTE_CLOSES)


def _days(initiative) -> dict[str, date]:
    return {meeting.code: meeting.day for meeting in meetings_of(initiative)}


def test_a_calendar_without_round_nor_ballot_is_what_was_foreseen(initiative, steps):
    assert _days(initiative) == {meeting.code: meeting.planned_on for meeting in steps}


def test_the_round_and_the_ballot_that_exist_date_their_steps(initiative, steps, real):
    assert list(_days(initiative).items()) == [
        # By the real days: the meeting, only foreseen, now comes first.
        ("cotech_diagnostic", date(2026, 1, 7)),
        ("diagnostic_ouverture", date(2026, 3, 2)),
        ("diagnostic_cloture", date(2026, 3, 20)),
        ("scrutin_ouverture", date(2026, 4, 6)),
        ("scrutin_cloture", date(2026, 4, 21)),
    ]
    assert set(Meeting.objects.values_list("planned_on", flat=True)) == {step.planned_on for step in steps}


def test_a_round_that_is_not_open_dates_nothing(initiative, steps):
    make_diagnosis(initiative, [], opened_at=None, closes_at=CLOSES)

    assert _days(initiative)["diagnostic_cloture"] == date(2026, 1, 6)


def test_a_round_made_after_the_council_is_not_of_this_calendar(initiative, steps, real):
    initiative.council_on = date(2026, 6, 15)
    later = datetime(2027, 6, 1, 8, tzinfo=UTC)
    make_diagnosis(initiative, [], opened_at=later, closes_at=later + timedelta(days=10))

    assert _days(initiative)["diagnostic_ouverture"] == date(2026, 3, 2)


def test_the_page_says_the_real_day_and_the_one_foreseen(initiative, steps, real, referent_client):
    page = referent_client.get(ROOT).content.decode().replace("\u00a0", " ")

    assert "vendredi 20 mars 2026, 18:00 · date réelle, prévue le 6 janvier 2026" in page


def _events(content: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    return {str(event["summary"]).split(" (")[0]: event for event in calendar.walk("VEVENT")}


def test_the_agenda_has_the_real_moments_and_moves_the_former_ones(initiative, steps, referent_client):
    before = _events(referent_client.get(f"{ROOT}export/").content)["diagnostic_cloture"]
    diagnosis = make_diagnosis(initiative, [], opened_at=OPENED, closes_at=CLOSES)
    during = _events(referent_client.get(f"{ROOT}export/").content)["diagnostic_cloture"]
    Diagnosis.objects.filter(pk=diagnosis.pk).update(closes_at=CLOSES + timedelta(days=3))
    alone = _events(referent_client.get(f"{ROOT}{steps[1].pk}/export/").content)["diagnostic_cloture"]

    assert [event.decoded("dtstart") for event in (before, during, alone)] == [
        date(2026, 1, 6),
        CLOSES,
        CLOSES + timedelta(days=3),
    ]
    assert before["uid"] == during["uid"] == alone["uid"]
    assert before["sequence"] < during["sequence"] < alone["sequence"]


def test_the_slides_announce_the_real_dates(initiative, steps, real):
    later = relative_round(PARIS_NOON, days_left=-20)
    finished = make_finished_diagnosis(initiative, {"ACH-1": 2}, **later, agreed_at=PARIS_NOON)
    finished.initiative = initiative

    coming = gather(finished, PARIS_NOON).meetings

    assert [(meeting.code, meeting.day) for meeting in coming] == [
        ("scrutin_ouverture", date(2026, 4, 6)),
        ("scrutin_cloture", date(2026, 4, 21)),
    ]
