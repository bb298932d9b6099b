"""The schedule of a roadmap: its half-years, its sheets as the solver sees them, its limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from reference.models import Service
from roadmap.enums import ActionStatus
from roadmap.half_years import HalfYear, half_years_of
from roadmap.models import ActionSheet, Roadmap
from roadmap.schedule import (
    BEYOND,
    LimitKind,
    Limits,
    PlannedAction,
    duration_in_half_years,
    even_profile,
    shift_cost,
    spread_cost,
)

# Days taken for an action whose sheet says none, so that it can be placed at all; always told as such.
ESTIMATED_DAYS_PER_EFFORT_POINT = 4
DEFAULT_DELAY_MONTHS = 6
DEFAULT_MARK = 3
STARTED = frozenset({ActionStatus.ONGOING, ActionStatus.BLOCKED, ActionStatus.DONE})


def period_of(roadmap: Roadmap) -> list[HalfYear]:
    """Return the half-years of the démarche, in order."""
    return half_years_of(roadmap.initiative.period_start_year, roadmap.initiative.period_years)


def allowed_half_years(roadmap: Roadmap) -> list[HalfYear]:
    """Return the half-years where an action may be placed: some after the period when its end is not firm."""
    period = period_of(roadmap)
    return period if roadmap.has_firm_end else [*period, *(period[-1].plus(rank) for rank in range(1, BEYOND + 1))]


def shown_half_years(roadmap: Roadmap, sheets: Sequence[ActionSheet]) -> list[HalfYear]:
    """Return the half-years that a drawing shows: those allowed, and those after the period where an action lies."""
    allowed = allowed_half_years(roadmap)
    limit = period_of(roadmap)[-1].plus(BEYOND)
    last = max([allowed[-1], *(sheet.end for sheet in sheets if sheet.end)])
    return [*allowed, *(allowed[-1].plus(rank) for rank in range(1, min(last, limit).minus(allowed[-1]) + 1))]


def live_sheets(roadmap: Roadmap) -> QuerySet[ActionSheet]:
    """Return the sheets of a roadmap that are not abandoned, with what their line shows. One query."""
    sheets: QuerySet[ActionSheet] = (
        ActionSheet.objects.filter(roadmap=roadmap)
        .exclude(status=ActionStatus.ABANDONED)
        .select_related("lever", "lead_service", "lead_participant__service", "theme", "dimension")
        .defer("lever__description", "lever__sources", "lever__search_text", "lever__steps", "lever__indicators")
        .order_by("number")
    )
    return sheets


def costed_sheets(roadmap: Roadmap) -> list[ActionSheet]:
    """Return the live sheets with their budget year by year. Two queries."""
    return list(live_sheets(roadmap).prefetch_related("budget_lines"))


def sheets_with_steps(roadmap: Roadmap) -> list[ActionSheet]:
    """Return the live sheets with their steps. Two queries."""
    return list(live_sheets(roadmap).prefetch_related("steps"))


def lead_of(sheet: ActionSheet) -> str:
    """Return who bears the load of a sheet: the service, or the person written when no service leads."""
    if sheet.lead_service is not None:
        return sheet.lead_service.name
    return sheet.lead_name or (sheet.lead_participant.name if sheet.lead_participant else "")


def capacities_of(roadmap: Roadmap) -> dict[str, float]:
    """Return the capacity of the leads that have their own, service name → days per half-year. One query."""
    return {item.service.name: float(item.days_per_half_year) for item in roadmap.capacities.select_related("service")}


def ceilings_of(roadmap: Roadmap) -> dict[int, float]:
    """Return the budget ceilings of the years of the period, year → euros. One query."""
    years = {half_year.year for half_year in period_of(roadmap)}
    return {item.year: float(item.amount_eur) for item in roadmap.budget_ceilings.all() if item.year in years}


def firm_limits(roadmap: Roadmap) -> frozenset[LimitKind]:
    """Return what the référent declared firm."""
    declared = {
        LimitKind.CAPACITY: roadmap.has_firm_capacities,
        LimitKind.CEILING: roadmap.has_firm_ceilings,
        LimitKind.END: roadmap.has_firm_end,
    }
    return frozenset(kind for kind, is_firm in declared.items() if is_firm)


def limits_of(roadmap: Roadmap) -> Limits:
    """Return what the schedule must and should hold. Two queries."""
    return Limits(
        default_capacity=float(roadmap.default_capacity_days),
        capacities=capacities_of(roadmap),
        ceilings=ceilings_of(roadmap),
        firm=firm_limits(roadmap),
    )


def advised_before(sheets: Sequence[ActionSheet]) -> dict[int, tuple[int, ...]]:
    """Return, for each sheet, the sheets of the roadmap that the catalogue advises to do before it."""
    by_code = {sheet.lever.code: sheet.pk for sheet in sheets if sheet.lever}
    return {
        sheet.pk: tuple(by_code[code] for code in sheet.lever.prerequisite_codes if code in by_code)
        if sheet.lever
        else ()
        for sheet in sheets
    }


def _duration(sheet: ActionSheet, period: int, *, is_kept: bool) -> int:
    if sheet.start and sheet.end:
        span = sheet.end.minus(sheet.start) + 1
        return span if is_kept else min(period, span)
    delay = sheet.lever.delay_months if sheet.lever else DEFAULT_DELAY_MONTHS
    return duration_in_half_years(delay, period)


def days_profile(sheet: ActionSheet, duration: int) -> tuple[float, ...]:
    """Return the days of an action in its first half-year, its second…; estimated from its effort when it says none."""
    detail: Mapping[str, Any] = sheet.human_days_by_half_year
    if detail and sheet.start:
        by_rank = {HalfYear.from_code(code).minus(sheet.start): float(days) for code, days in detail.items()}
        last = max([*by_rank, 0])
        return tuple(by_rank.get(rank, 0.0) for rank in range(last + 1))
    if sheet.human_days is not None:
        return even_profile(float(sheet.human_days), duration)
    return even_profile((sheet.effort or DEFAULT_MARK) * ESTIMATED_DAYS_PER_EFFORT_POINT, duration)


def yearly_costs(sheet: ActionSheet, start: HalfYear, duration: int) -> dict[int, float]:
    """Return the euros of each year when an action begins at `start`: its lines by year, else its budget spread evenly.

    The sheet comes from `costed_sheets`.
    """
    lines = {line.year: float(line.cost_eur) for line in sheet.budget_lines.all()}
    if any(lines.values()):
        return shift_cost(lines, sheet.start, start)
    return spread_cost(float(sheet.budget_eur), start, duration) if sheet.budget_eur else {}


def planned_actions(sheets: Sequence[ActionSheet], half_years: Sequence[HalfYear]) -> list[PlannedAction]:
    """Return the sheets as the solver sees them. Those placed by hand or already started do not move."""
    before = advised_before(sheets)
    period = len(half_years)
    planned = []
    for sheet in sheets:
        is_kept = sheet.is_placed and (sheet.is_placed_by_hand or sheet.status in STARTED)
        duration = _duration(sheet, period, is_kept=is_kept)
        fixed = sheet.start.minus(half_years[0]) if is_kept and sheet.start else None
        ranks = {fixed} if fixed is not None else set()
        is_by_hand = fixed is not None and sheet.is_placed_by_hand and sheet.status not in STARTED
        planned.append(
            PlannedAction(
                key=sheet.pk,
                label=sheet.label,
                lead=lead_of(sheet),
                duration=duration,
                profile=days_profile(sheet, duration),
                is_quick_win=sheet.is_quick_win,
                impact=sheet.impact or DEFAULT_MARK,
                effort=sheet.effort or DEFAULT_MARK,
                prerequisites=before[sheet.pk],
                fixed_start=fixed,
                fixed_reason="Placée à la main : gardée." if sheet.is_placed_by_hand else "Déjà engagée : gardée.",
                is_placed_by_hand=is_by_hand,
                costs={
                    rank: yearly_costs(sheet, half_years[0].plus(rank), duration)
                    for rank in sorted(ranks | set(range(period + BEYOND)))
                },
            )
        )
    return planned


@dataclass(frozen=True)
class LimitChoices:
    """What the form of the limits shows: the services that lead, the years of the period, and what is stored."""

    services: tuple[Service, ...]
    years: tuple[int, ...]
    days_by_service: dict[int, int] = field(default_factory=dict)
    euros_by_year: dict[int, Any] = field(default_factory=dict)


def limit_choices(roadmap: Roadmap) -> LimitChoices:
    """Return the services that lead at least one live sheet, the years, and their stored limits. Three queries."""
    leading = ActionSheet.objects.filter(roadmap=roadmap).exclude(status=ActionStatus.ABANDONED)
    return LimitChoices(
        services=tuple(Service.objects.filter(pk__in=leading.values("lead_service"))),
        years=tuple(sorted({half_year.year for half_year in period_of(roadmap)})),
        days_by_service=dict(roadmap.capacities.values_list("service_id", "days_per_half_year")),
        euros_by_year=dict(roadmap.budget_ceilings.values_list("year", "amount_eur")),
    )


def days_after_period(roadmap: Roadmap, sheets: Sequence[ActionSheet]) -> list[tuple[ActionSheet, float]]:
    """Return the sheets whose days stand after the period, with how many: no load counts them. No query."""
    last = period_of(roadmap)[-1].code
    counted = (
        (sheet, sum(days for code, days in sheet.human_days_by_half_year.items() if code > last)) for sheet in sheets
    )
    return [(sheet, days) for sheet, days in counted if days]
