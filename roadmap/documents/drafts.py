"""The last draft of each roadmap, kept as a file so that reading it again lays nothing out.

Laying a document out takes seconds. The name of the file is the digest of what is printed and of what prints it: a
change of one character, a new day (duties are those of the day) or a new release gives another name. Only the last
draft of a démarche is kept, beside its frozen versions; losing it costs one layout. Nothing is written in the base.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

PREFIX = "projet-"
# What draws the document, from the root of the project: a new release does not serve the draft of the former one.
LAYOUT_SOURCES = (
    "roadmap/documents/**/*.py",
    "roadmap/half_years.py",
    "roadmap/reduction.py",
    "common/charts/*.py",
    "common/pdf*",
    "common/pdf/*.py",
    "common/numbers.py",
    "common/text.py",
    "templates/pdf/*.html",
    "static/pdf/**/*",
)


def keep_draft(folder_name: str, content: dict[str, Any], lay_out: Callable[[], bytes]) -> bytes:
    """Return the draft of a snapshot: the file of the last request when nothing changed, else a new one.

    `folder_name`: folder of the démarche under the private folder. `lay_out` makes the file; what it raises goes up,
    and the former draft stays. A disk that cannot be written costs the memory of the draft, never the answer.
    """
    folder = Path(settings.MEDIA_ROOT) / folder_name
    path = folder / f"{PREFIX}{_digest(content)}.pdf"
    try:
        return path.read_bytes()
    except OSError:
        pdf = lay_out()
    try:
        _write(path, pdf)
        _forget_others(folder, path)
    except OSError:
        return pdf
    return pdf


def _digest(content: dict[str, Any]) -> str:
    printed = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(layout_digest().encode() + printed).hexdigest()


@lru_cache(maxsize=1)
def layout_digest() -> str:
    """Return the digest of the files that draw the document; read once per process."""
    digest = hashlib.sha256()
    for path in sorted(set(_layout_files())):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _layout_files() -> Iterator[Path]:
    for pattern in LAYOUT_SOURCES:
        yield from (path for path in settings.BASE_DIR.glob(pattern) if path.is_file())


def _write(path: Path, pdf: bytes) -> None:
    """Write the file in one gesture: two requests at once never show half a document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=PREFIX, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(pdf)
    os.replace(name, path)


def _forget_others(folder: Path, kept: Path) -> None:
    for other in folder.glob(f"{PREFIX}*.pdf"):
        if other != kept:
            other.unlink(missing_ok=True)
