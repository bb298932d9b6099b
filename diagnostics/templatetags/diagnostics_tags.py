"""Words of the diagnosis in templates."""

from collections.abc import Mapping

from django import template

from diagnostics.grids.preview import level_words
from diagnostics.models import Diagnosis

register = template.Library()


@register.simple_tag
def answer_words(diagnosis: Diagnosis, level: int | None) -> str:
    """Return « niveau 3 », or the word of the abstention of this questionnaire."""
    return level_words(diagnosis, level)


@register.filter
def count_of(counts: Mapping[str, int] | None, code: str) -> int:
    """Return the count of a question, 0 when it has none: `{{ evidence|count_of:question.code }}`."""
    return (counts or {}).get(code, 0)
