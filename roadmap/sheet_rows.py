"""The rows of an action sheet (steps, indicators, days by role, budget by year), as a person writes them.

One table says, for each kind of row, its model, its columns in the order of the page, and how many a sheet may have:
forms, services, the trail and the spreadsheet all read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from common.text import typography
from roadmap.enums import Direction, StepProgress
from roadmap.models import ActionStep, Indicator, SheetBudgetLine, SheetHumanMeans

MAX_DAYS = 10_000
MAX_EUROS = Decimal(10) ** 9
STEPS, INDICATORS, HUMAN_MEANS, BUDGET_LINES = "steps", "indicators", "human_means", "budget_lines"


@dataclass(frozen=True)
class StepValues:
    """One step of an action, as a person writes it."""

    text: str
    who: str = ""
    due_half: str = ""
    due_on: date | None = None
    progress: str = StepProgress.TODO


@dataclass(frozen=True)
class IndicatorValues:
    """One indicator of an action, as a person writes it."""

    name: str
    unit: str = ""
    direction: str = Direction.UP
    baseline: Decimal | None = None
    baseline_year: int | None = None
    target: Decimal | None = None
    target_year: int | None = None
    frequency: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class HumanMeansValues:
    """Days that a role gives to an action over the period."""

    role: str
    days: Decimal


@dataclass(frozen=True)
class BudgetLineValues:
    """What an action costs in a year, in euros, and the funding that was found."""

    year: int
    investment_eur: Decimal = Decimal(0)
    operation_eur: Decimal = Decimal(0)
    funding_eur: Decimal = Decimal(0)
    funding_source: str = ""

    @property
    def cost_eur(self) -> Decimal:
        return self.investment_eur + self.operation_eur


SheetRow = StepValues | IndicatorValues | HumanMeansValues | BudgetLineValues
SheetRows = Mapping[str, Sequence[SheetRow]]


@dataclass(frozen=True)
class RowKind:
    """A kind of row. `columns`: those that a person writes, the first one names the row.

    `limited`: what is limited, at the end of « Gardez 12… », with what to do.
    """

    model: type[models.Model]
    values: type[SheetRow]
    word: str
    maximum: int
    limited: str
    has_position: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.values.__dataclass_fields__)

    @property
    def too_many(self) -> str:
        """The refusal of one row more."""
        return typography(f"Gardez {self.maximum} {self.limited}")

    def build(self, sheet: Any, rows: Sequence[SheetRow]) -> list[models.Model]:
        """Return the rows of a sheet, unsaved."""
        return [
            self.model(sheet=sheet, **({"position": rank} if self.has_position else {}), **asdict(row))
            for rank, row in enumerate(rows, start=1)
        ]


ROW_KINDS: dict[str, RowKind] = {
    STEPS: RowKind(ActionStep, StepValues, "étape", 12, "étapes au plus : au-delà, une fiche ne se suit pas."),
    INDICATORS: RowKind(
        Indicator, IndicatorValues, "indicateur", 8, "indicateurs au plus : trois se suivent mieux que dix."
    ),
    HUMAN_MEANS: RowKind(SheetHumanMeans, HumanMeansValues, "rôle", 8, "rôles au plus : regroupez les autres."),
    BUDGET_LINES: RowKind(
        SheetBudgetLine, BudgetLineValues, "budget", 10, "années de budget au plus.", has_position=False
    ),
}
