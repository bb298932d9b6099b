"""Files that people join: their kind is read in their content, their name is made safe, programs are refused.

Nothing is decoded here: a signature at the beginning, and for office documents the list of what the archive holds. What
is kept is sent back as a file to save, never shown by the browser as a page of the site.
"""

import hashlib
import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from common.errors import DomainError
from common.text import typography

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 80
_MAX_ENTRIES = 5_000
_MAX_PART_BYTES = 1024 * 1024

# Extension → type sent with the file.
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
_SAME = {"jpeg": "jpg"}
_SIGNATURES = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_OPEN_DOCUMENTS = {CONTENT_TYPES[extension]: extension for extension in ("odt", "ods", "odp")}
# The type of the main part of an Office document, as its list of contents declares it.
_OFFICE_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_MACRO_NAMES = re.compile(r"(vbaProject\.bin|vbaData\.xml|^Basic/.|^Scripts/.)", re.IGNORECASE)
_MACRO_TYPES = (b"macroEnabled", b"vnd.ms-office.vbaProject")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_UNSAFE = re.compile(r"[^\w .,()+’'-]")

KINDS = "PDF, image PNG ou JPEG, document odt, ods, odp, docx, xlsx ou pptx, texte txt ou csv"
EMPTY = "Ce fichier est vide : choisissez-en un autre."
TOO_HEAVY = "Ce fichier dépasse 10 Mo : réduisez-le, ou donnez une adresse où le lire."
UNKNOWN = f"Ce genre de fichier n’est pas accepté. Choisissez parmi : {KINDS}."
MACROS = "Ce fichier contient des macros : enregistrez-le sans macros, ou exportez-le en PDF."
ENCRYPTED = "Ce fichier est protégé par un mot de passe : retirez-le, puis choisissez le fichier de nouveau."
DAMAGED = "Ce fichier est abîmé ou incomplet : enregistrez-le de nouveau, puis choisissez-le."


@dataclass(frozen=True)
class Attachment:
    """A file that may be kept. `name`: safe, with the extension of its content."""

    content: bytes
    extension: str
    name: str


def read_attachment(file: IO[bytes], file_name: str, *, size_bytes: int | None = None) -> Attachment:
    """Return a file whose content is of an accepted kind, the one that its name says.

    Raises `DomainError`, with what to do, when it is too heavy, of another kind, or holds macros.
    """
    if size_bytes is not None and size_bytes > MAX_BYTES:
        raise _refusal(TOO_HEAVY)
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _refusal(TOO_HEAVY)
    if not content:
        raise _refusal(EMPTY)
    said = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    said = _SAME.get(said, said)
    extension = _kind_of(content, said)
    if extension != said:
        raise _refusal(
            f"Le contenu de ce fichier est du genre « {extension} », et son nom finit par « .{said[:10]} » : "
            "donnez-lui le nom qui convient."
            if said
            else f"Le nom de ce fichier n’a pas d’extension : ajoutez-lui « .{extension} »."
        )
    return Attachment(content, extension, safe_name(file_name, extension))


def stored_content(attachment: Attachment) -> ContentFile[bytes]:
    """Return the file as the private folder keeps it: named by its content, never by what its author called it."""
    digest = hashlib.sha256(attachment.content).hexdigest()
    return ContentFile(attachment.content, name=f"{digest[:16]}.{attachment.extension}")


def delete_on_commit(names: Iterable[str]) -> None:
    """Remove files from the private folder once their rows are gone for good."""
    transaction.on_commit(partial(_delete_files, list(names)))


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def safe_name(file_name: str, extension: str) -> str:
    """Return a name that no system takes for a path or a command: letters, digits and plain signs, 80 at most."""
    stem = re.split(r"[\\/]", file_name)[-1]
    stem = stem.rpartition(".")[0] or stem
    stem = _UNSAFE.sub(" ", unicodedata.normalize("NFC", stem))
    stem = " ".join(stem.split()).strip(" .-'")[: MAX_NAME - len(extension) - 1].strip(" .-'")
    return f"{stem or 'piece'}.{extension}"


def _kind_of(content: bytes, said: str) -> str:
    for signature, extension in _SIGNATURES:
        if content.startswith(signature):
            return extension
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # The box of former Office formats, which may hold macros, and of documents with a password.
        raise _refusal(ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in content else UNKNOWN)
    if said in {"txt", "csv"} and _is_text(content):
        return said
    raise _refusal(UNKNOWN)


# What the libraries of archives raise on bytes that they cannot unfold.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, ValueError,
    EOFError, OSError,
)  # fmt: skip


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise _refusal(UNKNOWN)
            if any(entry.flag_bits & 1 for entry in entries):
                raise _refusal(ENCRYPTED)
            names = {entry.filename for entry in entries}
            if _has_macros(names):
                raise _refusal(MACROS)
            return _office_kind(archive, names)
    except _UNREADABLE as error:
        raise _refusal(DAMAGED) from error


def _office_kind(archive: zipfile.ZipFile, names: Iterable[str]) -> str:
    if "mimetype" in names:
        manifest = _part(archive, "META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        if b"encryption-data" in manifest:
            raise _refusal(ENCRYPTED)
        kind = _OPEN_DOCUMENTS.get(_part(archive, "mimetype").decode("ascii", "replace").strip())
        if kind is not None and "content.xml" in names:
            return kind
    if "[Content_Types].xml" in names:
        types = _part(archive, "[Content_Types].xml")
        if any(mark in types for mark in _MACRO_TYPES):
            raise _refusal(MACROS)
        for mark, kind in _OFFICE_PARTS.items():
            if mark in types:
                return kind
    raise _refusal(UNKNOWN)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a small part of an archive; its real size counts, whatever it declares."""
    with archive.open(name) as stream:
        content = stream.read(_MAX_PART_BYTES + 1)
    if len(content) > _MAX_PART_BYTES:
        raise _refusal(UNKNOWN)
    return content


def _has_macros(names: Iterable[str]) -> bool:
    return any(_MACRO_NAMES.search(name) for name in names)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What a French spreadsheet still writes; every byte of it but five is a letter.
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            return False
    return not _UNPRINTABLE.search(text)


def _refusal(message: str) -> DomainError:
    return DomainError(typography(message))
