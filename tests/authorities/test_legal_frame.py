"""The legal duty worked out and explained. The reference file itself is tested with the reference data."""

from datetime import date

import pytest

from authorities.enums import AuthorityKind
from authorities.selectors import legal_frame, legal_frame_of, search_authorities
from reference.duties import Binding
from tests import factories
from tests.factories_authorities import make_reen_duties, make_territory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
NAMED = "communes et les EPCI à fiscalité propre de plus de 50\u202f000\u00a0habitants"


@pytest.mark.parametrize(
    ("kind", "population", "binding", "sentence"),
    [
        (AuthorityKind.COMMUNE, 50_001, Binding.BOUND, "Vous comptez 50\u202f001\u00a0habitants."),
        (AuthorityKind.COMMUNE, 50_000, Binding.VOLUNTARY, "votre démarche est volontaire"),
        (AuthorityKind.EPCI, 50_001, Binding.BOUND, "Les EPCI à fiscalité propre de plus de"),
        (AuthorityKind.EPCI, 50_000, Binding.VOLUNTARY, "Vous comptez 50\u202f000\u00a0habitants"),
        (AuthorityKind.COMMUNE, 522_250, Binding.BOUND, "522\u202f250\u00a0habitants"),  # Lyon
        (AuthorityKind.SYNDICATE, 900_000, Binding.VOLUNTARY, NAMED),
        (AuthorityKind.DEPARTMENT, 900_000, Binding.VOLUNTARY, NAMED),
        (AuthorityKind.REGION, 3_000_000, Binding.VOLUNTARY, NAMED),
        (AuthorityKind.COMMUNE, None, Binding.TO_CHECK, "indiquez la population"),
    ],
)
def test_the_duty_and_its_reason(kind, population, binding, sentence):
    make_reen_duties()
    frame = legal_frame(kind=kind, population=population, on=TODAY)
    assert frame.binding is binding
    assert sentence in frame.reason
    assert [duty.is_bound for duty in frame.reen] == [binding is Binding.BOUND] * 2
    words = {
        Binding.BOUND: "obligatoire pour vous",
        Binding.VOLUNTARY: "volontaire",
        Binding.TO_CHECK: "à vérifier",
    }
    assert frame.headline == f"Stratégie numérique responsable\u00a0: {words[binding]}"


def test_dates_and_sources_are_told():
    make_reen_duties()
    programme, strategy = legal_frame(kind=AuthorityKind.EPCI, population=95_000, on=TODAY).reen
    assert (programme.since_on, strategy.since_on) == (date(2023, 1, 1), date(2025, 1, 1))
    assert programme.reference == "Loi REEN, art. 35"
    earlier = legal_frame(kind=AuthorityKind.EPCI, population=95_000, on=date(2024, 6, 1)).reen[1]
    assert (earlier.is_bound, earlier.binding_label, earlier.next_on) == (
        False,
        "obligatoire à venir",
        date(2025, 1, 1),
    )


@pytest.mark.parametrize(
    ("municipal", "total", "has_doubt"),
    [(49_900, 50_300, True), (50_000, 50_001, True), (49_000, 49_900, False), (50_001, 51_000, False)],
)
def test_two_populations_on_both_sides_of_the_threshold_are_told(municipal, total, has_doubt):
    make_reen_duties()
    territory = make_territory(population=municipal, population_total=total)
    authority = factories.make_authority(territory=territory, population=municipal)
    frame = legal_frame_of(authority, TODAY)
    assert bool(frame.doubt) is has_doubt
    # The municipal population decides what is shown.
    assert frame.is_obliged is (municipal > 50_000)


def test_an_authority_is_found_in_the_list_and_among_those_typed():
    listed = make_territory("Saint-Denis", search_name="saint denis", kind="commune", population=149_077)
    other = make_territory("Saint-Denis-en-Val", search_name="saint denis en val", kind="commune", population=7_766)
    space = factories.make_authority(name="Ville de Saint-Denis", territory=listed)
    typed = factories.make_authority(name="Syndicat d’énergie de Saint-Denis", kind="syndicat", population=None)
    results = search_authorities("SAINT DENIS")
    assert [(result.name, result.authority) for result in results] == [
        (typed.name, typed),
        ("Saint-Denis", space),
        ("Saint-Denis-en-Val", None),
    ]
    assert results[2].territory == other
    assert search_authorities("x") == []
