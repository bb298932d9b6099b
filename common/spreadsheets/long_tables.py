"""Reading of a long table that somebody sent (csv, xlsx or ods), piece by piece, in a child process with limits.

`common.spreadsheets.process` reads our own templates whole, with the place of each formula; this module reads what an
asset tool exports: up to 200 000 rows, of which only the columns asked for reach the site.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from common.errors import DomainError
from common.spreadsheets.process import MAX_FILE_BYTES, REFUSALS, kind_of_workbook
from common.text import typography

logger = logging.getLogger(__name__)

MAX_ROWS: Final = 200_000
CSV_EXTENSIONS: Final = frozenset({"csv", "txt", "tsv"})
WORKBOOK_EXTENSIONS: Final = frozenset({"xlsx", "ods"})
# Beginnings of an archive (a workbook), a PDF and an old office document.
_BINARY = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
LIMITS: Final[dict[str, int]] = {
    "memory_bytes": 512 * 1024 * 1024,
    "cpu_seconds": 60,
    # The lines above the headers come on top.
    "rows": MAX_ROWS + 60,
    "columns": 200,
    "cells": 8_000_000,
    "field": 100_000,
    "sheets": 30,
    "entries": 1_000,
    "unpacked_bytes": 400 * 1024 * 1024,
    "ratio": 100,
    "ratio_floor_bytes": 5 * 1024 * 1024,
}
WALL_SECONDS: Final = 120
_CHILD = Path(__file__).with_name("table_child.py")

TABLE_REFUSALS: Final[dict[str, str]] = REFUSALS | {
    "extension": "Déposez un fichier dont le nom finit par .csv, .xlsx ou .ods.",
    "text": "Ce fichier est un texte, sans tableau lisible : exportez-le au format csv ou xlsx, puis déposez-le.",
    "html": "Ce fichier est une page web, malgré son nom : ouvrez-le dans votre tableur, enregistrez-le au format "
    "xlsx, puis déposez-le.",
    "not_a_text": "Ce fichier n’est ni un tableur ni un texte : exportez-le au format csv ou xlsx, puis déposez-le.",
    "quotes": "Guillemets mal fermés : exportez de nouveau le fichier, au format xlsx si possible.",
    "bomb": "Ce fichier se déplie en un volume trop grand : exportez moins de colonnes, ou au format csv.",
    "too_many_rows": "Ce fichier dépasse 200 000 lignes, ou une cellule est remplie très loin : coupez-le en deux.",
    "too_many_columns": "Ce fichier dépasse 200 colonnes : exportez seulement celles qui servent.",
    "too_many_cells": "Ce fichier a trop de cellules : exportez seulement les colonnes qui servent.",
    "too_many_sheets": "Ce fichier a plus de 30 feuilles : gardez celle du parc.",
    "too_big": "Ce fichier demande trop de mémoire pour être lu : exportez moins de colonnes, ou au format csv.",
    "too_slow": "Ce fichier est trop long à lire : exportez moins de colonnes, ou au format csv.",
}


class TableRefused(DomainError):
    """The file is refused as a whole; `code` is a key of `TABLE_REFUSALS`, `row` where it happened (0: nowhere)."""

    def __init__(self, code: str, row: int = 0) -> None:
        self.code, self.row = code, row
        text = TABLE_REFUSALS[code]
        super().__init__(typography(f"Ligne {row} : {text[0].lower()}{text[1:]}" if row else text))


@dataclass(frozen=True)
class SheetStart:
    """The first rows of a sheet that hold something: (number, cells). `row_count` is exact for a workbook only."""

    name: str
    row_count: int
    rows: list[tuple[int, list[Any]]]


@dataclass(frozen=True)
class Batch:
    """Some rows: (number, cells of the columns asked for), and the share of the file that is read, 0 to 1."""

    rows: list[tuple[int, list[Any]]]
    share: float


def kind_of_table(data: bytes, file_name: str) -> str:
    """Return csv, xlsx or ods: what the file holds, whatever its name says of these three.

    Raises TableRefused, whose message says what to do.
    """
    if not data:
        raise TableRefused("empty")
    if len(data) > MAX_FILE_BYTES:
        raise TableRefused("too_heavy")
    extension = file_name.rpartition(".")[2].lower()
    if extension not in CSV_EXTENSIONS | WORKBOOK_EXTENSIONS:
        return kind_of_workbook(data, file_name, TableRefused)
    if _is_page(data):
        raise TableRefused("html")
    if data.startswith(_BINARY) or (extension in WORKBOOK_EXTENSIONS and b"\x00" in data[:4096]):
        # The name of a workbook stands for the one that a csv may hold.
        return kind_of_workbook(data, "a.xlsx", TableRefused)
    return "csv"


def _is_page(data: bytes) -> bool:
    """Tell whether a file is a web page: some tools give one the name of a workbook."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta"))


class TableReader:
    """A file being read by a child process: its first rows at once, then the rows of one of its sheets."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._answers = self._read()
        answer: dict[str, Any] = next(self._answers, {"sheets": []})
        self.starts = [
            SheetStart(sheet["name"], sheet["row_count"], [(row[0], row[1:]) for row in sheet["rows"]])
            for sheet in answer["sheets"]
        ]

    def batches(self, *, sheet: str, after: int, columns: Sequence[int]) -> Iterator[Batch]:
        """Return the rows below `after` of a sheet, the columns asked for in this order. Raises TableRefused."""
        total = next((start.row_count for start in self.starts if start.name == sheet), 0)
        request = {"sheet": sheet, "after": after, "columns": list(columns)}
        _send(self._process.stdin, json.dumps(request).encode() + b"\n", is_last=True)
        for answer in self._answers:
            yield Batch([(row[0], row[1:]) for row in answer["rows"]], min(answer["done"] / max(total, 1), 1.0))

    def _read(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None  # noqa: S101 (asked for when it was started)
        for line in self._process.stdout:
            try:
                answer: dict[str, Any] = json.loads(line)
            except ValueError:
                break  # cut in the middle: the child was killed
            if "refusal" in answer:
                raise TableRefused(answer["refusal"], answer.get("row", 0))
            yield answer
        code = self._process.wait()
        if code != 0:
            # Killed by a signal: SIGABRT when an allocation fails, SIGXCPU or SIGKILL past the time.
            logger.warning("table reader ended with %s", code)
            raise TableRefused("too_slow" if -code in {9, 24} else "too_big" if code < 0 else "damaged")


@contextmanager
def open_table(data: bytes, file_name: str) -> Iterator[TableReader]:
    """Read a file in a child process, which ends with the block. Raises TableRefused, whose message says what to do."""
    kind = kind_of_table(data, file_name)
    command = [sys.executable, "-I", str(_CHILD), kind, json.dumps(LIMITS), str(len(data))]
    # Our own program and constants; the received bytes go through a pipe, no file is left behind.
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as process:
        watchdog = threading.Timer(WALL_SECONDS, process.kill)
        watchdog.start()
        try:
            _send(process.stdin, data)
            yield TableReader(process)
        finally:
            watchdog.cancel()
            process.kill()


def _send(pipe: IO[bytes] | None, data: bytes, *, is_last: bool = False) -> None:
    """Write to the child, which reads all of the file before it answers."""
    assert pipe is not None  # noqa: S101 (asked for when it was started)
    try:
        pipe.write(data)
        pipe.flush()
        if is_last:
            pipe.close()
    except BrokenPipeError:
        logger.warning("table reader ended before it had read the file")
