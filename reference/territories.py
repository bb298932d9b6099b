"""Keys under which a commune or an EPCI is searched: accents, case, hyphens and « St » do not count."""

import re

from common.text import normalise

_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_LEGAL_FORM = re.compile(
    r"^(?:ca|cc|cu|communaute d agglomeration|communaute de communes|communaute urbaine)"
    r"(?: (?:de la|de l|du|des|de|d)(?= ))? "
)


def search_key(name: str) -> str:
    """Return what is compared: « CA du Pays de Landerneau-Daoulas » and « pays de landerneau daoulas » are equal."""
    words = [_ABBREVIATIONS.get(word, word) for word in normalise(name).split()]
    return _LEGAL_FORM.sub("", " ".join(words) + " ").strip()


def has_legal_form(query: str) -> bool:
    """Tell whether a query names the legal form of an EPCI (« CC… »), and so cannot aim at a commune."""
    return bool(_LEGAL_FORM.match(normalise(query) + " "))
