"""The spreadsheet of a grid, as xlsx or ods: only the answers and the comments can be typed in."""

from collections.abc import Callable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import Any

from common import ods, xlsx
from common.dates import format_moment
from common.text import typography
from common.xlsx import Column, Sheet
from diagnostics.enums import LEVELS
from diagnostics.grids import columns as words
from diagnostics.grids.content import Grid, GridPart, GridQuestion
from diagnostics.grids.people import GridPerson

WRITERS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "xlsx": (xlsx.CONTENT_TYPE, xlsx.build_workbook),
    "ods": (ods.CONTENT_TYPE, ods.build_ods),
}


def build_grid_file(grid: Grid, extension: str, *, now: datetime) -> bytes:
    """Return the bytes of the spreadsheet: how to fill it, the questions, and what ties it to its round, hidden."""
    sheets = [_guide(grid), *(_sheet(grid, part) for part in grid.parts), _marks(grid)]
    return WRITERS[extension][1](sheets, title=grid_title(grid), created_at=now)


def grid_title(grid: Grid) -> str:
    authority = grid.diagnosis.initiative.authority.name
    return f"Grille d’entretien, {authority}, diagnostic n°\u00a0{grid.diagnosis.number}"


def deadline_of(grid: Grid) -> str:
    """« 24 mars 2026 à 18:00 », or what says that there is none yet."""
    closes_at = grid.diagnosis.closes_at
    return format_moment(closes_at) if closes_at else "date à fixer"


def _guide(grid: Grid) -> Sheet:
    abstention = words.abstention_of(grid.diagnosis)
    whose = f"Réponses de {grid.person.label}." if grid.person else ""
    lines = [
        whose or "Cette grille prend les réponses de chaque personne dans sa colonne.",
        "Lisez les cinq phrases, de 0 à 4, et choisissez celle qui ressemble le plus à la collectivité aujourd’hui.",
        f"Niveau : 0, 1, 2, 3, 4 ou « {abstention} », par la liste de la cellule. L’abstention n’est jamais un zéro.",
        "Laissez vide ce dont vous n’avez pas parlé : une cellule vide ne change rien à ce qui est enregistré.",
        "Un commentaire accompagne un niveau : seul, il ne peut pas être lu.",
        "Seules les cellules blanches se remplissent. Aucune formule : tapez ou collez des valeurs.",
        f"Clôture des avis : {deadline_of(grid)}. Rendez la grille à votre référent numérique responsable avant.",
        "Il la déposera dans Jalons et verra chaque réponse avant de l’enregistrer.",
    ]
    if grid.is_blank:
        lines[0] = "Grille vierge : votre référent dira de qui elle vient en la déposant."
    return Sheet(
        words.GUIDE_SHEET,
        columns=[Column("Comment remplir", typography, width=110, wraps=True)],
        rows=lines,
        intro=[grid_title(grid)],
        is_protected=True,
    )


def _sheet(grid: Grid, part: GridPart) -> Sheet:
    has_all = grid.is_blank or grid.person is not None
    return Sheet(
        part.title,
        columns=[*_question_columns(grid, has_all=has_all), *_answer_columns(grid, part)],
        rows=part.questions,
        intro=[grid_title(grid), f"Clôture des avis : {deadline_of(grid)}"],
        is_protected=True,
        frozen_columns=2,
    )


def _question_columns(grid: Grid, *, has_all: bool) -> Iterator[Column]:
    yield Column(words.CODE, lambda item: item.code, width=8, wraps=True)
    yield Column(words.QUESTION, lambda item: item.question.text, width=32, wraps=True)
    if has_all:
        yield Column(words.DIMENSION, lambda item: item.question.dimension.short_name, width=13, wraps=True)
    if grid.person is not None:
        yield Column(words.KNOWN, lambda item: "oui" if item.is_known else "", width=10, wraps=True)
    for level, header in zip(LEVELS, words.level_headers(grid.diagnosis), strict=True):
        yield Column(header, _level_text(level), width=22, wraps=True)


def _level_text(level: int) -> Callable[[GridQuestion], str]:
    return lambda item: item.levels[level]


def _answer_columns(grid: Grid, part: GridPart) -> Iterator[Column]:
    if grid.is_blank:
        yield from _pair(grid, words.LEVEL, words.COMMENT, None)
    elif grid.person is not None:
        yield from _pair(grid, words.LEVEL, words.COMMENT, grid.person)
    else:
        for person in part.people:
            yield from _pair(grid, person.label, words.comment_header(person.label), person)


def _pair(grid: Grid, level_header: str, comment_header: str, person: GridPerson | None) -> Iterator[Column]:
    """Give the column of the answers of a person and that of their comments."""

    def answer(item: GridQuestion) -> Any:
        rating = grid.rating(person, item) if person else None
        return words.written_answer(grid.diagnosis, rating.level) if rating else None

    def comment(item: GridQuestion) -> Any:
        rating = grid.rating(person, item) if person else None
        return rating.comment if rating else None

    choices = (*map(str, LEVELS), words.abstention_of(grid.diagnosis))
    yield Column(level_header, answer, width=14, is_editable=True, choices=choices, wraps=True)
    yield Column(comment_header, comment, width=36, is_editable=True, wraps=True)


def _marks(grid: Grid) -> Sheet:
    """Return the hidden sheet: the round, the person, and which answers were already typed when it was made."""
    rows: list[tuple[str, str, str, str]] = [
        (name, "", "", value) for name, value in words.marks_of(grid.diagnosis).items()
    ]
    if grid.person is not None:
        rows.append((words.PERSON_MARK, "", grid.person.label, ""))
    for part in grid.parts:
        for person in part.people:
            for item in part.questions:
                rating = grid.rating(person, item)
                if rating is not None:
                    mark = f"{rating.version}:{words.rating_digest(rating.level, rating.comment)}"
                    rows.append((words.ANSWER_MARK, item.code, person.label, mark))
    columns = [Column(header, itemgetter(rank), width=24) for rank, header in enumerate(words.MARK_HEADERS)]
    return Sheet(words.MARKS_SHEET, columns, rows, is_protected=True, is_hidden=True)
