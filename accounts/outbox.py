"""Outbox of development: each message is kept in the base, shown at /developpement/courrier/, and printed."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class DevelopmentEmailBackend(EmailBackend):
    """Keep each message, then print it in the console. Never used in production."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        # The backend is imported while the applications load, before their models may be.
        from accounts.models import OutboxMessage  # noqa: PLC0415

        for message in email_messages:
            OutboxMessage.objects.create(to=", ".join(message.to), subject=str(message.subject), body=str(message.body))
        return super().send_messages(email_messages) or 0
