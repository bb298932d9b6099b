"""Reading of the files of `fixtures/`: every error names the file, the entry and the field.

Shared by the loaders of all applications. A text read here has its French typography applied.
"""

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import models

from common.text import typography

# The safe loader written in C when PyYAML comes with it, as its wheels do: the same reading, six times faster.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Result = TypeVar("Result")
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class FixtureError(Exception):
    """A reference file cannot be loaded. The message is in French and names the file, the entry and the field.

    `errors`: this one, and those of the other entries when the whole content was read.
    """

    def __init__(self, file: str, entry: str, field_name: str, message: str) -> None:
        self.file, self.entry, self.field, self.message = file, entry, field_name, message
        where = file
        if entry:
            where += f", entrée « {entry} »"
        if field_name:
            where += f", champ « {field_name} »"
        self.errors: list[FixtureError] = [self]
        super().__init__(typography(f"{where} : {message}"))


class Gathering:
    """Reads one entry after the other and gathers the first error of each, so that all are told at once."""

    def __init__(self) -> None:
        self.errors: list[FixtureError] = []

    def read(self, reader: Callable[[], Result]) -> Result | None:
        """Return what the reader returns, None when it raises a `FixtureError`, which is kept."""
        try:
            return reader()
        except FixtureError as error:
            self.errors.extend(error.errors)
            return None

    def close(self) -> None:
        """Raise the first error kept, which bears them all."""
        if self.errors:
            first = self.errors[0]
            first.errors = self.errors
            raise first


class Outcome(Enum):
    """What loading did with one object."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass
class LoadReport:
    """What a loader did: French plural label (« leviers ») → how many objects were created, updated, left unchanged."""

    counts: dict[str, dict[Outcome, int]] = field(default_factory=dict)

    def add(self, label: str, outcome: Outcome, number: int = 1) -> None:
        """Count `number` objects of this label."""
        counts = self.counts.setdefault(label, dict.fromkeys(Outcome, 0))
        counts[outcome] += number

    def merge(self, other: "LoadReport") -> None:
        """Add what another loader did to this report."""
        for label, counts in other.counts.items():
            for outcome, number in counts.items():
                self.add(label, outcome, number)

    @property
    def has_changed(self) -> bool:
        """Tell whether anything was written."""
        return any(counts[Outcome.CREATED] or counts[Outcome.UPDATED] for counts in self.counts.values())

    def lines(self) -> list[str]:
        """Return one short French line per label, in the order of loading."""
        result = []
        for label, counts in self.counts.items():
            total = sum(counts.values())
            written = [
                f"{word} : {counts[outcome]}"
                for outcome, word in ((Outcome.CREATED, "ajouts"), (Outcome.UPDATED, "mises à jour"))
                if counts[outcome]
            ]
            detail = ", ".join(written) or "sans changement"
            result.append(typography(f"{label} : {total} ({detail})"))
        return result


@dataclass(frozen=True)
class Entry:
    """One entry of a file, with what is needed to name it in an error. `path` is the field that holds it, if nested."""

    file: str
    name: str
    data: Mapping[str, Any]
    path: str = ""

    def error(self, field_name: str, message: str) -> FixtureError:
        """Return the error to raise about one field of this entry."""
        return FixtureError(self.file, self.name, self._full(field_name), message)

    def only(self, *fields: str) -> None:
        """Refuse a field that nobody reads: it is a misspelling, or a text that would be lost."""
        for name in self.data:
            if name not in fields:
                raise self.error(str(name), f"champ inconnu ; les champs attendus sont {', '.join(fields)}.")

    def value(self, field_name: str) -> Any:
        """Return the raw value of a field that must be present (it may be null)."""
        if field_name not in self.data:
            raise self.error(field_name, "champ manquant ; ajoutez-le.")
        return self.data[field_name]

    def text(self, field_name: str, *, max_length: int | None = None, is_optional: bool = False) -> str:
        """Return a text with its typography; an optional one may be missing or null and is then empty."""
        raw = self.data.get(field_name) if is_optional else self.value(field_name)
        if raw is None and is_optional:
            return ""
        if not isinstance(raw, str) or not (raw.strip() or is_optional):
            raise self.error(field_name, f"écrivez un texte (lu : {raw!r}).")
        text = typography(" ".join(raw.split()))
        if max_length is not None and len(text) > max_length:
            raise self.error(field_name, f"texte de {len(text)} caractères ; {max_length} au plus.")
        return text

    def code(
        self,
        field_name: str,
        *,
        known: Collection[str] | None = None,
        is_optional: bool = False,
        max_length: int | None = None,
    ) -> str:
        """Return a code, copied as it is; with `known`, it must be one of them."""
        raw = self.data.get(field_name) if is_optional else self.value(field_name)
        if raw is None and is_optional:
            return ""
        if not isinstance(raw, str) or not raw.strip():
            raise self.error(field_name, f"écrivez un code (lu : {raw!r}).")
        if max_length is not None and len(raw) > max_length:
            raise self.error(field_name, f"code de {len(raw)} caractères ; {max_length} au plus.")
        self._check_known(field_name, raw, known)
        return raw

    def codes(self, field_name: str, *, known: Collection[str] | None = None, is_optional: bool = False) -> list[str]:
        """Return a list of codes without repetition; with `known`, each must be one of them."""
        result: list[str] = []
        for raw in self.items(field_name, is_optional=is_optional):
            if not isinstance(raw, str) or not raw.strip():
                raise self.error(field_name, f"écrivez une liste de codes (lu : {raw!r}).")
            self._check_known(field_name, raw, known)
            if raw in result:
                raise self.error(field_name, f"le code « {raw} » est répété.")
            result.append(raw)
        return result

    def texts(self, field_name: str, *, is_optional: bool = False) -> list[str]:
        """Return a list of texts with their typography."""
        result = []
        for raw in self.items(field_name, is_optional=is_optional):
            if not isinstance(raw, str) or not raw.strip():
                raise self.error(field_name, f"écrivez une liste de textes (lu : {raw!r}).")
            result.append(typography(" ".join(raw.split())))
        return result

    def integer(self, field_name: str, *, minimum: int, maximum: int) -> int:
        """Return an integer between the two limits, included."""
        number = self.optional_integer(field_name, minimum=minimum, maximum=maximum)
        if number is None:
            raise self.error(field_name, f"écrivez un nombre entier entre {minimum} et {maximum}.")
        return number

    def optional_integer(self, field_name: str, *, minimum: int, maximum: int) -> int | None:
        """Return an integer between the two limits, included, or None when the field is null."""
        raw = self.value(field_name)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int) or not minimum <= raw <= maximum:
            raise self.error(field_name, f"écrivez un nombre entier entre {minimum} et {maximum} (lu : {raw!r}).")
        return raw

    def decimal(self, field_name: str) -> Decimal | None:
        """Return a number exactly as it is written, or None when the field is null or empty."""
        raw = self.value(field_name)
        if raw is None or raw == "":
            return None
        try:
            number = Decimal(str(raw)) if not isinstance(raw, bool) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise self.error(field_name, f"écrivez un nombre, avec un point décimal (lu : {raw!r}).")
        return number

    def boolean(self, field_name: str) -> bool:
        """Return true or false."""
        raw = self.value(field_name)
        if not isinstance(raw, bool):
            raise self.error(field_name, f"écrivez true ou false (lu : {raw!r}).")
        return raw

    def day(self, field_name: str) -> date:
        """Return a date written AAAA-MM-JJ."""
        raw = self.value(field_name)
        if type(raw) is date:
            return raw
        try:
            return date.fromisoformat(str(raw))
        except ValueError:
            raise self.error(field_name, f"écrivez une date sous la forme AAAA-MM-JJ (lu : {raw!r}).") from None

    def items(self, field_name: str, *, is_optional: bool = False) -> list[Any]:
        """Return a raw list; an optional one may be missing or null and is then empty."""
        raw = self.data.get(field_name) if is_optional else self.value(field_name)
        if raw is None and is_optional:
            return []
        if not isinstance(raw, list):
            raise self.error(field_name, f"écrivez une liste (lu : {raw!r}).")
        return raw

    def slug(self, field_name: str, *, max_length: int | None) -> str:
        """Return a code that goes into addresses and names of files."""
        raw = self.code(field_name, max_length=max_length)
        if not SLUG.fullmatch(raw):
            raise self.error(field_name, f"écrivez des lettres sans accent, des chiffres ou des tirets (lu : {raw!r}).")
        return raw

    def entry(self, field_name: str) -> "Entry":
        """Return a nested mapping as an entry of its own: its errors name « field.subfield »."""
        raw = self.value(field_name)
        if not isinstance(raw, dict):
            raise self.error(field_name, f"écrivez un groupe de champs (lu : {raw!r}).")
        return Entry(self.file, self.name, raw, self._full(field_name))

    def entries(self, field_name: str, *, is_optional: bool = False) -> list["Entry"]:
        """Return a list of nested mappings: their errors name « field[2].subfield », counted from 1."""
        result = []
        for position, raw in enumerate(self.items(field_name, is_optional=is_optional), start=1):
            path = f"{self._full(field_name)}[{position}]"
            if not isinstance(raw, dict):
                raise FixtureError(self.file, self.name, path, f"écrivez un groupe de champs (lu : {raw!r}).")
            result.append(Entry(self.file, self.name, raw, path))
        return result

    def _full(self, field_name: str) -> str:
        return f"{self.path}.{field_name}" if self.path else field_name

    def _check_known(self, field_name: str, code: str, known: Collection[str] | None) -> None:
        if known is not None and code not in known:
            raise self.error(field_name, f"le code « {code} » est inconnu ; les codes possibles sont {_some(known)}.")


def read_yaml(folder: Path, file: str) -> Any:
    """Return the content of a YAML file, as plain lists and mappings."""
    return parse_yaml(file, read_bytes(folder, file))


def parse_yaml(file: str, content: bytes) -> Any:
    """Return the content of a YAML text, as plain lists and mappings. `file` names it in the errors."""
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=YAML_LOADER)  # noqa: S506 (safe too)
    except UnicodeDecodeError as error:
        raise FixtureError(file, "", "", f"enregistrez le fichier en UTF-8 (octet {error.start}).") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"ligne {mark.line + 1}" if mark else ""
        reason = "le fichier n’est pas un YAML lisible ; relisez les retraits, les guillemets et les crochets."
        raise FixtureError(file, where, "", reason) from None


MAX_DEPTH = 20
_NODES = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_ENDS = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def parse_untrusted_yaml(file: str, content: bytes) -> Any:
    """Return the content of a YAML text that somebody sent, as JSON would give it back: dates as texts, no alias.

    Aliases would let a short text stand for a huge content, and deep nesting exhaust the reader.
    """
    depth = 0
    try:
        for event in yaml.parse(content.decode("utf-8-sig"), Loader=YAML_LOADER):
            depth += isinstance(event, _NODES) - isinstance(event, _ENDS)
            where = f"ligne {event.start_mark.line + 1}" if event.start_mark else ""
            if isinstance(event, yaml.AliasEvent):
                raise FixtureError(file, where, "", "écrivez le texte en entier, sans alias (« * »).")
            if depth > MAX_DEPTH:
                raise FixtureError(file, where, "", f"le texte a plus de {MAX_DEPTH} niveaux.")
    except (yaml.YAMLError, ValueError):
        # The reading below says what is wrong, in French.
        pass
    refusal = FixtureError(file, "", "", "écrivez des textes, des nombres, des listes et des champs nommés.")
    try:
        plain = plain_content(parse_yaml(file, content))
        text = json.dumps(plain, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError):
        raise refusal from None
    if "\\u0000" in text:
        raise refusal
    return plain


def read_bytes(folder: Path, file: str) -> bytes:
    """Return the content of a file of the folder."""
    try:
        return (folder / file).read_bytes()
    except FileNotFoundError:
        raise FixtureError(file, "", "", "fichier introuvable dans le dossier des données de référence.") from None


def read_mapping(folder: Path, file: str) -> Entry:
    """Return a YAML file that holds one group of fields, as an entry that bears the name of its `code`, if any."""
    return as_mapping(file, read_yaml(folder, file))


def as_mapping(file: str, raw: Any) -> Entry:
    """Return a raw content as an entry that bears the name of its `code`, if any; it must be a group of fields."""
    if not isinstance(raw, dict):
        raise FixtureError(file, "", "", "le fichier doit tenir un groupe de champs.")
    return Entry(file, str(raw.get("code", "")), raw)


def read_entries(folder: Path, file: str, *, key: str = "code") -> list[Entry]:
    """Return the entries of a YAML file that holds a list, each with its own `key`."""
    return list_entries(file, read_yaml(folder, file), key=key)


def list_entries(file: str, raw_entries: Any, *, key: str = "code", where: str = "") -> list[Entry]:
    """Return the entries of a list of mappings, each named by its `key`; a missing or repeated key is refused."""
    if not isinstance(raw_entries, list):
        raise FixtureError(file, where, "", "une liste d’entrées est attendue.")
    entries, seen = [], set()
    for position, raw in enumerate(raw_entries, start=1):
        if not isinstance(raw, dict) or raw.get(key) in (None, ""):
            raise FixtureError(file, f"n° {position}", key, "champ manquant ; ajoutez-le.")
        name = str(raw[key])
        if name in seen:
            raise FixtureError(file, name, key, "cette entrée figure deux fois ; gardez-en une.")
        seen.add(name)
        entries.append(Entry(file, name, raw))
    return entries


def read_csv(folder: Path, file: str, *, columns: Sequence[str]) -> list[Entry]:
    """Return the lines of a CSV file, gzipped or not, each named by its line number; every column must be there."""
    return parse_csv(file, read_bytes(folder, file), columns=columns)


def parse_csv(file: str, content: bytes, *, columns: Sequence[str]) -> list[Entry]:
    """Return the lines of a CSV text, gzipped when its name says so. `file` names it in the errors."""
    try:
        text = (gzip.decompress(content) if file.endswith(".gz") else content).decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError):
        raise FixtureError(file, "", "", "le fichier n’est pas une archive gzip lisible.") from None
    except UnicodeDecodeError as error:
        raise FixtureError(file, "", "", f"enregistrez le fichier en UTF-8 (octet {error.start}).") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in columns if column not in (reader.fieldnames or [])]
    if missing:
        raise FixtureError(file, "ligne 1", missing[0], "colonne manquante ; ajoutez-la.")
    entries = []
    try:
        for row in reader:
            name = f"ligne {reader.line_num}"
            if None in row or None in row.values():
                raise FixtureError(file, name, "", f"la ligne doit avoir {len(reader.fieldnames or [])} colonnes.")
            entries.append(Entry(file, name, row))
    except csv.Error as error:
        raise FixtureError(file, f"ligne {reader.line_num}", "", f"ligne illisible ({error}).") from None
    return entries


def plain_content(content: Any) -> Any:
    """Return a content as JSON gives it back, dates as texts: what is kept of a published version."""
    return json.loads(json.dumps(content, default=str, allow_nan=False))


def content_hash(content: Any) -> str:
    """Return the SHA-256 of a content made of plain values, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def check_version(*, file: str, entry: str, stored_hash: str | None, new_hash: str, is_used: bool) -> Outcome:
    """Tell what to do with a version of the reference data, and refuse to alter one that something uses.

    `stored_hash` is None when the version is not in the base yet. Raises `FixtureError` when the content differs from
    what a diagnosis, an inventory or a shortlist was made with.
    """
    if stored_hash is None:
        return Outcome.CREATED
    if stored_hash == new_hash:
        return Outcome.UNCHANGED
    if is_used:
        message = (
            "cette version est déjà utilisée et ne se modifie plus ; publiez une nouvelle version sous un autre code."
        )
        raise FixtureError(file, entry, "code", message)
    return Outcome.UPDATED


def save_in_place(
    model: type[models.Model], *, key: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[Any, Outcome]:
    """Create the object of this natural key, or correct the fields that differ. Nothing is written when none does."""
    manager: Any = model._default_manager
    instance = manager.filter(**key).first()
    if instance is None:
        return manager.create(**key, **values), Outcome.CREATED
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    if not changed:
        return instance, Outcome.UNCHANGED
    for name in changed:
        setattr(instance, name, values[name])
    instance.save(update_fields=changed)
    return instance, Outcome.UPDATED


def propose(model: type[models.Model], version: Any) -> None:
    """Make this version of a reference content the one that new work starts with, in place of any other."""
    manager: Any = model._default_manager
    manager.filter(is_current=True).exclude(pk=version.pk).update(is_current=False)
    version.is_current = True
    version.save(update_fields=["is_current"])


def _some(codes: Iterable[str], limit: int = 12) -> str:
    ordered = sorted(codes)
    return ", ".join(ordered[:limit]) + ("…" if len(ordered) > limit else "")
