"""The sentence that titles the results: it states the finding instead of naming the page. Pure."""

from collections.abc import Sequence
from fractions import Fraction

INSTALLED_FROM = Fraction(3)
SOLID_FROM = Fraction(2)
STARTED_FROM = Fraction(1)
LATE_UNDER = Fraction(3, 2)
# Under half a level between the best and the weakest dimension, nothing stands out.
EVEN_UNDER = Fraction(1, 2)
NAMED_AT_MOST = 2


def headline(scores: Sequence[tuple[str, Fraction | None]]) -> str:
    """Return the finding as one French sentence without final stop.

    `scores`: for each dimension in order, its name inside a sentence (« les achats ») and its score, None when it has
    no answered question.
    """
    known = [(phrase, score) for phrase, score in scores if score is not None]
    if not known:
        return "Aucun niveau n’est encore retenu"
    best = max(score for _, score in known)
    weakest = min(score for _, score in known)
    if len(known) == 1:
        return f"{_strength(best)} sur {known[0][0]}, seule dimension évaluée"
    if best - weakest < EVEN_UNDER:
        return f"{_strength(best)}, égale dans les {len(known)} dimensions évaluées"
    top = _together([phrase for phrase, score in known if score == best])
    bottom = _together([phrase for phrase, score in known if score == weakest])
    weakness = "un retard" if weakest < LATE_UNDER else "des progrès à faire"
    return f"{_strength(best)} sur {top}, {weakness} sur {bottom}"


def _strength(score: Fraction) -> str:
    if score >= INSTALLED_FROM:
        return "Une pratique installée"
    if score >= SOLID_FROM:
        return "Une base solide"
    return "Une démarche engagée" if score >= STARTED_FROM else "Une démarche à construire"


def _together(phrases: Sequence[str]) -> str:
    """Name one or two dimensions, count them beyond: « le parc et sur les achats », « 3 dimensions »."""
    if len(phrases) > NAMED_AT_MOST:
        return f"{len(phrases)}\u00a0dimensions"
    return " et sur ".join(phrases)
