"""Tags and filters of the templates that speak of an authority."""

from datetime import date

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authorities import wording
from authorities.access import AuthorityAccess

register = template.Library()
# Twice as many points as the page shows, for fine screens.
DENSITY = 2


@register.filter
def weekday(day: date) -> str:
    """Write a date with its day of the week: « mardi 15 septembre 2026 »."""
    return wording.format_weekday(day)


@register.simple_tag(takes_context=True)
def authority_logo(context: template.Context) -> SafeString:
    """Print the logo of the space that the page belongs to, by the gate of its reader; nothing without a logo."""
    access = context["request"].access
    authority = access.authority
    if not authority.logo_screen:
        return SafeString("")
    if isinstance(access, AuthorityAccess):
        url = reverse("authorities:authority_logo", args=[authority.slug])
    else:
        url = reverse("authorities:participant_logo", args=[access.participant.pk])
    return format_html(
        '<img class="logo" src="{}" alt="{}" width="{}" height="{}">',
        url,
        authority.name,
        max(1, authority.logo_width_px // DENSITY),
        max(1, authority.logo_height_px // DENSITY),
    )
