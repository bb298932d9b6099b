"""The projected meeting: one question in large type, who stands where, what comes before and after.

Built on the meeting, so that nothing is read before closing.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from common.numbers import pluralise
from diagnostics.models import Diagnosis
from diagnostics.pacing import USUAL_MINUTES, minutes_per_question, planned_minutes
from diagnostics.scoring import QuestionScore
from diagnostics.selectors.meeting import Meeting, MeetingItem, MeetingPage, Opinion, meeting, meeting_page
from diagnostics.selectors.rounds import sharing_meeting

# Beyond, the dots of one level would push its text away; the count beside them is exact.
MOST_DOTS = 12


@dataclass(frozen=True)
class ProjectedLevel:
    """A level on the screen: its sentence, and the people who chose it (named when the rule of the round allows it)."""

    value: int
    text: str
    count: int
    names: list[str]
    is_proposed: bool

    @property
    def dots(self) -> str:
        return "●" * min(self.count, MOST_DOTS)

    @property
    def named(self) -> str:
        return ", ".join(self.names)


@dataclass(frozen=True)
class ProjectedQuestion:
    """One question on the screen. `rank` and `total` count it among those of its kind; `kind` says which they are."""

    page: MeetingPage
    levels: list[ProjectedLevel]
    rank: int
    total: int
    kind: str
    settled: int
    to_settle: int
    previous: MeetingItem | None
    following: MeetingItem | None
    minutes: int
    saved_label: str

    @property
    def progress(self) -> str:
        """« 7 sur 12 qui divergent », « avis convergents »."""
        return f"{self.rank} sur {self.total} {self.kind}" if self.total else self.kind

    @property
    def comments(self) -> list[Opinion]:
        return [opinion for opinion in self.page.opinions if opinion.comment]


@dataclass(frozen=True)
class ProjectedAgenda:
    """First and last screen: how many questions there are to discuss, how long it takes, where to start."""

    meeting: Meeting
    first: MeetingItem | None
    minutes_each: int
    minutes: int

    @property
    def settled(self) -> int:
        return sum(item.is_decided for item in self.meeting.to_discuss)


def projected_agenda(diagnosis: Diagnosis, *, now: datetime) -> ProjectedAgenda:
    """Return the opening screen of the meeting. Raises `DomainError` before closing. Four queries."""
    found = meeting(diagnosis, now=now)
    count, total = len(found.to_discuss), _meeting_minutes(diagnosis)
    return ProjectedAgenda(
        meeting=found,
        first=next_to_settle(found, after=None),
        minutes_each=minutes_per_question(count, total),
        minutes=planned_minutes(count, total),
    )


def projected_question(diagnosis: Diagnosis, question_code: str, *, now: datetime) -> ProjectedQuestion | None:
    """Return one question on the screen, None when the round does not ask it. Raises `DomainError` before closing.

    Eight queries.
    """
    page = meeting_page(diagnosis, question_code, now=now)
    if page is None:
        return None
    found, item = page.meeting, page.item
    agenda = found.to_discuss
    peers, kind = _peers(found, item)
    place = agenda.index(item) if item in agenda else None
    return ProjectedQuestion(
        page=page,
        levels=_levels(page),
        rank=peers.index(item) + 1 if peers else 0,
        total=len(peers),
        kind=kind,
        settled=sum(other.is_decided for other in agenda),
        to_settle=len(agenda),
        previous=agenda[place - 1] if place else None,
        following=agenda[place + 1] if place is not None and place + 1 < len(agenda) else None,
        minutes=minutes_per_question(len(agenda), _meeting_minutes(diagnosis)),
        saved_label=_saved_label(found, item),
    )


def next_to_settle(found: Meeting, *, after: MeetingItem | None) -> MeetingItem | None:
    """Return the next question to discuss that nobody settled, those before the given one coming last."""
    agenda = found.to_discuss
    start = agenda.index(after) + 1 if after in agenda else 0
    left = [item for item in agenda[start:] + agenda[:start] if not item.is_decided and item is not after]
    return left[0] if left else None


def proposed_reason(score: QuestionScore) -> str:
    """Write the reason that the screen proposes: what the ratings were before the exchange, and no more."""
    if not score.rating_count:
        return "Échange en réunion, sans avis préalable."
    words = pluralise(score.rating_count, "avis", "avis")
    spread = f"au niveau {score.low}" if score.low == score.high else f"de {score.low} à {score.high}"
    return f"Échange en réunion\u00a0: {score.rating_count} {words} {spread}, médiane arrondie {score.proposed}."


def _meeting_minutes(diagnosis: Diagnosis) -> int:
    planned = sharing_meeting(diagnosis.initiative)
    return planned.duration_minutes if planned else USUAL_MINUTES


def _peers(found: Meeting, item: MeetingItem) -> tuple[list[MeetingItem], str]:
    """Return the questions among which this one is counted, and how they are called."""
    if item.score.is_dispersed:
        peers = [other for other in found.to_discuss if other.score.is_dispersed]
        return peers, pluralise(len(peers), "qui diverge", "qui divergent")
    if item in found.to_discuss:
        return [other for other in found.to_discuss if not other.score.is_dispersed], "avec peu d’avis"
    return [], "avis convergents" if item.score.rating_count else "aucun avis"


def _levels(page: MeetingPage) -> list[ProjectedLevel]:
    names: dict[int | None, list[str]] = {}
    for opinion in page.opinions:
        if opinion.name:
            names.setdefault(opinion.level, []).append(opinion.name)
    score = page.item.score
    return [
        ProjectedLevel(value, text, score.counts[value], names.get(value, []), value == page.proposed)
        for value, text, _label in page.levels
    ]


def _saved_label(found: Meeting, item: MeetingItem) -> str:
    """« Enregistré à 14:03 »: this question when it is settled, else the one that was settled last today."""
    if item.agreed is not None:
        return f"Enregistré à {timezone.localtime(item.agreed.decided_at):%H:%M}"
    decided = [(other.agreed.decided_at, other) for other in found.items if other.agreed is not None]
    if not decided:
        return ""
    at, last = max(decided, key=lambda pair: pair[0])
    return f"{last.question.title}\u00a0: enregistré à {timezone.localtime(at):%H:%M}"
