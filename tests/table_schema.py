"""The rules of Frictionless Data that our open data are held to: the form of the descriptors, then each value.

Source: Frictionless Data, Table Schema and Data Package, version 1 of the specifications, 2021.
"""

import re
from datetime import date
from typing import Any

from jsonschema import Draft202012Validator

TYPES = ("string", "number", "integer", "boolean", "date", "datetime", "year", "array")
_FIELD = {
    "type": "object",
    "required": ["name", "type", "title", "description"],
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
        "type": {"enum": list(TYPES)},
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "example": {"type": "string"},
        "trueValues": {"type": "array", "items": {"type": "string"}},
        "falseValues": {"type": "array", "items": {"type": "string"}},
        "constraints": {
            "type": "object",
            "properties": {
                "required": {"type": "boolean"},
                "unique": {"type": "boolean"},
                "pattern": {"type": "string", "format": "regex"},
                "enum": {"type": "array", "minItems": 1, "uniqueItems": True},
                "minimum": {"type": "number"},
                "maximum": {"type": "number"},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
TABLE_SCHEMA = {
    "type": "object",
    "required": ["fields"],
    "properties": {
        "fields": {"type": "array", "minItems": 1, "items": _FIELD},
        "primaryKey": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "missingValues": {"type": "array", "items": {"type": "string"}},
        "foreignKeys": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["fields", "reference"],
                "properties": {"reference": {"type": "object", "required": ["resource", "fields"]}},
            },
        },
    },
}
DATA_PACKAGE = {
    "type": "object",
    "required": ["profile", "name", "title", "licenses", "resources"],
    "properties": {
        "profile": {"const": "tabular-data-package"},
        "name": {"type": "string", "pattern": "^[a-z0-9._-]+$"},
        "created": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"},
        "licenses": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["name", "path"]},
        },
        "resources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "profile", "schema"],
                "properties": {
                    "name": {"type": "string", "pattern": "^[a-z0-9._-]+$"},
                    "profile": {"const": "tabular-data-resource"},
                    "path": {"type": "string", "pattern": r"^[^/.][^/]*$"},
                },
                "oneOf": [{"required": ["path"]}, {"required": ["data"]}],
            },
        },
    },
}


def check_descriptor(descriptor: dict[str, Any], profile: dict[str, Any]) -> None:
    """Raise when a descriptor has not the form of its profile."""
    Draft202012Validator.check_schema(profile)
    Draft202012Validator(profile).validate(descriptor)


def errors_of(schema: dict[str, Any], rows: list[dict[str, Any]], *, is_text: bool = False) -> list[str]:
    """Return what is wrong in the rows of a table. `is_text`: they come from a csv, every value a text."""
    names = [field["name"] for field in schema["fields"]]
    errors = [f"row {rank}: columns {list(row)}" for rank, row in enumerate(rows, start=1) if list(row) != names]
    for field in schema["fields"]:
        values = [row.get(field["name"]) for row in rows]
        values = [None if value in schema.get("missingValues", [""]) else value for value in values]
        known = [value for value in values if value is not None]
        constraints = field.get("constraints", {})
        if constraints.get("required") and len(known) < len(values):
            errors.append(f"{field['name']}: empty")
        if constraints.get("unique") and len(set(known)) < len(known):
            errors.append(f"{field['name']}: twice the same")
        errors += [f"{field['name']}: {value!r}" for value in known if not _is_right(field, value, is_text)]
    keys = [tuple(row[name] for name in schema.get("primaryKey", [])) for row in rows]
    if schema.get("primaryKey") and len(set(keys)) < len(keys):
        errors.append("primary key: twice the same")
    return errors


def _is_right(field: dict[str, Any], value: Any, is_text: bool) -> bool:
    try:
        read = _read(field, value) if is_text else _native(field, value)
    except ValueError:
        return False
    constraints = field.get("constraints", {})
    return (
        ("enum" not in constraints or value in constraints["enum"])
        and ("pattern" not in constraints or re.fullmatch(constraints["pattern"], value) is not None)
        and ("minimum" not in constraints or read >= constraints["minimum"])
        and ("maximum" not in constraints or read <= constraints["maximum"])
    )


def _read(field: dict[str, Any], text: str) -> Any:
    if field["type"] == "boolean":
        if text not in [*field["trueValues"], *field["falseValues"]]:
            raise ValueError(text)
        return text in field["trueValues"]
    readers = {"integer": int, "year": int, "number": float, "date": date.fromisoformat}
    return readers.get(field["type"], str)(text)


def _native(field: dict[str, Any], value: Any) -> Any:
    if field["type"] == "date":
        return date.fromisoformat(value)
    expected = {"integer": int, "year": int, "number": (int, float), "boolean": bool}.get(field["type"], str)
    if not isinstance(value, expected) or (isinstance(value, bool) and field["type"] != "boolean"):
        raise ValueError(value)
    return value
