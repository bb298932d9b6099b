"""The workshop as its facilitator sees it: the agenda by disagreement, what is settled, the way back.

Built on the board of the decisions, so that nothing is read before the closing. The projected page has its own reads
(`screens`), which never say a name that the rule of the ballot hides.
"""

from dataclasses import dataclass
from datetime import datetime

from authorities.models import Initiative, Meeting
from common.numbers import pluralise
from diagnostics.pacing import minutes_per_question
from levers.enums import Verdict
from levers.models import Lever, SecondVote, Workshop, WorkshopDecision
from levers.selectors.decisions import DecisionBoard, DecisionRow, decision_board
from levers.tally import Pile
from levers.wording import withheld_count

WORKSHOP_MEETING_CODE = "atelier_priorisation"
# Proposed by Jalons: the source of the method gives no duration.
USUAL_MINUTES = 120


@dataclass(frozen=True)
class AgendaItem:
    """A lever of the agenda. `second_vote`: the last one taken on it in the room."""

    row: DecisionRow
    is_parked: bool
    second_vote: SecondVote | None

    @property
    def lever(self) -> Lever:
        return self.row.lever

    @property
    def is_decided(self) -> bool:
        return self.row.decision is not None

    @property
    def version(self) -> int:
        """Version of the decision that the page shows, 0 without any."""
        return self.row.decision.version if self.row.decision else 0


@dataclass(frozen=True)
class Gesture:
    """The last gesture of the workshop, which may be undone."""

    number: int
    levers: tuple[Lever, ...]


@dataclass(frozen=True)
class WorkshopBoard:
    """Everything of the workshop. `workshop` is None before it begins; `agenda`: parked levers come last.

    `others`: the levers on which the committee agrees, which may be opened one by one too.
    """

    board: DecisionBoard
    workshop: Workshop | None
    agenda: tuple[AgendaItem, ...]
    others: tuple[AgendaItem, ...]
    planned_minutes: int
    last_gesture: Gesture | None

    @property
    def locked_reason(self) -> str:
        """Say why no workshop may be held, nothing when it may."""
        if self.board.locked_reason:
            return self.board.locked_reason
        return (
            ""
            if self.board.results is not None
            else "L’atelier prépare ses décisions d’un scrutin\u00a0: ouvrez-en un."
        )

    @property
    def is_held(self) -> bool:
        return self.workshop is not None and not self.workshop.is_over

    @property
    def settled(self) -> int:
        return sum(item.is_decided for item in self.agenda)

    @property
    def minutes_each(self) -> int:
        """Whole minutes for each lever of the agenda."""
        return minutes_per_question(len(self.agenda), self.planned_minutes)

    @property
    def parked(self) -> list[AgendaItem]:
        return [item for item in self.agenda if item.is_parked]

    @property
    def consensual_count(self) -> int:
        """Number of consensual levers that nobody decided about yet."""
        return len(self.board.consensual(Pile.FAVOURABLE)) + len(self.board.consensual(Pile.UNFAVOURABLE))

    @property
    def undecided(self) -> list[AgendaItem]:
        """What is left, in the order of the agenda; the consensual levers follow."""
        return [item for item in (*self.agenda, *self.others) if not item.is_decided]

    def item(self, lever_pk: int) -> AgendaItem | None:
        return next((item for item in (*self.agenda, *self.others) if item.lever.pk == lever_pk), None)

    def rank(self, item: AgendaItem) -> int:
        """Return the rank of a lever in the agenda, from 1; 0 for one on which the committee agrees."""
        return self.agenda.index(item) + 1 if item in self.agenda else 0

    def neighbours(self, item: AgendaItem) -> tuple[AgendaItem | None, AgendaItem | None]:
        """Return the levers before and after in the agenda; a lever of the consensus leads to the first one."""
        rank = self.rank(item)
        before = self.agenda[rank - 2] if rank > 1 else None
        return before, self.agenda[rank] if rank < len(self.agenda) else None

    def next_to_settle(self, after: AgendaItem | None = None) -> AgendaItem | None:
        """Return the next lever of the agenda that nobody decided about, those before the given one coming last."""
        start = self.rank(after) if after else 0
        left = [item for item in self.agenda[start:] + self.agenda[:start] if not item.is_decided and item != after]
        # What was parked waits for the others.
        return min(left, key=lambda item: item.is_parked, default=None)


def workshop_of(initiative: Initiative, board: DecisionBoard) -> Workshop | None:
    """Return the workshop of the ballot on which the levers are decided. One query."""
    if board.results is None or board.ballot is None:
        return None
    workshop = Workshop.objects.filter(ballot=board.ballot).first()
    if workshop is not None:
        workshop.ballot = board.ballot
        workshop.ballot.initiative = initiative
    return workshop


def workshop_board(
    initiative: Initiative, *, now: datetime, is_referent: bool = False, has_advice: bool = False
) -> WorkshopBoard:
    """Return the workshop of the last ballot. Five queries at most besides those of the board of the decisions."""
    board = decision_board(initiative, now=now, is_referent=is_referent, has_advice=has_advice)
    workshop = workshop_of(initiative, board)
    parked = dict(workshop.parked.values_list("lever_id", "pk")) if workshop else {}
    votes = last_second_votes(workshop)
    items = {row.lever.code: AgendaItem(row, row.lever.pk in parked, votes.get(row.lever.pk)) for row in board.rows}
    debated = [items[row.lever.code] for row in board.results.agenda] if board.results else []
    consensual = [item for item in items.values() if item not in debated]
    first = [item for item in debated if not item.is_parked]
    last = sorted((item for item in items.values() if item.is_parked), key=lambda item: parked[item.lever.pk])
    return WorkshopBoard(
        board=board,
        workshop=workshop,
        agenda=(*first, *last),
        others=tuple(item for item in consensual if not item.is_parked),
        planned_minutes=workshop.planned_minutes if workshop else proposed_minutes(initiative),
        last_gesture=_last_gesture(workshop),
    )


def last_second_votes(workshop: Workshop | None) -> dict[int, SecondVote]:
    """Return lever → its last second vote. One query."""
    if workshop is None:
        return {}
    votes = {vote.lever_id: vote for vote in SecondVote.objects.filter(workshop=workshop).order_by("number")}
    for vote in votes.values():
        vote.workshop = workshop
    return votes


def workshop_meeting(initiative: Initiative) -> Meeting | None:
    """Return the meeting of the calendar that holds the workshop. One query."""
    return Meeting.objects.for_initiative(initiative).filter(code=WORKSHOP_MEETING_CODE).first()


def proposed_minutes(initiative: Initiative) -> int:
    """Return the length that is proposed: that of the calendar, else two hours. One query."""
    meeting = workshop_meeting(initiative)
    return meeting.duration_minutes if meeting else USUAL_MINUTES


def proposed_place(initiative: Initiative) -> str:
    """Return the place that the calendar gives, nothing without any. One query."""
    meeting = workshop_meeting(initiative)
    return meeting.place if meeting else ""


def proposed_reason(item: AgendaItem) -> str:
    """Write the reason that the console proposes: what the votes were, and no more. It suits any verdict."""
    result = item.row.result.result if item.row.result else None
    vote = item.second_vote
    if vote is not None and not vote.is_open:
        said = _camps(vote.grades) if vote.is_shown else withheld_count(vote.total)
        few = " Peu de voix." if vote.is_shown and vote.has_few_votes else ""
        return f"Échange en atelier. Second vote\u00a0: {said}.{few}"
    if result is None or not result.counts.expressed:
        return "Échange en atelier, sans voix exprimée avant."
    return f"Échange en atelier. Scrutin\u00a0: {_camps(result.counts.grades)}."


def _camps(grades: tuple[int, ...]) -> str:
    """« 9 voix, 4 favorables, 3 défavorables »."""
    voices, for_it, against = sum(grades), sum(grades[:2]), sum(grades[3:])
    said = [
        f"{for_it} {pluralise(for_it, 'favorable', 'favorables')}" if for_it else "",
        f"{against} {pluralise(against, 'défavorable', 'défavorables')}" if against else "",
    ]
    return ", ".join([f"{voices}\u00a0voix", *filter(None, said)])


def _last_gesture(workshop: Workshop | None) -> Gesture | None:
    if workshop is None:
        return None
    rows = list(
        WorkshopDecision.objects.filter(workshop=workshop, undone_at=None)
        .select_related("lever")
        .order_by("-number", "lever__position")
    )
    if not rows:
        return None
    return Gesture(rows[0].number, tuple(row.lever for row in rows if row.number == rows[0].number))


def retained_by_theme(board: DecisionBoard) -> list[tuple[str, list[DecisionRow]]]:
    """Return the retained levers under the theme of the decree of each."""
    grouped: dict[str, list[DecisionRow]] = {}
    for row in sorted(board.decided(Verdict.RETAINED), key=lambda row: (row.lever.theme.number, row.lever.position)):
        grouped.setdefault(row.lever.theme.short_name, []).append(row)
    return list(grouped.items())
