"""Filters of the templates of this application."""

from datetime import date

from django import template

from authorities import wording

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """Write a date with its day of the week: « mardi 15 septembre 2026 »."""
    return wording.format_weekday(day)
