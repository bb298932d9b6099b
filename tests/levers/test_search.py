"""Search in the catalogue: stems, accents, beginnings of words, mistyped words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import normalise
from levers.search import Text, search, stem

TITLES = {
    "repair": ("Réparer les écrans avant de les remplacer", "Un marché de réparation, des pièces détachées."),
    "access": ("Rendre les démarches accessibles", "Audit d’accessibilité numérique, déclaration, schéma pluriannuel."),
    "printer": ("Mutualiser les imprimantes", "Moins d’imprimantes, plus d’impressions recto verso ; écran d’accueil."),
}
TEXTS = {key: Text(title, normalise(f"{title} {text}")) for key, (title, text) in TITLES.items()}


def found(query: str) -> list[str]:
    scores = search(query, TEXTS).scores
    return sorted(scores, key=lambda key: (-scores[key], key))


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["access", "printer", "repair"]),
        ("les", ["access", "printer", "repair"]),
        ("réparation", ["repair"]),
        ("REPARATIONS", ["repair"]),
        ("répar", ["repair"]),
        ("l’écran", ["repair", "printer"]),
        ("écrans impression", ["printer"]),
        ("imprimante recto", ["printer"]),
        ("accessibilité", ["access"]),
        ("accessible", ["access"]),
        ("fusée", []),
        ("écrans fusée", []),
        ("'; --", ["access", "printer", "repair"]),
    ],
)
def test_each_word_is_found_by_stem_or_beginning(query, keys):
    assert found(query) == keys
    assert search(query, TEXTS).read_as == ""


@pytest.mark.parametrize(
    ("query", "keys", "read_as"),
    [
        ("écarn", ["printer", "repair"], "écran"),
        ("imprimnate", ["printer"], "imprimantes"),
        ("accesibilité", ["access"], "accessibilite"),
        ("réparer les ecrqns", ["repair"], "réparer écrans"),
    ],
)
def test_a_mistyped_word_is_read_as_the_closest(query, keys, read_as):
    result = search(query, TEXTS)
    assert (sorted(result.scores), normalise(result.read_as)) == (keys, normalise(read_as))


def test_short_words_are_not_guessed():
    assert search("sas", TEXTS).scores == {}


@given(st.sampled_from(sorted({word for text in TEXTS.values() for word in text.words.split()})))
def test_every_word_of_a_text_finds_it(word):
    keys = {key for key, text in TEXTS.items() if word in text.words.split()}
    assert keys <= set(search(word, TEXTS).scores)
    assert stem(word) == stem(word.upper().lower())
