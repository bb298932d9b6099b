"""A round from its preparation to its closing."""

from datetime import UTC, datetime, timedelta

import pytest

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from diagnostics import services
from diagnostics.enums import DiagnosisState
from diagnostics.models import Diagnosis
from diagnostics.services import RoundValues
from tests import factories
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    BEFORE_CLOSING,
    CLOSING,
    OPENING,
    make_diagnosis,
    make_rating,
)

pytestmark = pytest.mark.django_db

NOW = OPENING - timedelta(days=1)


@pytest.fixture
def values(people, questionnaire) -> RoundValues:
    return RoundValues(CLOSING, people, are_names_shown=False)


@pytest.fixture
def draft(initiative, values, referent) -> Diagnosis:
    return services.create_diagnosis(initiative=initiative, values=values, actor=referent, now=NOW)


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_create_prepares_a_round_that_nobody_can_answer(draft, people, questionnaire):
    assert (draft.number, draft.questionnaire, draft.track) == (1, questionnaire, "standard")
    assert list(draft.raters.order_by("pk")) == people
    assert draft.are_names_shown is False
    assert draft.state_at(AFTER_CLOSING) == DiagnosisState.DRAFT
    assert verbs() == ["a préparé le diagnostic n°\u00a01"]


@pytest.mark.parametrize("state", ["draft", "open"])
def test_create_waits_for_the_end_of_the_round_before(initiative, values, referent, state):
    make_diagnosis(initiative, opened_at=None if state == "draft" else OPENING)

    with pytest.raises(DomainError, match="déjà en préparation ou ouvert"):
        services.create_diagnosis(initiative=initiative, values=values, actor=referent, now=OPENING)


def test_create_after_a_closed_round_takes_the_next_number(initiative, values, referent):
    make_diagnosis(initiative)
    later = RoundValues(CLOSING + timedelta(days=30), values.raters)

    created = services.create_diagnosis(initiative=initiative, values=later, actor=referent, now=AFTER_CLOSING)

    assert created.number == 2


def test_create_needs_a_questionnaire(initiative, people, referent):
    with pytest.raises(DomainError, match="questionnaire n’est pas chargé"):
        services.create_diagnosis(initiative=initiative, values=RoundValues(CLOSING, people), actor=referent, now=NOW)


@pytest.mark.parametrize(
    ("closes_at", "message"),
    [
        (NOW, "à venir"),
        (NOW - timedelta(days=1), "à venir"),
        (datetime(1, 1, 1, tzinfo=UTC), "à venir"),
        (NOW + timedelta(days=367), "dans l’année"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "dans l’année"),
    ],
)
def test_create_refuses_another_closing(initiative, people, questionnaire, referent, closes_at, message):
    with pytest.raises(DomainError, match=message):
        services.create_diagnosis(initiative=initiative, values=RoundValues(closes_at, people), actor=referent, now=NOW)


def test_create_refuses_who_may_not_rate(initiative, questionnaire, referent, stranger):
    elected = factories.make_participant(initiative, roles=("elected",), name="Élue")
    gone = factories.make_participant(initiative, is_active=False, name="Partie")
    for raters, message in [
        ([], "au moins une personne"),
        ([stranger], "pas de cette démarche"),
        ([elected], "pas du comité technique"),
        ([gone], "ne participe plus"),
    ]:
        with pytest.raises(DomainError, match=message):
            services.create_diagnosis(
                initiative=initiative, values=RoundValues(CLOSING, raters), actor=referent, now=NOW
            )
    assert not Diagnosis.objects.exists()


def test_save_corrects_a_draft(draft, people, referent):
    values = RoundValues(CLOSING + timedelta(days=1), people[:1], are_names_shown=True)

    saved = services.save_diagnosis(diagnosis=draft, expected_version=1, values=values, actor=referent, now=NOW)

    assert (saved.version, saved.are_names_shown) == (2, True)
    assert list(saved.raters.all()) == people[:1]


def test_save_refuses_a_stale_version(draft, values, referent):
    services.save_diagnosis(diagnosis=draft, expected_version=1, values=values, actor=referent, now=NOW)

    with pytest.raises(StaleVersionError):
        services.save_diagnosis(diagnosis=draft, expected_version=1, values=values, actor=referent, now=NOW)


def test_save_refuses_an_open_round(diagnosis, values, referent):
    with pytest.raises(DomainError, match="déjà ouvert"):
        services.save_diagnosis(diagnosis=diagnosis, expected_version=1, values=values, actor=referent, now=OPENING)


def test_open_fixes_the_track_of_that_moment(draft, initiative, referent):
    initiative.track = "light"
    initiative.save()

    opened = services.open_diagnosis(diagnosis=draft, actor=referent, now=OPENING)

    assert opened.is_open(OPENING)
    assert (opened.track, opened.opened_by) == ("light", referent)
    assert verbs()[-1] == "a ouvert le diagnostic n°\u00a01"


def test_open_twice_is_refused(diagnosis, referent):
    with pytest.raises(DomainError, match="déjà ouvert"):
        services.open_diagnosis(diagnosis=diagnosis, actor=referent, now=OPENING)


def test_open_refuses_a_closing_that_is_past(draft, referent):
    with pytest.raises(DomainError, match="à venir"):
        services.open_diagnosis(diagnosis=draft, actor=referent, now=AFTER_CLOSING)


def test_open_refuses_somebody_who_left_since(draft, people, referent):
    people[0].is_active = False
    people[0].save()

    with pytest.raises(DomainError, match="ne participe plus"):
        services.open_diagnosis(diagnosis=draft, actor=referent, now=OPENING)


def test_extend_puts_the_closing_off_and_is_traced(diagnosis, referent):
    later = CLOSING + timedelta(days=3)

    services.extend_diagnosis(diagnosis=diagnosis, closes_at=later, actor=referent, now=BEFORE_CLOSING)

    diagnosis.refresh_from_db()
    assert diagnosis.closes_at == later
    assert verbs() == ["a prolongé le diagnostic n°\u00a01"]


@pytest.mark.parametrize("now", [CLOSING, AFTER_CLOSING])
def test_extend_never_reopens(diagnosis, referent, now):
    with pytest.raises(DomainError, match="ouvrez un nouveau diagnostic"):
        services.extend_diagnosis(diagnosis=diagnosis, closes_at=CLOSING + timedelta(days=3), actor=referent, now=now)
    diagnosis.refresh_from_db()
    assert diagnosis.closes_at == CLOSING


@pytest.mark.parametrize("shift", [timedelta(0), -timedelta(days=1)])
def test_extend_only_makes_it_later(diagnosis, referent, shift):
    with pytest.raises(DomainError, match="plus tardive"):
        services.extend_diagnosis(diagnosis=diagnosis, closes_at=CLOSING + shift, actor=referent, now=OPENING)


def test_close_is_at_once_and_for_good(diagnosis, people, referent):
    make_rating(diagnosis, people[0], "ACH-1", 2)
    now = OPENING + timedelta(days=2)

    services.close_diagnosis(diagnosis=diagnosis, actor=referent, now=now)

    diagnosis.refresh_from_db()
    assert diagnosis.closes_at == now
    assert not diagnosis.is_open(now)
    assert verbs() == ["a clos les avis du diagnostic n°\u00a01"]
    with pytest.raises(DomainError, match="nouveau diagnostic"):
        services.extend_diagnosis(diagnosis=diagnosis, closes_at=CLOSING, actor=referent, now=now)


def test_close_needs_an_answer(diagnosis, referent):
    with pytest.raises(DomainError, match="Personne n’a encore répondu"):
        services.close_diagnosis(diagnosis=diagnosis, actor=referent, now=OPENING)


def test_close_refuses_a_closed_round(diagnosis, people, referent):
    make_rating(diagnosis, people[0], "ACH-1", 2)

    with pytest.raises(DomainError, match="ne sont pas ouverts"):
        services.close_diagnosis(diagnosis=diagnosis, actor=referent, now=AFTER_CLOSING)


def test_add_rater_before_the_closing_only(diagnosis, initiative, referent, stranger):
    newcomer = factories.make_participant(initiative, service="cohesion", name="Coline")

    services.add_rater(diagnosis=diagnosis, participant=newcomer, actor=referent, now=BEFORE_CLOSING)

    assert newcomer in diagnosis.raters.all()
    assert verbs() == ["a demandé son avis à Coline"]
    with pytest.raises(DomainError, match="pas de cette démarche"):
        services.add_rater(diagnosis=diagnosis, participant=stranger, actor=referent, now=BEFORE_CLOSING)
    with pytest.raises(DomainError, match="prochain diagnostic"):
        services.add_rater(diagnosis=diagnosis, participant=newcomer, actor=referent, now=AFTER_CLOSING)
