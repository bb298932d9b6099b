"""Write the archive of an authority to a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from authorities.models import Authority
from roadmap.archive import archive_name, build_archive


class Command(BaseCommand):
    help = "Écrit l’archive complète d’une collectivité (json, csv, documents) dans un fichier zip."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="l’adresse de la collectivité, par exemple thonon-agglomeration")
        parser.add_argument("--to", type=Path, help="fichier à écrire ; sans lui, le dossier courant")

    def handle(self, *args: Any, slug: str, to: Path | None, **options: Any) -> None:
        authority = Authority.objects.filter(slug=slug).first()
        if authority is None:
            raise CommandError(f"Aucune collectivité n’a l’adresse « {slug} ».")
        now = timezone.now()
        path = to or Path(archive_name(authority, now))
        path.write_bytes(build_archive(authority=authority, now=now))
        self.stdout.write(f"Archive de {authority.name} : {path}")
