"""Mail: three templates and one function.

`send_email("invitation", "x@exemple.fr", {…})` reads `emails/invitation_subject.txt`, `emails/invitation_body.txt`
and `emails/invitation_body.html`. The HTML part extends `emails/_layout.html` and has one button
(`{% include "emails/_button.html" with url=… label=… %}`); the text part says the same, with the address in full.
One purpose for each message, under 20 kB, readable without images.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string


def build_email(name: str, to: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """Write a message without sending it: subject on one line, text part, HTML part."""
    full_context = {"site_url": settings.SITE_URL, **context}
    subject = " ".join(_plain(f"emails/{name}_subject.txt", full_context).split())
    message = EmailMultiAlternatives(
        subject=subject,
        body=_plain(f"emails/{name}_body.txt", full_context).strip() + "\n",
        to=[to],
        # No answer by a holiday notice, no copy in a mailing list.
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"emails/{name}_body.html", full_context).strip(), "text/html")
    return message


def send_email(name: str, to: str, context: Mapping[str, Any]) -> None:
    """Send the message `name` to one address. `site_url` is added to the context."""
    build_email(name, to, context).send()


def _plain(template_name: str, context: Mapping[str, Any]) -> str:
    """Render a text template: nothing is escaped in it, for it is not HTML."""
    template: Any = get_template(template_name)
    return str(template.template.render(Context(dict(context), autoescape=False)))
