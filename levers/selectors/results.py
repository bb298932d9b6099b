"""Reads of grades. Every function here refuses to answer before the closing of the ballot."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from common.aggregates import MIN_GROUP
from common.text import typography
from levers.breakdown import Breakdown, LeverBreakdown, break_down
from levers.electorate import DETACHED_MINIMUM
from levers.enums import Grade, NamesVisibility
from levers.models import Ballot, BallotPaper, Lever, ShortlistedLever, Vote
from levers.tally import Counts, Hearing, LeverResult, LeverVotes, Paper, Pile, Tally, hearing, tally


@dataclass(frozen=True)
class Comment:
    """A reason given with a vote; those of a lever go from the best grade to the worst.

    `author` is empty when the rule of the ballot hides the names from the reader.
    """

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
    """Everything that is revealed at the closing. `rows` are in the order of the ranking.

    `on_paper_count`: number of voters whose ballot was typed in from paper.
    """

    ballot: Ballot
    tally: Tally
    rows: tuple[ResultRow, ...]
    voter_count: int
    voted_count: int
    are_names_shown: bool
    breakdown: Breakdown
    # Detached papers too few to hide one another: nothing of them is shown, ever.
    is_withheld: bool = False
    on_paper_count: int = 0

    @property
    def is_quorate(self) -> bool | None:
        """Tell whether the quorum fixed at the opening is reached; None when there is none."""
        return None if self.ballot.quorum is None else self.voted_count >= self.ballot.quorum

    def pile(self, pile: Pile) -> list[ResultRow]:
        """Return the rows of a pile, by rank."""
        return [row for row in self.rows if row.result.pile is pile]

    @property
    def agenda(self) -> list[ResultRow]:
        """What the workshop discusses, the widest disagreement first."""
        by_code = {row.lever.code: row for row in self.rows}
        return [by_code[result.code] for result in self.tally.agenda()]

    @property
    def are_names_reserved(self) -> bool:
        """Tell whether this reader sees names that the others do not: their files must not go round."""
        return self.are_names_shown and self.ballot.names_visibility == NamesVisibility.REFERENT

    @property
    def totals(self) -> Counts:
        """What was said of all the levers together: a check of the table, from which nothing is concluded."""
        counts = [row.result.counts for row in self.rows]
        first, second, third, fourth, fifth = (sum(count.grades[rank] for count in counts) for rank in range(5))
        return Counts((first, second, third, fourth, fifth), sum(count.abstentions for count in counts))

    @property
    def services_rule(self) -> str:
        """Say what is shown by service to this reader, and why."""
        if self.ballot.is_detached:
            return typography(
                "Un bulletin détaché ne dit pas de quel service il vient : il n’y a rien à montrer par service."
            )
        if self.are_names_shown and self.breakdown.can_compare:
            return typography("La règle de ce scrutin vous montre les noms : chaque service paraît, même d’une voix.")
        if self.are_names_shown or not self.tally.voters:
            return typography("Moins de deux services se sont exprimés : il n’y a rien à comparer.")
        if self.breakdown.can_compare:
            return typography(
                f"Sans les noms, un service paraît à partir de {MIN_GROUP} voix ; les autres sont réunis. Rien n’est "
                f"dit de moins de {MIN_GROUP} voix, ni de ce qu’une soustraction donnerait."
            )
        return typography(
            "Sans les noms, aucun service n’est assez nombreux pour paraître : il faudrait "
            f"{MIN_GROUP} voix dans l’un, et {MIN_GROUP} dans les autres réunis."
        )

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
    return tally(_lever_votes(levers, _answers(ballot, levers)))


def ballot_results(ballot: Ballot, *, now: datetime, is_referent: bool = False) -> BallotResults:
    """Return the results of a closed ballot. Raises `DomainError` before its closing. Five queries."""
    ballot.require_closed(now)
    levers = ballot_levers(ballot)
    answers = _answers(ballot, levers)
    votes = _lever_votes(levers, answers)
    counted = tally(votes)
    shows_names = are_names_shown(ballot, is_referent=is_referent)
    by_code = {lever.code: lever for lever in levers}
    rows = tuple(
        _row(by_code[result.code], result, answers[by_code[result.code].pk], shows_names) for result in counted.results
    )
    if ballot.is_detached:
        turnouts = list(ballot.turnouts.values_list("is_on_paper", flat=True))
        voted_count, on_paper_count = len(turnouts), sum(turnouts)
    else:
        given = [answer for said in answers.values() for answer in said]
        voted_count = len({answer.paper.voter for answer in given})
        on_paper_count = len({answer.paper.voter for answer in given if answer.is_on_paper})
    return BallotResults(
        ballot=ballot,
        tally=counted,
        rows=rows,
        voter_count=ballot.voters.count(),
        voted_count=voted_count,
        are_names_shown=shows_names,
        # A detached paper bears no service.
        breakdown=Breakdown() if ballot.is_detached else break_down(votes, shows_names=shows_names),
        is_withheld=ballot.is_detached and voted_count < DETACHED_MINIMUM,
        on_paper_count=on_paper_count,
    )


def lever_comments(results: BallotResults) -> list[ResultRow]:
    """Return the levers that bear comments, the most commented first, then by rank."""
    commented = [row for row in results.rows if row.comments]
    return sorted(commented, key=lambda row: (-len(row.comments), row.result.rank))


@dataclass(frozen=True)
class ServiceRow:
    """A lever with what each service said of it."""

    row: ResultRow
    breakdown: LeverBreakdown


def lever_services(results: BallotResults) -> list[ServiceRow]:
    """Return the levers with what each service said of them, those that divide services most first, then by rank."""
    by_code = {lever.code: lever for lever in results.breakdown.levers}
    rows = [ServiceRow(row, by_code[row.lever.code]) for row in results.rows if row.lever.code in by_code]
    return sorted(rows, key=lambda item: (-item.breakdown.gap, item.row.result.rank))


@dataclass(frozen=True)
class _Answer:
    """What one voter said of a lever; `author` is empty on a detached paper.

    `is_on_paper`: typed in from a paper ballot; a detached one does not say.
    """

    paper: Paper
    reason: str
    author: str
    is_on_paper: bool = False


def _answers(ballot: Ballot, levers: list[Lever]) -> dict[int, list[_Answer]]:
    """Return lever pk → what was said of it, in an order that does not depend on that of the votes. One query."""
    return _read_papers(ballot, levers) if ballot.is_detached else _read_votes(ballot)


def _read_votes(ballot: Ballot) -> dict[int, list[_Answer]]:
    votes = (
        Vote.objects.filter(ballot=ballot)
        .select_related("participant__service")
        .order_by("lever_id", "participant__service__position", "participant_id")
    )
    answers: dict[int, list[_Answer]] = defaultdict(list)
    for vote in votes:
        service = vote.participant.service.name
        paper = Paper(vote.participant_id, service, _grade(vote.grade))
        author = f"{vote.participant.name}, {service}{' (bulletin papier)' if vote.is_on_paper else ''}"
        answers[vote.lever_id].append(_Answer(paper, vote.reason, author, vote.is_on_paper))
    return answers


def _read_papers(ballot: Ballot, levers: list[Lever]) -> dict[int, list[_Answer]]:
    """Nothing is read of papers too few to hide one another; no service is known of the others."""
    papers = list(BallotPaper.objects.filter(ballot=ballot).order_by("key"))
    answers: dict[int, list[_Answer]] = defaultdict(list)
    if len(papers) < DETACHED_MINIMUM:
        return answers
    for number, paper in enumerate(papers):
        for lever in levers:
            if answer := paper.answers.get(lever.code):
                said = Paper(number, "", _grade(answer["grade"]))
                answers[lever.pk].append(_Answer(said, answer["reason"], ""))
    return answers


def _grade(value: int | None) -> Grade | None:
    return None if value is None else Grade(value)


def _lever_votes(levers: list[Lever], answers: dict[int, list[_Answer]]) -> list[LeverVotes]:
    return [LeverVotes(lever.code, tuple(answer.paper for answer in answers[lever.pk])) for lever in levers]


def _row(lever: Lever, result: LeverResult, answers: list[_Answer], shows_names: bool) -> ResultRow:
    comments = [
        Comment(text=answer.reason, grade=answer.paper.grade, author=answer.author if shows_names else "")
        for answer in answers
        if answer.reason
    ]
    if not shows_names:
        # Without a name, the order must not tell who is who from one lever to the next.
        comments.sort(key=lambda comment: comment.text)
    comments.sort(key=lambda comment: -(comment.grade or 0))
    return ResultRow(
        lever=lever,
        result=result,
        hearing=hearing([answer.paper for answer in answers]) if shows_names else None,
        comments=tuple(comments),
    )
