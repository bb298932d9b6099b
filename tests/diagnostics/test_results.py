"""Results of a finished round: figures worked out by hand, duties in force on a date."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from diagnostics.attention import describe_threshold, french_date
from diagnostics.selectors import current_diagnosis, diagnosis_results, working_diagnosis
from reference.models import Duty, DutyStep
from reference.selectors import duties_for
from tests import factories
from tests.factories_diagnostics import (
    AFTER_CLOSING,
    CLOSING,
    link_duty,
    make_agreed_level,
    make_diagnosis,
    make_finished_diagnosis,
    make_rating,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 4, 1)
LEVELS = {"ACH-1": 0, "ACH-2": 3, "PAR-1": 4, "PAR-2": None}


@pytest.fixture
def finished(initiative, people):
    diagnosis = make_finished_diagnosis(initiative, LEVELS, raters=people)
    for person, level in zip(people, (0, 4, None), strict=True):
        make_rating(diagnosis, person, "ACH-1", level)
    make_rating(diagnosis, people[0], "ACH-2", 3)
    return diagnosis


def test_scores_of_the_dimensions_and_overall(finished):
    results = diagnosis_results(finished, on=ON)

    # Achats (0 + 3) / 2, parc 4 / 1, territoire without answer; overall (3/2 + 4) / 2 = 11/4.
    assert [(item.code, item.score, item.answered, item.total, item.low, item.high) for item in results.dimensions] == [
        ("ACH", Fraction(3, 2), 2, 2, 0, 3),
        ("PAR", Fraction(4), 1, 2, 4, 4),
        ("TER", None, 0, 1, None, None),
    ]
    assert [item.label for item in results.dimensions] == ["1,5", "4,0", "non évaluée"]
    assert (results.overall.score, results.overall.answered, results.overall.total) == (Fraction(11, 4), 3, 5)
    assert results.overall_label == "2,8"
    assert results.headline == "Une pratique installée sur le parc, des progrès à faire sur les achats"


def test_questions_say_why_they_have_no_level(finished):
    results = diagnosis_results(finished, on=ON)

    assert [(item.code, item.level_label) for item in results.questions] == [
        ("ACH-1", "0"),
        ("ACH-2", "3"),
        ("PAR-1", "4"),
        ("PAR-2", "non tranchée"),
        ("TER-2", "sans réponse"),
    ]
    assert results.questions[1].level_text == "ACH-2 au niveau 3."


def test_strengths_weaknesses_and_dispersed(finished):
    results = diagnosis_results(finished, on=ON)

    assert [item.code for item in results.strengths] == ["PAR-1", "ACH-2"]
    assert [item.code for item in results.weaknesses] == ["ACH-1"]
    assert [item.code for item in results.dispersed] == ["ACH-1"]
    assert (results.rater_count, results.rating_count, results.abstention_count) == (2, 3, 1)


def test_no_rating_is_read_before_the_end(initiative, people):
    diagnosis = make_diagnosis(initiative, people)
    make_rating(diagnosis, people[0], "ACH-1", 4)
    make_agreed_level(diagnosis, "ACH-1", 2)

    results = diagnosis_results(diagnosis, on=ON)

    assert not results.is_agreed
    assert [item.score for item in results.questions] == [None] * 5
    assert (results.rating_count, results.rater_count, results.dispersed) == (0, 0, [])
    assert results.dimensions[0].score == 2


POINTS = [
    # level of ACH-1, level expected, duty in force since → codes of the attention points
    (2, 3, date(2026, 4, 1), ["ACH-1"]),
    (3, 3, date(2026, 4, 1), []),
    (0, 3, date(2026, 4, 1), ["ACH-1"]),
    # Not in force yet: no attention point.
    (0, 3, date(2026, 4, 2), []),
    # Unanswered: nothing is said of it as a gap.
    (None, 3, date(2026, 4, 1), []),
]


@pytest.mark.parametrize(("level", "expected", "since", "codes"), POINTS)
def test_attention_points(initiative, level, expected, since, codes):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": level, "PAR-1": 0})
    link_duty("ACH-1", "reemploi", level=expected, since=since)

    results = diagnosis_results(diagnosis, on=ON)

    assert [point.question.code for point in results.attention_points] == codes
    is_unassessed = level is None
    assert [item.code for item in results.unassessed_duties] == (["ACH-1"] if is_unassessed else [])


@pytest.mark.parametrize(("population", "count"), [(50_000, 0), (50_001, 1)])
def test_attention_points_concern_those_that_the_duty_binds(db, population, count):
    initiative = factories.make_authority(population=population).initiatives.get()
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 0})
    link_duty("ACH-1", "strategie", level=3, population_over=50_000, kinds=["commune", "epci_fp"])

    assert len(diagnosis_results(diagnosis, on=ON).attention_points) == count


def test_a_duty_that_the_site_cannot_decide_is_to_check_never_an_attention_point(initiative):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 0})
    link_duty("ACH-1", "spaser", level=3, note="acheteurs de plus de 50 M€", note_effect="restricts")

    results = diagnosis_results(diagnosis, on=ON)

    assert results.attention_points == []
    (point,) = results.to_check_points
    assert (point.is_certain, point.to_check[0].note) == (False, "acheteurs de plus de 50 M€")


def test_an_incentive_is_not_a_duty(initiative):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 0})
    link_duty("ACH-1", "sobriete", level=3)
    Duty.objects.filter(code="sobriete").update(nature="incitation")

    results = diagnosis_results(diagnosis, on=ON)

    assert (results.attention_points, results.to_check_points) == ([], [])


THRESHOLDS = [
    (date(2024, 6, 30), ""),
    (
        date(2024, 7, 1),
        "Au moins 20\u202f% de la dépense depuis le 1er juillet 2024, 25\u202f% à partir du 1er janvier 2027.",
    ),
    (
        date(2026, 12, 31),
        "Au moins 20\u202f% de la dépense depuis le 1er juillet 2024, 25\u202f% à partir du 1er janvier 2027.",
    ),
    (date(2027, 1, 1), "Au moins 25\u202f% de la dépense depuis le 1er janvier 2027."),
]


@pytest.mark.parametrize(("on", "sentence"), THRESHOLDS)
def test_threshold_in_force_with_the_next_one(on, sentence):
    duty = Duty.objects.create(
        code="reemploi", title="Réemploi", nature="obligation", unit="% de la dépense", direction="min"
    )
    DutyStep.objects.create(duty=duty, starts_on=date(2024, 7, 1), value=Decimal("20"))
    DutyStep.objects.create(duty=duty, starts_on=date(2027, 1, 1), value=Decimal("25"))

    assert describe_threshold(duties_for("epci_fp", 60_000, on)[0]) == sentence


def test_duty_without_figure_says_since_when():
    duty = Duty.objects.create(code="deee", title="Déchets", nature="obligation")
    DutyStep.objects.create(duty=duty, starts_on=date(2019, 9, 23))

    assert describe_threshold(duties_for("epci_fp", 1, ON)[0]) == "En vigueur depuis le 23 septembre 2019."
    assert french_date(date(2021, 11, 1)) == "1er novembre 2021"


def test_previous_scores_come_from_the_finished_round_before(initiative):
    make_finished_diagnosis(initiative, {"ACH-1": 1, "PAR-1": 2})
    later = {"opened_at": CLOSING + timedelta(days=300), "closes_at": CLOSING + timedelta(days=310)}
    second = make_finished_diagnosis(initiative, {"ACH-1": 3}, agreed_at=CLOSING + timedelta(days=311), **later)

    results = diagnosis_results(second, on=ON)

    assert [(item.score, item.previous) for item in results.dimensions] == [(3, 1), (None, 2), (None, None)]
    assert results.previous_overall.score == Fraction(3, 2)
    assert "stroke-dasharray" in results.radar


def test_the_round_whose_results_count_is_the_latest_finished_one(initiative):
    first = make_finished_diagnosis(initiative, {"ACH-1": 1})
    second = make_diagnosis(initiative)

    assert current_diagnosis(initiative) == first
    assert working_diagnosis(initiative) == second
    second.agreed_at = AFTER_CLOSING
    second.save()
    assert current_diagnosis(initiative) == second


def test_no_round_at_all(initiative):
    assert current_diagnosis(initiative) is None
    assert working_diagnosis(initiative) is None


def test_results_query_count(finished, django_assert_num_queries):
    link_duty("ACH-1", "reemploi", level=3)

    with django_assert_num_queries(8):
        diagnosis_results(finished, on=ON)
