"""The demonstration that the tests of this package share."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.utils import timezone

from roadmap.demonstration import DemonstrationReport, ensure_demonstration
from tests.spaces import kept_for_a_while


@pytest.fixture(scope="package")
def demonstrated(django_db_setup: None, django_db_blocker) -> Iterator[DemonstrationReport]:
    """The demonstration, built once for the package and rolled back after it. Use it with `db`."""
    with kept_for_a_while(django_db_blocker):
        call_command("load_reference", verbosity=0)
        yield ensure_demonstration(now=timezone.now())
