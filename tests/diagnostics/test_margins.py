"""Margins of progress: each weight, the order, the last level; the pages that show them."""

import pytest

from diagnostics.margins import MarginFacts, Weight, has_margin, margin_key, weight_of
from diagnostics.selectors import diagnosis_results, dimension_page
from tests.factories import PARIS_NOON
from tests.factories_diagnostics import link_duty, make_finished_diagnosis, make_rating

HUB = "/collectivites/pays-dexemple/diagnostics/"
ON = PARIS_NOON.date()

WEIGHTS = [
    # attention, to check, essential → weight
    (True, True, True, Weight.ATTENTION),
    (True, False, False, Weight.ATTENTION),
    (False, True, True, Weight.TO_CHECK),
    (False, False, True, Weight.ESSENTIAL),
    (False, False, False, Weight.OTHER),
]


@pytest.mark.parametrize(("is_attention", "is_to_check", "is_essential", "weight"), WEIGHTS)
def test_weight(is_attention, is_to_check, is_essential, weight):
    assert weight_of(MarginFacts(2, is_attention, is_to_check, is_essential)) is weight


def test_weight_comes_before_the_level():
    attention = MarginFacts(3, is_attention=True, is_to_check=False, is_essential=False)
    essential = MarginFacts(0, is_attention=False, is_to_check=False, is_essential=True)
    other = MarginFacts(0, is_attention=False, is_to_check=False, is_essential=False)
    higher = MarginFacts(1, is_attention=False, is_to_check=False, is_essential=True)

    assert sorted([other, higher, essential, attention], key=margin_key) == [attention, essential, higher, other]


@pytest.mark.parametrize(("level", "expected"), [(None, False), (0, True), (3, True), (4, False)])
def test_a_level_may_be_gained_under_the_highest(level, expected):
    assert has_margin(level) is expected


@pytest.mark.django_db
def test_margins_of_a_round(initiative):
    # PAR-2 is under a duty; ACH-1 and TER-2 are essential; PAR-1 is at the top; ACH-2 is the lowest.
    levels = {"ACH-1": 1, "ACH-2": 0, "PAR-1": 4, "PAR-2": 1, "TER-2": None}
    diagnosis = make_finished_diagnosis(initiative, levels)
    link_duty("PAR-2", "reemploi", level=3)

    margins = diagnosis_results(diagnosis, on=ON).margins

    assert [(item.question.code, item.target_level, item.expectation, item.reason) for item in margins] == [
        # Level 2 would still be under the duty: the aim is what the law expects.
        ("PAR-2", 3, "attendu par la loi", "point d’attention légal"),
        ("ACH-1", 2, "", "question essentielle"),
        ("ACH-2", 1, "", ""),
    ]
    assert [item.target_text for item in margins] == ["PAR-2 au niveau 3.", "ACH-1 au niveau 2.", "ACH-2 au niveau 1."]
    assert [item.has_step_before for item in margins] == [True, False, False]


@pytest.mark.django_db
def test_a_dimension_in_its_place(initiative, people):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 0, "ACH-2": 3, "PAR-1": 4, "PAR-2": None}, raters=people)
    for person, level in zip(people, (0, 4, 2), strict=True):
        make_rating(diagnosis, person, "PAR-2", level)
    link_duty("ACH-1", "reemploi", level=3)
    results = diagnosis_results(diagnosis, on=ON)

    purchases, fleet = dimension_page(results, "ACH"), dimension_page(results, "PAR")

    assert [item.code for item in purchases.strengths] == ["ACH-2"]
    assert [item.code for item in purchases.weaknesses] == ["ACH-1"]
    assert [item.question.code for item in purchases.margins] == ["ACH-1", "ACH-2"]
    assert [point.question.code for point in purchases.attention_points] == ["ACH-1"]
    assert (purchases.previous, purchases.following.code) == (None, "PAR")
    assert [item.code for item in fleet.dispersed] == ["PAR-2"]
    assert [item.code for item in fleet.left_open] == ["PAR-2"]
    assert (fleet.margins, fleet.previous.code, fleet.following.code) == ([], "ACH", "TER")
    assert dimension_page(results, "LUN") is None


@pytest.mark.django_db
def test_page_of_a_dimension(initiative, people, referent_client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 0, "ACH-2": 3}, raters=people)
    for person, level in zip(people, (0, 4, 2), strict=True):
        make_rating(diagnosis, person, "ACH-1", level)
    link_duty("ACH-1", "reemploi", level=3)
    url = f"{HUB}{diagnosis.pk}/resultats/dimensions/"

    page = referent_client.get(f"{url}ACH/").content.decode()

    assert "Achats et commande publique&nbsp;: 1,5&nbsp;sur&nbsp;4" in page
    assert "Du niveau 0 au niveau 3, attendu par la loi : ACH-1 au niveau 3." in page
    assert "En chemin, niveau 1 : ACH-1 au niveau 1." in page
    assert "En vigueur depuis le 1er janvier 2020. Loi d’essai." in page
    assert "Avis\u00a0: 1 au niveau 0, 1 au niveau 2, 1 au niveau 4. Niveau retenu\u00a0: 0." in page
    assert referent_client.get(f"{url}LUN/").status_code == 404
    empty = referent_client.get(f"{url}TER/").content.decode()
    assert "Aucune question n’a de niveau retenu." in empty
    assert "Inclusion et médiation : sans réponse" in empty


@pytest.mark.django_db
def test_page_of_the_margins(initiative, referent_client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 0, "PAR-1": 4})

    page = referent_client.get(f"{HUB}{diagnosis.pk}/resultats/progres/").content.decode()

    assert "1 question peut progresser" in page
    assert "Du niveau 0 au niveau 1 : ACH-1 au niveau 1." in page


PAGES = ["", "questions/", "dimensions/ACH/", "progres/", "comparaison/", "comparables/", "coherence/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_results_waits_for_the_end(initiative, closed_round, referent_client, path):
    response = referent_client.get(f"{HUB}{closed_round.pk}/resultats/{path}")

    assert (response.status_code, response["Location"]) == (302, HUB)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", ["", "dimensions/ACH/", "progres/"])
def test_query_count(initiative, people, referent_client, django_assert_num_queries, path, count):
    diagnosis = make_finished_diagnosis(initiative, dict(list({"ACH-1": 0, "ACH-2": 1, "PAR-1": 2}.items())[:count]))

    with django_assert_num_queries(12):
        referent_client.get(f"{HUB}{diagnosis.pk}/resultats/{path}")
