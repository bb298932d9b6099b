"""The schedule of a roadmap: actions as the solver and the load see them, what a proposal would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import QuerySet

from common.errors import DomainError
from common.numbers import format_number, pluralise
from common.text import typography
from reference.models import Service
from roadmap.enums import ActionStatus
from roadmap.half_years import HalfYear, half_years_of, span_label
from roadmap.load import LeadLoad, LoadedAction, Relief, lead_loads, reliefs
from roadmap.models import ActionSheet, Roadmap
from roadmap.schedule import PlannedAction, Proposal, duration_in_half_years, even_profile, propose

# Days taken for an action whose sheet says none, so that it can be placed at all; always told as such.
ESTIMATED_DAYS_PER_EFFORT_POINT = 4
DEFAULT_DELAY_MONTHS = 6
DEFAULT_MARK = 3
PROPOSAL_SALT = "roadmap.schedule.proposal"
STARTED = frozenset({ActionStatus.ONGOING, ActionStatus.BLOCKED, ActionStatus.DONE})


@dataclass(frozen=True)
class ProposedMove:
    """One line of a proposal: where the action stands, where it would go, why."""

    sheet: ActionSheet
    start: HalfYear
    end: HalfYear
    reason: str

    @property
    def before_label(self) -> str:
        return self.sheet.span_label

    @property
    def after_label(self) -> str:
        return span_label(self.start.code, self.end.code)

    @property
    def is_changed(self) -> bool:
        return (self.sheet.start_half, self.sheet.end_half) != (self.start.code, self.end.code)


@dataclass(frozen=True)
class ScheduleProposal:
    """A proposed schedule, before anything is written. `token` carries it, signed, to the page that applies it."""

    moves: tuple[ProposedMove, ...]
    loads: tuple[LeadLoad, ...]
    half_years: tuple[HalfYear, ...]
    notes: tuple[str, ...]
    token: str

    @property
    def changed_count(self) -> int:
        return sum(move.is_changed for move in self.moves)


@dataclass(frozen=True)
class ShownRelief:
    """A lead over its capacity, and what to do about it, in words."""

    title: str
    advice: str
    action_key: int | None


@dataclass(frozen=True)
class LoadBoard:
    """Load of each lead, and what would bring back under its capacity those who are over."""

    loads: tuple[LeadLoad, ...]
    half_years: tuple[HalfYear, ...]
    reliefs: tuple[ShownRelief, ...]
    sheets_without_days: tuple[ActionSheet, ...]

    @property
    def over_count(self) -> int:
        return sum(1 for load in self.loads for cell in load.cells if cell.excess_days)


def period_of(roadmap: Roadmap) -> list[HalfYear]:
    """Return the half-years of the démarche, in order."""
    return half_years_of(roadmap.initiative.period_start_year, roadmap.initiative.period_years)


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


def lead_of(sheet: ActionSheet) -> str:
    """Return who bears the load of a sheet: the service, or the name written when no service leads."""
    return sheet.lead_service.name if sheet.lead_service else sheet.lead_name


def capacities_of(roadmap: Roadmap) -> dict[str, float]:
    """Return the capacity of the leads that have their own, service name → days per half-year. One query."""
    return {item.service.name: float(item.days_per_half_year) for item in roadmap.capacities.select_related("service")}


def advised_before(sheets: Sequence[ActionSheet]) -> dict[int, tuple[int, ...]]:
    """Return, for each sheet, the sheets of the roadmap that the catalogue advises to do before it."""
    by_code = {sheet.lever.code: sheet.pk for sheet in sheets if sheet.lever}
    return {
        sheet.pk: tuple(by_code[code] for code in sheet.lever.prerequisite_codes if code in by_code)
        if sheet.lever
        else ()
        for sheet in sheets
    }


def loaded_actions(sheets: Sequence[ActionSheet]) -> list[LoadedAction]:
    """Return the sheets as the load sees them."""
    before = advised_before(sheets)
    return [
        LoadedAction(
            key=sheet.pk,
            label=sheet.label,
            lead=lead_of(sheet),
            days=float(sheet.human_days or 0),
            start=sheet.start,
            end=sheet.end,
            days_by_half_year={code: float(days) for code, days in sheet.human_days_by_half_year.items()},
            is_placed_by_hand=sheet.is_placed_by_hand or sheet.status in STARTED,
            prerequisites=before[sheet.pk],
        )
        for sheet in sheets
    ]


def load_board(roadmap: Roadmap, sheets: Sequence[ActionSheet]) -> LoadBoard:
    """Return the load per lead and half-year of these sheets. One query (the capacities)."""
    half_years = period_of(roadmap)
    capacities = capacities_of(roadmap)
    default = float(roadmap.default_capacity_days)
    actions = loaded_actions(sheets)
    loads = lead_loads(actions, half_years, capacities, default)
    return LoadBoard(
        loads=tuple(loads),
        half_years=tuple(half_years),
        reliefs=tuple(_shown(relief) for relief in reliefs(loads, actions, half_years, capacities, default)),
        sheets_without_days=tuple(sheet for sheet in sheets if sheet.human_days is None),
    )


def _days(count: float) -> str:
    """Write days with one decimal at most: « 8 », « 2,5 »."""
    rounded = round(count, 1)
    return format_number(int(rounded) if rounded == int(rounded) else rounded)


def _shown(relief: Relief) -> ShownRelief:
    days = _days(relief.excess_days)
    many = pluralise(relief.excess_days, "jour", "jours")
    title = f"{relief.lead} : {days} {many} de trop au {relief.half_year.label}"
    if relief.action_key is None:
        advice = (
            "Déplacer une seule action ne suffit pas, sans toucher à ce qui est placé à la main : étalez des jours, "
            "ou changez un pilote."
        )
    else:
        verb = "Repousser" if relief.shift > 0 else "Avancer"
        count = abs(relief.shift)
        span = "d’un semestre" if count == 1 else f"de {count} semestres"
        advice = f"{verb} « {relief.action_label} » {span} suffit, sans toucher à l’ordre conseillé."
    return ShownRelief(typography(title), typography(advice), relief.action_key)


def _duration(sheet: ActionSheet, period: int) -> int:
    if sheet.start and sheet.end:
        return min(period, sheet.end.minus(sheet.start) + 1)
    delay = sheet.lever.delay_months if sheet.lever else DEFAULT_DELAY_MONTHS
    return duration_in_half_years(delay, period)


def _profile(sheet: ActionSheet, duration: int) -> tuple[float, ...]:
    detail: Mapping[str, Any] = sheet.human_days_by_half_year
    if detail and sheet.start:
        by_rank = {HalfYear.from_code(code).minus(sheet.start): float(days) for code, days in detail.items()}
        last = max([*by_rank, 0])
        return tuple(by_rank.get(rank, 0.0) for rank in range(last + 1))
    if sheet.human_days is not None:
        return even_profile(float(sheet.human_days), duration)
    return even_profile((sheet.effort or DEFAULT_MARK) * ESTIMATED_DAYS_PER_EFFORT_POINT, duration)


def planned_actions(sheets: Sequence[ActionSheet], half_years: Sequence[HalfYear]) -> list[PlannedAction]:
    """Return the sheets as the solver sees them. Those placed by hand or already started do not move."""
    before = advised_before(sheets)
    ranks = {half_year.code: rank for rank, half_year in enumerate(half_years)}
    planned = []
    for sheet in sheets:
        duration = _duration(sheet, len(half_years))
        is_kept = sheet.is_placed_by_hand or sheet.status in STARTED
        fixed = ranks.get(sheet.start_half) if is_kept else None
        if fixed is not None:
            duration = min(duration, len(half_years) - fixed)
        planned.append(
            PlannedAction(
                key=sheet.pk,
                label=sheet.label,
                lead=lead_of(sheet),
                duration=duration,
                profile=_profile(sheet, duration),
                is_quick_win=sheet.is_quick_win,
                impact=sheet.impact or DEFAULT_MARK,
                effort=sheet.effort or DEFAULT_MARK,
                prerequisites=before[sheet.pk],
                fixed_start=fixed,
                fixed_reason="Placée à la main : gardée." if sheet.is_placed_by_hand else "Déjà engagée : gardée.",
            )
        )
    return planned


def build_proposal(roadmap: Roadmap) -> ScheduleProposal:
    """Work out a balanced schedule; nothing is written. Raises `DomainError` when there is no sheet to place."""
    sheets = list(live_sheets(roadmap))
    if not sheets:
        raise DomainError(typography("Créez d’abord les fiches actions : ce sont elles que le calendrier place."))
    half_years = period_of(roadmap)
    capacities = capacities_of(roadmap)
    default = float(roadmap.default_capacity_days)
    proposal = propose(
        planned_actions(sheets, half_years),
        labels=[half_year.label for half_year in half_years],
        capacities=capacities,
        default_capacity=default,
    )
    by_key = {sheet.pk: sheet for sheet in sheets}
    moves = tuple(
        ProposedMove(by_key[item.key], half_years[item.start], half_years[item.end], typography(item.reason))
        for item in proposal.placements
    )
    return ScheduleProposal(
        moves=tuple(sorted(moves, key=lambda move: move.sheet.number)),
        loads=tuple(_loads_after(moves, half_years, capacities, default)),
        half_years=tuple(half_years),
        notes=tuple(_notes(proposal, sheets, half_years)),
        token=_sign(moves),
    )


def _loads_after(
    moves: Sequence[ProposedMove], half_years: Sequence[HalfYear], capacities: Mapping[str, float], default: float
) -> list[LeadLoad]:
    actions = []
    for move in moves:
        duration = move.end.minus(move.start) + 1
        profile = _profile(move.sheet, duration)
        actions.append(
            LoadedAction(
                key=move.sheet.pk,
                label=move.sheet.label,
                lead=lead_of(move.sheet),
                days=sum(profile),
                start=move.start,
                end=move.end,
                days_by_half_year={move.start.plus(rank).code: days for rank, days in enumerate(profile)},
            )
        )
    return lead_loads(actions, half_years, capacities, default)


def _notes(proposal: Proposal, sheets: Sequence[ActionSheet], half_years: Sequence[HalfYear]) -> list[str]:
    """Return what the reader must know of the proposal, in French sentences."""
    notes = []
    for item in proposal.overloads:
        lead = item.lead or "Sans pilote"
        days = _days(item.excess_days)
        many = pluralise(item.excess_days, "jour", "jours")
        notes.append(
            f"{lead} dépasse sa capacité de {days} {many} au {half_years[item.rank].label} : aucune place ne l’évite."
        )
    if proposal.advised_order_breaks:
        count = len(proposal.advised_order_breaks)
        many = pluralise(count, "action commence", "actions commencent")
        notes.append(f"{count} {many} avant la fin d’une action conseillée avant.")
    guessed = [sheet for sheet in sheets if sheet.human_days is None]
    if guessed:
        many = pluralise(len(guessed), "fiche ne dit pas ses jours", "fiches ne disent pas leurs jours")
        notes.append(
            f"{len(guessed)} {many} : le calcul prend {ESTIMATED_DAYS_PER_EFFORT_POINT} jours par point d’effort."
        )
    if not proposal.is_optimal:
        notes.append("Le calcul s’est arrêté avant d’avoir tout comparé : une autre proposition peut différer.")
    return [typography(note) for note in notes]


def _sign(moves: Sequence[ProposedMove]) -> str:
    payload = [[move.sheet.pk, move.sheet.version, move.start.code, move.end.code, move.reason] for move in moves]
    return signing.dumps(payload, salt=PROPOSAL_SALT, compress=True)


def read_token(token: str) -> list[tuple[int, int, str, str, str]]:
    """Return what a signed proposal carries: (sheet pk, version, start, end, reason). Raises `DomainError`."""
    try:
        payload = signing.loads(token, salt=PROPOSAL_SALT)
    except signing.BadSignature as error:
        raise DomainError(typography("Cette proposition n’est plus lisible : demandez-en une autre.")) from error
    return [(int(pk), int(version), start, end, reason) for pk, version, start, end, reason in payload]


@dataclass(frozen=True)
class LeadServices:
    """The services that lead an action, and the capacity that some of them have of their own, by pk."""

    services: tuple[Service, ...]
    days_by_service: dict[int, int]


def lead_services(roadmap: Roadmap) -> LeadServices:
    """Return the services that lead at least one live sheet. Two queries."""
    leading = ActionSheet.objects.filter(roadmap=roadmap).exclude(status=ActionStatus.ABANDONED)
    services = Service.objects.filter(pk__in=leading.values("lead_service"))
    days = dict(roadmap.capacities.values_list("service_id", "days_per_half_year"))
    return LeadServices(tuple(services), days)
