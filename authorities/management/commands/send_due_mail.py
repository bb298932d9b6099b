"""Send what should have left: the net under the worker, and all that a shared host without a worker needs."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.outbox import deliver, due_messages
from authorities.services.activity import send_due_news


class Command(BaseCommand):
    help = "Écrit les envois groupés du jour et envoie les messages en retard. À lancer toutes les cinq minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        grouped = send_due_news(now=now)
        tried = [deliver(pk, now=now) for pk in due_messages(now).values_list("pk", flat=True)]
        taken = sum(message is not None for message in tried)
        self.stdout.write(f"Envois groupés : {grouped}. Messages repris : {taken}.")
