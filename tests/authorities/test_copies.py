"""The preparation of one authority taken over by another: the method passes, nothing that belongs to somebody does."""

from datetime import date, time

import pytest
from django.urls import reverse

from authorities.enums import Perimeter, Track
from authorities.models import Event, Initiative, Meeting, Membership, Participant, SourceDocument, TerritoryActor
from authorities.planning import free_code, transpose_day
from authorities.selectors.copies import copy_of, copy_sources
from authorities.services import copy_preparation, plan_calendar
from common.errors import DomainError
from common.versioning import StaleVersionError
from tests import factories
from tests.factories import PARIS_NOON
from tests.factories_authorities import client_of, make_meeting, make_preset

pytestmark = pytest.mark.django_db
# Tuesdays.
SOURCE_COUNCIL, TARGET_COUNCIL = date(2026, 9, 15), date(2027, 3, 16)


@pytest.fixture
def adviser():
    return factories.make_user("conseil@exemple.fr", full_name="Conseil")


def _space(adviser, name: str, council_on: date | None, **fields) -> Initiative:
    authority = factories.make_authority(name)
    Membership.objects.create(authority=authority, user=adviser, roles=["adviser"])
    Initiative.objects.filter(authority=authority).update(council_on=council_on, **fields)
    return Initiative.objects.select_related("authority", "calendar_preset").get(authority=authority)


@pytest.fixture
def source(adviser) -> Initiative:
    """A prepared démarche: a preset, a meeting moved by hand, one of its own, people and documents."""
    initiative = _space(
        adviser, "Modèle", SOURCE_COUNCIL, track=Track.LIGHT, perimeter=Perimeter.TERRITORY, period_years=4
    )
    initiative = plan_calendar(
        initiative=initiative,
        expected_version=initiative.version,
        preset=make_preset(),
        council_on=SOURCE_COUNCIL,
        actor=adviser,
        now=PARIS_NOON,
    )
    Meeting.objects.filter(initiative=initiative, code="copil_lancement").update(
        planned_on=date(2026, 9, 8),
        is_edited=True,
        start_time=time(14, 30),
        duration_minutes=60,
        place="Salle du modèle",
    )
    make_meeting(
        initiative, "reunion-1", label="Point avec le syndicat", planned_on=date(2026, 9, 8), is_edited=True,
        start_time=time(14, 30), duration_minutes=60, place="Salle du modèle",
    )  # fmt: skip
    factories.make_participant(initiative, name="Personne du modèle")
    SourceDocument.objects.create(initiative=initiative, title="Plan du modèle")
    TerritoryActor.objects.create(initiative=initiative, name="Acteur du modèle", nature="public")
    return initiative


@pytest.fixture
def target(adviser) -> Initiative:
    return _space(adviser, "Copie", TARGET_COUNCIL)


def _copy(source, target, adviser) -> Initiative:
    return copy_preparation(
        source=source, target=target, expected_version=target.version, actor=adviser, now=PARIS_NOON
    )


def _url(target: Initiative) -> str:
    return reverse("authorities:preparation_copy", args=[target.authority.slug])


def test_a_day_is_as_far_from_the_other_council():
    councils = {"from_council": SOURCE_COUNCIL, "to_council": TARGET_COUNCIL}
    assert transpose_day(SOURCE_COUNCIL, **councils) == TARGET_COUNCIL
    # Tuesday 8 September 2026 is a week before the council; Tuesday 9 March 2027 too.
    assert transpose_day(date(2026, 9, 8), **councils) == date(2027, 3, 9)
    # Monday 14 June 2027 less 28 days is Whit Monday, 17 May: back to Friday 14.
    assert transpose_day(date(2026, 8, 17), from_council=date(2026, 9, 14), to_council=date(2027, 6, 14)) == date(
        2027, 5, 14
    )
    # A council may sit on a Saturday.
    assert transpose_day(SOURCE_COUNCIL, from_council=SOURCE_COUNCIL, to_council=date(2027, 3, 20)).weekday() == 5


def test_a_code_of_one_s_own_is_never_taken_twice():
    assert free_code(()) == "reunion-1"
    assert free_code({"reunion-1", "reunion-3"}) == "reunion-2"


def test_the_method_passes_and_nothing_else(source, target, adviser):
    _copy(source, target, adviser)
    target = Initiative.objects.get(pk=target.pk)
    assert (target.track, target.perimeter, target.period_years) == (Track.LIGHT, Perimeter.TERRITORY, 4)
    assert target.calendar_preset == source.calendar_preset
    assert target.council_on == TARGET_COUNCIL
    meetings = {meeting.code: meeting for meeting in Meeting.objects.for_initiative(target)}
    # All but the one that the source added by hand: its label is a text of its own.
    assert meetings.keys() == {meeting.code for meeting in Meeting.objects.for_initiative(source)} - {"reunion-1"}
    moved = meetings["copil_lancement"]
    assert (moved.planned_on, moved.start_time, moved.duration_minutes) == (date(2027, 3, 9), time(14, 30), 60)
    assert moved.place == "" and moved.is_edited
    assert meetings["assemblee"].planned_on == TARGET_COUNCIL
    for model in (Participant, SourceDocument, TerritoryActor):
        assert not model.objects.filter(initiative=target).exists()


def test_the_source_is_left_as_it_was(source, target, adviser):
    before = list(Meeting.objects.for_initiative(source).values())
    version = source.version
    _copy(source, target, adviser)
    assert list(Meeting.objects.for_initiative(source).values()) == before
    assert Initiative.objects.get(pk=source.pk).version == version


def test_both_trails_say_so_and_name_nobody_else(source, target, adviser):
    _copy(source, target, adviser)
    here, there = (Event.objects.filter(authority=item.authority).latest("pk").verb for item in (target, source))
    assert here == "a repris le parcours et le calendrier d’une autre collectivité"
    assert there == "a repris le parcours et le calendrier pour une autre collectivité"


def test_what_was_edited_here_stays(source, target, adviser):
    make_meeting(target, "copil_lancement", label="Lancement", planned_on=date(2026, 12, 1), is_edited=True)
    make_meeting(target, "reunion-1", label="Notre réunion", planned_on=date(2026, 12, 2), is_edited=True)
    make_meeting(target, "ancienne", label="Ancienne", planned_on=date(2026, 12, 3))
    planned = copy_of(source, target, today=PARIS_NOON.date())
    assert [meeting.label for meeting in planned.replaced] == ["Ancienne"]
    _copy(source, target, adviser)
    found = {meeting.code: meeting for meeting in Meeting.objects.for_initiative(target)}
    assert found["copil_lancement"].planned_on == date(2026, 12, 1)
    assert found["reunion-1"].label == "Notre réunion"
    assert "ancienne" not in found


def test_what_is_past_stays_and_nothing_is_dated_before_today(source, target, adviser):
    held = make_meeting(target, "copil_lancement", label="Lancement", planned_on=date(2026, 3, 9))
    planned = copy_of(source, target, today=date(2027, 3, 10))
    assert (planned.kept, planned.replaced) == ((held,), ())
    assert [meeting.code for meeting in planned.meetings] == ["assemblee"]


def test_a_preparation_whose_council_has_sat_is_left_alone(source, target, adviser):
    make_meeting(target, label="Tenue", planned_on=date(2024, 1, 8))
    Initiative.objects.filter(pk=target.pk).update(council_on=date(2026, 3, 9))
    target.refresh_from_db()
    with pytest.raises(DomainError, match="a déjà eu lieu"):
        _copy(source, target, adviser)
    assert [meeting.label for meeting in Meeting.objects.for_initiative(target)] == ["Tenue"]
    preview = client_of(adviser).get(_url(target), {"depuis": source.authority.slug}).content.decode()
    assert "a déjà eu lieu" in preview and "Reprendre cette préparation</button>" not in preview


def test_a_second_copy_adds_nothing(source, target, adviser):
    target = _copy(source, target, adviser)
    first = sorted(Meeting.objects.for_initiative(target).values_list("code", "planned_on"))
    _copy(source, target, adviser)
    assert sorted(Meeting.objects.for_initiative(target).values_list("code", "planned_on")) == first


@pytest.mark.parametrize("lacking", ["source", "target"])
def test_without_a_council_the_dates_stay(source, target, adviser, lacking):
    make_meeting(target, label="Déjà là")
    without = source if lacking == "source" else target
    without.council_on = None
    without.save()
    _copy(source, target, adviser)
    assert [meeting.label for meeting in Meeting.objects.for_initiative(target)] == ["Déjà là"]


def test_a_stale_copy_is_refused_and_writes_nothing(source, target, adviser):
    Initiative.objects.filter(pk=target.pk).update(version=target.version + 1)
    with pytest.raises(StaleVersionError):
        _copy(source, target, adviser)
    assert not Meeting.objects.for_initiative(target).exists()
    assert not Event.objects.filter(authority=target.authority).exists()


def test_only_what_one_prepares_is_offered(source, target, adviser):
    other = factories.make_authority("Étrangère")
    reader = factories.make_authority("Lue seulement")
    Membership.objects.create(authority=reader, user=adviser, roles=["elected"])
    assert copy_sources(adviser, target) == [source]
    client = client_of(adviser)
    for slug in (other.slug, reader.slug, target.authority.slug, "", "inconnue\x00"):
        refused = client.post(_url(target), {"depuis": slug, "version": target.version})
        assert refused.status_code == 422
        assert "Étrangère" not in client.get(_url(target), {"depuis": slug}).content.decode()
    assert not Meeting.objects.for_initiative(target).exists()


def test_the_pages_show_then_do(source, target, adviser, django_assert_max_num_queries):
    client = client_of(adviser)
    listed = client.get(_url(target)).content.decode()
    assert "Modèle" in listed and "conseil du 15 septembre 2026" in listed
    with django_assert_max_num_queries(15):
        preview = client.get(_url(target), {"depuis": source.authority.slug}).content.decode()
    assert "mardi 9 mars 2027" in preview
    for private in (
        "Point avec le syndicat",
        "Salle du modèle",
        "Personne du modèle",
        "Plan du modèle",
        "Acteur du modèle",
    ):
        assert private not in preview
    data = {"depuis": source.authority.slug, "version": target.version}
    assert client.post(_url(target), data).status_code == 302
    assert client.post(_url(target), data).status_code == 409


def test_a_reader_does_not_copy(source, target):
    reader = factories.make_member(target.authority, "elected")
    assert client_of(reader).get(_url(target)).status_code == 403
