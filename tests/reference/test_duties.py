from datetime import date
from decimal import Decimal

import pytest

from reference.duties import (
    Binding,
    DutyRule,
    DutyStepValue,
    find_binding,
    is_bound,
    populations_disagree,
    reference_on,
    standing_on,
    step_in_force,
)
from reference.loader import load_all
from reference.selectors import duties_for, duty_codes_in_force

STRATEGY = DutyRule(kinds=frozenset({"commune", "epci_fp"}), population_over=50_000)
REPORT = DutyRule(
    kinds=frozenset({"commune", "epci_fp", "departement", "region"}),
    population_over=50_000,
    kinds_without_threshold=frozenset({"departement", "region"}),
)
EVERYBODY = DutyRule()
RESTRICTED = DutyRule(is_restricted=True)
EXTENDED = DutyRule(kinds=frozenset({"commune"}), population_over=50_000, is_extended=True)


@pytest.mark.parametrize(
    ("rule", "kind", "population", "expected"),
    [
        (STRATEGY, "commune", 50_000, Binding.VOLUNTARY),
        (STRATEGY, "commune", 50_001, Binding.BOUND),
        (STRATEGY, "epci_fp", 50_000, Binding.VOLUNTARY),
        (STRATEGY, "epci_fp", 50_001, Binding.BOUND),
        (STRATEGY, "syndicat", 900_000, Binding.VOLUNTARY),
        (STRATEGY, "departement", 900_000, Binding.VOLUNTARY),
        (STRATEGY, "commune", None, Binding.TO_CHECK),
        (STRATEGY, "syndicat", None, Binding.VOLUNTARY),
        (REPORT, "departement", None, Binding.BOUND),
        (REPORT, "departement", 40_000, Binding.BOUND),
        (REPORT, "region", 900_000, Binding.BOUND),
        (REPORT, "commune", 50_000, Binding.VOLUNTARY),
        (EVERYBODY, "syndicat", None, Binding.BOUND),
        (EVERYBODY, "commune", 120, Binding.BOUND),
        (RESTRICTED, "commune", 90_000, Binding.TO_CHECK),
        (EXTENDED, "commune", 50_001, Binding.BOUND),
        (EXTENDED, "commune", 50_000, Binding.TO_CHECK),
        (EXTENDED, "syndicat", 10, Binding.TO_CHECK),
    ],
)
def test_find_binding(rule, kind, population, expected):
    assert find_binding(rule, kind, population) is expected
    assert is_bound(rule, kind, population) is (expected is Binding.BOUND)


@pytest.mark.parametrize(
    ("municipal", "total", "expected"),
    [
        (49_868, 51_264, True),
        (50_000, 50_001, True),
        (50_001, 52_000, False),
        (49_000, 50_000, False),
        (None, 60_000, False),
        (60_000, None, False),
    ],
)
def test_populations_disagree(municipal, total, expected):
    assert populations_disagree(STRATEGY, "epci_fp", municipal, total) is expected


def test_populations_never_disagree_without_threshold():
    assert not populations_disagree(REPORT, "departement", 49_000, 51_000)


STEPS = [
    DutyStepValue(date(2027, 1, 1), Decimal(25)),
    DutyStepValue(date(2024, 7, 1), Decimal(20)),
    DutyStepValue(date(2030, 1, 1), Decimal(30)),
]


@pytest.mark.parametrize(
    ("on", "current", "following"),
    [
        (date(2024, 6, 30), None, Decimal(20)),
        (date(2024, 7, 1), Decimal(20), Decimal(25)),
        (date(2026, 12, 31), Decimal(20), Decimal(25)),
        (date(2027, 1, 1), Decimal(25), Decimal(30)),
        (date(2031, 1, 1), Decimal(30), None),
    ],
)
def test_step_in_force(on, current, following):
    found, next_one = step_in_force(STEPS, on)

    assert (found.value if found else None) == current
    assert (next_one.value if next_one else None) == following


def test_step_in_force_without_step():
    assert step_in_force([], date(2024, 1, 1)) == (None, None)


BOUND_BY_SIZE = {"reen-programme", "reen-strategie", "reen-bilan-annuel"}


@pytest.mark.parametrize(
    ("kind", "population", "strategy", "report"),
    [
        ("commune", 50_000, False, False),
        ("commune", 50_001, True, True),
        ("epci_fp", 50_000, False, False),
        ("epci_fp", 50_001, True, True),
        ("epci_fp", 1_433_613, True, True),  # the métropole de Lyon, which the national list holds among EPCI
        ("syndicat", 300_000, False, False),
        ("departement", 300_000, False, True),
        ("region", 5_000_000, False, True),
        ("autre", None, False, False),
    ],
)
def test_loaded_duties_by_kind_and_population(db, reference_folder, kind, population, strategy, report):
    load_all(reference_folder)

    codes = duty_codes_in_force(kind, population, date(2026, 3, 10))

    assert (codes >= BOUND_BY_SIZE) is strategy
    assert bool(codes & BOUND_BY_SIZE) is strategy
    assert ("rdd" in codes) is report
    assert {"achats-reemploi", "reemploi-reformes", "accessibilite", "deee"} <= codes
    assert "logiciels-sobres" not in codes
    assert "spaser" not in codes


def test_duties_for_shows_the_value_in_force_and_the_next(db, reference_folder, django_assert_num_queries):
    load_all(reference_folder)

    with django_assert_num_queries(2):
        states = {state.duty.code: state for state in duties_for("commune", 3_000, date(2026, 11, 1))}

    purchases = states["achats-reemploi"]
    assert (purchases.value, purchases.since_on) == (Decimal(20), date(2024, 7, 1))
    assert (purchases.next_value, purchases.next_on) == (Decimal(25), date(2027, 1, 1))
    assert purchases.binding_label == "obligatoire pour vous"
    assert states["reen-strategie"].binding_label == "volontaire"
    assert states["spaser"].binding_label == "à vérifier"
    assert states["logiciels-sobres"].binding_label == "incitation"


def test_duty_not_in_force_yet_binds_nobody(db, reference_folder):
    load_all(reference_folder)

    states = {state.duty.code: state for state in duties_for("commune", 60_000, date(2024, 12, 31))}

    strategy = states["reen-strategie"]
    assert (strategy.is_bound, strategy.next_on) == (False, date(2025, 1, 1))
    assert strategy.binding_label == "obligatoire à venir"


def test_diverging_populations_are_shown(db, reference_folder):
    load_all(reference_folder)

    on = date(2026, 3, 10)
    states = {s.duty.code: s for s in duties_for("epci_fp", 49_868, on, population_total=51_264)}

    assert states["reen-strategie"].populations_disagree
    assert not states["reen-strategie"].is_bound
    assert not states["achats-reemploi"].populations_disagree


# Texts later than the date -----------------------------------------------------------------------------------------

DATED = [
    DutyStepValue(date(2021, 1, 1), Decimal(20), date(2021, 3, 9)),
    DutyStepValue(date(2024, 7, 1), Decimal(20), date(2024, 2, 21)),
    DutyStepValue(date(2027, 1, 1), Decimal(25), date(2024, 2, 21)),
]


def test_a_step_whose_text_is_later_is_announced_as_such():
    standing = standing_on(DATED, date(2024, 1, 12))
    assert (standing.current, standing.following) == (DATED[0], DATED[1])
    assert (standing.is_later_text, standing.is_next_later_text) == (False, True)


def test_a_step_whose_text_is_signed_is_announced_plainly():
    standing = standing_on(DATED, date(2024, 2, 21))
    assert (standing.current, standing.following, standing.is_next_later_text) == (DATED[0], DATED[1], False)


def test_a_duty_without_any_text_yet_says_so():
    standing = standing_on(DATED[1:], date(2024, 1, 12))
    assert (standing.current, standing.following) == (None, DATED[1])
    assert (standing.is_later_text, standing.is_next_later_text) == (True, True)


def test_a_step_without_date_of_text_is_known_from_the_first_day():
    standing = standing_on([DutyStepValue(date(2025, 1, 1), None)], date(2024, 1, 12))
    assert (standing.current, standing.is_later_text, standing.is_next_later_text) == (None, False, False)


def test_reference_is_the_one_that_held_on_the_date():
    former = [(date(2024, 2, 21), "décret n° 2021-254")]
    assert reference_on("décret n° 2024-134", former, date(2024, 2, 20)) == "décret n° 2021-254"
    assert reference_on("décret n° 2024-134", former, date(2024, 2, 21)) == "décret n° 2024-134"


def test_duties_of_january_2024_cite_no_later_text(db, reference_folder):
    load_all(reference_folder)
    states = {state.duty.code: state for state in duties_for("epci_fp", 94_873, date(2024, 1, 12))}
    purchases = states["achats-reemploi"]
    assert (purchases.value, purchases.since_on) == (Decimal(20), date(2021, 1, 1))
    assert (purchases.next_value, purchases.next_on) == (Decimal(20), date(2024, 7, 1))
    assert purchases.is_next_later_text
    assert "2021-254" in purchases.legal_reference
    assert "2024-316" not in states["durabilite"].legal_reference
    assert [code for code, state in states.items() if state.is_later_text] == ["achats-declaration"]
    cited = [state.legal_reference for state in states.values() if not state.is_later_text]
    assert not any("2024-" in reference for reference in cited)
