"""Load every reference file of the site. Idempotent: loading twice changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

import diagnostics.loader
import diagnostics.loader_checks
import inventory.loader
import levers.loader
import reference.loader
from reference.fixtures import FixtureError, LoadReport


class Command(BaseCommand):
    help = "Charge les données de référence du dossier « fixtures ». Relancer la commande ne change rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "fixtures", help="dossier à lire")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            report = load_reference(folder)
        except FixtureError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] == 0:
            return
        for line in report.lines():
            self.stdout.write(f"  {line}")
        self.stdout.write("Données de référence à jour." if report.has_changed else "Rien à changer.")


@transaction.atomic
def load_reference(folder: Path) -> LoadReport:
    """Load the files of all applications in one transaction, from left to right. Raises `FixtureError`."""
    report = reference.loader.load_all(folder)
    report.merge(inventory.loader.load_all(folder))
    report.merge(diagnostics.loader.load_all(folder))
    report.merge(diagnostics.loader_checks.load_checks(folder))
    report.merge(levers.loader.load_all(folder))
    return report
