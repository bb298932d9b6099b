"""From a row of the base to a row of the archive, and back.

A row is a dictionary: `id` is its rank in its table (from 1, in the order of creation), a link to another row of the
archive is that row's rank, a link to reference data or to an account is its natural key, dates are ISO 8601 and in
UTC, decimals are strings, a file is its path in the archive.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile

from roadmap.archive.tables import NATURAL_KEYS, TABLES, Table

Row = dict[str, Any]
Ranks = Mapping[type[models.Model], Mapping[int, int]]
KEY_SEPARATOR = "/"
FILE_FOLDER = "documents/"
INNER_MODELS = {table.model for table in TABLES}
# Some rows are the authority's, the others reference data: a link is a rank for the former, a key for the latter.
MIXED_MODELS = INNER_MODELS & set(NATURAL_KEYS)


def natural_key(instance_values: Iterable[object]) -> str:
    return KEY_SEPARATOR.join(str(value) for value in instance_values)


@cache
def _lookup_of(model: type[models.Model]) -> tuple[str, ...]:
    return NATURAL_KEYS[model]


def keys_of(model: type[models.Model], pks: Iterable[int]) -> dict[int, str]:
    """Return the natural key of each of these rows of reference data, in one query."""
    rows = model._base_manager.filter(pk__in=set(pks)).values_list("pk", *_lookup_of(model))
    return {pk: natural_key(values) for pk, *values in rows}


def instances_of(model: type[models.Model]) -> dict[str, int]:
    """Return natural key → primary key for a whole table of reference data, in one query."""
    rows = model._base_manager.values_list("pk", *_lookup_of(model))
    # A row that lacks a part of its key belongs to an authority: no archive names it.
    return {natural_key(values): pk for pk, *values in rows if None not in values}


def encode_value(field: Any, instance: models.Model) -> Any:
    """Return the value of a plain column as it stands in `archive.json`."""
    value = getattr(instance, field.attname)
    if isinstance(value, FieldFile):
        return f"{FILE_FOLDER}{value.name}" if value else ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def decode_value(field: Any, value: Any) -> Any:
    """Return what the model takes for a value of `archive.json`. Raises `ValidationError` when it does not fit."""
    if isinstance(field, models.FileField):
        return str(value).removeprefix(FILE_FOLDER)
    return value if isinstance(field, models.JSONField) or value is None else field.to_python(value)


def encode_table(table: Table, rows: list[models.Model], ranks: Ranks) -> list[Row]:
    """Return the rows of a table in the order of their keys. `ranks`: model → primary key → rank in the archive."""
    encoded = [{"id": rank} for rank, _ in enumerate(rows, start=1)]
    for field in table.columns:
        for row, value in zip(encoded, _column(field, rows, ranks), strict=True):
            row[field.name] = value
    return encoded


def _column(field: Any, rows: list[models.Model], ranks: Ranks) -> list[Any]:
    target = field.related_model
    if field.many_to_many:
        linked = _many_to_many(field, rows)
        names: Mapping[int, Any] = _names(target, {pk for pks in linked.values() for pk in pks}, ranks)
        return [sorted(names[pk] for pk in linked.get(row.pk, ())) for row in rows]
    if target is not None:
        values = [getattr(row, field.attname) for row in rows]
        names = _names(target, {value for value in values if value is not None}, ranks)
        return [None if value is None else names[value] for value in values]
    return [encode_value(field, row) for row in rows]


def _names(target: type[models.Model], pks: set[int], ranks: Ranks) -> Mapping[int, Any]:
    if target in MIXED_MODELS:
        return {**keys_of(target, pks - ranks[target].keys()), **ranks[target]}
    return ranks[target] if target in INNER_MODELS else keys_of(target, pks)


def _many_to_many(field: Any, rows: list[models.Model]) -> dict[int, list[int]]:
    """Return the key of each row → keys of what it is tied to, in one query."""
    source, target = field.m2m_column_name(), field.m2m_reverse_name()
    linked: dict[int, list[int]] = {}
    ties = field.remote_field.through._base_manager.filter(**{f"{source}__in": [row.pk for row in rows]})
    for row_pk, target_pk in ties.values_list(source, target):
        linked.setdefault(row_pk, []).append(target_pk)
    return linked
