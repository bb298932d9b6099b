"""A proposed schedule before anything is written: what it moves, what it keeps, or why none is possible."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing

from common.errors import DomainError
from common.numbers import pluralise
from common.text import typography
from roadmap.half_years import HalfYear, span_label
from roadmap.load import UNLED, LeadLoad, LoadedAction, lead_loads
from roadmap.models import ActionSheet, Roadmap
from roadmap.schedule import Limits, Proposal, RemedyKind, propose
from roadmap.schedule.words import ConflictText, RemedyText, days, euros, write_conflict
from roadmap.selectors.load_board import YearBudget, load_board, year_budgets
from roadmap.selectors.schedule import (
    ESTIMATED_DAYS_PER_EFFORT_POINT,
    costed_sheets,
    days_profile,
    lead_of,
    limits_of,
    period_of,
    planned_actions,
    yearly_costs,
)

PROPOSAL_SALT = "roadmap.schedule.proposal"


@dataclass(frozen=True)
class ProposedMove:
    """One line of a proposal: where the action stands, where it would go, why."""

    sheet: ActionSheet
    start: HalfYear
    end: HalfYear
    reason: str
    is_fixed: bool = False

    @property
    def before_label(self) -> str:
        return self.sheet.span_label

    @property
    def after_label(self) -> str:
        return span_label(self.start.code, self.end.code)

    @property
    def is_changed(self) -> bool:
        return (self.sheet.start_half, self.sheet.end_half) != (self.start.code, self.end.code)

    @property
    def verb(self) -> str:
        """What the proposal does with the action, in a word: moved, placed, kept."""
        if not self.is_changed:
            return "Gardée" if self.is_fixed else "Inchangée"
        return "Déplacée" if self.sheet.is_placed else "Placée"


@dataclass(frozen=True)
class Change:
    """A figure of the whole schedule, today and with the proposal."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ScheduleProposal:
    """A proposed schedule, before anything is written. `token` carries it, signed, to the page that applies it.

    Without move when `conflicts` tell why no schedule holds what the référent declared firm.
    """

    moves: tuple[ProposedMove, ...]
    half_years: tuple[HalfYear, ...]
    notes: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    conflicts: tuple[ConflictText, ...] = ()
    token: str = ""

    @property
    def changed_count(self) -> int:
        return sum(move.is_changed for move in self.moves)

    @property
    def kept_count(self) -> int:
        return len(self.moves) - self.changed_count

    @property
    def fixed_count(self) -> int:
        return sum(move.is_fixed for move in self.moves)


def build_proposal(roadmap: Roadmap) -> ScheduleProposal:
    """Work out a balanced schedule; nothing is written. Raises `DomainError` when there is no sheet to place."""
    sheets = costed_sheets(roadmap)
    if not sheets:
        raise DomainError(typography("Créez d’abord les fiches actions : ce sont elles que le calendrier place."))
    period = period_of(roadmap)
    limits = limits_of(roadmap)
    proposal = propose(planned_actions(sheets, period), half_years=period, limits=limits)
    by_key = {sheet.pk: sheet for sheet in sheets}
    if not proposal.is_possible:
        labels = {sheet.pk: sheet.label for sheet in sheets}
        conflicts = tuple(_typed(write_conflict(item, period, labels)) for item in proposal.conflicts)
        return ScheduleProposal((), tuple(period), tuple(_estimates(sheets)), conflicts=conflicts)
    moves = tuple(
        ProposedMove(
            by_key[item.key],
            period[0].plus(item.start),
            period[0].plus(item.end),
            typography(item.reason),
            item.is_fixed,
        )
        for item in proposal.placements
    )
    last = max(period[-1], *(move.end for move in moves))
    half_years = [period[0].plus(rank) for rank in range(min(last.minus(period[0]), len(period) + 1) + 1)]
    return ScheduleProposal(
        moves=tuple(sorted(moves, key=lambda move: move.sheet.number)),
        half_years=tuple(half_years),
        notes=tuple(_notes(proposal, sheets, period)),
        changes=tuple(_changes(roadmap, sheets, moves, limits)),
        token=_sign(moves),
    )


def _typed(text: ConflictText) -> ConflictText:
    return ConflictText(
        typography(text.title),
        tuple(typography(fact) for fact in text.facts),
        tuple(RemedyText(item.kind, typography(item.text), item.keys) for item in text.remedies),
    )


def has_release(conflicts: Sequence[ConflictText]) -> bool:
    """Tell whether giving back the placements made by hand is one of the remedies."""
    return any(remedy.kind is RemedyKind.RELEASE for conflict in conflicts for remedy in conflict.remedies)


# Before and after ----------------------------------------------------------------------------------------------------
def _changes(
    roadmap: Roadmap, sheets: Sequence[ActionSheet], moves: Sequence[ProposedMove], limits: Limits
) -> list[Change]:
    """Return what the whole schedule gains or loses: half-years over capacity, heaviest one, years over ceiling."""
    board = load_board(roadmap, sheets)
    after = _loads_after(moves, board.half_years, limits)
    totals = [sum(load.cells[rank].days for load in after) for rank in range(len(board.half_years))]
    over_after = sum(1 for load in after for cell in load.cells if cell.excess_days)
    changes = [
        Change("Semestres où un pilote dépasse sa capacité", str(board.over_count), str(over_after)),
        Change("Semestre le plus chargé, tous pilotes réunis", days(max(board.totals)), days(max(totals))),
    ]
    if limits.ceilings:
        before_eur = {item.year: item for item in year_budgets(roadmap, sheets)}
        for year, ceiling in sorted(limits.ceilings.items()):
            planned = sum(
                yearly_costs(move.sheet, move.start, move.end.minus(move.start) + 1).get(year, 0.0) for move in moves
            )
            label = f"Budget {year}, plafond de {euros(ceiling)}"
            changes.append(Change(label, _spent(before_eur[year]), _spent(YearBudget(year, planned, ceiling))))
    return [Change(*(typography(text) for text in (item.label, item.before, item.after))) for item in changes]


def _spent(budget: YearBudget) -> str:
    over = f", {euros(budget.excess_eur)} de trop" if budget.excess_eur else ""
    return f"{euros(budget.planned_eur)}{over}"


def _loads_after(moves: Sequence[ProposedMove], half_years: Sequence[HalfYear], limits: Limits) -> list[LeadLoad]:
    actions = []
    for move in moves:
        profile = days_profile(move.sheet, move.end.minus(move.start) + 1) if move.sheet.human_days is not None else ()
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
    return lead_loads(actions, half_years, limits.capacities, limits.default_capacity)


# What the reader must know -------------------------------------------------------------------------------------------
def _notes(proposal: Proposal, sheets: Sequence[ActionSheet], half_years: Sequence[HalfYear]) -> list[str]:
    notes = []
    is_held = any(item.is_fixed for item in proposal.placements)
    kept = " sans toucher à ce qui est gardé" if is_held else ""
    end = f" : aucune place ne l’évite{kept}." if proposal.is_optimal else "."
    for item in proposal.overloads:
        lead, name = item.lead or UNLED, half_years[0].plus(item.rank).label
        notes.append(f"{lead} dépasse sa capacité de {days(item.excess_days)} au {name}{end}")
    notes += [
        f"Le budget {item.year} dépasse son plafond de {euros(item.excess_eur)}{end}" for item in proposal.overspends
    ]
    late = [item for item in proposal.placements if item.end >= len(half_years)]
    if late:
        many = pluralise(len(late), "action finit", "actions finissent")
        notes.append(f"{len(late)} {many} après la période.")
    if proposal.advised_order_breaks:
        count = len(proposal.advised_order_breaks)
        many = pluralise(count, "action commence", "actions commencent")
        notes.append(f"{count} {many} avant la fin d’une action conseillée avant.")
    if not proposal.is_optimal:
        notes.append("Le calcul s’est arrêté avant d’avoir tout comparé : un meilleur calendrier peut exister.")
    return [*(typography(note) for note in notes), *_estimates(sheets)]


def _estimates(sheets: Sequence[ActionSheet]) -> list[str]:
    guessed = [sheet for sheet in sheets if sheet.human_days is None]
    if not guessed:
        return []
    many = pluralise(len(guessed), "fiche ne dit pas ses jours", "fiches ne disent pas leurs jours")
    sentence = f"{len(guessed)} {many} : le calcul prend {ESTIMATED_DAYS_PER_EFFORT_POINT} jours par point d’effort."
    return [typography(sentence)]


# The token -----------------------------------------------------------------------------------------------------------
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
