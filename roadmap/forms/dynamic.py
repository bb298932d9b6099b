"""Fields that depend on the object: rows of steps, half-years of a period, services that lead."""

from typing import Any

from django import forms


def give_fields(form: Any, fields: dict[str, forms.Field]) -> None:
    """Give a form its fields, before its base classes read them. Call it first in `__init__`."""
    form.base_fields = fields
