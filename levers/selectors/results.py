"""Reads of grades. Every function here refuses to answer before the closing of the ballot."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, Lever, ShortlistedLever, Vote
from levers.tally import Hearing, LeverResult, LeverVotes, Paper, Pile, Tally, hearing, tally


@dataclass(frozen=True)
class Comment:
    """A reason given with a vote. `author` is empty when the rule of the ballot hides the names from the reader."""

    text: str
    grade: Grade | None
    author: str


@dataclass(frozen=True)
class ResultRow:
    """Result of a lever, with the lever. `hearing` is None when names are hidden from the reader."""

    lever: Lever
    result: LeverResult
    hearing: Hearing | None
    comments: tuple[Comment, ...]


@dataclass(frozen=True)
class BallotResults:
    """Everything that is revealed at the closing. `rows` are in the order of the ranking."""

    ballot: Ballot
    tally: Tally
    rows: tuple[ResultRow, ...]
    voter_count: int
    voted_count: int
    are_names_shown: bool

    def pile(self, pile: Pile) -> list[ResultRow]:
        """Return the rows of a pile, by rank."""
        return [row for row in self.rows if row.result.pile is pile]

    @property
    def agenda(self) -> list[ResultRow]:
        """What the workshop discusses, the widest disagreement first."""
        by_code = {row.lever.code: row for row in self.rows}
        return [by_code[result.code] for result in self.tally.agenda()]

    @property
    def comment_count(self) -> int:
        return sum(len(row.comments) for row in self.rows)


def are_names_shown(ballot: Ballot, *, is_referent: bool) -> bool:
    """Tell whether the rule fixed at the opening shows the names to this reader."""
    if ballot.names_visibility == NamesVisibility.EVERYONE:
        return True
    return ballot.names_visibility == NamesVisibility.REFERENT and is_referent


def ballot_levers(ballot: Ballot) -> list[Lever]:
    """Return the levers put to the vote, in the order of the catalogue, without their long texts. One query."""
    items = ShortlistedLever.objects.filter(shortlist_id=ballot.shortlist_id, is_set_aside=False)
    pks = items.values_list("lever_id", flat=True)
    return list(Lever.objects.light().filter(pk__in=pks).order_by("position"))


def tally_of(ballot: Ballot, now: datetime) -> Tally:
    """Count a closed ballot. Raises `DomainError` before its closing."""
    ballot.require_closed(now)
    levers = ballot_levers(ballot)
    return tally(_lever_votes(levers, list(_votes(ballot))))


def ballot_results(ballot: Ballot, *, now: datetime, is_referent: bool = False) -> BallotResults:
    """Return the results of a closed ballot. Raises `DomainError` before its closing. Four queries."""
    ballot.require_closed(now)
    levers = ballot_levers(ballot)
    votes = list(_votes(ballot))
    counted = tally(_lever_votes(levers, votes))
    shows_names = are_names_shown(ballot, is_referent=is_referent)
    by_code = {lever.code: lever for lever in levers}
    votes_by_lever: dict[int, list[Vote]] = defaultdict(list)
    for vote in votes:
        votes_by_lever[vote.lever_id].append(vote)
    rows = tuple(
        _row(by_code[result.code], result, votes_by_lever[by_code[result.code].pk], shows_names)
        for result in counted.results
    )
    return BallotResults(
        ballot=ballot,
        tally=counted,
        rows=rows,
        voter_count=ballot.voters.count(),
        voted_count=len({vote.participant_id for vote in votes}),
        are_names_shown=shows_names,
    )


def lever_comments(results: BallotResults) -> list[ResultRow]:
    """Return the levers that bear comments, the most commented first, then by rank."""
    commented = [row for row in results.rows if row.comments]
    return sorted(commented, key=lambda row: (-len(row.comments), row.result.rank))


def _votes(ballot: Ballot) -> QuerySet[Vote]:
    return (
        Vote.objects.filter(ballot=ballot)
        .select_related("participant__service")
        .order_by("lever_id", "participant__service__position", "participant_id")
    )


def _lever_votes(levers: list[Lever], votes: list[Vote]) -> list[LeverVotes]:
    papers: dict[int, list[Paper]] = defaultdict(list)
    for vote in votes:
        papers[vote.lever_id].append(_paper(vote))
    return [LeverVotes(lever.code, tuple(papers[lever.pk])) for lever in levers]


def _paper(vote: Vote) -> Paper:
    grade = None if vote.grade is None else Grade(vote.grade)
    return Paper(vote.participant_id, vote.participant.service.name, grade)


def _row(lever: Lever, result: LeverResult, votes: list[Vote], shows_names: bool) -> ResultRow:
    comments = [
        Comment(
            text=vote.reason,
            grade=None if vote.grade is None else Grade(vote.grade),
            author=f"{vote.participant.name}, {vote.participant.service.name}" if shows_names else "",
        )
        for vote in votes
        if vote.reason
    ]
    if not shows_names:
        # Without a name, the order must not tell who is who from one lever to the next.
        comments.sort(key=lambda comment: comment.text)
    return ResultRow(
        lever=lever,
        result=result,
        hearing=hearing([_paper(vote) for vote in votes]) if shows_names else None,
        comments=tuple(comments),
    )
