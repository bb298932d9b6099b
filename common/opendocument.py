"""The package of an OpenDocument file: parts written by hand in a zip, the same content giving the same bytes."""

import io
import zipfile
from collections.abc import Mapping

MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"

# The parts bear no date of their own.
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)


def build_package(content_type: str, parts: Mapping[str, str], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Return the bytes of a file. `parts`: name → XML without its declaration; `pictures`: name → bytes."""
    pictures = pictures or {}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        # First, and stored as it is: this is how the format is recognised.
        _add(archive, "mimetype", content_type.encode(), zipfile.ZIP_STORED)
        for name, text in parts.items():
            _add(archive, name, _declared(text), zipfile.ZIP_DEFLATED)
        for name, content in pictures.items():
            _add(archive, name, content, zipfile.ZIP_STORED)
        manifest = _manifest(content_type, [*parts], [*pictures])
        _add(archive, "META-INF/manifest.xml", _declared(manifest), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _declared(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, compression: int) -> None:
    entry = zipfile.ZipInfo(name, _ENTRY_DATE)
    entry.compress_type = compression
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _manifest(content_type: str, parts: list[str], pictures: list[str]) -> str:
    kinds = [("/", content_type), *((part, "text/xml") for part in parts), *((name, _type(name)) for name in pictures)]
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>' for name, kind in kinds
    )
    return f'<manifest:manifest xmlns:manifest="{MANIFEST}" manifest:version="1.3">{entries}</manifest:manifest>'


def _type(picture: str) -> str:
    return "image/png" if picture.endswith(".png") else "image/jpeg"
