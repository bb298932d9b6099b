"""Prepare the demonstration and serve it: the main job of `make demo`."""

import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from roadmap import services
from roadmap.demonstration import DemonstrationReport, ensure_demonstration
from roadmap.documents.catalogue import DocumentGroup, documents_of
from roadmap.models import RoadmapVersion

FOLDER = settings.VAR_DIR / "demo"


class Command(BaseCommand):
    help = "Prépare la base, les données de référence et la démonstration, écrit son PDF, puis sert le site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="tout préparer sans servir le site")
        parser.add_argument("--address", default="127.0.0.1:8000", help="adresse et port d’écoute")

    def handle(self, *args: Any, no_serve: bool, address: str, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("La démonstration crée des comptes au mot de passe public : jamais en production.")
        if not no_serve and is_taken(address):
            raise CommandError(f"Un autre programme occupe déjà {address} : arrêtez-le, ou tapez make demo PORT=8001.")
        self.stdout.write("Base et données de référence…")
        call_command("migrate", verbosity=0)
        call_command("load_reference", verbosity=0)
        self.stdout.write("Démonstration (une minute au plus la première fois)…")
        report = ensure_demonstration(now=timezone.now())
        path = self.write_documents(report.version)
        self.show(report, path, "" if no_serve else address)
        if not no_serve:
            self.serve(address)

    def serve(self, address: str) -> None:
        """Serve the site, and run beside it the worker that sends the mail; both stop together."""
        show_as_visited(address)
        worker = subprocess.Popen(  # noqa: S603 - this project's own command
            [sys.executable, "manage.py", "db_worker", "--no-reload", "--no-startup-delay"], cwd=settings.BASE_DIR
        )
        try:
            call_command("runserver", address, use_reloader=False, skip_checks=True)
        finally:
            worker.terminate()
            worker.wait(timeout=30)

    def write_documents(self, version: RoadmapVersion) -> Path:
        """Copy every document of the adopted version beside the base; return the path of the whole PDF."""
        edition = services.edition_of_version(version)
        slug = version.roadmap.initiative.authority.slug
        paths = []
        for document in documents_of(edition.content):
            content = services.take_document(
                roadmap=version.roadmap, edition=edition, document=document, version=version
            )
            folder = FOLDER / "fiches" if document.group == DocumentGroup.SHEETS else FOLDER
            folder.mkdir(parents=True, exist_ok=True)
            paths.append(folder / document.file_name(slug, edition.suffix))
            paths[-1].write_bytes(content)
        return paths[0]

    def show(self, report: DemonstrationReport, path: Path, address: str) -> None:
        write = self.stdout.write
        write("")
        write(f"Feuille de route de Thonon Agglomération : {path}")
        write(f"Tous ses documents : {path.parent}")
        write("")
        write(f"Site : http://{address}" if address else "Pour servir le site : make demo")
        write(f"Mot de passe de tous les comptes : {report.password}")
        for email, who in report.accounts:
            write(f"  {email:<30} {who}")
        write("")
        write(f"Noter et voter sans compte, par le lien personnel de {report.visitor} :")
        write(
            f"  {report.visitor_link.replace(settings.SITE_URL, f'http://{address}' if address else settings.SITE_URL)}"
        )


def show_as_visited(address: str) -> None:
    """Serve what visitors see: our pages for a wrong address or a failure, not those of the debugger.

    The mailbox of the demonstration stays open, and the style sheets are read where they are written.
    """
    settings.SHOW_OUTBOX, settings.DEBUG = settings.DEBUG, False
    settings.WHITENOISE_USE_FINDERS = True
    # The links of the messages lead where the site is served.
    settings.SITE_URL = f"http://{address}"


def is_taken(address: str) -> bool:
    """Tell whether something already listens there."""
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host or "127.0.0.1", int(port))) == 0
