"""The outbox: every message of the site is a row with its reason, its fate and its content.

`post` writes the row in the transaction of the caller and hands it to the task worker when it commits; `deliver` sends
it, tries again later, or gives up. A message that the process lost on its way is found again by `due_messages`
(`manage.py send_due_mail`).
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import parseaddr
from html import escape
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.text import Truncator

from accounts.enums import MailFate, MailReason
from accounts.models import OutboxMessage
from common.emails import html_part

logger = logging.getLogger(__name__)

# After the first failure, the second, and so on; a message that fails once more is given up.
RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
# A worker that died holding a message gives it back after this time, longer than any exchange with a mail server.
CLAIM_TIME = timedelta(minutes=10)
SUBJECT_LENGTH = 500
REASON_LENGTH = 250
GIVEN_UP = "Le serveur de messagerie n’a pas pu le prendre après plusieurs essais."
REFUSED = "Le serveur de messagerie l’a refusé\u00a0: vérifiez l’adresse."
UNSENDABLE = "L’adresse ne peut pas recevoir de courriel\u00a0: vérifiez-la."

# Answers « » when a message may leave, else why not, in words shown to the référent.
Guard = Callable[[OutboxMessage, datetime], str]
_guards: list[Guard] = []
# The tests of requests, which never commit, replace it.
after_commit = transaction.on_commit
_withheld: ContextVar[str] = ContextVar("withheld_because", default="")


class PermanentError(Exception):
    """The message will never leave. `words`: why, for the référent; `code`: for the row."""

    def __init__(self, words: str, code: str) -> None:
        super().__init__(code)
        self.words, self.code = words, code


def register_guard(guard: Guard) -> None:
    """Ask `guard` about each message when it is about to leave: what it was written for may be over."""
    if guard not in _guards:
        _guards.append(guard)


@contextmanager
def withholding(words: str) -> Iterator[None]:
    """Keep every message written meanwhile: it gets its row, with these words as the reason, and never leaves."""
    token = _withheld.set(words)
    try:
        yield
    finally:
        _withheld.reset(token)


def is_withholding() -> bool:
    """Tell whether the messages written now never leave."""
    return bool(_withheld.get())


@transaction.atomic
def post(
    message: EmailMultiAlternatives,
    *,
    reason: MailReason,
    now: datetime,
    secrets: Mapping[str, str] | None = None,
    withheld: str = "",
) -> OutboxMessage:
    """Put a message in the outbox and hand it to the worker on commit; return its row.

    `secrets`: links and codes of the message → what stands for each once the message has left. `withheld`: why it must
    not leave, when that is already known.
    """
    withheld = withheld or _withheld.get()
    row = OutboxMessage(
        reason=reason,
        to=", ".join(message.to),
        reply_to=", ".join(message.reply_to),
        subject=Truncator(str(message.subject)).chars(SUBJECT_LENGTH),
        body=str(message.body),
        html=html_part(message),
        headers={**message.extra_headers, "Message-ID": _message_id()},
        # The longest first: a code may be part of an address.
        secrets=sorted(([secret, word] for secret, word in (secrets or {}).items() if secret), key=_by_length),
        created_at=now,
        next_attempt_at=now,
    )
    if withheld:
        _decide(row, MailFate.WITHHELD, now, withheld)
    row.save()
    if not withheld:
        schedule(row)
    return row


def schedule(row: OutboxMessage) -> None:
    """Hand a message to the worker once the transaction commits, not before its next attempt is due."""
    # The task itself calls this module.
    from accounts.tasks import enqueue_delivery

    after_commit(lambda: enqueue_delivery(row.pk, row.next_attempt_at))


def deliver(message_pk: int, *, now: datetime) -> OutboxMessage | None:
    """Send a message if it is due and nobody else is sending it; return its row, or None when there was nothing to do.

    Called by the worker, outside any transaction: the row is claimed by one update, so that two workers never send it
    twice.
    """
    row = _claim(message_pk, now)
    if row is None:
        return None
    words = next((words for guard in _guards if (words := guard(row, now))), "")
    if words:
        _decide(row, MailFate.WITHHELD, now, words)
        _save(row)
        return row
    try:
        _send(row)
    except PermanentError as error:
        row.last_error = error.code
        _decide(row, MailFate.FAILED, now, error.words)
    except (SMTPException, OSError) as error:
        _retry_later(row, error, now)
    else:
        row.last_error = ""
        _decide(row, MailFate.SENT, now, "")
    _save(row)
    logger.info("message %s: %s after %s attempts %s", row.pk, row.fate, row.attempts, row.last_error)
    if row.fate == MailFate.PENDING:
        schedule(row)
    return row


def due_messages(now: datetime) -> QuerySet[OutboxMessage]:
    """Return the messages that should have left and that no worker holds, the oldest first."""
    return OutboxMessage.objects.filter(_claimable(now)).order_by("next_attempt_at", "pk")


@transaction.atomic
def empty_old_messages(*, before: datetime) -> int:
    """Forget what old messages said, and the address that they were sent to; who, when and why they left stays.

    A message that still waits is left alone. Returns how many were emptied.
    """
    old = OutboxMessage.objects.filter(created_at__lt=before).exclude(fate=MailFate.PENDING).exclude(body="")
    return old.update(subject="", body="", html="", headers={}, secrets=[], to="", reply_to="")


def hide_secrets(text: str, secrets: list[list[str]]) -> str:
    """Replace the links and the codes of a message by what stands for them, as text or as HTML."""
    for secret, word in secrets:
        text = text.replace(secret, word).replace(escape(secret), escape(word))
    return text


def _by_length(pair: list[str]) -> int:
    return -len(pair[0])


def _message_id() -> str:
    """Return an identifier that stays the same at each attempt, so that a mailbox tells a repeat from a second one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4()}@{domain}>"


def _claimable(now: datetime) -> Q:
    is_free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return is_free & Q(fate=MailFate.PENDING, next_attempt_at__lte=now)


def _claim(message_pk: int, now: datetime) -> OutboxMessage | None:
    free = OutboxMessage.objects.filter(_claimable(now), pk=message_pk)
    if not free.update(claimed_until=now + CLAIM_TIME, attempts=F("attempts") + 1):
        return None
    return OutboxMessage.objects.get(pk=message_pk)


def _send(row: OutboxMessage) -> None:
    message = EmailMultiAlternatives(
        subject=row.subject,
        body=row.body,
        to=[row.to],
        reply_to=[row.reply_to] if row.reply_to else None,
        headers=row.headers,
    )
    if row.html:
        message.attach_alternative(row.html, "text/html")
    try:
        message.send()
    except SMTPAuthenticationError:
        # Ours to mend, not a refusal of this message.
        raise
    except SMTPRecipientsRefused as error:
        code = max((code for code, _text in error.recipients.values()), default=0)
        _raise_if_permanent(code, error)
        raise
    except SMTPResponseException as error:
        _raise_if_permanent(error.smtp_code, error)
        raise
    except ValueError as error:
        # An address or a header that cannot be written: trying again would change nothing.
        raise PermanentError(UNSENDABLE, type(error).__name__) from error


def _raise_if_permanent(code: int, error: Exception) -> None:
    if 500 <= code < 600:
        raise PermanentError(REFUSED, str(code)) from error


def _retry_later(row: OutboxMessage, error: Exception, now: datetime) -> None:
    """Put the next attempt off, or give up after the last one. Its words, which may name somebody, are dropped."""
    row.last_error = _code_of(error)
    if row.attempts > len(RETRY_DELAYS):
        _decide(row, MailFate.FAILED, now, GIVEN_UP)
        return
    row.next_attempt_at = now + RETRY_DELAYS[row.attempts - 1]
    row.claimed_until = None


def _code_of(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        return str(max((code for code, _text in error.recipients.values()), default=0))
    if isinstance(error, SMTPResponseException):
        return str(error.smtp_code)
    return type(error).__name__[:60]


def _decide(row: OutboxMessage, fate: MailFate, now: datetime, words: str) -> None:
    """Give a message its last fate; its links and its codes leave the row."""
    row.fate, row.fate_reason, row.decided_at, row.claimed_until = fate, words[:REASON_LENGTH], now, None
    if settings.MAIL_KEEPS_SECRETS:
        # Development only: the page of the messages is the mailbox there.
        return
    row.subject = hide_secrets(row.subject, row.secrets)
    row.body, row.html = hide_secrets(row.body, row.secrets), hide_secrets(row.html, row.secrets)
    # The address of one-click unsubscription stands among the headers.
    row.headers = {name: hide_secrets(value, row.secrets) for name, value in row.headers.items()}
    row.secrets = []


def _save(row: OutboxMessage) -> None:
    row.save(
        update_fields=[
            "subject", "body", "html", "headers", "secrets", "fate", "fate_reason", "decided_at", "next_attempt_at",
            "claimed_until", "last_error",
        ]
    )  # fmt: skip
