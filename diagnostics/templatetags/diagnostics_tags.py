"""Words of the diagnosis in templates."""

from django import template

from diagnostics.grids.preview import level_words
from diagnostics.models import Diagnosis

register = template.Library()


@register.simple_tag
def answer_words(diagnosis: Diagnosis, level: int | None) -> str:
    """Return « niveau 3 », or the word of the abstention of this questionnaire."""
    return level_words(diagnosis, level)
