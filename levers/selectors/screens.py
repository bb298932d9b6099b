"""The projected page of the workshop, read every two seconds: few queries, and no name that the ballot hides."""

from dataclasses import dataclass
from datetime import datetime

from authorities.models import Initiative
from levers.enums import Verdict
from levers.models import Decision, Lever, SecondVote, Workshop
from levers.selectors.ballots import current_ballot
from levers.selectors.results import BallotResults, ResultRow, ballot_results
from levers.tally import GRADES

# Beyond, the titles of the retained levers would run below the screen.
MOST_TITLES = 24


@dataclass(frozen=True)
class GradeShare:
    """One grade of a vote on the screen. `percent`: whole, of the votes that bear a grade."""

    letter: str
    label: str
    count: int
    percent: int


@dataclass(frozen=True)
class ShownVote:
    """A vote on the screen: its grades, from the best, and the abstentions."""

    shares: tuple[GradeShare, ...]
    abstentions: int

    @property
    def expressed(self) -> int:
        return sum(share.count for share in self.shares)


@dataclass(frozen=True)
class WorkshopScreen:
    """What the room sees. `row` is None on the first page and on the last one.

    `second_vote`: the last one on this lever; `answered`, `voter_count`: how many phones answered, while it is open.
    """

    workshop: Workshop
    row: ResultRow | None
    vote: ShownVote | None
    decision: Decision | None
    second_vote: SecondVote | None
    second_shown: ShownVote | None
    answered: int
    voter_count: int
    last_decision: Decision | None
    to_settle: int
    settled: int
    retained: tuple[Lever, ...]
    postponed_count: int
    dismissed_count: int

    @property
    def is_finished(self) -> bool:
        """Tell whether the room may see the list that is kept rather than the agenda."""
        return self.workshop.is_over or (self.row is None and self.to_settle == self.settled)

    @property
    def retained_shown(self) -> tuple[Lever, ...]:
        return self.retained[:MOST_TITLES]

    @property
    def retained_hidden(self) -> int:
        return max(0, len(self.retained) - MOST_TITLES)


def workshop_screen(initiative: Initiative, *, now: datetime) -> WorkshopScreen | None:
    """Return what is projected, None before the workshop. Twelve queries at most, whatever the number of levers.

    The results are read as somebody who is no référent: a name stays hidden unless everybody may see it.
    """
    ballot = current_ballot(initiative)
    if ballot is None or not ballot.is_closed(now):
        return None
    workshop = Workshop.objects.filter(ballot=ballot).first()
    if workshop is None:
        return None
    results = ballot_results(ballot, now=now, is_referent=False)
    decisions = {
        decision.lever_id: decision
        for decision in Decision.objects.for_initiative(initiative).select_related("lever").order_by("decided_at", "pk")
    }
    row = next((row for row in results.rows if row.lever.pk == workshop.current_id), None)
    second = _second_vote(workshop, row)
    parked = set(workshop.parked.values_list("lever_id", flat=True))
    agenda = {item.lever.pk for item in results.agenda} | parked
    on_ballot = {item.lever.pk for item in results.rows}
    known = [decision for pk, decision in decisions.items() if pk in on_ballot]
    return WorkshopScreen(
        workshop=workshop,
        row=row,
        vote=_shown(row.result.counts.grades, row.result.counts.abstentions) if row else None,
        decision=decisions.get(row.lever.pk) if row else None,
        second_vote=second,
        second_shown=_shown(second.grades, second.abstentions) if second and second.is_shown else None,
        answered=second.answers.count() if second and second.is_open else 0,
        voter_count=results.voter_count,
        last_decision=known[-1] if known else None,
        to_settle=len(agenda),
        settled=len(agenda & set(decisions)),
        retained=_retained(results, decisions),
        postponed_count=sum(decision.verdict == Verdict.POSTPONED for decision in known),
        dismissed_count=sum(decision.verdict == Verdict.DISMISSED for decision in known),
    )


def _second_vote(workshop: Workshop, row: ResultRow | None) -> SecondVote | None:
    if row is None:
        return None
    vote = SecondVote.objects.filter(workshop=workshop, lever=row.lever).order_by("-number").first()
    if vote is not None:
        vote.workshop = workshop
    return vote


def _shown(grades: tuple[int, ...], abstentions: int) -> ShownVote:
    total = sum(grades)
    shares = tuple(
        GradeShare(grade.letter, str(grade.label), count, round(100 * count / total) if total else 0)
        for grade, count in zip(GRADES, grades, strict=True)
    )
    return ShownVote(shares, abstentions)


def _retained(results: BallotResults, decisions: dict[int, Decision]) -> tuple[Lever, ...]:
    kept = [
        row.lever
        for row in results.rows
        if row.lever.pk in decisions and decisions[row.lever.pk].verdict == Verdict.RETAINED
    ]
    return tuple(sorted(kept, key=lambda lever: lever.position))
