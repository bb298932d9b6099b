"""A grid on paper: A4, the sentence of each level with its box, lines for what the person adds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from accounts.models import User
from common.pdf import make_pdf
from diagnostics.enums import LEVELS
from diagnostics.grids.columns import abstention_of
from diagnostics.grids.content import Grid, GridPart, GridQuestion
from diagnostics.grids.people import GridPerson
from diagnostics.grids.workbook import deadline_of, grid_title
from diagnostics.models import Rating

# What stands above the box of an abstention, in a column that its words would make too wide.
ABSTENTION_MARK = "NSP"


@dataclass(frozen=True)
class PrintedRow:
    """The line of a person under a question: which box is ticked, None when none is, and the comment."""

    person: GridPerson | None
    ticked: str | None
    comment: str


@dataclass(frozen=True)
class PrintedQuestion:
    """A question with its boxes: (value, sentence), the abstention last."""

    item: GridQuestion
    rows: list[PrintedRow]
    starts: str

    @property
    def boxes(self) -> list[tuple[str, str]]:
        return [(str(level), self.item.levels[level]) for level in LEVELS]


def build_grid_pdf(grid: Grid, *, author: User, now: datetime) -> bytes:
    """Return the PDF of a grid. Raises `PdfError` when the libraries are missing."""
    context = {
        "grid": grid,
        "title": grid_title(grid),
        "deadline": deadline_of(grid),
        "author": author,
        "abstention": abstention_of(grid.diagnosis),
        "marks": [*map(str, LEVELS), ABSTENTION_MARK],
        "pages": [(part, list(_printed(grid, part))) for part in grid.parts],
        "is_single": grid.is_blank or grid.person is not None,
        "scale": list(zip(LEVELS, grid.diagnosis.questionnaire.scale, strict=True)),
    }
    return make_pdf(render_to_string("pdf/interview_grid.html", context), created_at=now)


def _printed(grid: Grid, part: GridPart) -> Iterator[PrintedQuestion]:
    """Give the questions of a part; `starts` names the group that begins there: a dimension, known or not."""
    former = ""
    for item in part.questions:
        group = item.question.dimension.name
        if item.is_known is not None:
            group = f"{group}, {'que vous connaissez' if item.is_known else 'si vous la connaissez'}"
        people: list[GridPerson | None] = [*part.people] or [None]
        rows = [_row(grid.rating(person, item) if person else None, person) for person in people]
        yield PrintedQuestion(item, rows, group if group != former else "")
        former = group


def _row(rating: Rating | None, person: GridPerson | None) -> PrintedRow:
    if rating is None:
        return PrintedRow(person, None, "")
    return PrintedRow(person, ABSTENTION_MARK if rating.level is None else str(rating.level), rating.comment)
