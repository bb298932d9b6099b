"""The authority that the walks share."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from tests.spaces import Space, build_space, kept_for_a_while, pdf_not_laid_out


@pytest.fixture(autouse=True)
def drawn(caplog) -> Iterator[list[str]]:
    """The HTML of the documents that would be laid out; refusals are expected by the thousand."""
    caplog.set_level("CRITICAL", logger="django")
    with pdf_not_laid_out() as pages:
        yield pages


@pytest.fixture(scope="package")
def space(django_db_setup: None, django_db_blocker) -> Iterator[Space]:
    """A complete authority, built once for the package and rolled back after it. Use it with `db`."""
    with kept_for_a_while(django_db_blocker):
        call_command("load_reference", verbosity=0)
        yield build_space("Morlaix Communauté", "morlaix.example")
