"""Reading of a spreadsheet that somebody sent, in a child process with a memory and a time limit.

Measured: one cell at the far corner of a sheet makes the reader abort the whole process, which no exception catches,
and some archives of a few kilobytes cost over one gigabyte. So nothing of a received file is parsed in the server.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import DomainError
from common.text import typography

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 200
LIMITS: dict[str, int] = {
    "memory_bytes": 512 * 1024 * 1024,
    "cpu_seconds": 15,
    # The rows of our templates, and the lines above their headers.
    "rows": MAX_ROWS + 20,
    "columns": MAX_COLUMNS,
    "cells": 250_000,
    "characters": 5_000_000,
    "text": 500,
    "sheets": 30,
    "entries": 1_000,
    "unpacked_bytes": 120 * 1024 * 1024,
    "ratio": 100,
    "ratio_floor_bytes": 5 * 1024 * 1024,
}
WALL_SECONDS = 20
_CHILD = Path(__file__).with_name("child.py")

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

REFUSALS: dict[str, str] = {
    "empty": "Ce fichier est vide : choisissez le tableur rempli.",
    "too_heavy": "Ce fichier dépasse 20 Mo : déposez le tableur sans ses images ni ses autres feuilles.",
    "old_xls": "Ce fichier est à l’ancien format xls : enregistrez-le au format xlsx, puis déposez-le.",
    "encrypted": "Ce fichier est protégé par un mot de passe : retirez le mot de passe à l’ouverture, puis déposez-le.",
    "text": "Ce fichier est un texte (csv ou autre) : déposez le tableur au format xlsx ou ods.",
    "pdf": "Ce fichier est un PDF : déposez le tableur au format xlsx ou ods.",
    "not_a_spreadsheet": "Ce fichier n’est pas un tableur xlsx ou ods : vérifiez celui que vous avez choisi.",
    "extension": "Déposez un fichier dont le nom finit par .xlsx ou .ods.",
    "macros": "Ce fichier contient des macros : enregistrez-le au format xlsx, sans macros, puis déposez-le.",
    "bomb": "Ce fichier se déplie en un volume trop grand : repartez du tableur proposé sur cette page.",
    "too_many_rows": "Ce tableur dépasse 5 000 lignes, ou une cellule est remplie très loin en bas : videz-la.",
    "too_many_columns": "Ce tableur dépasse 200 colonnes, ou une cellule est remplie très loin à droite : videz-la.",
    "too_many_cells": "Ce tableur a trop de cellules : gardez les feuilles du modèle.",
    "too_many_sheets": "Ce tableur a plus de 30 feuilles : gardez les feuilles du modèle.",
    "too_big": "Ce tableur demande trop de mémoire pour être lu : repartez du tableur proposé sur cette page.",
    "too_slow": "Ce tableur est trop long à lire : repartez du tableur proposé sur cette page.",
    "damaged": "Ce fichier est abîmé ou incomplet : enregistrez-le de nouveau depuis votre tableur.",
}


class SpreadsheetRefused(DomainError):
    """The file is refused as a whole; `code` is a key of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(typography(REFUSALS[code]))


@dataclass(frozen=True)
class SheetContent:
    """A sheet: its rows from the first one, the positions of its formulas and error values (row, column), from 1.

    A cell is a text, an integer, a float, or {"date": text}.
    """

    name: str
    rows: list[list[Any]]
    formulas: frozenset[tuple[int, int]]
    errors: frozenset[tuple[int, int]] = frozenset()


def read_spreadsheet(data: bytes, file_name: str, *, limits: dict[str, int] | None = None) -> list[SheetContent]:
    """Return the sheets of an xlsx or ods file. Raises SpreadsheetRefused, whose message says what to do."""
    if not data:
        raise SpreadsheetRefused("empty")
    if len(data) > MAX_FILE_BYTES:
        raise SpreadsheetRefused("too_heavy")
    kind = kind_of_workbook(data, file_name, SpreadsheetRefused)
    answer = _run(kind, data, limits or LIMITS)
    if "refusal" in answer:
        raise SpreadsheetRefused(answer["refusal"])
    return [
        SheetContent(sheet["name"], sheet["rows"], _positions(sheet["formulas"]), _positions(sheet["errors"]))
        for sheet in answer["sheets"]
    ]


def _positions(pairs: list[list[int]]) -> frozenset[tuple[int, int]]:
    return frozenset((row, column) for row, column in pairs)


def kind_of_workbook(data: bytes, file_name: str, refused: Callable[[str], DomainError]) -> str:
    """Return xlsx or ods from what the file holds; its name must agree that it is a spreadsheet without macros.

    `refused` makes the error that is raised, from a key of `REFUSALS`.
    """
    if data.startswith(_OLE):
        raise refused("encrypted" if _ENCRYPTED in data else "old_xls")
    if data.startswith(b"%PDF"):
        raise refused("pdf")
    if not data.startswith(_ZIP):
        raise refused("text" if b"\x00" not in data[:4096] else "not_a_spreadsheet")
    extension = file_name.rpartition(".")[2].lower()
    if extension in {"xlsm", "xltm", "xlsb", "xlam"}:
        raise refused("macros")
    if extension not in {"xlsx", "ods"}:
        raise refused("extension")
    # An ods begins with its media type, stored as it is.
    return "ods" if b"opendocument.spreadsheet" in data[:200] else "xlsx"


def _run(kind: str, data: bytes, limits: dict[str, int]) -> dict[str, Any]:
    command = [sys.executable, "-I", str(_CHILD), kind, json.dumps(limits)]
    try:
        # Our own program and constants; the received bytes go through a pipe, no file is left behind.
        done = subprocess.run(command, input=data, capture_output=True, timeout=WALL_SECONDS, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise SpreadsheetRefused("too_slow") from None
    if done.returncode < 0 or done.returncode > 1:
        # Killed by a signal: SIGABRT when an allocation fails, SIGXCPU or SIGKILL past the processor time.
        logger.warning("spreadsheet reader ended with %s", done.returncode)
        raise SpreadsheetRefused("too_slow" if -done.returncode in {9, 24} else "too_big")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        logger.warning("spreadsheet reader gave no answer (%s)", done.returncode)
        raise SpreadsheetRefused("damaged") from None
    return answer
