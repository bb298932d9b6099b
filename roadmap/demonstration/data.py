"""Read the files of the demonstration."""

from datetime import date, datetime, time
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from reference.fixtures import YAML_LOADER

FOLDER = settings.BASE_DIR / "fixtures" / "demonstration"


def read(name: str) -> Any:
    """Return the content of a file of the demonstration."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=YAML_LOADER)  # noqa: S506 (the safe loader, in C)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment of a day, in the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
