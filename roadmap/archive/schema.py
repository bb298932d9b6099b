"""The published schema of `archive.json` (JSON Schema 2020-12), written from the models themselves.

`docs/archive.schema.json` is this schema for the current format, compared by a test.
"""

from typing import Any

from django.db import models

from roadmap.archive.codec import INNER_MODELS, MIXED_MODELS
from roadmap.archive.tables import TABLES, VERSIONED_REFERENCE, Table

FORMAT = "jalons-archive"
FORMAT_VERSION = 1

_TYPES: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (models.JSONField, {}),
    (models.BooleanField, {"type": "boolean"}),
    (models.IntegerField, {"type": "integer"}),
    (models.FloatField, {"type": "number"}),
    (models.DecimalField, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.TimeField, {"type": "string", "format": "time"}),
    (models.Field, {"type": "string"}),
)
# What the pages read inside a column of free content: a trail written by hand is refused rather than shown.
_SHAPES: dict[tuple[str, str], dict[str, Any]] = {
    ("event", "changes"): {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ("field", "label", "before", "after")},
            "required": ["after", "before", "field", "label"],
            "additionalProperties": False,
        },
    },
    # The levers of an archive are the local ones: none enters the published catalogue by that way.
    ("lever", "authority"): {"type": "integer", "minimum": 1},
    ("lever", "catalogue"): {"type": "null"},
    ("sheetshare", "proposal"): {
        "type": "object",
        "properties": {name: {"type": "array"} for name in ("dimension", "indicators", "lever", "steps")},
    },
}


def build_schema() -> dict[str, Any]:
    """Return the schema of the archives that this version writes and reads."""
    texts = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Archive d’une collectivité, Jalons",
        **_object(
            {
                "format": {"const": FORMAT},
                "format_version": {"const": FORMAT_VERSION},
                "exported_at": {"type": "string", "format": "date-time"},
                "site": texts,
                "reference": _object(
                    {
                        str(model._meta.model_name): {"type": "object", "additionalProperties": texts}
                        for model in VERSIONED_REFERENCE
                    }
                ),
                "people": {"type": "array", "items": _object({"email": texts, "full_name": texts})},
                "left_out": {"type": "array", "items": texts},
                "documents": {
                    "type": "object",
                    "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                },
                "tables": _object({table.name: {"type": "array", "items": _row(table)} for table in TABLES}),
            }
        ),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _row(table: Table) -> dict[str, Any]:
    columns = {field.name: _column(field) for field in table.columns}
    title = str(table.model._meta.verbose_name)
    return {"title": title, **_object({"id": {"type": "integer", "minimum": 1}, **columns})}


def _column(field: Any) -> dict[str, Any]:
    shape = _SHAPES.get((field.model._meta.model_name, field.name))
    if shape is not None:
        return {"title": str(field.verbose_name), **shape}
    described = _described(field)
    if "oneOf" in described and field.null:
        described = {"oneOf": [*described["oneOf"], {"type": "null"}]}
    if field.null and "type" in described:
        described = {**described, "type": [described["type"], "null"]}
        if "enum" in described:
            described["enum"] = [*described["enum"], None]
    return {"title": str(field.verbose_name), **described}


def _described(field: Any) -> dict[str, Any]:
    if field.related_model in MIXED_MODELS:
        return {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}
    if field.related_model is not None:
        kind = {"type": "integer", "minimum": 1} if field.related_model in INNER_MODELS else {"type": "string"}
        return {"type": "array", "items": kind} if field.many_to_many else kind
    described = next(dict(value) for kind, value in _TYPES if isinstance(field, kind))
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        described["enum"] = ["", *values] if field.blank and isinstance(field, models.CharField) else values
    elif isinstance(field, models.CharField) and field.max_length:
        described["maxLength"] = field.max_length
    return described
