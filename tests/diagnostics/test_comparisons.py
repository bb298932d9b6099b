"""Comparisons of the results: with the finished round before, with the authorities of the same stratum."""

from datetime import timedelta

import pytest

from common.aggregates import Quartiles
from diagnostics.models import Diagnosis, Level, Question, Questionnaire
from diagnostics.selectors import compare_with_peers, compare_with_previous
from reference.models import PopulationStratum
from tests import factories
from tests.factories_diagnostics import CLOSING, make_agreed_level, make_finished_diagnosis

pytestmark = pytest.mark.django_db

HUB = "/collectivites/pays-dexemple/diagnostics/"
LATER = {
    "opened_at": CLOSING + timedelta(days=300),
    "closes_at": CLOSING + timedelta(days=310),
    "agreed_at": CLOSING + timedelta(days=311),
}


def _changes(changes) -> list[tuple[str, int, int]]:
    return [(change.question.code, change.before, change.after) for change in changes]


def test_what_rose_and_what_fell_where_codes_match(initiative):
    make_finished_diagnosis(initiative, {"ACH-1": 1, "ACH-2": 3, "PAR-1": 2, "PAR-2": None, "TER-2": 0})
    levels = {"ACH-1": 2, "ACH-2": 1, "PAR-1": 2, "PAR-2": 4, "TER-2": 3}
    second = make_finished_diagnosis(initiative, levels, **LATER)

    comparison = compare_with_previous(second)

    assert _changes(comparison.rose) == [("TER-2", 0, 3), ("ACH-1", 1, 2)]
    assert _changes(comparison.fell) == [("ACH-2", 3, 1)]
    assert _changes(comparison.same) == [("PAR-1", 2, 2)]
    assert [item.code for item in comparison.uncompared] == ["PAR-2"]
    assert (comparison.is_same_questionnaire, comparison.gone_count) == (True, 0)


def test_the_first_round_has_nothing_to_be_compared_with(initiative, referent_client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 1})

    assert compare_with_previous(diagnosis) is None
    page = referent_client.get(f"{HUB}{diagnosis.pk}/resultats/comparaison/").content.decode()
    assert "Pas encore de diagnostic précédent" in page


@pytest.fixture
def newer_round(initiative) -> Diagnosis:
    """A second round, on a newer questionnaire: PAR-1 reworded, ACH-2 gone, PAR-9 new."""
    make_finished_diagnosis(initiative, {"ACH-1": 1, "ACH-2": 2, "PAR-1": 2})
    newer = Questionnaire.objects.create(code="essai-2", title="Nouveau", abstention="…", content_hash="1" * 64)
    for old in list(Question.objects.filter(questionnaire__code="essai").exclude(code="ACH-2")):
        levels = list(old.levels.all())
        new_code = "PAR-9" if old.code == "PAR-2" else old.code
        old.pk, old.questionnaire, old.code = None, newer, new_code
        old.save()
        for level in levels:
            text = "Autre phrase." if (new_code, level.value) == ("PAR-1", 3) else level.text
            Level.objects.create(question=old, value=level.value, text=text)
    diagnosis = make_finished_diagnosis(initiative, {}, **LATER)
    diagnosis.questionnaire = newer
    diagnosis.save()
    for code, level in {"ACH-1": 3, "PAR-1": 1, "PAR-9": 2}.items():
        question = newer.questions.get(code=code)
        diagnosis.agreed_levels.create(question=question, level=level, decided_at=LATER["agreed_at"])
    return diagnosis


def test_a_newer_questionnaire_is_compared_by_code_and_says_what_was_reworded(newer_round, referent_client):
    comparison = compare_with_previous(newer_round)

    assert not comparison.is_same_questionnaire
    assert _changes(comparison.changes) == [("ACH-1", 1, 3), ("PAR-1", 2, 1)]
    assert [change.is_reworded for change in comparison.changes] == [False, True]
    # PAR-9 is new and TER-2 has no level; ACH-2 and PAR-2 are not asked any more.
    assert [item.code for item in comparison.uncompared] == ["PAR-9", "TER-2"]
    assert comparison.gone_count == 2
    page = referent_client.get(f"{HUB}{newer_round.pk}/resultats/comparaison/").content.decode()
    assert "1 question monte, 1 descend" in page
    assert "question reformulée depuis" in page
    assert "Le questionnaire a changé de version" in page


def test_query_count_of_the_comparison(newer_round, referent_client, django_assert_num_queries):
    with django_assert_num_queries(13):
        referent_client.get(f"{HUB}{newer_round.pk}/resultats/comparaison/")


# Authorities of the same stratum -------------------------------------------------------------------------------------


@pytest.fixture
def strata() -> None:
    for position, (code, start) in enumerate([("petits", 0), ("grands", 50_001)]):
        PopulationStratum.objects.create(
            code=code, name=f"EPCI {code}", kind="epci_fp", population_from=start, position=position
        )


def _make_others(levels: list[int], **fields) -> None:
    for level in levels:
        other = factories.make_authority(**fields)
        make_finished_diagnosis(other.initiatives.get(), {"ACH-1": level})


@pytest.fixture
def own(initiative, strata) -> Diagnosis:
    return make_finished_diagnosis(initiative, {"ACH-1": 4, "PAR-1": 1})


def test_nothing_is_said_of_four_others(own, referent_client):
    _make_others([1, 1, 1, 1])

    peers = compare_with_peers(own)

    assert (peers.stratum_name, peers.count, peers.spreads) == ("EPCI grands", None, [])
    page = referent_client.get(f"{HUB}{own.pk}/resultats/comparables/").content.decode()
    assert "pas encore assez de collectivités comparables (il en faut 5, sans compter la vôtre)" in page


def test_five_others_give_quartiles_and_the_authority_is_not_among_them(own, referent_client):
    _make_others([0, 1, 2, 3, 3])

    peers = compare_with_peers(own)

    assert peers.count == 5
    assert peers.spreads[0].quartiles == Quartiles(count=5, low=1, median=2, high=3)
    assert (peers.spreads[0].cells, peers.spreads[0].place) == (
        ["1,0", "2,0", "3,0"],
        "au-dessus de la moitié centrale",
    )
    # Nobody else assessed this one: nothing is said of it.
    assert (peers.spreads[1].cells, peers.spreads[1].place) == ([], "")
    page = referent_client.get(f"{HUB}{own.pk}/resultats/comparables/").content.decode()
    assert "À côté de 5 collectivités comparables" in page and "EPCI grands" in page


def test_other_strata_illustrations_and_unfinished_rounds_do_not_count(own):
    _make_others([1, 1, 1, 1])
    _make_others([2], population=20_000)
    _make_others([2], kind="commune")
    _make_others([2], is_demonstration=True)
    unfinished = factories.make_authority()
    make_agreed_level(make_finished_diagnosis(unfinished.initiatives.get(), {}, agreed_at=None), "ACH-1", 2)

    assert compare_with_peers(own).count is None


@pytest.mark.parametrize(("level", "place"), [(0, "sous"), (1, "dans"), (3, "dans"), (4, "au-dessus de")])
def test_place_against_the_middle_half(initiative, strata, level, place):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": level})
    _make_others([0, 1, 2, 3, 3])

    assert compare_with_peers(diagnosis).spreads[0].place == f"{place} la moitié centrale"


def test_no_stratum(initiative, referent_client):
    diagnosis = make_finished_diagnosis(initiative, {"ACH-1": 1})

    assert compare_with_peers(diagnosis).stratum_name == ""
    page = referent_client.get(f"{HUB}{diagnosis.pk}/resultats/comparables/").content.decode()
    assert "d’aucune strate de population" in page


@pytest.mark.parametrize("count", [5, 7])
def test_query_count_of_the_peers(own, referent_client, django_assert_num_queries, count):
    _make_others([1] * count)

    with django_assert_num_queries(11):
        referent_client.get(f"{HUB}{own.pk}/resultats/comparables/")
