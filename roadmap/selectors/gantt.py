"""The schedule as the page draws it: one row per action, grouped by dimension."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.charts.gantt import draw_header, draw_span, half_year_pattern
from common.text import typography
from roadmap.half_years import HalfYear
from roadmap.load import UNLED
from roadmap.models import ActionSheet, Roadmap
from roadmap.selectors.schedule import ScheduleProposal, lead_of, period_of

OTHERS = "Sans dimension"


@dataclass(frozen=True)
class GanttRow:
    """An action with its drawing."""

    sheet: ActionSheet
    lead: str
    drawing: SafeString


@dataclass(frozen=True)
class GanttGroup:
    """The actions of a dimension."""

    title: str
    rows: tuple[GanttRow, ...]


@dataclass(frozen=True)
class Gantt:
    """The whole drawing: its pattern (once in the page), its header, its groups."""

    pattern: SafeString
    header: SafeString
    groups: tuple[GanttGroup, ...]
    placed_count: int
    unplaced_count: int


def _title(sheet: ActionSheet) -> str:
    """Say the row in words: span, quick win, placed by hand."""
    words = [sheet.span_label]
    if sheet.is_quick_win:
        words.append("gain rapide")
    if sheet.is_placed_by_hand:
        words.append("placée à la main")
    return typography(", ".join(words))


def _row(sheet: ActionSheet, half_years: Sequence[HalfYear]) -> GanttRow:
    ranks = {half_year.code: rank for rank, half_year in enumerate(half_years)}
    first, last = ranks.get(sheet.start_half), ranks.get(sheet.end_half)
    drawing = draw_span(first, last, len(half_years), title=_title(sheet), is_quick_win=sheet.is_quick_win)
    return GanttRow(sheet, lead_of(sheet) or UNLED, drawing)


def _drawing_order(sheet: ActionSheet) -> tuple[bool, int, int]:
    """By dimension, in the order of the method, then by number; the sheets without dimension come last."""
    return sheet.dimension is None, sheet.dimension.position if sheet.dimension else 0, sheet.number


def build_gantt(roadmap: Roadmap, sheets: Sequence[ActionSheet]) -> Gantt:
    """Return the drawing of these sheets (those of `live_sheets`). No query."""
    half_years = period_of(roadmap)
    groups: dict[str, list[GanttRow]] = {}
    ordered = sorted(sheets, key=_drawing_order)
    for sheet in ordered:
        title = sheet.dimension.short_name if sheet.dimension else OTHERS
        groups.setdefault(title, []).append(_row(sheet, half_years))
    placed = sum(sheet.is_placed for sheet in sheets)
    return Gantt(
        pattern=half_year_pattern(len(half_years)),
        header=draw_header([half_year.short_label for half_year in half_years]),
        groups=tuple(GanttGroup(title, tuple(rows)) for title, rows in groups.items()),
        placed_count=placed,
        unplaced_count=len(sheets) - placed,
    )


@dataclass(frozen=True)
class ProposedRow:
    """An action of a proposal with its drawing."""

    sheet: ActionSheet
    before_label: str
    after_label: str
    reason: str
    is_changed: bool
    drawing: SafeString


def proposed_rows(proposal: ScheduleProposal) -> list[ProposedRow]:
    """Return the rows of a proposal, drawn. No query."""
    count = len(proposal.half_years)
    first = proposal.half_years[0]
    return [
        ProposedRow(
            sheet=move.sheet,
            before_label=move.before_label,
            after_label=move.after_label,
            reason=move.reason,
            is_changed=move.is_changed,
            drawing=draw_span(
                move.start.minus(first),
                move.end.minus(first),
                count,
                title=move.after_label,
                is_quick_win=move.sheet.is_quick_win,
            ),
        )
        for move in proposal.moves
    ]
