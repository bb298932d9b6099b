import pytest

from reference.loader import load_all
from reference.selectors import search_territories
from reference.territories import search_key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CA du Pays de Landerneau-Daoulas", "pays de landerneau daoulas"),
        ("Communauté d’agglomération du Pays de Landerneau-Daoulas", "pays de landerneau daoulas"),
        ("Communauté de communes de la Riviera", "riviera"),
        ("Communauté de communes de l’Est lyonnais", "est lyonnais"),
        ("CU d'Arras", "arras"),
        ("Caen", "caen"),
        ("Ste-Marie", "sainte marie"),
        ("Métropole de Lyon", "metropole de lyon"),
        ("Dunkerque", "dunkerque"),
        ("CC Desvres", "desvres"),
    ],
)
def test_search_key(name, expected):
    assert search_key(name) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("thonon", ["Thonon Agglomération", "Thonon-les-Bains"]),
        ("Thonon les bains", ["Thonon-les-Bains"]),
        ("CA Thonon", ["Thonon Agglomération"]),
        ("morlaix", ["Morlaix", "Morlaix Communauté", "Plourin-lès-Morlaix"]),
        ("MORLAIX communaute", ["Morlaix Communauté"]),
        ("lens", ["Lens", "Lens-Lestang"]),
        ("st etienne", ["Saint-Étienne"]),
        ("saint-etienne", ["Saint-Étienne"]),
        ("hay les roses", ["L’Haÿ-les-Roses"]),
        ("agglomeration thonon", ["Thonon Agglomération"]),
        ("communauté d'agglomération du pays de landerneau", None),
        ("métropole de lyon", ["Métropole de Lyon"]),
        ("200067551", ["Thonon Agglomération"]),
        ("200 067 551", ["Thonon Agglomération"]),
        ("217402817", ["Thonon-les-Bains"]),
        ("74281", ["Thonon-les-Bains"]),
        ("saint paul", ["Îles Saint-Paul et Nouvelle-Amsterdam"]),
        ("inconnue", []),
        ("x", []),
        ("", []),
        ("%", []),
        ("' or 1=1 --", []),
    ],
)
def test_search_territories(db, reference_folder, query, expected):
    load_all(reference_folder)

    names = [territory.name for territory in search_territories(query)]

    expected = ["Communauté d’agglomération du Pays de Landerneau-Daoulas"] if expected is None else expected
    assert names == expected


def test_search_is_one_query_and_limited(db, reference_folder, django_assert_num_queries):
    load_all(reference_folder)

    with django_assert_num_queries(1):
        assert len(search_territories("morlaix", limit=2)) == 2
