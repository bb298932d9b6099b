"""Preview of a list of people, and the reading of the file that holds it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from authorities.committee_list import (
    CheckedLine,
    KnownPerson,
    KnownService,
    ListLine,
    check_lines,
    guess_service,
    has_header,
    read_sheet,
    service_word,
)
from authorities.models import CommitteeImport, Participant
from common.errors import DomainError
from common.spreadsheets.process import SheetContent, SpreadsheetRefused, read_spreadsheet
from common.text import normalise
from reference.models import Service

MAX_FILE_BYTES = 2 * 1024 * 1024
SHOWN_WORDS = 8


class ReceivedFile(Protocol):
    """An uploaded file, as Django gives it."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class ServiceWord:
    """A word of the list and the service that it is taken for: to be chosen when `code` is empty, else to be read."""

    key: str
    written: str
    line_count: int
    code: str
    service_name: str


@dataclass(frozen=True)
class PreviewLine:
    """A line as the preview shows it."""

    checked: CheckedLine
    service_name: str
    role_label: str

    @property
    def line(self) -> ListLine:
        return self.checked.line


@dataclass(frozen=True)
class CommitteePreview:
    """What a list would add: the lines in three parts, and the words whose service is to be chosen or read again."""

    waiting: CommitteeImport
    ready: list[PreviewLine]
    present: list[PreviewLine]
    refused: list[PreviewLine]
    words: list[ServiceWord]
    service_names: list[str]


def read_committee_file(received: ReceivedFile) -> list[ListLine]:
    """Return the lines of an xlsx, ods or csv file. Raises DomainError with what to do. Nothing is written."""
    if (received.size or 0) > MAX_FILE_BYTES:
        raise DomainError("Ce fichier dépasse 2 Mo\u00a0: gardez la seule feuille des personnes.")
    data = received.read()
    name = received.name or ""
    if name.lower().endswith((".csv", ".txt")) and data:
        return read_sheet(_csv_rows(data))
    try:
        sheet = _sheet_of_people(read_spreadsheet(data, name))
    except SpreadsheetRefused as refusal:
        if refusal.code in {"extension", "text"}:
            raise DomainError("Déposez un fichier dont le nom finit par .xlsx, .ods ou .csv.") from refusal
        raise
    return read_sheet(sheet.rows, sheet.formulas | sheet.errors)


def lines_of(waiting: CommitteeImport) -> list[ListLine]:
    """Return the lines of a list that waits, as they were read and corrected."""
    return [ListLine(**line) for line in waiting.lines]


def checked_lines(waiting: CommitteeImport) -> list[CheckedLine]:
    """Return what becomes of each line, the committee being what it is now. Two queries."""
    return _check(waiting, _known_services())


def committee_preview(waiting: CommitteeImport) -> CommitteePreview:
    """Return the preview of a list. Two queries, whatever the number of lines."""
    services = _known_services()
    names = {service.code: service.name for service in services}
    lines = [
        PreviewLine(item, names.get(item.service_code, ""), str(item.role.label)) for item in _check(waiting, services)
    ]
    return CommitteePreview(
        waiting=waiting,
        ready=[line for line in lines if line.checked.is_ready],
        present=[line for line in lines if line.checked.present],
        refused=[line for line in lines if line.checked.reason],
        words=_words(lines, services, names),
        service_names=[service.name for service in services],
    )


def find_line(waiting: CommitteeImport, place: int) -> CheckedLine | None:
    """Return a line by its place in the list, None when there is none. Two queries."""
    return next((item for item in checked_lines(waiting) if item.line.place == place), None)


def find_service(word: str, services: Sequence[Service]) -> Service | None:
    """Return the service that a typed word means, None when none or several could be meant."""
    code = guess_service(word, [_known(service) for service in services])
    return next((service for service in services if service.code == code), None)


def _check(waiting: CommitteeImport, services: Sequence[KnownService]) -> list[CheckedLine]:
    people = Participant.objects.for_initiative(waiting.initiative)
    known = [KnownPerson(*values) for values in people.values_list("name", "email", "is_active")]
    return check_lines(lines_of(waiting), services=services, chosen=waiting.services, people=known)


def _words(lines: Sequence[PreviewLine], services: Sequence[KnownService], names: dict[str, str]) -> list[ServiceWord]:
    """Return the words that are not the exact name of a service: those to choose first, then those to read again."""
    exact = {normalise(word) for service in services for word in (service.name, *service.aliases)}
    found: dict[str, ServiceWord] = {}
    for line in lines:
        key = service_word(line.line)
        if key in exact or line.checked.present or line.line.problem:
            continue
        former = found.get(key)
        count = former.line_count + 1 if former else 1
        code = line.checked.service_code
        found[key] = ServiceWord(key, line.line.service, count, code, names.get(code, ""))
    return sorted(found.values(), key=lambda word: bool(word.code))[:SHOWN_WORDS]


def _known_services() -> list[KnownService]:
    return [_known(service) for service in Service.objects.all()]


def _known(service: Service) -> KnownService:
    return KnownService(service.code, service.name, tuple(service.aliases))


def _sheet_of_people(sheets: Sequence[SheetContent]) -> SheetContent:
    """Return the first sheet whose columns are named, else the first that holds something."""
    named = next((sheet for sheet in sheets if has_header(sheet.rows)), None)
    filled = next((sheet for sheet in sheets if sheet.rows), None)
    if named is None and filled is None:
        raise DomainError("Ce tableur est vide\u00a0: écrivez une personne par ligne.")
    return named or filled  # type: ignore[return-value]


def _csv_rows(data: bytes) -> list[list[str]]:
    """Return the cells of a csv file: UTF-8, or what a French Windows writes; semicolons, tabs or commas."""
    if b"\x00" in data:
        raise DomainError("Ce fichier n’est pas un texte\u00a0: enregistrez la liste au format csv, xlsx ou ods.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    mark = next((mark for mark in (";", "\t") if mark in first), "," if "," in first else ";")
    try:
        return list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error:
        raise DomainError("Ce fichier csv est abîmé\u00a0: enregistrez-le de nouveau depuis votre tableur.") from None
