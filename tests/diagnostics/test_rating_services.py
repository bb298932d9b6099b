"""Ratings given by the participant or typed for them."""

from datetime import timedelta

import pytest

from authorities.models import Event
from common.errors import DomainError
from common.versioning import StaleVersionError
from diagnostics import services
from diagnostics.models import Rating
from diagnostics.services import Answer
from tests import factories
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    BEFORE_CLOSING,
    CLOSING,
    OPENING,
    get_question,
    make_diagnosis,
    make_rating,
)

pytestmark = pytest.mark.django_db

NOW = OPENING + timedelta(days=1)


def rate(diagnosis, participant, code="ACH-1", level=2, now=NOW, **fields):
    return services.record_rating(
        diagnosis=diagnosis, participant=participant, question=get_question(code), level=level, now=now, **fields
    )


def test_a_rating_is_recorded_with_its_time(diagnosis, people):
    rating = rate(diagnosis, people[0], level=3, comment="Depuis 2024")

    assert (rating.level, rating.comment, rating.rated_at) == (3, "Depuis 2024", NOW)
    assert (rating.entered_by, rating.is_interview) == (None, False)


def test_an_abstention_is_kept_as_such(diagnosis, people):
    assert rate(diagnosis, people[0], level=None).level is None


def test_a_rating_is_changed_until_the_closing(diagnosis, people):
    rate(diagnosis, people[0], level=1)

    rate(diagnosis, people[0], level=4, now=BEFORE_CLOSING)

    assert Rating.objects.get().level == 4


@pytest.mark.parametrize("now", [CLOSING, AFTER_CLOSING])
def test_nothing_is_written_after_the_closing(diagnosis, people, now):
    rate(diagnosis, people[0], level=1)

    with pytest.raises(DomainError, match="n’a pas été enregistrée"):
        rate(diagnosis, people[0], level=4, now=now)

    assert Rating.objects.get().level == 1


def test_a_draft_takes_no_rating(initiative, people):
    draft = make_diagnosis(initiative, people, opened_at=None)

    with pytest.raises(DomainError, match="pas encore ouvert"):
        rate(draft, people[0])


@pytest.mark.parametrize("level", [-1, 5, 12])
def test_a_level_goes_from_0_to_4(diagnosis, people, level):
    with pytest.raises(DomainError, match="de 0 à 4"):
        rate(diagnosis, people[0], level=level)


def test_only_the_people_of_the_round_rate(diagnosis, initiative, stranger):
    other = factories.make_participant(initiative, service="dsi")
    for participant in (other, stranger):
        with pytest.raises(DomainError, match="ne fait pas partie"):
            rate(diagnosis, participant)
    # Somebody of another démarche is refused even when their key was slipped into the round.
    diagnosis.raters.add(stranger)
    with pytest.raises(DomainError, match="ne fait pas partie"):
        rate(diagnosis, stranger)


def test_only_the_questions_of_the_round_are_rated(initiative, people):
    light = make_diagnosis(initiative, people, track="light")

    with pytest.raises(DomainError, match="pas dans ce diagnostic"):
        rate(light, people[0], "ACH-2")


def test_a_stale_answer_is_refused_with_the_stored_one(diagnosis, people):
    rate(diagnosis, people[0], level=1, comment="premier", expected_version=0)
    with pytest.raises(StaleVersionError) as error:
        rate(diagnosis, people[0], level=2, comment="second", expected_version=0)
    assert error.value.current.comment == "premier"

    assert rate(diagnosis, people[0], level=2, expected_version=1).version == 2


def test_an_interview_belongs_to_the_participant_and_keeps_who_typed_it(diagnosis, people, referent):
    answers = [Answer(get_question("ACH-1"), 1, "Dit au téléphone"), Answer(get_question("ACH-2"), None)]

    services.record_interview(diagnosis=diagnosis, participant=people[0], answers=answers, actor=referent, now=NOW)

    first, second = Rating.objects.order_by("question__position")
    assert (first.participant, first.level, first.comment) == (people[0], 1, "Dit au téléphone")
    assert (first.entered_by, first.entered_by_label) == (referent, str(referent))
    assert second.level is None
    assert Event.objects.get().verb == "a saisi 2\u00a0réponses d’entretien pour Anne Achats"


def test_an_interview_never_replaces_what_the_participant_said(diagnosis, people, referent):
    rate(diagnosis, people[0], level=3)

    with pytest.raises(DomainError, match="Anne Achats a déjà répondu"):
        services.record_interview(
            diagnosis=diagnosis,
            participant=people[0],
            answers=[Answer(get_question("ACH-2"), 1), Answer(get_question("ACH-1"), 0)],
            actor=referent,
            now=NOW,
        )

    # Nothing is half-written: the other answer of the page waits too.
    assert Rating.objects.get().level == 3


def test_an_interview_never_replaces_what_another_referent_typed(diagnosis, people, referent, authority):
    colleague = factories.make_member(authority, "referent")
    make_rating(diagnosis, people[0], "ACH-1", 2, entered_by=colleague, entered_by_label="Collègue")

    with pytest.raises(DomainError, match="Collègue a déjà répondu"):
        services.record_interview(
            diagnosis=diagnosis,
            participant=people[0],
            answers=[Answer(get_question("ACH-1"), 0)],
            actor=referent,
            now=NOW,
        )


def test_the_participant_takes_back_an_answer_typed_for_them(diagnosis, people, referent):
    make_rating(diagnosis, people[0], "ACH-1", 2, entered_by=referent, entered_by_label="Référente")

    rating = rate(diagnosis, people[0], level=4)

    assert (rating.level, rating.entered_by, rating.is_interview) == (4, None, False)


def test_an_interview_follows_the_rules_of_the_round(diagnosis, people, stranger, referent):
    def interview(participant, answers, now=NOW):
        return services.record_interview(
            diagnosis=diagnosis, participant=participant, answers=answers, actor=referent, now=now
        )

    with pytest.raises(DomainError, match="au moins un niveau"):
        interview(people[0], [])
    with pytest.raises(DomainError, match="ne fait pas partie"):
        interview(stranger, [Answer(get_question("ACH-1"), 1)])
    with pytest.raises(DomainError, match="sont clos"):
        interview(people[0], [Answer(get_question("ACH-1"), 1)], now=AFTER_CLOSING)
    assert not Rating.objects.exists()
