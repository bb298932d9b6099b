"""State of the step, and progress of each person."""

from datetime import timedelta

import pytest

from common.steps import StepStatus
from diagnostics.coverage import CoveragePerson
from diagnostics.selectors import diagnosis_state, follow_up, maturity_state, rating_progress
from diagnostics.selectors.coverage import fact_of
from diagnostics.selectors.state import merge_states
from tests import factories
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    BEFORE_CLOSING,
    OPENING,
    make_agreed_level,
    make_diagnosis,
    make_dimension,
    make_finished_diagnosis,
    make_rating,
)

pytestmark = pytest.mark.django_db

NOW = OPENING + timedelta(days=2)


def test_before_any_round(initiative, people, questionnaire):
    state = maturity_state(initiative, now=NOW)

    assert (state.code, state.status) == ("diagnosis", StepStatus.TODO)
    assert [item.text for item in state.missing] == [
        "1 question n’a pas de service présent qui la connaisse d’ordinaire.",
        "Les avis du comité ne sont pas encore ouverts.",
    ]
    assert state.next_action.button == "Préparer le diagnostic"


def test_draft(initiative, people):
    diagnosis = make_diagnosis(initiative, people, opened_at=None)

    state = maturity_state(initiative, now=NOW)

    assert state.status == StepStatus.CURRENT
    assert state.next_action.url.endswith(f"/diagnostics/{diagnosis.pk}/preparer/")


def test_open_awaits_those_who_have_not_answered_all_they_know(diagnosis, initiative, people):
    for code in ("ACH-1", "ACH-2"):
        make_rating(diagnosis, people[0], code, 1)
    make_rating(diagnosis, people[1], "PAR-1", None)

    state = maturity_state(initiative, now=BEFORE_CLOSING)

    assert state.summary == "1 sur 3 a tout répondu"
    assert [(item.name, item.status, item.has_started) for item in state.awaited] == [
        ("Chloé Com", "N’a pas commencé", False),
        ("Denis Dsi", "1 sur 3", True),
    ]


def test_closed_asks_for_the_meeting(diagnosis, initiative, people):
    make_rating(diagnosis, people[0], "ACH-1", 1)
    make_rating(diagnosis, people[0], "ACH-2", 1)
    make_agreed_level(diagnosis, "ACH-2", 1)

    state = maturity_state(initiative, now=AFTER_CLOSING)

    assert state.status == StepStatus.REVIEW
    assert [item.text for item in state.missing] == ["1 question reste à trancher."]
    assert state.next_action.button == "Tenir la réunion"


def test_finished(initiative):
    make_finished_diagnosis(initiative, {"ACH-1": 1, "PAR-1": 3, "PAR-2": None})

    state = maturity_state(initiative, now=AFTER_CLOSING)

    assert (state.status, state.next_action) == (StepStatus.DONE, None)
    assert state.summary == "Maturité\u00a0: 2 questions répondues sur 5"


def test_the_step_is_done_with_its_two_halves_only(initiative):
    make_finished_diagnosis(initiative, {"ACH-1": 1})

    state = diagnosis_state(initiative, now=AFTER_CLOSING)

    assert state.status == StepStatus.CURRENT
    assert state.summary == "Maturité\u00a0: 1 question répondue sur 5\u202f; inventaire\u00a0: pas commencé"
    assert state.next_action.button == "Commencer l’inventaire"


def test_while_people_answer_the_inventory_is_what_can_be_done(diagnosis, initiative):
    state = diagnosis_state(initiative, now=BEFORE_CLOSING)

    assert state.next_action.button == "Commencer l’inventaire"
    assert len(state.awaited) == 3


@pytest.mark.parametrize(
    ("maturity", "inventory", "merged"),
    [
        ("todo", "todo", "todo"),
        ("todo", "done", "current"),
        ("current", "todo", "current"),
        ("review", "done", "review"),
        ("done", "current", "current"),
        ("done", "done", "done"),
    ],
)
def test_merged_status(initiative, maturity, inventory, merged):
    state = maturity_state(initiative, now=NOW)
    halves = [type(state)("x", "x", "/", StepStatus(value), "") for value in (maturity, inventory)]

    assert merge_states(*halves).status == merged


@pytest.mark.parametrize("fields", [{}, {"opened_at": None}, {"agreed_at": AFTER_CLOSING}])
@pytest.mark.parametrize("now", [BEFORE_CLOSING, AFTER_CLOSING])
def test_state_query_count(initiative, people, fields, now, django_assert_max_num_queries):
    make_diagnosis(initiative, people, **fields)

    with django_assert_max_num_queries(4):
        diagnosis_state(initiative, now=now)


def test_known_questions_are_the_same_in_the_base_and_in_the_calculation(diagnosis, people):
    people[0].dimensions.set([make_dimension("TER"), make_dimension("ACH")])

    counts = {rater.participant.pk: rater.known for rater in follow_up(diagnosis, now=NOW).raters}

    questions = [fact_of(question) for question in diagnosis.asked_questions()]
    expected = {
        person.pk: sum(
            CoveragePerson(1, person.service.code, frozenset(d.code for d in person.dimensions.all())).knows(question)
            for question in questions
        )
        for person in people
    }
    # Achats: her two questions, one of which dsi knows too, and the territory that she ticked.
    assert counts == expected == {people[0].pk: 3, people[1].pk: 3, people[2].pk: 0}


def test_known_questions_follow_the_track(initiative, people):
    light = make_diagnosis(initiative, people, track="light")

    assert {rater.participant.name: rater.known for rater in follow_up(light, now=NOW).raters} == {
        "Anne Achats": 1,
        "Denis Dsi": 2,
        "Chloé Com": 0,
    }


def test_follow_up_counts_answers_and_interviews_and_leaves_out_who_left(diagnosis, people, referent):
    make_rating(diagnosis, people[0], "ACH-1", 1, entered_by=referent, entered_by_label="Référente")
    make_rating(diagnosis, people[0], "TER-2", None)
    people[2].is_active = False
    people[2].save()

    rows = {rater.participant.name: rater for rater in follow_up(diagnosis, now=NOW).raters}

    assert list(rows) == ["Denis Dsi", "Anne Achats"]
    anne = rows["Anne Achats"]
    assert (anne.answered, anne.known, anne.known_answered, anne.interview_count) == (2, 2, 1, 1)
    assert not anne.is_done


def test_somebody_who_knows_nothing_is_done_with_one_answer(diagnosis, people):
    make_rating(diagnosis, people[2], "TER-2", None)

    (chloe,) = [rater for rater in follow_up(diagnosis, now=NOW).raters if rater.participant == people[2]]

    assert (chloe.is_done, chloe.status) == (True, "A répondu")


def test_rating_progress_for_the_home_of_a_participant(diagnosis, people):
    make_rating(diagnosis, people[0], "ACH-1", 2)

    progress = rating_progress(people[0], BEFORE_CLOSING)

    assert (progress.is_open, progress.answered, progress.known_answered, progress.known) == (True, 1, 1, 2)
    assert progress.url == f"/participation/{people[0].pk}/avis/"
    assert rating_progress(people[0], AFTER_CLOSING).is_open is False


def test_rating_progress_without_round(initiative, people):
    make_diagnosis(initiative, people, opened_at=None)
    outside = factories.make_participant(initiative)

    assert rating_progress(people[0], NOW) is None
    assert rating_progress(outside, NOW) is None


@pytest.mark.parametrize("count", [1, 3])
def test_follow_up_query_count(initiative, questionnaire, django_assert_num_queries, count):
    people = [factories.make_participant(initiative) for _ in range(count)]
    diagnosis = make_diagnosis(initiative, people)
    for person in people:
        make_rating(diagnosis, person, "ACH-1", 2)

    with django_assert_num_queries(2):
        follow_up(diagnosis, now=NOW)
