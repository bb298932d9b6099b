"""Remind the silent of the open rounds and ballots: run by a timer, as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from authorities.services.activity import queue_due_reminders


class Command(BaseCommand):
    help = "Relance les personnes silencieuses, à mi-parcours et deux jours avant la fin. À lancer toutes les heures."

    def handle(self, *args: Any, **options: Any) -> None:
        count = queue_due_reminders(now=timezone.now())
        self.stdout.write(f"Rappels : {count}.")
