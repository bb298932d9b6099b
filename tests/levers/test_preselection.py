"""Proposed shortlist and advice: one case for each warning, on both sides of its limit."""

import pytest

from levers.preselection import Advice, AdviceKind, Context, Sizes, advise_retained, advise_shortlist, propose
from levers.relevance import LeverFacts, Relevance

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


def test_proposal_stays_in_the_perimeter_except_to_cover_a_theme():
    levers = [lever("A", perimeter="territoire"), lever("B"), lever("C", perimeter="territoire", theme=5)]

    assert propose_in_order(levers, context(themes={5: "Citoyens"})) == ["B", "C"]


def test_proposal_keeps_one_lever_of_an_exclusive_group():
    levers = [lever(letter) for letter in "ABC"]

    assert propose_in_order(levers, context(exclusive_groups=[["A", "B"]])) == ["A", "C"]
