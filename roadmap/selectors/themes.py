"""Coverage of the six themes of the decree, and what is left before the follow-up begins."""

from dataclasses import dataclass

from django.db.models import QuerySet

from authorities.models import Initiative
from reference.models import Theme
from roadmap.enums import ActionStatus
from roadmap.models import ActionSheet, Indicator, Roadmap, ThemeExplanation
from roadmap.selectors.sheets import roadmap_of


@dataclass(frozen=True)
class ThemeRow:
    """A theme of the decree: the actions that cover it, or why it is left aside."""

    theme: Theme
    sheets: tuple[ActionSheet, ...]
    reason: str

    @property
    def is_covered(self) -> bool:
        return bool(self.sheets)

    @property
    def is_settled(self) -> bool:
        return self.is_covered or bool(self.reason)


@dataclass(frozen=True)
class ThemeBoard:
    """The six themes, for the page that explains those that no action covers."""

    roadmap: Roadmap | None
    rows: tuple[ThemeRow, ...]

    @property
    def uncovered(self) -> list[ThemeRow]:
        return [row for row in self.rows if not row.is_covered]

    @property
    def settled_count(self) -> int:
        return sum(row.is_settled for row in self.rows)


def theme_board(initiative: Initiative) -> ThemeBoard:
    """Return the coverage of the themes. Four queries."""
    roadmap = roadmap_of(initiative)
    sheets: list[ActionSheet] = []
    reasons: dict[int, str] = {}
    if roadmap is not None:
        live = ActionSheet.objects.filter(roadmap=roadmap).exclude(status=ActionStatus.ABANDONED)
        sheets = list(live.only("number", "title", "short_title", "theme"))
        reasons = dict(ThemeExplanation.objects.filter(roadmap=roadmap).values_list("theme_id", "reason"))
    rows = tuple(
        ThemeRow(theme, tuple(sheet for sheet in sheets if sheet.theme_id == theme.pk), reasons.get(theme.pk, ""))
        for theme in Theme.objects.all()
    )
    return ThemeBoard(roadmap, rows)


def indicators_to_start(roadmap: Roadmap) -> QuerySet[Indicator]:
    """Return the indicators of the live sheets that have no starting value yet. One query."""
    indicators: QuerySet[Indicator] = (
        Indicator.objects.filter(sheet__roadmap=roadmap, baseline__isnull=True)
        .exclude(sheet__status=ActionStatus.ABANDONED)
        .select_related("sheet")
        .order_by("sheet__number", "position")
    )
    return indicators
