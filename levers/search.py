"""Search in the catalogue: French stems, whatever the accents, and the closest word when one is mistyped. Pure.

The same on every database: the catalogue has a hundred texts, which are read anyway to be ranked (docs/adr/0029).
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from rapidfuzz.distance import OSA
from snowballstemmer import stemmer

from common.text import normalise

# Words that say nothing of a lever.
EMPTY_WORDS = frozenset(
    {
        "a", "afin", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "elle", "en", "est", "et", "il",
        "l", "la", "le", "les", "leur", "leurs", "ne", "nos", "notre", "nous", "ou", "par", "pas", "pour", "qu", "que",
        "qui", "s", "sa", "se", "ses", "son", "sur", "un", "une", "vos", "votre", "vous",
    }
)  # fmt: skip
IN_TITLE, IN_TEXT, MISTYPED = 3, 2, 1
SHORTEST_PREFIX = 3
_FRENCH = stemmer("french")

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Text:
    """A text to search: its title as it is written, and all its words as `normalise` gives them."""

    title: str
    words: str


@dataclass(frozen=True)
class Found(Generic[Key]):
    """The texts that hold every word, each with its score.

    `read_as`: the query once corrected, empty when it was not.
    """

    scores: Mapping[Key, int]
    read_as: str = ""


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a word without accents: « réparer » and « réparation » both give « repar »."""
    return str(_FRENCH.stemWord(word))


def search(query: str, texts: Mapping[Key, Text]) -> Found[Key]:
    """Return the texts that hold every word of the query, or its stem, or its beginning.

    A word that no text holds is read as the closest ones of the texts: one error from four letters on, two from eight
    on, swapped letters counting for one. Nothing is found when there are none. A query without words finds everything.
    """
    words = normalise(query).split()
    words = [word for word in words if word not in EMPTY_WORDS] or words
    titles = {key: _forms(normalise(text.title).split()) for key, text in texts.items()}
    bodies = {key: _forms(text.words.split()) for key, text in texts.items()}
    scores = dict.fromkeys(texts, 0)
    read_as = []
    for word in words:
        held = {key: _score(word, titles[key], bodies[key]) for key in texts}
        closest = [] if any(held.values()) else _closest(word, bodies.values())
        if closest:
            held = {key: MISTYPED if any(near in bodies[key] for near in closest) else 0 for key in texts}
        read_as.append((word, closest[0] if closest else word))
        scores = {key: score + held[key] for key, score in scores.items() if held[key]}
    is_corrected = any(word != read for word, read in read_as)
    return Found(scores, _written([read for _word, read in read_as], texts.values()) if is_corrected and scores else "")


def _forms(words: Iterable[str]) -> frozenset[str]:
    """Return words with their stems: either may be asked for."""
    found = set(words)
    return frozenset(found | {stem(word) for word in found})


def _score(word: str, title: frozenset[str], body: frozenset[str]) -> int:
    if _holds(word, title):
        return IN_TITLE
    return IN_TEXT if _holds(word, body) else 0


def _holds(word: str, forms: frozenset[str]) -> bool:
    if word in forms or stem(word) in forms:
        return True
    return len(word) >= SHORTEST_PREFIX and any(form.startswith(word) for form in forms)


def _closest(word: str, bodies: Iterable[frozenset[str]]) -> list[str]:
    """Return the words of the texts that are the fewest errors away, within what the length allows."""
    allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near: dict[str, int] = {}
    for other in {form for body in bodies for form in body}:
        distance = OSA.distance(word, other, score_cutoff=allowed)
        if 0 < distance <= allowed and len(other) >= SHORTEST_PREFIX:
            near[other] = distance
    least = min(near.values(), default=0)
    return sorted(
        (other for other, distance in near.items() if distance == least), key=lambda other: (-len(other), other)
    )


def _written(words: Iterable[str], texts: Iterable[Text]) -> str:
    """Write words with the accents that titles give them."""
    accented = {normalise(word): word.lower() for text in texts for word in re.findall(r"\w+", text.title)}
    return " ".join(accented.get(word, word) for word in words)
