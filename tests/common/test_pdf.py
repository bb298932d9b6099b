from datetime import UTC, datetime

import pytest

from common import checks
from common.pdf import PdfError, find_static_file, make_pdf

NOW = datetime(2024, 1, 12, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "http://exemple.fr/a.css",
        "https://exemple.fr/pdf/roadmap.css",
        "file:///etc/passwd",
        "https://static.invalid/../config/settings.py",
        "https://static.invalid/%2e%2e/config/settings.py",
        "https://static.invalid/pdf/absent.css",
        "https://static.invalid/pdf/roadmap.css?x=1",
        "https://static.invalid/",
        "https://static.invalid/pdf",
    ],
)
def test_nothing_but_static_files_is_found(url):
    assert find_static_file(url) is None


def test_static_file_is_found():
    found = find_static_file("https://static.invalid/pdf/roadmap.css")

    assert found is not None
    assert found.name == "roadmap.css"


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.png", "file:///etc/passwd", "../../etc/passwd"])
def test_document_that_calls_elsewhere_is_refused(address):
    with pytest.raises(PdfError, match="pas du site"):
        make_pdf(f'<html lang="fr"><body><img src="{address}" alt="x"></body></html>', created_at=NOW)


def test_data_addresses_are_allowed():
    pixel = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"

    assert make_pdf(f'<html lang="fr"><body><img src="{pixel}" alt="x"></body></html>', created_at=NOW)


def test_check_is_silent_when_the_libraries_are_there():
    assert checks.check_pdf_libraries() == []


def test_check_says_what_to_install(monkeypatch):
    monkeypatch.setattr(checks, "_can_load", lambda name: False)
    monkeypatch.setattr(checks.sys, "platform", "linux")

    (warning,) = checks.check_pdf_libraries()

    assert "libpango" in warning.msg
    assert "apt-get install" in warning.hint
    assert "brew install pango" in warning.hint
