"""What the slides of the restitution are written from, read once."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from authorities.models import Initiative, Meeting
from authorities.selectors import meetings_of
from common.numbers import format_number, pluralise
from diagnostics.models import Diagnosis
from diagnostics.selectors import (
    ConsistencyQuestion,
    DiagnosisResults,
    PeerComparison,
    RoundComparison,
    compare_with_peers,
    compare_with_previous,
    consistency_questions,
    diagnosis_results,
    stored_minutes,
)
from inventory.enums import InventoryState
from inventory.selectors import FootprintPage, current_inventory, footprint_page
from levers.enums import Verdict
from levers.models import Decision, LeverCatalogue
from levers.selectors.catalogue import Recommendation, recommendations
from levers.selectors.decisions import choice_summary
from roadmap.selectors.state import RoadmapCounts, roadmap_counts

SHOWN = 5
SHOWN_LEVERS = 6


@dataclass(frozen=True)
class Choice:
    """What was decided about the levers, in the order of the vote. `ranks`: lever → its rank, empty without a vote."""

    decisions: list[Decision]
    ranks: dict[int, int]
    closed_on: date | None

    def decided(self, verdict: Verdict) -> list[Decision]:
        return [decision for decision in self.decisions if decision.verdict == verdict]


@dataclass(frozen=True)
class Material:
    """All that the slides are written from.

    `choice`: what was decided about the levers, None before any decision (then `levers` are proposed). `held_on`: the
    day of the meeting that its minutes give, else the day that the diagnosis ended: the date of the deck.
    """

    diagnosis: Diagnosis
    results: DiagnosisResults
    comparison: RoundComparison | None
    peers: PeerComparison
    consistency: list[ConsistencyQuestion]
    footprint: FootprintPage | None
    levers: list[Recommendation]
    choice: Choice | None
    counts: RoadmapCounts
    meetings: list[Meeting]
    services: list[str]
    held_on: date

    @property
    def source(self) -> str:
        """Where the levels come from: printed on most slides."""
        return (
            f"diagnostic n° {self.diagnosis.number}, {self.diagnosis.questionnaire.title}, niveaux retenus en réunion"
        )


def gather(diagnosis: Diagnosis, now: datetime) -> Material:
    """Read everything. The law and the coming meetings are those of the day; the rest is dated by the meeting."""
    today = timezone.localdate(now)
    initiative = diagnosis.initiative
    raters = diagnosis.raters.filter(ratings__diagnosis=diagnosis, ratings__level__isnull=False)
    choice = _read_choice(initiative, now)
    services = raters.distinct().values_list("service__name", flat=True).order_by("service__position")
    return Material(
        diagnosis=diagnosis,
        results=diagnosis_results(diagnosis, on=today),
        comparison=compare_with_previous(diagnosis),
        peers=compare_with_peers(diagnosis),
        consistency=consistency_questions(diagnosis, now=now),
        footprint=_frozen_footprint(initiative),
        levers=_proposed_levers(initiative, today) if choice is None else [],
        choice=choice,
        counts=roadmap_counts(initiative),
        meetings=[meeting for meeting in meetings_of(initiative) if meeting.day >= today][:SHOWN],
        services=list(dict.fromkeys(services)),
        held_on=_held_on(diagnosis, today),
    )


def _held_on(diagnosis: Diagnosis, today: date) -> date:
    minutes = stored_minutes(diagnosis)
    if minutes is not None and minutes.held_on is not None:
        return minutes.held_on
    return timezone.localdate(diagnosis.agreed_at) if diagnosis.agreed_at else today


def _read_choice(initiative: Initiative, now: datetime) -> Choice | None:
    decisions = list(Decision.objects.with_lever().for_initiative(initiative))
    if not decisions:
        return None
    summary = choice_summary(initiative, now=now)
    ranks = {item.lever.pk: item.rank for item in summary.choices if item.rank is not None}
    decisions.sort(key=lambda decision: (ranks.get(decision.lever_id, len(ranks) + 1), decision.lever.position))
    return Choice(decisions, ranks, summary.closed_on)


def _proposed_levers(initiative: Initiative, today: date) -> list[Recommendation]:
    if not LeverCatalogue.objects.exists():
        return []
    # A local lever that was withdrawn after a démarche chose it is recommended no more.
    return [item for item in recommendations(initiative, on=today) if item.lever.is_proposed][:SHOWN_LEVERS]


def _frozen_footprint(initiative: Initiative) -> FootprintPage | None:
    inventory = current_inventory(initiative)
    if inventory is None or inventory.state != InventoryState.FROZEN:
        return None
    return footprint_page(inventory)


def counted(number: int, singular: str, plural: str) -> str:
    """Write a number with its noun."""
    return f"{format_number(number)} {pluralise(number, singular, plural)}"


def shown_of(count: int, order: str, shown: int = SHOWN, word: str = "montrées") -> str:
    """Say the order, and that only the first ones are shown when it is so. `word`: agrees with what is counted."""
    return f"{order} {shown} sur {count} sont {word}." if count > shown else (order if count else "")
