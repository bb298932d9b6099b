"""A list of people, pasted or read from a spreadsheet: its lines, the service that each word means, what to correct.

Pure: texts and plain values in, dataclasses out. Lines are « Nom ; adresse ; service ; fonction ; rôle », with tabs,
semicolons or commas, or « Nom <adresse> » as a mail client copies it. A header may give another order.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from authorities.enums import Role
from common.errors import DomainError
from common.text import normalise, one_line, without_unseen

MAX_LINES = 200
MAX_PASTED = 60_000
HEADER_SEARCH_ROWS = 15
LENGTHS = {"name": 150, "email": 254, "service": 120, "function": 150, "role": 60}
FIELDS = tuple(LENGTHS)

_HEADERS = {
    "name": ("nom", "nom et prénom", "prénom et nom", "nom prénom", "prénom nom", "personne", "nom complet"),
    "first_name": ("prénom",),
    "email": (
        *("adresse", "adresse électronique", "adresse mail", "adresse e-mail", "e-mail", "email", "mail", "courriel"),
        *("mél", "messagerie", "adresse de messagerie"),
    ),
    "service": ("service", "direction", "pôle", "direction ou service", "service ou direction"),
    "function": ("fonction", "poste", "titre", "emploi", "mission"),
    "role": ("rôle", "rôles", "rôle dans la démarche"),
}
_BY_HEADER = {normalise(word): name for name, words in _HEADERS.items() for word in words}
_ROLE_WORDS = {
    Role.REFERENT: ("référent", "référente", "référent numérique responsable"),
    Role.COMMITTEE: ("comité technique", "comité", "cotech", "membre", "membre du comité"),
    Role.ELECTED: ("élu", "élue", "élus", "copil", "comité de pilotage"),
    Role.CONTRIBUTOR: ("contributeur", "contributrice", "prestataire"),
    Role.ADVISER: ("accompagnateur", "accompagnatrice"),
}
_BY_ROLE_WORD = {normalise(word): role for role, words in _ROLE_WORDS.items() for word in words}
_FORMULA_START = ("=", "+", "-", "@")
_NAMED_ADDRESS = re.compile(r"^(?P<name>.*?)\s*<\s*(?P<email>[^<>\s]+)\s*>\s*$")
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
_BETWEEN_ADDRESSES = re.compile(r"(?<=>)\s*[;,]\s*")


@dataclass(frozen=True)
class ListLine:
    """A line as it was read.

    `number`: of the line in the text or the sheet; `place`: rank in the list, from 1, unique; `problem`: why it cannot
    be taken as it stands, found while reading (a formula).
    """

    number: int
    name: str = ""
    email: str = ""
    service: str = ""
    function: str = ""
    role: str = ""
    problem: str = ""
    place: int = 0


@dataclass(frozen=True)
class KnownService:
    """A service of the reference data: its code, its name and the other words for it."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownPerson:
    """Somebody who is in the committee already, or was."""

    name: str
    email: str
    is_active: bool


@dataclass(frozen=True)
class CheckedLine:
    """A line of the preview. Exactly one of the three: `is_ready` (to be added), `present` (why it is not), `reason`.

    `reason` says what to correct.
    """

    line: ListLine
    service_code: str
    role: Role
    present: str = ""
    reason: str = ""

    @property
    def is_ready(self) -> bool:
        return not self.present and not self.reason


# Reading -------------------------------------------------------------------------------------------------------------


def read_pasted(text: str) -> list[ListLine]:
    """Return the lines of a pasted text. Raises DomainError when it holds nobody, or too many people."""
    rows: list[tuple[int, list[str]]] = []
    for number, written in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        line = without_unseen(written)
        if line.strip():
            rows += [(number, cells) for cells in _split(line)]
    return _lines_of(rows, frozenset())


def read_sheet(rows: Sequence[Sequence[Any]], computed: frozenset[tuple[int, int]] = frozenset()) -> list[ListLine]:
    """Return the lines of a sheet. `computed`: positions of formulas and error values (row, column), from 1."""
    cells = [
        (number, [_written(cell) for cell in row])
        for number, row in enumerate(rows, start=1)
        if any(_written(cell) for cell in row) or any(row_number == number for row_number, _column in computed)
    ]
    return _lines_of(cells, computed)


def has_header(rows: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a sheet names its columns: the name of the people and something else."""
    return any(_header([_written(cell) for cell in row]) for row in rows[:HEADER_SEARCH_ROWS])


def _split(line: str) -> list[list[str]]:
    """Return the people of a line of text: one, or several as a mail client copies them."""
    if line.count("<") > 1 and line.count("<") == line.count(">"):
        return [[entry] for entry in _BETWEEN_ADDRESSES.split(line.strip(" ;,")) if entry.strip()]
    for mark in ("\t", ";"):
        if mark in line:
            return [line.split(mark)]
    if _NAMED_ADDRESS.match(line.strip()):
        return [[line]]
    return [line.split(",")] if "," in line else [[line]]


def _lines_of(rows: Sequence[tuple[int, list[str]]], computed: frozenset[tuple[int, int]]) -> list[ListLine]:
    columns: dict[str, int] = {}
    start = 0
    for position, (_number, cells) in enumerate(rows[:HEADER_SEARCH_ROWS]):
        found = _header(cells)
        if found:
            columns, start = found, position + 1
            break
    people = rows[start:]
    if not people:
        raise DomainError("Cette liste ne nomme personne\u00a0: écrivez une personne par ligne.")
    if len(people) > MAX_LINES:
        raise DomainError(f"Cette liste a {len(people)} lignes\u00a0: coupez-la, {MAX_LINES} lignes au plus à la fois.")
    marked = {row for row, _column in computed}
    lines = (_line(number, cells, columns, is_computed=number in marked) for number, cells in people)
    return [replace(line, place=place) for place, line in enumerate(lines, start=1)]


def _header(cells: Sequence[str]) -> dict[str, int]:
    """Return field → position when the cells are headers, else nothing."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(cells):
        name = _BY_HEADER.get(normalise(cell))
        if name is not None:
            columns.setdefault(name, position)
    return columns if "name" in columns and len(columns) > 1 else {}


def _line(number: int, cells: Sequence[str], columns: Mapping[str, int], *, is_computed: bool) -> ListLine:
    if columns:
        values = {name: _cell(cells, columns.get(name)) for name in FIELDS}
        values["name"] = f"{_cell(cells, columns.get('first_name'))} {values['name']}".strip()
    else:
        values = {name: _cell(cells, position) for position, name in enumerate(FIELDS)}
        if _ADDRESS.fullmatch(values["name"]) and values["email"] and "@" not in values["email"]:
            values["name"], values["email"] = values["email"], values["name"]
    named = _NAMED_ADDRESS.match(values["name"]) or _NAMED_ADDRESS.match(values["email"])
    if named:
        # « Nom <adresse> » fills two fields: without headers, what follows is one place further left.
        if not columns and named.string == values["name"]:
            rest = [_cell(cells, position) for position in range(1, 4)]
            rest = rest[1:] if not rest[0] else rest
            values |= dict(zip(("service", "function", "role"), [*rest, "", ""], strict=False))
        is_swapped = named.string != values["name"]
        values["name"] = values["name"] if is_swapped else _bare(named["name"])
        values["email"] = named["email"]
    elif not values["email"] and _ADDRESS.fullmatch(values["name"]):
        values["name"], values["email"] = "", values["name"]
    values["name"] = _bare(values["name"])
    return ListLine(number=number, problem=_problem(values, is_computed), **values)  # type: ignore[arg-type]


def _problem(values: Mapping[str, str], is_computed: bool) -> str:
    if is_computed or any(value.startswith(_FORMULA_START) for value in values.values()):
        return "Cette ligne contient une formule\u00a0: remplacez-la par sa valeur."
    return ""


def _cell(cells: Sequence[str], position: int | None) -> str:
    return _tidy(cells[position]) if position is not None and position < len(cells) else ""


def _written(cell: Any) -> str:
    """Write the cell of a spreadsheet; a date, or a number, stands for nothing that a line of people holds."""
    return _tidy(str(cell.get("date", "")) if isinstance(cell, dict) else "" if cell is None else str(cell))


def _tidy(text: str) -> str:
    return one_line(text)[:500]


def _bare(name: str) -> str:
    return name.strip(" \"'«»\u00a0,;")


# Checking ------------------------------------------------------------------------------------------------------------


def guess_service(word: str, services: Iterable[KnownService]) -> str:
    """Return the code of the service that a word means, empty when none, or several, could be meant.

    First the same words (accents, case, plural and « service », « direction de » do not count), then a name or another
    word of one service inside a longer text: « Pôle achats et marchés » is the service of purchases. A name inside
    another one gives way to it.
    """
    wanted = _key(word)
    if not wanted:
        return ""
    keys = [(key, service.code) for service in services for key in _keys(service)]
    for key, code in keys:
        if key == wanted:
            return code
    inside = [(key, code) for key, code in keys if f" {key} " in f" {wanted} "]
    widest = {
        code for key, code in inside if not any(key != other and f" {key} " in f" {other} " for other, _code in inside)
    }
    return widest.pop() if len(widest) == 1 else ""


def _keys(service: KnownService) -> list[str]:
    return [key for key in (_key(word) for word in (service.code, service.name, *service.aliases)) if key]


_EMPTY_WORDS = {"service", "direction", "pole", "departement", "de", "des", "du", "la", "le", "les", "l", "d", "et"}


def _key(word: str) -> str:
    words = normalise(word).split()
    # « Direction générale » and « DSI » stay whole: the empty words go only when something else remains.
    kept = [item for item in words if item not in _EMPTY_WORDS] or words
    return " ".join(item.rstrip("sx") if len(item) > 3 else item for item in kept)


def find_role(word: str) -> Role | None:
    """Return the role that a word means; the technical committee when nothing is written, None for another word."""
    return _BY_ROLE_WORD.get(normalise(word)) if word.strip() else Role.COMMITTEE


def service_word(line: ListLine) -> str:
    """Return the key under which the service chosen for a line is kept: its word in plain letters."""
    return normalise(line.service)


def check_lines(
    lines: Sequence[ListLine],
    *,
    services: Sequence[KnownService],
    chosen: Mapping[str, str],
    people: Iterable[KnownPerson],
) -> list[CheckedLine]:
    """Tell what becomes of each line: added, already there, or to correct. Nothing is written.

    `chosen`: service code that the référent chose, by word of the list. Somebody without address is compared by name.
    """
    known = list(people)
    by_email = {person.email: person for person in known if person.email}
    by_name = {normalise(person.name): person for person in known}
    codes = {service.code for service in services}
    emails: dict[str, int] = {}
    names: dict[str, int] = {}
    checked = []
    for line in lines:
        chosen_code = chosen.get(service_word(line), "")
        code = chosen_code if chosen_code in codes else guess_service(line.service, services)
        role = find_role(line.role)
        email, name = line.email.lower(), normalise(line.name)
        reason = line.problem or _reason(line, code, role)
        present = ""
        if not reason:
            person = by_email.get(email) if email else by_name.get(name)
            present = _present(person)
            first = emails.get(email) if email else names.get(name)
            if not present and first is not None:
                reason = f"Déjà à la ligne {first} de cette liste\u00a0: gardez une seule des deux."
        if not reason:
            emails.setdefault(email, line.number)
            names.setdefault(name, line.number)
        checked.append(CheckedLine(line, code, role or Role.COMMITTEE, present, reason))
    return checked


def _present(person: KnownPerson | None) -> str:
    if person is None:
        return ""
    return "Déjà au comité" if person.is_active else "A quitté le comité\u00a0: reprenez cette personne depuis la liste"


def _reason(line: ListLine, code: str, role: Role | None) -> str:
    if not line.name:
        return "Il manque le nom\u00a0: écrivez le prénom et le nom."
    for name, label in (("name", "Le nom"), ("function", "La fonction")):
        if len(getattr(line, name)) > LENGTHS[name]:
            return f"{label} dépasse {LENGTHS[name]} caractères\u00a0: raccourcissez."
    if line.email and not _is_address(line.email):
        return "L’adresse n’est pas complète\u00a0: écrivez-la comme prenom.nom@exemple.fr, ou videz-la."
    if role is None:
        return f"Rôle inconnu\u00a0: «\u00a0{line.role[:40]}\u00a0». Reprenez un rôle du modèle, ou videz la case."
    if not code:
        if not line.service:
            return "Il manque le service\u00a0: choisissez-le."
        return f"Service non reconnu\u00a0: «\u00a0{line.service[:60]}\u00a0». Choisissez-le dans la liste."
    return ""


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= LENGTHS["email"]
