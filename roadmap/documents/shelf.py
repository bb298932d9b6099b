"""The documents already made, kept as files so that asking again makes nothing.

Laying a document out takes seconds. The name of a file holds the digest of what is printed and of what prints it: a
change of one character, a new day for a project (duties are those of the day) or a new release gives another name.
Only the last file of each document of an edition is kept; losing one costs one layout. Nothing is written in the base,
so that a download may fill the shelf, and two processes at once never show half a document.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = "dossier"
KEY_LENGTH = 32
# What draws the documents, from the root of the project: a new release does not serve the files of the former one.
LAYOUT_SOURCES = (
    "roadmap/documents/**/*.py",
    "roadmap/half_years.py",
    "roadmap/reduction.py",
    "common/**/*.py",
    "templates/pdf/*.html",
    "static/pdf/**/*",
)


@dataclass(frozen=True)
class KeptFile:
    """A file of the shelf: where it is, and its size."""

    path: Path
    size_bytes: int


@dataclass(frozen=True)
class Shelf:
    """The files of one edition. `folder_name`: under the private folder."""

    folder_name: str

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.folder_name

    def find(self, code: str, key: str) -> KeptFile | None:
        """Return the file of a document whose content has this key, or None when it is to be made."""
        path = self._path(code, key)
        try:
            return KeptFile(path, path.stat().st_size)
        except OSError:
            return None

    def take(self, code: str, key: str, make: Callable[[], bytes]) -> bytes:
        """Return the bytes of a document, made when they are not there; then the former file is forgotten.

        What `make` raises goes up, and the former file stays. A disk that cannot be written costs the memory of the
        document, never the answer.
        """
        path = self._path(code, key)
        try:
            return path.read_bytes()
        except OSError:
            content = make()
        try:
            _write(path, content)
            self._forget_others(code, path)
        except OSError:
            return content
        return content

    def clear(self) -> None:
        """Throw every file of the shelf."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, code: str, key: str) -> Path:
        return self.folder / f"{code}.{key[:KEY_LENGTH]}"

    def _forget_others(self, code: str, kept: Path) -> None:
        for other in self.folder.glob(f"{code}.*"):
            if other != kept:
                other.unlink(missing_ok=True)


def key_of(printed: Any) -> str:
    """Return the digest of what a document prints (plain values and dates) and of what draws it."""
    text = json.dumps(printed, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(f"{layout_digest()}{text}".encode()).hexdigest()


def old_files(before: float) -> Iterator[Path]:
    """Give the files of every shelf made before a moment, in seconds since 1970."""
    for path in Path(settings.MEDIA_ROOT).glob(f"*/*/{FOLDER}/*/*"):
        if path.is_file() and path.stat().st_mtime < before:
            yield path


@lru_cache(maxsize=1)
def layout_digest() -> str:
    """Return the digest of the files that draw the documents; read once per process."""
    digest = hashlib.sha256()
    for path in sorted(set(_layout_files())):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _layout_files() -> Iterator[Path]:
    for pattern in LAYOUT_SOURCES:
        yield from (path for path in settings.BASE_DIR.glob(pattern) if path.is_file())


def _write(path: Path, content: bytes) -> None:
    """Write the file in one gesture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
