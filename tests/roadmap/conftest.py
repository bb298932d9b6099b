"""Shared cast of the roadmap tests: a démarche with its sheets, and a private folder for its files."""

import pytest

from authorities.models import Initiative
from roadmap.models import ActionSheet, Roadmap
from tests.factories_roadmap import make_roadmap, make_sheets_from_levers


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    """Documents of a test stay in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "documents"
    return settings.MEDIA_ROOT


@pytest.fixture
def roadmap(initiative: Initiative) -> Roadmap:
    return make_roadmap(initiative)


@pytest.fixture
def sheets(initiative: Initiative, referent) -> list[ActionSheet]:
    """Two sheets made from retained levers."""
    return make_sheets_from_levers(initiative, 2, referent)
