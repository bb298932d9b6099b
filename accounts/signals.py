"""What other applications may say when an account is about to close."""

from django.dispatch import Signal

# Arguments: user, now. A receiver raises DomainError when the account must not close yet.
account_closing = Signal()
