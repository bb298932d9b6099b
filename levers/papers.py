"""Secrets of the detached papers, and papers that tell nothing of a person any more. Pure.

The browser of the voter keeps the secret, the base keeps its hash.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

# Code of the lever → {"grade": 1 to 5 or None, "reason": text}.
Answers = Mapping[str, Mapping[str, Any]]


def new_secret() -> str:
    """Return what a browser keeps to open its paper again."""
    return secrets.token_urlsafe(32)


def paper_key(secret: str) -> str:
    """Return the key of the paper that a secret opens: 64 hexadecimal digits, from which it cannot be found again."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_paper_key() -> str:
    """Return the key of a paper that nobody can open again."""
    return paper_key(new_secret())


def unlinked(papers: Sequence[Answers]) -> list[dict[str, dict[str, Any]]]:
    """Return as many papers with the same answers about each lever, dealt so that none is a person's any more.

    The answers about a lever are dealt from the best grade to the worst, abstentions last: the count does not move,
    and who knows one answer of somebody does not learn the others. Dealing twice changes nothing.
    """
    dealt: list[dict[str, dict[str, Any]]] = [{} for _paper in papers]
    for code in sorted({code for answers in papers for code in answers}):
        said = [dict(answers[code]) for answers in papers if code in answers]
        said.sort(key=lambda answer: (-(answer["grade"] or 0), answer["reason"]))
        for hand, answer in zip(dealt, said, strict=False):
            hand[code] = answer
    return dealt
