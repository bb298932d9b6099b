"""Erase what is past its age."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from roadmap.services.retention import prune_data


class Command(BaseCommand):
    help = (
        "Efface ce qui a fait son temps : brouillons, listes non confirmées, demandes d’accès, liens personnels "
        "arrêtés, sessions. À lancer chaque semaine."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in prune_data(now=timezone.now()).items():
            self.stdout.write(f"{name.capitalize()} : {count}.")
