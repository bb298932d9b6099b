"""The schedule as the page draws it: one row per action, grouped by dimension."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.gantt import draw_header, draw_span, half_year_pattern
from common.text import typography
from roadmap.half_years import HalfYear
from roadmap.load import UNLED
from roadmap.models import ActionSheet, Roadmap
from roadmap.selectors.proposals import ProposedMove, ScheduleProposal
from roadmap.selectors.schedule import allowed_half_years, lead_of, period_of, shown_half_years

OTHERS = "Sans dimension"


@dataclass(frozen=True)
class GanttRow:
    """An action with its drawing."""

    sheet: ActionSheet
    lead: str
    drawing: SafeString
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class GanttGroup:
    """The actions of a dimension."""

    title: str
    rows: tuple[GanttRow, ...]


@dataclass(frozen=True)
class Gantt:
    """The whole drawing: its pattern (once in the page), its header, its groups, the half-years it shows."""

    pattern: SafeString
    header: SafeString
    groups: tuple[GanttGroup, ...]
    placed_count: int
    unplaced_count: int
    half_years: tuple[HalfYear, ...]
    allowed_count: int
    beyond_count: int

    @property
    def codes(self) -> str:
        return " ".join(half_year.code for half_year in self.half_years)


def _title(sheet: ActionSheet) -> str:
    """Say the row in words: span, quick win, placed by hand."""
    words = [sheet.span_label]
    if sheet.is_quick_win:
        words.append("gain rapide")
    if sheet.is_placed_by_hand:
        words.append("placée à la main")
    return typography(", ".join(words))


def _row(sheet: ActionSheet, half_years: Sequence[HalfYear], period: int) -> GanttRow:
    first = sheet.start.minus(half_years[0]) if sheet.start else None
    last = sheet.end.minus(half_years[0]) if sheet.end else None
    drawing = draw_span(
        first,
        last,
        len(half_years),
        title=_title(sheet),
        is_quick_win=sheet.is_quick_win,
        is_by_hand=sheet.is_placed_by_hand,
        period=period,
    )
    return GanttRow(sheet, lead_of(sheet) or UNLED, drawing, first, last)


def _drawing_order(sheet: ActionSheet) -> tuple[bool, int, int]:
    """By dimension, in the order of the method, then by number; the sheets without dimension come last."""
    return sheet.dimension is None, sheet.dimension.position if sheet.dimension else 0, sheet.number


def build_gantt(roadmap: Roadmap, sheets: Sequence[ActionSheet]) -> Gantt:
    """Return the drawing of these sheets (those of `live_sheets`). No query."""
    half_years = shown_half_years(roadmap, sheets)
    period = len(period_of(roadmap))
    groups: dict[str, list[GanttRow]] = {}
    ordered = sorted(sheets, key=_drawing_order)
    for sheet in ordered:
        title = sheet.dimension.short_name if sheet.dimension else OTHERS
        groups.setdefault(title, []).append(_row(sheet, half_years, period))
    placed = sum(sheet.is_placed for sheet in sheets)
    return Gantt(
        pattern=half_year_pattern(len(half_years)),
        header=draw_header([half_year.short_label for half_year in half_years], period=period),
        groups=tuple(GanttGroup(title, tuple(rows)) for title, rows in groups.items()),
        placed_count=placed,
        unplaced_count=len(sheets) - placed,
        half_years=tuple(half_years),
        allowed_count=len(allowed_half_years(roadmap)),
        beyond_count=len(half_years) - period,
    )


@dataclass(frozen=True)
class ProposedRow:
    """An action of a proposal with its drawing."""

    move: ProposedMove
    drawing: SafeString


def proposed_rows(proposal: ScheduleProposal, period: int) -> list[ProposedRow]:
    """Return the rows of a proposal, drawn; the place that an action leaves is outlined. No query."""
    return [ProposedRow(move, _proposed_drawing(move, proposal.half_years, period)) for move in proposal.moves]


def _proposed_drawing(move: ProposedMove, half_years: Sequence[HalfYear], period: int) -> SafeString:
    first, sheet = half_years[0], move.sheet
    former = None
    title = f"{move.verb} : {move.after_label}"
    if move.is_changed and sheet.start and sheet.end:
        former = (sheet.start.minus(first), sheet.end.minus(first))
        title += f", avant {move.before_label}"
    return draw_span(
        move.start.minus(first),
        move.end.minus(first),
        len(half_years),
        title=typography(title),
        is_quick_win=sheet.is_quick_win,
        is_by_hand=sheet.is_placed_by_hand,
        period=period,
        former=former,
    )
