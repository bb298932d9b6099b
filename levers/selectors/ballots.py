"""Reads about ballots that tell who takes part, never what they answered; and what a voter sees of their own votes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from authorities.models import Initiative, Participant
from common.numbers import pluralise
from common.text import typography
from levers.electorate import DETACHED_MINIMUM, may_vote
from levers.enums import Grade
from levers.models import Ballot, BallotPaper, Lever, ShortlistedLever, Turnout, Vote
from levers.papers import paper_key
from levers.selectors.results import ballot_levers

# Steps of the calendar that a ballot makes real: its opening, its closing.
MEETING_CODES = ("scrutin_ouverture", "scrutin_cloture")


@dataclass(frozen=True)
class VoterState:
    """How far a voter is: number of levers answered, abstentions included. Never a grade.

    With detached papers nobody knows how many: only `has_turned_out`.
    """

    participant: Participant
    answered: int
    total: int
    on_paper: int
    has_turned_out: bool = False

    @property
    def has_voted(self) -> bool:
        return self.has_turned_out or self.answered > 0

    @property
    def is_complete(self) -> bool:
        return self.has_turned_out or self.answered >= self.total


@dataclass(frozen=True)
class FollowUp:
    """Participation in a ballot: who, never what."""

    ballot: Ballot
    voters: tuple[VoterState, ...]
    lever_count: int

    @property
    def voted_count(self) -> int:
        return sum(voter.has_voted for voter in self.voters)

    @property
    def complete_count(self) -> int:
        return sum(voter.is_complete for voter in self.voters)

    @property
    def silent(self) -> list[VoterState]:
        return [voter for voter in self.voters if not voter.has_voted]

    @property
    def missing_to_show(self) -> int:
        """Number of papers still missing for detached ones to be shown after the closing, 0 for another ballot."""
        return max(0, DETACHED_MINIMUM - self.voted_count) if self.ballot.is_detached else 0

    @property
    def missing_text(self) -> str:
        """Say how many papers are missing, and what happens without them."""
        papers = pluralise(self.missing_to_show, "bulletin", "bulletins")
        return typography(
            f"Encore {self.missing_to_show} {papers} : sans eux, rien ne sera montré, pas même après la fermeture."
        )


@dataclass(frozen=True)
class BallotRow:
    """A ballot of the démarche with its participation: how many, never what."""

    ballot: Ballot
    voter_count: int
    voted_count: int
    is_closed: bool


@dataclass(frozen=True)
class OwnVote:
    """A lever of the ballot with what this voter answered: `vote` is None when they have not answered yet."""

    lever: Lever
    rank: int
    vote: Vote | None
    concerns_service: bool

    @property
    def group(self) -> str:
        """Title under which the lever stands in the list."""
        return "Ce qui concerne votre service" if self.concerns_service else str(self.lever.theme.short_name)

    @property
    def is_abstention(self) -> bool:
        return self.vote is not None and self.vote.grade is None

    @property
    def grade(self) -> Grade | None:
        return None if self.vote is None or self.vote.grade is None else Grade(self.vote.grade)

    @property
    def grade_label(self) -> str:
        return str(self.grade.label).capitalize() if self.grade else ""

    @property
    def version(self) -> int:
        return self.vote.version if self.vote else 0

    @property
    def letter(self) -> str:
        """Value of the choice in the form: E, P, I, C, N, A for an abstention, nothing before any answer."""
        if self.vote is None:
            return ""
        return self.grade.letter if self.grade else "A"


@dataclass(frozen=True)
class VoterSheet:
    """Everything that one voter sees: their own votes, what concerns their service first."""

    ballot: Ballot
    items: tuple[OwnVote, ...]
    # With detached papers: they voted, and whether this browser holds what opens their paper.
    has_turned_out: bool = False
    has_paper: bool = True

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether their paper was dropped from another browser: nothing here shows it."""
        return self.has_turned_out and not self.has_paper

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def answered(self) -> int:
        return sum(item.vote is not None for item in self.items)

    @property
    def remaining(self) -> int:
        return self.total - self.answered

    @property
    def last_saved_at(self) -> datetime | None:
        """When the last answer of this voter was saved."""
        saved = [item.vote.updated_at for item in self.items if item.vote is not None]
        return max((moment for moment in saved if moment is not None), default=None)  # a detached paper bears none

    @property
    def first_unanswered(self) -> OwnVote | None:
        return next((item for item in self.items if item.vote is None), None)

    def item(self, lever_pk: int) -> OwnVote | None:
        """Return the item of a lever, None when it is not put to the vote."""
        return next((item for item in self.items if item.lever.pk == lever_pk), None)

    def neighbours(self, item: OwnVote) -> tuple[OwnVote | None, OwnVote | None]:
        """Return the items before and after this one, in the order that the voter sees."""
        before = self.items[item.rank - 2] if item.rank > 1 else None
        after = self.items[item.rank] if item.rank < self.total else None
        return before, after


@dataclass(frozen=True)
class VotingProgress:
    """What the home behind a personal link says of the ballot."""

    ballot: Ballot
    answered: int
    total: int
    is_open: bool
    url: str
    has_turned_out: bool = False

    @property
    def remaining(self) -> int:
        return self.total - self.answered


def current_ballot(initiative: Initiative) -> Ballot | None:
    """Return the last ballot of the démarche, open or closed. One query."""
    ballots = Ballot.objects.for_initiative(initiative).select_related("shortlist__catalogue")
    return ballots.defer("shortlist__catalogue__source").order_by("-number").first()


def ballot_dates(initiative: Initiative) -> dict[str, datetime]:
    """Return the opening and the closing of the last ballot, by step of the calendar. One query."""
    found = Ballot.objects.for_initiative(initiative).order_by("-number").values_list("opens_at", "closes_at").first()
    return dict(zip(MEETING_CODES, found or (), strict=False))


def ballot_rows(initiative: Initiative, *, now: datetime) -> list[BallotRow]:
    """Return every ballot of the démarche, the last one first. One query."""
    ballots = Ballot.objects.for_initiative(initiative).annotate(
        voter_count=Count("voters", distinct=True),
        # One or the other: see `Ballot.voted_pks`.
        voted_count=Count("votes__participant", distinct=True) + Count("turnouts", distinct=True),
    )
    return [
        BallotRow(ballot, ballot.voter_count, ballot.voted_count, ballot.is_closed(now))
        for ballot in ballots.order_by("-number")
    ]


def possible_voters(initiative: Initiative) -> list[Participant]:
    """Return the participants who may be among the voters."""
    participants = Participant.objects.for_initiative(initiative).filter(is_active=True).select_related("service")
    return [participant for participant in participants.order_by("name", "pk") if may_vote(participant)]


def ballot_follow_up(ballot: Ballot) -> FollowUp:
    """Return who has answered how many levers, the silent first. Two queries."""
    total = ShortlistedLever.objects.filter(shortlist_id=ballot.shortlist_id, is_set_aside=False).count()
    own = Q(votes__ballot=ballot)
    voters = ballot.voters.select_related("service").annotate(
        answered=Count("votes", filter=own),
        on_paper=Count("votes", filter=own & Q(votes__is_on_paper=True)),
        has_turned_out=Exists(Turnout.objects.filter(ballot=ballot, participant=OuterRef("pk"))),
    )
    states = [VoterState(voter, voter.answered, total, voter.on_paper, voter.has_turned_out) for voter in voters]
    states.sort(key=lambda state: (state.is_complete, state.answered, state.participant.name))
    return FollowUp(ballot, tuple(states), total)


def voter_sheet(ballot: Ballot, participant: Participant, secret: str = "") -> VoterSheet:
    """Return the levers of the ballot with the own votes of a participant. Two queries, three with detached papers.

    Levers that their service would lead come first, then those that concern it, then the others by theme. `secret`:
    what this browser holds to open a detached paper.
    """
    if ballot.is_detached:
        return _detached_sheet(ballot, participant, secret)
    votes = {vote.lever_id: vote for vote in Vote.objects.filter(ballot=ballot, participant=participant)}
    code = participant.service.code
    levers = sorted(_by_theme(ballot), key=lambda lever: (lever.lead_code != code, code not in lever.audience_codes))
    items = tuple(
        OwnVote(
            lever=lever,
            rank=rank,
            vote=votes.get(lever.pk),
            concerns_service=lever.lead_code == code or code in lever.audience_codes,
        )
        for rank, lever in enumerate(levers, start=1)
    )
    return VoterSheet(ballot, items)


def _by_theme(ballot: Ballot) -> list[Lever]:
    return sorted(ballot_levers(ballot), key=lambda lever: (lever.theme.number, lever.position))


def _detached_sheet(ballot: Ballot, participant: Participant, secret: str) -> VoterSheet:
    """Return the levers by theme, the same for everybody: a paper left half way must not tell a service."""
    paper = BallotPaper.objects.filter(ballot=ballot, key=paper_key(secret)).first() if secret else None
    answers = paper.answers if paper else {}
    items = []
    for rank, lever in enumerate(_by_theme(ballot), start=1):
        answer = answers.get(lever.code)
        # No row: nothing tells whose vote it is.
        vote = Vote(ballot=ballot, lever=lever, grade=answer["grade"], reason=answer["reason"]) if answer else None
        items.append(OwnVote(lever=lever, rank=rank, vote=vote, concerns_service=False))
    return VoterSheet(
        ballot,
        tuple(items),
        has_turned_out=Turnout.objects.filter(ballot=ballot, participant=participant).exists(),
        has_paper=paper is not None,
    )


def voting_progress(participant: Participant, now: datetime) -> VotingProgress | None:
    """Return how far a participant is in the last ballot where they vote, None without any. Four queries at most."""
    ballot = Ballot.objects.filter(voters=participant).order_by("-number").first()
    if ballot is None:
        return None
    return VotingProgress(
        ballot=ballot,
        answered=Vote.objects.filter(ballot=ballot, participant=participant).count(),
        total=ShortlistedLever.objects.filter(shortlist_id=ballot.shortlist_id, is_set_aside=False).count(),
        is_open=ballot.is_open(now),
        url=reverse("levers:vote_list", args=[participant.pk, ballot.pk]),
        has_turned_out=ballot.is_detached and ballot.turnouts.filter(participant=participant).exists(),
    )
