"""State of a round, worked out when read, and what the base refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from diagnostics.enums import DiagnosisState
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    BEFORE_CLOSING,
    CLOSING,
    OPENING,
    get_question,
    make_agreed_level,
    make_diagnosis,
    make_rating,
)

pytestmark = pytest.mark.django_db

STATES = [
    ({"opened_at": None}, AFTER_CLOSING, DiagnosisState.DRAFT),
    ({}, OPENING, DiagnosisState.OPEN),
    ({}, BEFORE_CLOSING, DiagnosisState.OPEN),
    # It closes at its hour, to the second, without any job.
    ({}, CLOSING, DiagnosisState.CLOSED),
    ({}, AFTER_CLOSING, DiagnosisState.CLOSED),
    ({"agreed_at": AFTER_CLOSING}, AFTER_CLOSING, DiagnosisState.AGREED),
]


@pytest.mark.parametrize(("fields", "now", "state"), STATES)
def test_state_at(initiative, fields, now, state):
    diagnosis = make_diagnosis(initiative, **fields)

    assert diagnosis.state_at(now) == state
    assert diagnosis.is_open(now) is (state == DiagnosisState.OPEN)
    assert diagnosis.is_revealed(now) is (state in {DiagnosisState.CLOSED, DiagnosisState.AGREED})


def test_asked_questions_follow_the_track(initiative):
    assert [question.code for question in make_diagnosis(initiative).asked_questions()] == [
        "ACH-1", "ACH-2", "PAR-1", "PAR-2", "TER-2",
    ]  # fmt: skip
    light = make_diagnosis(initiative, track="light")
    assert [question.code for question in light.asked_questions()] == ["ACH-1", "PAR-1", "TER-2"]


REFUSED = [
    {"closes_at": None},
    {"closes_at": OPENING - timedelta(seconds=1)},
    {"agreed_at": CLOSING - timedelta(seconds=1)},
    {"opened_at": None, "agreed_at": AFTER_CLOSING},
]


@pytest.mark.parametrize("fields", REFUSED)
def test_the_base_refuses_dates_out_of_order(initiative, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_diagnosis(initiative, **fields)


def test_the_base_refuses_two_drafts(initiative):
    make_diagnosis(initiative, opened_at=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_diagnosis(initiative, opened_at=None)


def test_the_base_keeps_one_rating_per_person_question_and_round(diagnosis, people):
    make_rating(diagnosis, people[0], "ACH-1", 2)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_rating(diagnosis, people[0], "ACH-1", 3)


@pytest.mark.parametrize("level", [5, 9])
def test_the_base_refuses_a_level_above_4(diagnosis, people, level):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_rating(diagnosis, people[0], "ACH-1", level)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_agreed_level(diagnosis, "ACH-1", level)


def test_a_rating_never_writes_its_level_in_a_log(diagnosis, people):
    rating = make_rating(diagnosis, people[0], "ACH-1", 3, "mot de passe")

    assert str(rating) == "avis de Anne Achats sur ACH-1 Part issue du réemploi"
    assert str(get_question("ACH-1")) == "ACH-1 Part issue du réemploi"
