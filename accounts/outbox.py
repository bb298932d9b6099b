"""Minimal outbox of development: each message is kept and printed. Completed by the front end."""

from django.core.mail.backends.console import EmailBackend


class DevelopmentEmailBackend(EmailBackend):
    """Print each message in the console."""
