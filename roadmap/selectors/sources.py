"""What a new action sheet takes from the other applications: finding, vote, simulated saving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from authorities.models import Initiative
from common.dates import format_day
from common.text import typography
from inventory.selectors import current_inventory, simulate_levers
from levers.models import Lever
from levers.relevance import Criterion
from levers.selectors import ballot_results, current_ballot, recommendations

FINDING_CRITERIA = frozenset({Criterion.QUESTION, Criterion.DIMENSION, Criterion.DUTY, Criterion.SAVING})
MAX_FINDING_REASONS = 3
LETTERS = "EPICN"


@dataclass(frozen=True)
class Saving:
    """A simulated saving in kg CO₂e per year, with its range and where it comes from. Positive when impact falls."""

    central: Decimal
    low: Decimal
    high: Decimal
    source: str


@dataclass(frozen=True)
class VoteResult:
    """Median grade of a lever (None without enough votes) and its counts, letter → votes, A for abstentions."""

    grade: int | None
    counts: dict[str, int]


def _kilograms(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.001"))


def lever_savings(initiative: Initiative, levers: Sequence[Lever]) -> dict[int, Saving]:
    """Return what each lever would save alone on the current inventory, lever pk → saving; those without effect not."""
    inventory = current_inventory(initiative)
    simulated = [(lever.code, lever.simulation) for lever in levers if lever.simulation]
    if inventory is None or not simulated:
        return {}
    found = {
        code: (saving.kgco2e_central, saving.low, saving.high)
        for code, saving in simulate_levers(inventory, simulated).items()
        if saving.kgco2e_central > 0
    }
    dated = format_day(inventory.dated_on)
    source = typography(f"simulation sur l’inventaire du {dated}")
    return {
        lever.pk: Saving(
            central=_kilograms(found[lever.code][0]),
            # Bounds come from other hypotheses than the centre: they never cross it.
            low=_kilograms(min(found[lever.code])),
            high=_kilograms(max(found[lever.code])),
            source=source,
        )
        for lever in levers
        if lever.code in found
    }


def lever_findings(initiative: Initiative, *, on: date) -> dict[int, str]:
    """Return what the diagnosis, the inventory and the law say of each lever, lever pk → a short text."""
    findings = {}
    for item in recommendations(initiative, on=on):
        reasons = [reason.sentence for reason in item.reasons if reason.criterion in FINDING_CRITERIA]
        if reasons:
            findings[item.lever.pk] = " ".join(reasons[:MAX_FINDING_REASONS])
    return findings


def lever_votes(initiative: Initiative, *, now: datetime) -> dict[int, VoteResult]:
    """Return how the committee voted on each lever, lever pk → result; empty while no ballot has closed."""
    ballot = current_ballot(initiative)
    if ballot is None or not ballot.is_closed(now):
        return {}
    votes = {}
    for row in ballot_results(ballot, now=now).rows:
        counts = dict(zip(LETTERS, row.result.counts.grades, strict=True))
        counts["A"] = row.result.counts.abstentions
        gauge = row.result.gauge
        votes[row.lever.pk] = VoteResult(int(gauge.grade) if gauge else None, counts)
    return votes
