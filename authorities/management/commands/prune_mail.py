"""Forget what old messages said."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from authorities.services.retention import forget_old_messages


class Command(BaseCommand):
    help = "Efface le texte et l’adresse des messages plus anciens que MAIL_RETENTION_DAYS. À lancer chaque semaine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=settings.MAIL_RETENTION_DAYS, help="âge en jours")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        count = forget_old_messages(before=timezone.now() - timedelta(days=days))
        self.stdout.write(f"Messages vidés : {count}.")
