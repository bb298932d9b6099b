import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import normalise, typography, typography_html, with_office


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("L'été, aujourd'hui", "L’été, aujourd’hui"),
        ("Objet : oui", "Objet\u00a0: oui"),
        ("un ; deux ! trois ?", "un\u202f; deux\u202f! trois\u202f?"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("«oui»", "«\u00a0oui\u00a0»"),
        ("20 % et 3 €", "20\u202f% et 3\u202f€"),
        ("12 000 habitants", "12\u202f000\u00a0habitants"),
        ("1 234 567 €", "1\u202f234\u202f567\u202f€"),
        ("en 2024 300 personnes", "en 2024 300 personnes"),
        ("2 t CO2e", "2\u00a0t CO₂e"),
        ("art. 35, n° 2021", "art.\u00a035, n°\u00a02021"),
        ("à 14:03, ratio 1:2", "à 14:03, ratio 1:2"),
        ("voir https://exemple.fr/l'adresse?a=1 ; merci", "voir https://exemple.fr/l'adresse?a=1\u202f; merci"),
        ("le code `a : b'` reste", "le code `a : b'` reste"),
        ("LEV-GOV-01, C-01, GOV-1", "LEV-GOV-01, C-01, GOV-1"),
        ("kgco2e_per_unit", "kgco2e_per_unit"),
        ("", ""),
    ],
)
def test_typography(raw, expected):
    assert typography(raw) == expected


@given(st.text(alphabet="ab12 '«»:;!?%€\u00a0\u202f.n°Lkgt\n"))
def test_typography_twice_changes_nothing(text):
    once = typography(text)

    assert typography(once) == once


def test_typography_html_leaves_tags_and_styles():
    html = "<style>a : b</style><p title=\"l'un : l'autre\">l'un : l'autre</p><!-- a : b -->"

    expected = "<style>a : b</style><p title=\"l'un : l'autre\">l’un\u00a0: l’autre</p><!-- a : b -->"
    assert typography_html(html) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("ŒUVRE et Ægir", "oeuvre et aegir"),
        ("  Saint-Étienne  ", "saint etienne"),
        ("", ""),
    ],
)
def test_normalise(raw, expected):
    assert normalise(raw) == expected


@pytest.mark.parametrize(
    ("name", "office", "written"),
    [
        ("Anne Achats", "Commande publique", "Anne Achats, Commande publique"),
        ("Commande publique", "commande publique", "Commande publique"),
    ],
)
def test_a_person_named_after_their_service_is_written_once(name, office, written):
    assert with_office(name, office) == written
