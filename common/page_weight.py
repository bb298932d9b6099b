"""What a page weighs, as it travels: its HTML, and the static files that it refers to.

The figure printed in the footer is the sum of the compressed page and of the compressed files (style sheet, font,
script, icons) that a first visit downloads; the next visits only download the page. HTTP headers are left out.
"""

import posixpath
import re
from functools import lru_cache
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation

# Elements that make the browser fetch a file; the part after # is the name of a symbol.
_FETCHED = re.compile(rb"<(?:link|script|img|use|source)\b[^>]*?\b(?:href|src)=\"([^\"#?]+)")
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')#?]+)")
_PRECOMPRESSED = (".woff2", ".png", ".jpg", ".br")
PAGE_QUALITY = 5
FILE_QUALITY = 11


def static_bytes(page: bytes) -> int:
    """Return how many bytes the static files that the page refers to weigh when transferred."""
    prefix = settings.STATIC_URL
    names = {
        url.removeprefix(prefix)
        for url in (match.group(1).decode(errors="replace") for match in _FETCHED.finditer(page))
        if url.startswith(prefix)
    }
    for name in sorted(names):
        names |= _files_of_style_sheet(name)
    return sum(_file_bytes(name) for name in names)


def compress_page(content: bytes) -> bytes:
    """Compress a page made for one request: a quality that costs less than a millisecond."""
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=PAGE_QUALITY))


def _find(name: str) -> Path | None:
    """Return the file behind a static name: in the collected folder (production), else in the sources."""
    collected = Path(settings.STATIC_ROOT) / name
    try:
        found = finders.find(name)
    except SuspiciousFileOperation:
        return None
    if isinstance(found, str):
        return Path(found)
    return collected if collected.is_file() else None


def _files_of_style_sheet(name: str) -> set[str]:
    path = _find(name) if name.endswith(".css") else None
    return _urls_of_style_sheet(name, path, path.stat().st_mtime_ns) if path else set()


@lru_cache(maxsize=32)
def _urls_of_style_sheet(name: str, path: Path, _modified_ns: int) -> set[str]:
    folder = posixpath.dirname(name)
    return {
        posixpath.normpath(posixpath.join(folder, url))
        for url in _CSS_URL.findall(path.read_text(encoding="utf-8"))
        if not url.startswith(("data:", "/", "http"))
    }


def _file_bytes(name: str) -> int:
    path = _find(name)
    return _compressed_bytes(path, path.stat().st_mtime_ns) if path else 0


@lru_cache(maxsize=256)
def _compressed_bytes(path: Path, _modified_ns: int) -> int:
    """Return the size of the file as WhiteNoise sends it: compressed beforehand when that makes it smaller."""
    content = path.read_bytes()
    if path.suffix in _PRECOMPRESSED:
        return len(content)
    return min(len(content), len(brotli.compress(content, quality=FILE_QUALITY)))
