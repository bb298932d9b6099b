"""Reads of the accounts application."""

import re
from dataclasses import dataclass
from datetime import datetime

from accounts.models import OutboxMessage

_LINK = re.compile(r"(https?://[^\s<>«»]+)")
LATEST_COUNT = 50


@dataclass(frozen=True)
class MessagePart:
    """A piece of a message: a text, or an address to follow."""

    text: str
    is_link: bool


@dataclass(frozen=True)
class ReadMessage:
    """A message of the outbox, ready to be shown."""

    to: str
    subject: str
    created_at: datetime
    parts: list[MessagePart]


def latest_messages() -> list[ReadMessage]:
    """Return the last messages of the development outbox, newest first, with their addresses found in the text."""
    return [
        ReadMessage(message.to, message.subject, message.created_at, _split(message.body))
        for message in OutboxMessage.objects.order_by("-created_at", "-pk")[:LATEST_COUNT]
    ]


def _split(body: str) -> list[MessagePart]:
    pieces = _LINK.split(body)
    return [MessagePart(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]
