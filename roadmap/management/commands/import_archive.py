"""Read the archive of an authority back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from roadmap.archive import ArchiveError, restore_archive


class Command(BaseCommand):
    help = "Reprend l’archive d’une collectivité venue d’une autre instance. Rien n’est écrit si elle ne convient pas."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="l’archive, un fichier zip")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as source:
                authority = restore_archive(source)
        except OSError as error:
            raise CommandError(f"Le fichier « {file} » n’est pas lisible.") from error
        except ArchiveError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Reprise : {authority.name}, à l’adresse /collectivites/{authority.slug}/.")
        self.stdout.write("Les membres retrouvent leur espace par « mot de passe oublié » ; renvoyez les invitations.")
