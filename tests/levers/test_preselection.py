"""Proposed shortlist and advice: one case for each warning, on both sides of its limit."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import diagnostics.loader
import levers.loader
import reference.loader
from levers.preselection import Advice, AdviceKind, Context, Sizes, advise_retained, advise_shortlist, propose
from levers.relevance import LeverFacts, Relevance
from levers.selectors.catalogue import ranked_catalogue
from tests.factories import make_authority

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SIZES = Sizes(target=4, low=2, high=5, retained_maximum=3)


def lever(code: str, *, theme: int = 1, dimension: str = "PAR", **fields) -> LeverFacts:
    defaults = {
        "perimeter": "interne",
        "effort": 3,
        "impact": 3,
        "delay_months": 6,
        "is_quick_win": False,
        "is_for_small_authority": True,
        "url": f"/{code}/",
    }
    return LeverFacts(code=code, theme=theme, dimension=dimension, **{**defaults, **fields})


def context(**fields) -> Context:
    defaults = {
        "themes": {},
        "weak_dimensions": {},
        "exclusive_groups": [],
        "titles": {letter: f"Levier {letter}" for letter in "ABCDEFGH"},
        "perimeter": "interne",
    }
    return Context(**{**defaults, **fields})


def kinds(advice: list[Advice]) -> list[AdviceKind]:
    return [item.kind for item in advice]


def propose_in_order(levers: list[LeverFacts], checked: Context, sizes: Sizes = SIZES) -> list[str]:
    ranked = [Relevance(item.code, rank, 50 - rank, ()) for rank, item in enumerate(levers, start=1)]
    return [item.code for item in propose(ranked, {item.code: item for item in levers}, checked, sizes)]


@pytest.mark.parametrize(("count", "is_told"), [(1, True), (2, False), (5, False), (6, True)])
def test_size_is_told_outside_its_bounds(count, is_told):
    levers = [lever(letter) for letter in "ABCDEF"[:count]]

    assert (AdviceKind.SIZE in kinds(advise_shortlist(levers, context(), SIZES))) is is_told


def test_theme_and_weak_dimension_without_lever_are_told():
    checked = context(themes={1: "Achats", 5: "Citoyens"}, weak_dimensions={"PAR": "Parc", "TER": "Territoire"})

    advice = advise_shortlist([lever("A"), lever("B")], checked, SIZES)

    assert [(item.kind, item.target) for item in advice] == [(AdviceKind.THEME, "5"), (AdviceKind.DIMENSION, "TER")]
    assert advice[0].text == "Thème du décret sans levier présélectionné\u00a0: «\u00a0Citoyens\u00a0»."


def test_secondary_dimension_covers_a_weak_one():
    checked = context(weak_dimensions={"TER": "Territoire"})

    assert advise_shortlist([lever("A", secondary_dimensions=("TER",)), lever("B")], checked, SIZES) == []


def test_prerequisite_left_out_is_advice_told_once():
    levers = [lever("A", prerequisites=("H",)), lever("B", prerequisites=("H",)), lever("C", prerequisites=("A",))]

    (advice,) = advise_shortlist(levers, context(), SIZES)

    assert (advice.kind, advice.target) == (AdviceKind.PREREQUISITE, "H")
    assert "conseillé avant 2\u00a0leviers présélectionnés" in advice.text


def test_overlapping_gains_are_told():
    checked = context(exclusive_groups=[["A", "B", "H"]])

    (advice,) = advise_shortlist([lever("A"), lever("B"), lever("C")], checked, SIZES)

    assert advice.kind is AdviceKind.EXCLUSIVE
    assert "Levier A" in advice.text and "Levier B" in advice.text and "Levier H" not in advice.text


@pytest.mark.parametrize(("count", "is_told"), [(3, False), (4, True)])
def test_more_retained_levers_than_usual_are_told(count, is_told):
    levers = [lever(letter) for letter in "ABCD"[:count]]

    assert (kinds(advise_retained(levers, context(), SIZES)) == [AdviceKind.SIZE]) is is_told


def test_retained_levers_that_leave_a_theme_out_are_told():
    (advice,) = advise_retained([lever("A")], context(themes={1: "Achats", 6: "Territoire"}), SIZES)

    assert advice.text == "Thème du décret sans levier retenu\u00a0: «\u00a0Territoire\u00a0»."


def test_prerequisite_of_a_retained_lever_is_told_with_what_became_of_it():
    levers = [lever("A", prerequisites=("F", "G", "H")), lever("B", prerequisites=("G", "Z")), lever("F")]

    advice = advise_retained(levers, context(), SIZES, engaged={"H"}, states={"G": "est reporté"})

    # F is retained, H was by a former démarche, Z is no lever of this catalogue.
    assert [(item.kind, item.target) for item in advice] == [(AdviceKind.PREREQUISITE, "G")]
    assert advice[0].text == "«\u00a0Levier G\u00a0», conseillé avant 2\u00a0leviers retenus, est reporté."
    (alone,) = advise_retained([lever("A", prerequisites=("G",))], context(), SIZES)
    assert alone.text == "«\u00a0Levier G\u00a0», conseillé avant «\u00a0Levier A\u00a0», n’est pas retenu."


def test_retained_doubles_are_told():
    checked = context(exclusive_groups=[["A", "B", "H"]])

    (advice,) = advise_retained([lever("A"), lever("B"), lever("C")], checked, SIZES)

    assert advice.kind is AdviceKind.EXCLUSIVE
    assert "«\u00a0Levier A\u00a0», «\u00a0Levier B\u00a0»" in advice.text
    assert "Leurs gains ne s’additionnent pas." in advice.text


def test_proposal_takes_the_best_ranked_up_to_the_target():
    assert propose_in_order([lever(letter) for letter in "ABCDEF"], context()) == ["A", "B", "C", "D"]


def test_proposal_covers_each_theme_and_weak_dimension_with_two_levers():
    levers = [*(lever(letter) for letter in "ABCD"), lever("E", theme=5), lever("F", dimension="TER", theme=2)]
    checked = context(themes={5: "Citoyens"}, weak_dimensions={"TER": "Territoire"})

    assert propose_in_order(levers, checked) == ["A", "B", "E", "F"]


def test_proposal_goes_beyond_a_perimeter_that_holds_too_few_levers():
    levers = [lever("A", perimeter="territoire"), lever("B"), lever("C", perimeter="territoire")]

    assert propose_in_order(levers, context()) == ["A", "B"]


def test_proposal_brings_what_is_advised_before_up_to_its_bound():
    levers = [
        lever("A", prerequisites=("F",)),
        lever("B"),
        lever("C", prerequisites=("G", "H")),
        lever("D"),
        lever("E"),
    ]
    others = [lever("F", prerequisites=("E",)), lever("G"), lever("H", perimeter="territoire")]

    # Four by rank; F before A; no room for E before F, nor for G before C.
    assert propose_in_order([*levers, *others], context()) == ["A", "B", "C", "D", "F"]
    large = Sizes(target=4, low=2, high=8, retained_maximum=3)
    # H is out of the perimeter, and advised before C all the same.
    assert propose_in_order([*levers, *others], context(), large) == list("ABCDEFGH")
    # F and B spare the same machines: the better ranked stays.
    checked = context(exclusive_groups=[["B", "F"]])
    assert "F" not in propose_in_order([*levers, *others], checked, large)


def test_proposal_stays_in_the_perimeter_except_to_cover_a_theme():
    levers = [lever("A", perimeter="territoire"), lever("B"), lever("C", perimeter="territoire", theme=5)]

    assert propose_in_order(levers, context(themes={5: "Citoyens"})) == ["B", "C"]


def test_proposal_keeps_one_lever_of_an_exclusive_group():
    levers = [lever(letter) for letter in "ABC"]

    assert propose_in_order(levers, context(exclusive_groups=[["A", "B"]])) == ["A", "C"]


@pytest.mark.parametrize("perimeter", ["interne", "territoire", "les_deux"])
def test_proposal_of_the_real_catalogue_covers_the_themes_and_brings_what_comes_before(db, perimeter):
    for load in (reference.loader.load_all, diagnostics.loader.load_all, levers.loader.load_all):
        load(FIXTURES)
    initiative = make_authority(name="Pays réel").initiatives.get()
    initiative.perimeter = perimeter
    ranked = ranked_catalogue(initiative, on=date(2026, 3, 1))
    base = ranked.base
    dimensions = {facts.dimension: facts.dimension for facts in base.facts.values()}
    order = [item.relevance for item in ranked.items]

    for weak in ({}, dict(list(dimensions.items())[:2]), dimensions):
        asked = replace(base.context, weak_dimensions=weak)
        chosen = [base.facts[item.code] for item in propose(order, base.facts, asked, base.sizes)]
        assert 25 <= len(chosen) <= 40
        assert {facts.theme for facts in chosen} == {1, 2, 3, 4, 5, 6}
        # Neither a size, a theme, a weak dimension, a prerequisite nor a double is told of it.
        assert advise_shortlist(chosen, asked, base.sizes) == []
