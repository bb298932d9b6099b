"""The outbox against a real mail server: what arrives, what is tried again, what is given up."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.management import call_command

from accounts import outbox
from accounts.enums import MailFate, MailReason
from accounts.models import OutboxMessage
from common.emails import build_email
from tests.factories import PARIS_NOON as NOW
from tests.mail_server import Server

pytestmark = pytest.mark.django_db


@pytest.fixture
def smtp(smtp_server, monkeypatch) -> Server:
    """The server, while each test delivers by itself."""
    monkeypatch.setattr(outbox, "after_commit", lambda job: None)
    return smtp_server


def written(code: str = "ABCD-EFGH", **fields) -> OutboxMessage:
    message = build_email("account_code", "a@exemple.fr", {"code": code})
    return outbox.post(message, reason=MailReason.ACCOUNT, now=NOW, secrets={code: "[code]"}, **fields)


def test_message_arrives_whole_and_leaves_no_code_behind(smtp):
    row = outbox.deliver(written().pk, now=NOW)

    [raw] = smtp.received
    arrived = message_from_bytes(raw, policy=policy.default)
    text, html = arrived.get_body(("plain",)).get_content(), arrived.get_body(("html",)).get_content()
    assert arrived["Subject"] == "Votre code pour Jalons\u00a0: ABCD-EFGH"
    assert "ABCD-EFGH" in text and "ABCD-EFGH" in html and '<html lang="fr">' in html and "<img" not in html
    assert arrived["Date"] and arrived["Message-ID"] == row.headers["Message-ID"]
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert len(raw) < 20_000
    assert row.fate == MailFate.SENT and "ABCD" not in f"{row.subject}{row.body}{row.html}{row.secrets}"
    assert "[code]" in row.body


def test_temporary_refusal_is_tried_again(smtp):
    smtp.answers = ["451 revenez", "250 OK"]
    pk = written().pk
    row = outbox.deliver(pk, now=NOW)
    assert (row.fate, row.last_error, row.next_attempt_at) == ("pending", "451", NOW + timedelta(minutes=1))
    assert outbox.deliver(pk, now=NOW + timedelta(seconds=59)) is None
    assert outbox.deliver(pk, now=NOW + timedelta(minutes=1)).fate == "sent"
    assert len(smtp.received) == 1


def test_permanent_refusal_ends_at_once(smtp):
    smtp.answers = ["550 inconnu <a@exemple.fr>"]
    row = outbox.deliver(written().pk, now=NOW)
    assert (row.fate, row.last_error, row.attempts) == ("failed", "550", 1)
    assert "exemple.fr" not in row.fate_reason and "ABCD" not in row.body


def test_closed_port_is_tried_six_times_then_given_up(smtp, settings):
    settings.EMAIL_PORT = 1
    pk, now, waits = written().pk, NOW, []
    while (row := outbox.deliver(pk, now=now)).fate == "pending":
        waits.append(row.next_attempt_at - now)
        now = row.next_attempt_at
    assert waits == list(outbox.RETRY_DELAYS)
    assert (row.fate, row.attempts, row.last_error) == ("failed", 6, "ConnectionRefusedError")


def test_two_workers_send_once(smtp):
    pk = written().pk
    OutboxMessage.objects.filter(pk=pk).update(claimed_until=NOW + timedelta(minutes=10))
    assert outbox.deliver(pk, now=NOW) is None
    assert list(outbox.due_messages(NOW)) == []
    assert outbox.deliver(pk, now=NOW + timedelta(minutes=10)).fate == "sent"
    assert outbox.deliver(pk, now=NOW + timedelta(minutes=10)) is None
    assert len(smtp.received) == 1


def test_withheld_message_keeps_its_reason(smtp):
    with outbox.withholding("Essai."):
        row = written()
    assert (row.fate, row.fate_reason, row.secrets) == ("withheld", "Essai.", [])
    assert outbox.deliver(row.pk, now=NOW) is None


def test_sweep_sends_what_a_dead_worker_left_and_pruning_forgets(smtp):
    pk = written().pk
    call_command("send_due_mail", verbosity=0)
    assert len(smtp.received) == 1
    call_command("prune_mail", "--days", "1", verbosity=0)
    row = OutboxMessage.objects.get(pk=pk)
    assert (row.body, row.to, row.fate) == ("", "", "sent")
