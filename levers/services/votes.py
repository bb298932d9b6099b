"""Writes of votes. While a ballot is open nothing that is said, logged or recorded tells a grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from authorities.enums import EventKind
from authorities.events import record_event
from authorities.models import Participant
from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from common.versioning import StaleVersionError
from levers.enums import Grade
from levers.models import Ballot, Lever, Vote
from levers.services.ballots import lock_open_ballot
from levers.services.papers import drop_paper
from levers.services.reminders import acknowledge_votes

REASON_MAXIMUM_LENGTH = 1000


@dataclass(frozen=True)
class VotePaper:
    """What one person answers about one lever: a grade, or None to abstain.

    `expected_version` is the version of the vote that the person saw (0: none yet), None not to check it. `reason`
    None keeps the reason that is stored.
    """

    lever: Lever
    grade: Grade | None
    reason: str | None = None
    expected_version: int | None = None


def cast_vote(
    *,
    ballot: Ballot,
    participant: Participant,
    lever: Lever,
    grade: Grade | None,
    reason: str | None = None,
    expected_version: int | None = None,
    entered_by: User | None = None,
    secret: str = "",
    now: datetime,
) -> Vote:
    """Record or change the vote of a participant on a lever, while the ballot is open. See `cast_votes`."""
    paper = VotePaper(lever, grade, reason, expected_version)
    return cast_votes(
        ballot=ballot, participant=participant, papers=[paper], entered_by=entered_by, secret=secret, now=now
    )[0]


@transaction.atomic
def cast_votes(
    *,
    ballot: Ballot,
    participant: Participant,
    papers: Sequence[VotePaper],
    entered_by: User | None = None,
    secret: str = "",
    now: datetime,
) -> list[Vote]:
    """Record several votes of a participant at once, or none.

    `entered_by`: the référent who types a paper ballot for the participant; a vote that the participant gave online is
    then never touched. `secret`: what opens the paper of a ballot with detached papers, whose votes are returned
    without being rows: nothing tells whose they are. Raises `DomainError` when the ballot is closed, when the
    participant does not vote in it, when a lever is not put to the vote; `StaleVersionError` (with the stored vote)
    when the same person answered otherwise in another browser since.
    """
    ballot = lock_open_ballot(ballot, now)
    if not ballot.voters.filter(pk=participant.pk, is_active=True).exists():
        raise DomainError(typography("Cette personne ne fait pas partie des votants de ce scrutin."))
    on_ballot = set(ballot.shortlist.items.filter(is_set_aside=False).values_list("lever_id", flat=True))
    if any(paper.lever.pk not in on_ballot for paper in papers):
        raise DomainError(typography("Un des leviers n’est pas soumis à ce scrutin : rechargez la page."))
    if ballot.is_detached:
        return _cast_detached(ballot, participant, papers, entered_by, secret)
    stored = {vote.lever_id: vote for vote in Vote.objects.filter(ballot=ballot, participant=participant)}
    votes, created, changed = [], [], []
    for paper in papers:
        vote = stored.get(paper.lever.pk)
        if vote is None:
            vote = Vote(ballot=ballot, participant=participant, lever=paper.lever)
            _fill(vote, paper, entered_by)
            created.append(vote)
        elif _differs(vote, paper):
            _check_may_change(vote, paper, entered_by)
            _fill(vote, paper, entered_by)
            vote.version += 1
            vote.updated_at = now
            changed.append(vote)
        votes.append(vote)
    Vote.objects.bulk_create(created)
    Vote.objects.bulk_update(changed, ["grade", "reason", "entered_by", "is_on_paper", "version", "updated_at"])
    is_now_complete = bool(created) and len(stored) + len(created) == len(on_ballot)
    if entered_by is not None and (created or changed):
        count = len(created) + len(changed)
        verb = f"a saisi le bulletin papier de {participant} ({count} {pluralise(count, 'levier', 'leviers')})"
        _record(ballot, verb, entered_by, now)
    elif is_now_complete:
        _record(ballot, f"a répondu sur {len(on_ballot)} {pluralise(len(on_ballot), 'levier', 'leviers')}",
                participant, now)  # fmt: skip
    if is_now_complete:
        acknowledge_votes(ballot=ballot, participant=participant, now=now)
    return votes


def _cast_detached(
    ballot: Ballot, participant: Participant, papers: Sequence[VotePaper], entered_by: User | None, secret: str
) -> list[Vote]:
    """Write nothing in the trail: the hour of an event would say when a paper changed."""
    answers = {
        paper.lever.code: {
            "grade": paper.grade,
            "reason": None if paper.reason is None else _reason(paper.reason),
        }
        for paper in papers
    }
    drop_paper(
        ballot=ballot,
        participant=participant,
        answers=answers,
        secret=secret,
        is_on_paper=entered_by is not None,
    )
    return [Vote(ballot=ballot, lever=paper.lever, grade=paper.grade) for paper in papers]


def _differs(vote: Vote, paper: VotePaper) -> bool:
    return vote.grade != paper.grade or (paper.reason is not None and vote.reason != _reason(paper.reason))


def _check_may_change(vote: Vote, paper: VotePaper, entered_by: User | None) -> None:
    if entered_by is not None and not vote.is_on_paper:
        raise DomainError(typography("Cette personne a déjà voté en ligne sur ce levier ; elle seule peut en changer."))
    if paper.expected_version is not None and paper.expected_version != vote.version:
        raise StaleVersionError(vote)


def _fill(vote: Vote, paper: VotePaper, entered_by: User | None) -> None:
    vote.grade = paper.grade
    if paper.reason is not None:
        vote.reason = _reason(paper.reason)
    vote.entered_by = entered_by
    vote.is_on_paper = entered_by is not None


def _reason(text: str) -> str:
    reason = text.strip()
    if len(reason) > REASON_MAXIMUM_LENGTH:
        raise DomainError(typography(f"La raison tient en {REASON_MAXIMUM_LENGTH} caractères : raccourcissez-la."))
    return reason


def _record(ballot: Ballot, verb: str, actor: User | Participant, now: datetime) -> None:
    record_event(
        authority=ballot.initiative.authority,
        kind=EventKind.BALLOT,
        initiative=ballot.initiative,
        verb=verb,
        actor=actor,
        now=now,
    )
