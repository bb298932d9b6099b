"""Print the schema of the archives."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from roadmap.archive.schema import build_schema


class Command(BaseCommand):
    help = "Écrit le schéma JSON des archives : manage.py archive_schema > docs/archive.schema.json"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(build_schema(), ensure_ascii=False, indent=1, sort_keys=True))
