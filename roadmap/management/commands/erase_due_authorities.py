"""Erase the spaces whose delay is over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from roadmap.services import erase_due_authorities


class Command(BaseCommand):
    help = "Efface les espaces dont le délai est passé et envoie les reçus. À lancer chaque jour."

    def handle(self, *args: Any, **options: Any) -> None:
        erased, failed = erase_due_authorities(now=timezone.now())
        self.stdout.write(f"Espaces effacés : {erased}.")
        if failed:
            raise CommandError(f"Effacements en échec : {failed}. Le journal donne leur numéro.")
