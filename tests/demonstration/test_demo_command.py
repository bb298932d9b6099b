"""What `make demo` serves: the pages that visitors see, wrong addresses included."""

import json

import pytest
from django.test import Client

from roadmap.documents.catalogue import DOCUMENTS
from roadmap.management.commands import demo
from tests.routes import close_files

ADDRESS = "127.0.0.1:8017"


class _Worker:
    def terminate(self) -> None:
        pass

    def wait(self, timeout: int) -> None:
        pass


@pytest.fixture
def serve(monkeypatch, settings, db):
    """Serve without a socket: return the command that was called, and what was asked while it ran."""
    settings.DEBUG, settings.SHOW_OUTBOX = False, False
    settings.WHITENOISE_USE_FINDERS, settings.SITE_URL = False, "http://127.0.0.1:8000"
    monkeypatch.setattr(demo.subprocess, "Popen", lambda *args, **options: _Worker())

    def run(ask):
        answers = []
        monkeypatch.setattr(demo, "call_command", lambda name, *args, **options: answers.append((name, ask())))
        demo.Command().serve(ADDRESS)
        return answers

    return run


def test_a_wrong_address_shows_our_page_and_styles_are_found(serve):
    def ask():
        client = Client()
        page, styles = client.get("/n-existe-pas/"), client.get("/static/css/jalons.css")
        text = page.content.decode().replace("\u00a0", " ")
        close_files(styles)
        return page.status_code, "Cette page n’existe pas, ou n’est pas la vôtre" in text, styles.status_code

    assert serve(ask) == [("runserver", (404, True, 200))]


def test_the_debugger_gives_way_and_the_mailbox_stays(serve, settings):
    settings.DEBUG = True

    answers = serve(lambda: (settings.DEBUG, settings.SHOW_OUTBOX, settings.SITE_URL))

    assert answers == [("runserver", (False, True, f"http://{ADDRESS}"))]


def test_every_document_of_the_dossier_is_written(demonstrated, db, monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "FOLDER", tmp_path)

    path = demo.Command().write_documents(demonstrated.version)

    slug = "thonon-agglomeration-v1"
    assert path == tmp_path / f"feuille-de-route-{slug}.pdf"
    names = {item.name for item in tmp_path.iterdir() if item.is_file()}
    assert len(names) == len(DOCUMENTS)
    assert len(list((tmp_path / "fiches").glob("fiche-*.pdf"))) == 17
    for name in ("synthese-elus", "encart-rdd", "deliberation", "restitution", "donnees", "calendrier"):
        assert [item for item in names if item.startswith(f"{name}-{slug}.")]
    package = json.loads((tmp_path / f"datapackage-{slug}.json").read_text())
    resource = package["resources"][0]
    assert {resource["path"], resource["schema"]} <= names
