"""Tasks of the accounts application, run by the worker (`manage.py db_worker`)."""

from datetime import datetime

from django.utils import timezone
from django_tasks import default_task_backend, task

from accounts import outbox


@task()
def deliver_message(message_pk: int) -> None:
    """Send one message of the outbox."""
    outbox.deliver(message_pk, now=timezone.now())


def enqueue_delivery(message_pk: int, due_at: datetime) -> None:
    """Ask the worker to send a message, at once or when it is due.

    A queue that knows no later time leaves the later ones to `manage.py send_due_mail`.
    """
    if due_at <= timezone.now():
        deliver_message.enqueue(message_pk)
    elif default_task_backend.supports_defer:
        deliver_message.using(run_after=due_at).enqueue(message_pk)
