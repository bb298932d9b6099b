"""Errors that a view may show to its reader."""


class DomainError(Exception):
    """A rule of the domain is broken. The message is a French sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
