"""Writes of detached papers: a turnout says who voted, a paper says what, and nothing ties the two.

The rows of both tables are written again at each vote, sorted by what tells nothing: neither their order in the base
nor the transaction that wrote them says which turnout came with which paper (docs/adr/0027).
"""

from collections.abc import Sequence
from typing import Any

from authorities.models import Participant
from common.errors import DomainError
from common.text import typography
from levers.models import Ballot, BallotPaper, Turnout
from levers.papers import Answers, new_paper_key, paper_key


def drop_paper(*, ballot: Ballot, participant: Participant, answers: Answers, secret: str, is_on_paper: bool) -> None:
    """Put answers on the paper that the secret opens, a new one the first time; inside the transaction of the vote.

    `answers`: as in `BallotPaper.answers`, where a reason None keeps the stored one; those about other levers stay.
    `secret`: empty for a paper ballot, which nobody can change afterwards. Raises `DomainError` when this person has
    voted and this secret does not open their paper.
    """
    turnouts = list(Turnout.objects.filter(ballot=ballot).order_by("participant_id"))
    papers = list(BallotPaper.objects.filter(ballot=ballot))
    key = paper_key(secret) if secret else new_paper_key()
    stored = next((paper for paper in papers if paper.key == key), None)
    has_voted = any(turnout.participant_id == participant.pk for turnout in turnouts)
    if has_voted != (stored is not None):
        raise DomainError(typography(_refusal(is_on_paper)))
    if not secret and not is_on_paper:
        raise DomainError(typography("Prenez d’abord votre bulletin : c’est lui qui garde vos réponses."))
    if stored is None:
        stored = BallotPaper(ballot=ballot, key=key)
        papers.append(stored)
        turnouts.append(Turnout(ballot=ballot, participant=participant, is_on_paper=is_on_paper))
    stored.answers = _merged(stored.answers, answers)
    _write_again(ballot, turnouts, papers)


def _merged(stored: Answers, given: Answers) -> dict[str, dict[str, Any]]:
    """Return the answers of a paper in the order of the codes, not in that in which they came."""
    merged = {code: dict(answer) for code, answer in stored.items()}
    for code, answer in given.items():
        kept = merged.get(code, {}).get("reason", "")
        merged[code] = {"grade": answer["grade"], "reason": kept if answer["reason"] is None else answer["reason"]}
    return dict(sorted(merged.items()))


def _write_again(ballot: Ballot, turnouts: Sequence[Turnout], papers: Sequence[BallotPaper]) -> None:
    Turnout.objects.filter(ballot=ballot).delete()
    BallotPaper.objects.filter(ballot=ballot).delete()
    for turnout in turnouts:
        turnout.pk = None
    Turnout.objects.bulk_create(sorted(turnouts, key=lambda turnout: turnout.participant_id))
    BallotPaper.objects.bulk_create(sorted(papers, key=lambda paper: paper.key))


def _refusal(is_on_paper: bool) -> str:
    if is_on_paper:
        return "Cette personne a déjà voté ; un bulletin détaché ne se reprend pas."
    return (
        "Votre bulletin a été déposé depuis un autre navigateur : il ne se reprend que là. Rien n’a changé, et votre "
        "vote compte."
    )
