"""Write the archive of an authority: one zip with `archive.json`, its schema, tables as csv, and the documents."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.template.loader import render_to_string

from accounts.models import User
from authorities.models import Authority
from common.csv_files import build_csv
from roadmap.archive.codec import FILE_FOLDER, Row, encode_table
from roadmap.archive.schema import FORMAT, FORMAT_VERSION, build_schema
from roadmap.archive.tables import TABLES, VERSIONED_REFERENCE, Secret, Table

# The same content gives the same bytes: the entries of the zip bear no date of their own.
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
README_NAME = "LISEZ-MOI.txt"
DATA_NAME = "archive.json"
SCHEMA_NAME = "archive.schema.json"


def archive_name(authority: Authority, now: datetime) -> str:
    return f"archive-{authority.slug}-{now:%Y-%m-%d}.zip"


@transaction.atomic
def build_archive(*, authority: Authority, now: datetime) -> bytes:
    """Return everything that an authority holds as a zip file.

    Answers of a round or of a ballot that is still open are left out and said to be: they are secret until the
    closing. Two archives of the same content differ by `exported_at` alone.
    """
    rows = {table: _rows(table, authority, now) for table in TABLES}
    ranks = {table.model: {row.pk: rank for rank, row in enumerate(rows[table], 1)} for table in TABLES}
    tables = {table.name: encode_table(table, rows[table], ranks) for table in TABLES}
    documents = dict(sorted(_documents(tables)))
    data = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "exported_at": now.astimezone(UTC).isoformat(),
        "site": settings.SITE_URL,
        "reference": {str(model._meta.model_name): _versions(model, tables) for model in VERSIONED_REFERENCE},
        "people": _people(tables),
        "left_out": [table.name for table in TABLES if _is_partly_secret(table, authority, now)],
        "documents": {name: hashlib.sha256(content).hexdigest() for name, content in documents.items()},
        "tables": tables,
    }
    return _zip(data, documents, authority, now)


def _rows(table: Table, authority: Authority, now: datetime) -> list[models.Model]:
    rows = table.model._base_manager.filter(**{table.authority_lookup: authority.pk}).order_by("pk")
    if table.secret is not None:
        rows = rows.exclude(**{f"{table.secret.field_name}__in": _open_parents(table, table.secret, authority, now)})
    return table.unlink(list(rows)) if table.unlink else list(rows)


def _open_parents(table: Table, secret: Secret, authority: Authority, now: datetime) -> models.QuerySet[models.Model]:
    """Return the rounds or ballots of an authority whose answers are still secret."""
    parent: Any = table.model._meta.get_field(secret.field_name).related_model
    lookup = next(other.authority_lookup for other in TABLES if other.model is parent)
    open_parents: models.QuerySet[models.Model] = parent._base_manager.filter(
        secret.is_open(now), **{lookup: authority.pk}
    )
    return open_parents


def _is_partly_secret(table: Table, authority: Authority, now: datetime) -> bool:
    return table.secret is not None and _open_parents(table, table.secret, authority, now).exists()


def _documents(tables: dict[str, list[Row]]) -> Iterator[tuple[str, bytes]]:
    for table in TABLES:
        for field in table.columns:
            if isinstance(field, models.FileField):
                for row in tables[table.name]:
                    if row[field.name]:
                        with default_storage.open(row[field.name].removeprefix(FILE_FOLDER)) as source:
                            yield row[field.name], source.read()


def _mentions(model: type[models.Model], tables: dict[str, list[Row]]) -> set[Any]:
    """Return the natural keys by which the rows of the archive name this model."""
    found: set[Any] = set()
    for table in TABLES:
        for field in table.columns:
            if field.related_model is model:
                for row in tables[table.name]:
                    found.update(row[field.name] if field.many_to_many else [row[field.name]])
    return found - {None}


def _versions(model: type[models.Model], tables: dict[str, list[Row]]) -> dict[str, str]:
    """Return the versions of the reference data that the rows name, each with the digest of its content."""
    field = "version" if any(item.name == "version" for item in model._meta.fields) else "code"
    named = model._base_manager.filter(**{f"{field}__in": _mentions(model, tables)})
    return dict(sorted(named.values_list(field, "content_hash")))


def _people(tables: dict[str, list[Row]]) -> list[dict[str, str]]:
    people = User.objects.filter(email__in=_mentions(User, tables)).order_by("email")
    return [{"email": person.email, "full_name": person.full_name} for person in people]


def _zip(data: dict[str, Any], documents: dict[str, bytes], authority: Authority, now: datetime) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        readme = render_to_string("roadmap/archive_readme.txt", {"authority": authority, "now": now, "data": data})
        _add(archive, README_NAME, readme.encode())
        _add(archive, DATA_NAME, _json(data))
        _add(archive, SCHEMA_NAME, _json(build_schema()))
        for number, table in enumerate(TABLES, start=1):
            _add(archive, f"tableaux/{number:02d}-{table.name}.csv", _csv(table, data["tables"][table.name]))
        for name, content in documents.items():
            _add(archive, name, content)
    return target.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, ENTRY_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _csv(table: Table, rows: list[Row]) -> bytes:
    fields = table.columns
    headers = ["n°", *(str(field.verbose_name) for field in fields)]
    return build_csv(headers, ([row["id"], *(_cell(row[field.name], field) for field in fields)] for row in rows))


def _cell(value: Any, field: Any) -> Any:
    """Return what a reader of the table wants to see: labels rather than codes, lists on one line."""
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return " | ".join(str(item) for item in value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else value
