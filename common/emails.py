"""Mail: three templates and one function.

`build_email("invitation", "x@exemple.fr", {…})` reads `emails/invitation_subject.txt`, `emails/invitation_body.txt`
and `emails/invitation_body.html`. The HTML part extends `emails/_layout.html` and has one button
(`{% include "emails/_button.html" with url=… label=… %}`); the text part says the same, with the address in full.
One purpose for each message, under 20 kB, readable without images. Nothing is sent here: a message goes through the
outbox (`accounts.outbox`).
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string

# Spaces and controls that would break a header; no-break spaces (U+00A0, U+202F) are words of the French language.
_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NO_BREAK = "\u00a0\u202f"


def build_email(name: str, to: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """Write a message without sending it: subject on one line, text part, HTML part."""
    full_context = {"site_url": settings.SITE_URL, **context}
    message = EmailMultiAlternatives(
        subject=on_one_line(_plain(f"emails/{name}_subject.txt", full_context)),
        body=_plain(f"emails/{name}_body.txt", full_context).strip() + "\n",
        to=[to],
        # No answer by a holiday notice, no copy in a mailing list.
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"emails/{name}_body.html", full_context).strip(), "text/html")
    return message


def html_part(message: EmailMultiAlternatives) -> str:
    """Return the HTML part of a message written by `build_email`."""
    return next((str(part) for part, kind in message.alternatives if kind == "text/html"), "")


def on_one_line(text: str) -> str:
    """Return a text that a header can hold: no line end, no control, one space between words; no-break spaces stay."""
    return _BREAKS.sub(_one_space, text).strip()


def _one_space(match: re.Match[str]) -> str:
    """Keep the no-break space among the spaces that stand together, if there is one."""
    return next((character for character in match.group() if character in _NO_BREAK), " ")


def _plain(template_name: str, context: Mapping[str, Any]) -> str:
    """Render a text template: nothing is escaped in it, for it is not HTML."""
    template: Any = get_template(template_name)
    return str(template.template.render(Context(dict(context), autoescape=False)))
