"""Relevance of the levers: points worked by hand, and three contrasted authorities on the real catalogue."""

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levers.relevance import (
    Criterion,
    DimensionFact,
    DutyFact,
    DutyForce,
    LeverFacts,
    Profile,
    QuestionFact,
    SavingFact,
    Weights,
    explain,
    is_in_perimeter,
    rank_levers,
)
from reference.fixtures import read_mapping, read_yaml

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
WEIGHTS = Weights(
    points={
        Criterion.QUESTION: 24,
        Criterion.DIMENSION: 12,
        Criterion.DUTY: 18,
        Criterion.INCENTIVE: 4,
        Criterion.SAVING: 18,
        Criterion.EFFORT: 8,
        Criterion.QUICK_WIN: 4,
        Criterion.SMALL_AUTHORITY: 6,
        Criterion.PERIMETER: 10,
    },
    full_saving_percent=Fraction(6),
)
DUTY = DutyFact("Accessibilité des services numériques", DutyForce.BINDING, "Loi n° 2005-102, art. 47", "1er mai 2019")
TO_CHECK = DutyFact("Schéma d’achats", DutyForce.TO_CHECK, "art. L. 2111-3", "1er janvier 2023", "plus de 50 M€ par an")
INCENTIVE = DutyFact("Logiciels sobres", DutyForce.INCENTIVE, "Loi AGEC, art. 55", "11 février 2020")


def lever(code: str = "LEV-1", **fields) -> LeverFacts:
    defaults = {
        "theme": 2,
        "dimension": "PAR",
        "perimeter": "territoire",
        "effort": 5,
        "impact": 3,
        "delay_months": 6,
        "is_quick_win": False,
        "is_for_small_authority": False,
        "url": f"/leviers/{code}/",
    }
    return LeverFacts(code=code, **{**defaults, **fields})


def profile(**fields) -> Profile:
    defaults = {
        "perimeter": "interne",
        "perimeter_label": "fonctionnement interne",
        "perimeter_url": "/preparer/",
    }
    return Profile(**{**defaults, **fields})


def saving(central: float, **fields) -> SavingFact:
    defaults = {"subject": "vos 612 écrans", "is_plural": True, "source": "inventaire du 2 mars 2026", "url": "/inv/"}
    return SavingFact(central, central / 2, central * 2, **{**defaults, **fields})


def points(found: LeverFacts, known: Profile) -> dict[Criterion, int]:
    return {reason.criterion: reason.points for reason in explain(found, known, WEIGHTS)}


# One case for each cell of the rules, limits included -----------------------------------------------------------------


@pytest.mark.parametrize(("level", "expected"), [(0, 24), (1, 18), (2, 12), (3, 6), (4, None)])
def test_question_gives_points_in_proportion_to_the_gap(level, expected):
    known = profile(questions={"PAR-1": QuestionFact("Juste besoin", level, "/r/#PAR-1")})

    assert points(lever(questions=("PAR-1",)), known).get(Criterion.QUESTION) == expected


def test_question_takes_the_weakest_of_the_answered_ones():
    known = profile(questions={"A": QuestionFact("Alpha", 3, "/a"), "B": QuestionFact("Bêta", 1, "/b")})

    (reason,) = explain(lever(questions=("A", "B", "C")), known, WEIGHTS)

    assert (reason.points, reason.clause) == (18, "la question «\u00a0Bêta\u00a0» est au niveau 1 sur 4")
    assert (reason.value, reason.url) == ("1 sur 4", "/b")


@pytest.mark.parametrize(
    ("score", "expected", "written"),
    [
        (Fraction(0), 12, "0,0 sur 4"),
        (Fraction(7, 5), 8, "1,4 sur 4"),  # 12 × 2,6 / 4 = 7,8
        (Fraction(37, 20), 6, "1,9 sur 4"),  # 12 × 2,15 / 4 = 6,45; 1,85 is written half up
        (Fraction(4), None, ""),
    ],
)
def test_dimension_gives_points_in_proportion_to_the_gap(score, expected, written):
    known = profile(dimensions={"PAR": DimensionFact("Parc", score, "/r/")})

    reasons = explain(lever(), known, WEIGHTS)

    assert [reason.points for reason in reasons] == ([expected] if expected else [])
    assert [reason.value for reason in reasons] == ([written] if expected else [])


@pytest.mark.parametrize(
    ("level", "expected"),
    [(None, 18), (0, 18), (2, 18), (3, 9), (4, 9)],  # expected level 3: half the points once reached
)
def test_duty_gives_all_its_points_below_the_expected_level(level, expected):
    questions = {} if level is None else {"SER-1": QuestionFact("Accessibilité", level, "/r", duty_level=3)}
    known = profile(duties={"accessibilite": DUTY}, questions=questions)

    assert points(lever(questions=("SER-1",), duties=("accessibilite",)), known)[Criterion.DUTY] == expected


def test_duty_quotes_its_date_and_reference_and_counts_the_others():
    known = profile(duties={"a": DUTY, "b": DUTY})

    (reason,) = explain(lever(duties=("a", "b")), known, WEIGHTS)

    assert reason.clause == (
        "la loi vous le demande depuis le 1er mai 2019\u00a0: accessibilité des services numériques "
        "(Loi n°\u00a02005-102, art.\u00a047) et 1 autre texte"
    )
    assert reason.value in reason.clause and reason.url == "/leviers/LEV-1/#droit"


@pytest.mark.parametrize(("fact", "opening"), [(TO_CHECK, "la loi le demande peut-être"), (INCENTIVE, "la loi l’enc")])
def test_text_that_does_not_surely_bind_is_never_called_a_duty(fact, opening):
    (reason,) = explain(lever(duties=("x",)), profile(duties={"x": fact}), WEIGHTS)

    assert (reason.criterion, reason.points) == (Criterion.INCENTIVE, 4)
    assert reason.clause.startswith(opening)
    assert ("à vérifier" in reason.clause) == (fact is TO_CHECK)


def test_duty_that_does_not_concern_the_authority_gives_nothing():
    assert points(lever(duties=("x",)), profile()) == {}


@pytest.mark.parametrize(
    ("central", "expected"),
    [
        (6_000, 18),  # 6 % of 100 t: all the points
        (12_000, 18),
        (3_000, 9),
        (10, 1),  # a small saving still has its point, and its sentence
        (0, None),
        (-500, None),
    ],
)
def test_saving_gives_points_up_to_the_full_share(central, expected):
    known = profile(savings={"LEV-1": saving(central)}, footprint_kgco2e=100_000)

    assert points(lever(), known).get(Criterion.SAVING) == expected


def test_saving_is_told_with_its_range_and_its_source():
    known = profile(savings={"LEV-1": saving(1_800)}, footprint_kgco2e=59_000)

    (reason,) = explain(lever(), known, WEIGHTS)

    assert reason.clause == (
        "vos 612 écrans éviteraient 1,8\u00a0t CO₂e par an, entre 0,90 et 3,6 (inventaire du 2 mars 2026)"
    )
    assert reason.value == "1,8\u00a0t CO₂e"


@pytest.mark.parametrize(("effort", "expected"), [(1, 8), (2, 6), (3, 4), (4, 2), (5, None)])
def test_effort_gives_more_points_to_what_is_light(effort, expected):
    assert points(lever(effort=effort), profile()).get(Criterion.EFFORT) == expected


@pytest.mark.parametrize(
    ("is_small", "is_for_small", "expected"), [(True, True, 6), (True, False, None), (False, True, None)]
)
def test_small_authority_needs_both(is_small, is_for_small, expected):
    known = profile(is_small=is_small, small_value="1 800 habitants")

    assert points(lever(is_for_small_authority=is_for_small), known).get(Criterion.SMALL_AUTHORITY) == expected


@pytest.mark.parametrize(
    ("of_lever", "of_initiative", "is_inside"),
    [
        ("interne", "interne", True),
        ("les_deux", "interne", True),
        ("territoire", "interne", False),
        ("interne", "territoire", False),
        ("les_deux", "territoire", True),
        ("territoire", "territoire", True),
        ("interne", "les_deux", True),
        ("territoire", "les_deux", True),
        ("les_deux", "les_deux", True),
    ],
)
def test_perimeter_of_each_pair(of_lever, of_initiative, is_inside):
    assert is_in_perimeter(of_lever, of_initiative) is is_inside
    known = profile(perimeter=of_initiative)
    assert points(lever(perimeter=of_lever), known).get(Criterion.PERIMETER) == (10 if is_inside else None)


def test_quick_win_quotes_its_delay():
    (reason,) = explain(lever(is_quick_win=True, delay_months=3), profile(), WEIGHTS)

    assert (reason.points, reason.value) == (4, "3\u00a0mois")
    assert reason.value in reason.clause


def test_ties_go_to_impact_then_effort_then_code():
    levers = [
        lever("D", impact=3),
        lever("C", impact=4),
        lever("B", impact=3),
        lever("A", impact=4, effort=5),
    ]

    assert [item.code for item in rank_levers(levers, profile(), WEIGHTS)] == ["A", "C", "B", "D"]


def test_nothing_is_hidden_and_the_score_is_the_sum_of_the_points():
    levers = [lever(f"L{number}", effort=1 + number % 5) for number in range(12)]

    ranked = rank_levers(levers, profile(), WEIGHTS)

    assert {item.code for item in ranked} == {item.code for item in levers}
    assert [item.rank for item in ranked] == list(range(1, 13))
    assert all(item.score == sum(reason.points for reason in item.reasons) for item in ranked)


# Three contrasted authorities on the real catalogue -------------------------------------------------------------------


@cache
def real_levers() -> tuple[LeverFacts, ...]:
    return tuple(
        LeverFacts(
            code=item["code"],
            theme=item["theme"],
            dimension=item["dimension"],
            perimeter=item["perimeter"],
            effort=item["effort"],
            impact=item["impact"],
            delay_months=item["delay_months"],
            is_quick_win=item["quick_win"],
            is_for_small_authority=item["small_authority"],
            url=f"/leviers/{item['code']}/",
            secondary_dimensions=tuple(item["secondary_dimensions"]),
            questions=tuple(item["questions"]),
            duties=tuple(item["duty_codes"]),
            prerequisites=tuple(item["prerequisites"]),
        )
        for item in read_yaml(FIXTURES, "levers.yaml")
    )


@cache
def real_weights() -> Weights:
    entry = read_mapping(FIXTURES, "relevance_weights.yaml")
    values = {Criterion(name): value for name, value in entry.data["points"].items()}
    return Weights(values, Fraction(entry.data["full_saving_percent"]))


def diagnosis(weak: str, *, low: int, high: int) -> dict:
    """Every question at `high`, those of one dimension at `low`."""
    codes = {code for item in real_levers() for code in item.questions}
    dimensions = {code.split("-")[0] for code in codes}
    return {
        "questions": {
            code: QuestionFact(f"Question {code}", low if code.startswith(weak) else high, f"/reponses/#{code}")
            for code in codes
        },
        "dimensions": {
            code: DimensionFact(f"Dimension {code}", Fraction(low if code == weak else high), f"/resultats/#{code}")
            for code in dimensions
        },
    }


PROFILES = {
    "agglomération dont le parc est en retard": lambda: profile(
        **diagnosis("PAR", low=0, high=3),
        savings={"LEV-EQP-01": saving(6_000), "LEV-EQP-02": saving(2_000), "LEV-EQP-04": saving(4_000)},
        footprint_kgco2e=59_000,
        duties={"reen-strategie": DUTY, "reemploi-reformes": DUTY},
    ),
    "petite commune sans service informatique": lambda: profile(
        **diagnosis("SER", low=1, high=2),
        is_small=True,
        small_value="1 800 habitants",
        duties={"accessibilite": DUTY},
    ),
    "métropole tournée vers son territoire": lambda: profile(
        **diagnosis("TER", low=0, high=3),
        perimeter="territoire",
        perimeter_label="territoire",
        duties={"pcaet-numerique": DUTY, "rdd": DUTY},
    ),
}


def top_ten(name: str) -> list:
    return rank_levers(real_levers(), PROFILES[name](), real_weights())[:10]


def test_three_contrasted_authorities_get_different_top_tens():
    tops = {name: {item.code for item in top_ten(name)} for name in PROFILES}

    shared = [
        (first, second, sorted(tops[first] & tops[second])) for first in tops for second in tops if first < second
    ]
    assert all(len(codes) <= 3 for _first, _second, codes in shared), shared
    assert sum(code.startswith("LEV-EQP") for code in tops["agglomération dont le parc est en retard"]) >= 6
    levers = {item.code: item for item in real_levers()}
    # The accessibility lever is heavy for a small team, but the law asks for it.
    heavy = [
        code for code in tops["petite commune sans service informatique"] if not levers[code].is_for_small_authority
    ]
    assert [levers[code].duties for code in heavy] == [("accessibilite",)]
    assert all(levers[code].perimeter != "interne" for code in tops["métropole tournée vers son territoire"])


@pytest.mark.parametrize("name", PROFILES)
def test_every_reason_quotes_a_value_and_links_to_it(name):
    for item in rank_levers(real_levers(), PROFILES[name](), real_weights()):
        assert item.score == sum(reason.points for reason in item.reasons)
        for reason in item.reasons:
            assert reason.points > 0
            assert reason.value and reason.value in reason.clause
            assert reason.url.startswith("/")
            assert reason.sentence[0].isupper() and reason.sentence.endswith(".")


def test_weights_of_the_fixtures_give_at_most_one_hundred_points():
    values = dict(real_weights().points)
    # An incentive never adds to a duty.
    assert sum(values.values()) - values[Criterion.INCENTIVE] == 100


@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 5))
@settings(max_examples=40)
def test_a_lower_level_never_lowers_a_score(first, second, effort):
    low, high = sorted((first, second))

    def score(level: int) -> int:
        known = profile(questions={"Q": QuestionFact("Question", level, "/q", duty_level=2)}, duties={"d": DUTY})
        return sum(points(lever(questions=("Q",), duties=("d",), effort=effort), known).values())

    assert score(low) >= score(high)
