"""The title of the results states the finding."""

from fractions import Fraction

import pytest

from diagnostics.findings import headline

HEADLINES = [
    ([], "Aucun niveau n’est encore retenu"),
    ([("les achats", None)], "Aucun niveau n’est encore retenu"),
    ([("les achats", Fraction(1)), ("le parc", None)], "Une démarche engagée sur les achats, seule dimension évaluée"),
    (
        [("les achats", Fraction(7, 5)), ("le parc", Fraction(11, 5)), ("les services numériques", Fraction(6, 5))],
        "Une base solide sur le parc, un retard sur les services numériques",
    ),
    # From 1,5 on the weakest is no more late.
    (
        [("les achats", Fraction(3, 2)), ("le parc", Fraction(3))],
        "Une pratique installée sur le parc, des progrès à faire sur les achats",
    ),
    (
        [("les achats", Fraction(0)), ("le parc", Fraction(1, 2))],
        "Une démarche à construire sur le parc, un retard sur les achats",
    ),
    # Under half a level of difference nothing stands out.
    (
        [("les achats", Fraction(8, 5)), ("le parc", Fraction(2))],
        "Une base solide, égale dans les 2 dimensions évaluées",
    ),
    # Two equal dimensions are named, three are counted.
    (
        [("les achats", Fraction(2)), ("le parc", Fraction(2)), ("le territoire", Fraction(1))],
        "Une base solide sur les achats et sur le parc, un retard sur le territoire",
    ),
    (
        [("a", Fraction(2)), ("b", Fraction(2)), ("c", Fraction(2)), ("le territoire", Fraction(1))],
        "Une base solide sur 3\u00a0dimensions, un retard sur le territoire",
    ),
]


@pytest.mark.parametrize(("scores", "sentence"), HEADLINES)
def test_headline(scores, sentence):
    assert headline(scores) == sentence
