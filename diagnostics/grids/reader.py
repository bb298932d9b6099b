"""From the cells of a grid to the answers of people, line by line, each refusal with its reason. Nothing is written.

A grid comes from outside: what it says of its round is compared with the round, and whatever it holds of a person or
of a question that is not of this round is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.errors import DomainError
from common.numbers import format_number
from common.spreadsheets.process import SheetContent
from common.spreadsheets.tables import LineRefused, Refused, Table, candidate_tables, is_empty, refuse_computed
from common.text import normalise, typography
from diagnostics.enums import LEVELS
from diagnostics.grids import columns as words
from diagnostics.grids.people import GridPerson
from diagnostics.models import COMMENT_MAX_LENGTH, Diagnosis, Question

UNKNOWN_FILE = "Ce fichier n’est pas une grille de Jalons\u00a0: repartez d’une grille téléchargée sur cette page."
OTHER_AUTHORITY = "Cette grille est celle d’une autre collectivité\u00a0: rien n’a été lu."
OTHER_ROUND = "Cette grille est celle d’un autre diagnostic\u00a0: téléchargez une grille de celui-ci."
OTHER_QUESTIONNAIRE = (
    "Cette grille suit une autre version du questionnaire\u00a0: téléchargez une grille de ce diagnostic."
)
WHOSE = "Cette grille ne porte pas de nom\u00a0: choisissez la personne qui l’a remplie."
GONE = "Cette grille est celle d’une personne qui n’est plus dans ce diagnostic, ou qui a changé de nom\u00a0: {name}."
MISMATCH = "Cette grille est celle de {name}\u00a0: laissez le choix de la personne vide, ou choisissez-la."
_ABSTENTIONS = {"ne se prononce pas", "je ne me prononce pas", "abstention", "nspp"}
_LEVELS_SAID = {f"{prefix}{level}": level for level in LEVELS for prefix in ("", "niveau ")}


@dataclass(frozen=True)
class ReadAnswer:
    """An answer of a grid. `version`: that of the answer typed when the grid was made, 0 without one."""

    participant_pk: int
    question_pk: int
    level: int | None
    comment: str
    version: int


@dataclass
class GridReading:
    """What a grid says. `untouched_count`: answers already typed that nobody changed in it."""

    answers: list[ReadAnswer] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    untouched_count: int = 0


@dataclass(frozen=True)
class _Marks:
    """What the hidden sheet says: values by name, the person, (question, person) → version and digest."""

    values: dict[str, str]
    person: str
    answers: dict[tuple[str, str], tuple[int, str]]


def read_grid(
    sheets: Sequence[SheetContent],
    *,
    diagnosis: Diagnosis,
    questions: Iterable[Question],
    people: Sequence[GridPerson],
    chosen: GridPerson | None,
) -> GridReading:
    """Return the answers of a grid. `chosen`: whose it is, when a blank one does not say it.

    Raises `DomainError` when it is no grid, or that of something else.
    """
    marks = _read_marks(sheets)
    _check_marks(marks, diagnosis)
    by_label = {normalise(person.label): person for person in people}
    reader = _Reader(diagnosis, marks, {normalise(question.code): question for question in questions})
    is_read = False
    for sheet in sheets:
        if sheet.name in {words.MARKS_SHEET, words.GUIDE_SHEET}:
            continue
        table, columns = _find_table(sheet, diagnosis, by_label)
        if table is None:
            continue
        is_read = True
        if "level" in table.columns:
            columns = {"level": _owner(marks, by_label, chosen)}
        else:
            reader.refuse_unknown_columns(table, _known_headers(diagnosis, by_label))
        reader.read(table, columns)
    if not is_read:
        raise DomainError(UNKNOWN_FILE)
    return reader.reading


# What the grid says of itself ----------------------------------------------------------------------------------------


def _read_marks(sheets: Sequence[SheetContent]) -> _Marks:
    sheet = next((sheet for sheet in sheets if sheet.name == words.MARKS_SHEET), None)
    values: dict[str, str] = {}
    answers: dict[tuple[str, str], tuple[int, str]] = {}
    person = ""
    for row in sheet.rows[1:] if sheet else []:
        name, code, label, value = [str(cell).strip() for cell in [*row, "", "", "", ""][:4]]
        if name == words.PERSON_MARK:
            person = label
        elif name == words.ANSWER_MARK:
            version, _colon, digest = value.partition(":")
            if version.isdecimal() and len(version) < 10:
                answers[normalise(code), normalise(label)] = int(version), digest
        else:
            values[name] = value
    return _Marks(values, person, answers)


def _check_marks(marks: _Marks, diagnosis: Diagnosis) -> None:
    expected = words.marks_of(diagnosis)
    for name, message in (
        (words.FORMAT_MARK, UNKNOWN_FILE),
        (words.AUTHORITY_MARK, OTHER_AUTHORITY),
        (words.INITIATIVE_MARK, OTHER_ROUND),
        (words.ROUND_MARK, OTHER_ROUND),
        (words.QUESTIONNAIRE_MARK, OTHER_QUESTIONNAIRE),
    ):
        if marks.values.get(name) != expected[name]:
            raise DomainError(message)


def _owner(marks: _Marks, by_label: Mapping[str, GridPerson], chosen: GridPerson | None) -> GridPerson:
    """Return whose grid this is. A named grid is not read as somebody else's."""
    if not marks.person:
        if chosen is None:
            raise DomainError(WHOSE)
        return chosen
    named = by_label.get(normalise(marks.person))
    if named is None:
        raise DomainError(GONE.format(name=marks.person[:80]))
    if chosen is not None and chosen.pk != named.pk:
        raise DomainError(MISMATCH.format(name=named.label))
    return named


# Headers -------------------------------------------------------------------------------------------------------------


def _find_table(
    sheet: SheetContent, diagnosis: Diagnosis, by_label: Mapping[str, GridPerson]
) -> tuple[Table | None, dict[str, GridPerson]]:
    """Return the table of a sheet, and the column of the answers of each person."""
    headers = {normalise(words.CODE): "code", normalise(words.LEVEL): "level", normalise(words.COMMENT): "comment"}
    people = {f"level-{person.pk}": person for person in by_label.values()}
    for label, person in by_label.items():
        headers[label] = f"level-{person.pk}"
        headers[normalise(words.comment_header(person.label))] = f"comment-{person.pk}"
    for table in candidate_tables(sheet, headers):
        if "code" in table.columns and ("level" in table.columns or set(people) & set(table.columns)):
            return table, {name: person for name, person in people.items() if name in table.columns}
    return None, {}


def _known_headers(diagnosis: Diagnosis, by_label: Mapping[str, GridPerson]) -> set[str]:
    fixed = (words.CODE, words.DIMENSION, words.KNOWN, words.TITLE, words.QUESTION, *words.level_headers(diagnosis))
    comments = (words.comment_header(person.label) for person in by_label.values())
    return {normalise(header) for header in (*fixed, *comments)} | set(by_label)


# Lines ---------------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads the lines of a grid, and keeps what it read."""

    def __init__(self, diagnosis: Diagnosis, marks: _Marks, questions: Mapping[str, Question]) -> None:
        self.marks, self.questions = marks, questions
        self.abstentions = _ABSTENTIONS | {normalise(words.abstention_of(diagnosis))}
        self.reading = GridReading()
        self.seen: dict[tuple[int, int], int] = {}

    def refuse_unknown_columns(self, table: Table, known: set[str]) -> None:
        for position, cell in enumerate(table.sheet.rows[table.header_row - 1]):
            header = " ".join(str(cell).split())
            rows = (row for _number, row in table.rows())
            if header and normalise(header) not in known and any(not is_empty(_at(row, position)) for row in rows):
                reason = "Ce nom n’est celui de personne dans ce diagnostic : téléchargez une nouvelle grille."
                self.refuse(table, table.header_row, header[:60], reason)

    def refuse(self, table: Table, row: int, column: str, reason: str) -> None:
        self.reading.refused.append(Refused(table.sheet.name, row, column, typography(reason)))

    def read(self, table: Table, people: Mapping[str, GridPerson]) -> None:
        for number, row in table.rows():
            for name, person in people.items():
                try:
                    self.read_answer(table, number, row, name, person)
                except LineRefused as refusal:
                    self.refuse(table, number, refusal.column, refusal.message)

    def read_answer(self, table: Table, number: int, row: Sequence[Any], name: str, person: GridPerson) -> None:
        comment_name = name.replace("level", "comment")
        answer, remark = table.cell(row, name), table.cell(row, comment_name)
        _refuse_computed_pair(table, number, name, comment_name)
        if is_empty(answer) and is_empty(remark):
            return
        question = self.questions.get(normalise(str(table.cell(row, "code"))))
        if question is None:
            code = str(table.cell(row, "code"))[:20]
            raise LineRefused(
                table.headers["code"],
                f"Question inconnue : « {code} ». Reprenez les codes de la grille téléchargée.",
            )
        key = person.pk, question.pk
        if key in self.seen:
            raise LineRefused(
                table.headers["code"], f"{question.code} : cette question est déjà à la ligne {self.seen[key]}."
            )
        self.seen[key] = number
        level, comment = self.level(answer, table.headers[name]), _comment(remark, table, comment_name)
        version, digest = self.marks.answers.get((normalise(question.code), normalise(person.label)), (0, ""))
        if digest == words.rating_digest(level, comment):
            self.reading.untouched_count += 1
            return
        self.reading.answers.append(ReadAnswer(person.pk, question.pk, level, comment, version))

    def level(self, cell: Any, header: str) -> int | None:
        """Return the level of a cell, None for an abstention. Raises `LineRefused`."""
        said = normalise(str(cell)) if isinstance(cell, str | int) else ""
        if said in self.abstentions:
            return None
        if said in _LEVELS_SAID:
            return _LEVELS_SAID[said]
        choices = "Choisissez un niveau de 0 à 4, ou « Je ne me prononce pas »."
        if is_empty(cell):
            raise LineRefused(header, f"Commentaire sans niveau. {choices}")
        shown = cell.get("date", "") if isinstance(cell, dict) else cell
        raise LineRefused(header, f"Lu : « {str(shown)[:40]} ». {choices}")


def _refuse_computed_pair(table: Table, number: int, *names: str) -> None:
    """Refuse the answer of one person when a formula or an error stands in it; the others of the line are read."""
    columns = {name: table.columns[name] for name in names if name in table.columns}
    refuse_computed(Table(table.sheet, table.header_row, columns, table.headers), number)


def _comment(cell: Any, table: Table, name: str) -> str:
    if isinstance(cell, dict):
        return str(cell["date"])[:10]
    text = "" if is_empty(cell) else str(cell).strip()
    if len(text) > COMMENT_MAX_LENGTH:
        raise LineRefused(
            table.headers[name],
            f"Ce commentaire dépasse {format_number(COMMENT_MAX_LENGTH)} caractères : raccourcissez-le.",
        )
    return text


def _at(row: Sequence[Any], position: int) -> Any:
    return row[position] if position < len(row) else ""
