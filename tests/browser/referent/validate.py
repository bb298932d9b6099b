"""Step 5: the last gaps, a frozen version, its PDF, the opinion of the committee, the vote of the council."""

import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.referent.build import SHEET
from tests.browser.referent.walk import AUTHORITY, Walk
from tests.pdf_readback import read_title, read_words

RESOLUTION = "2027-06-118"


def fill_gaps(walk: Walk) -> None:
    """Follow each blocking gap to the screen that fills it."""
    walk.go_to_step("Valider")
    expect(walk.main.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"^Le dossier répond à \d+ points sur \d+")
    )
    walk.follow("Fiche 2 : indiquez les jours d’agents")
    walk.page.get_by_label("Jours d’agents sur la période").fill("12")
    walk.press("Enregistrer")
    walk.follow("Modifier le budget")
    walk.page.get_by_label("Budget en euros").fill("0")
    walk.press("Enregistrer")
    walk.go_to_step("Valider")
    expect(walk.main).not_to_contain_text("sans la mention")


def freeze_version(walk: Walk) -> None:
    """Freeze version 1 and read its document back."""
    walk.follow("Figer une version")
    walk.page.get_by_label("Ce qui change dans cette version").fill("Première version soumise au conseil.")
    walk.main.get_by_role("button", name="Figer la version").click(timeout=60_000)
    walk.told("Version 1 figée")
    expect(walk.main).not_to_contain_text("Sans la mention")
    text = _read(walk.download("Télécharger le document"))
    assert RESOLUTION not in text


def adopt(walk: Walk) -> None:
    """Record the opinion of the steering committee, then the vote of the council; download what was adopted."""
    # Not the day when the walk began: midnight may have passed.
    today = timezone.localdate().isoformat()
    walk.follow("Enregistrer la validation du comité")
    walk.page.get_by_label("Date de la réunion").fill(today)
    walk.press("Enregistrer la validation")
    walk.title("Version 1")
    walk.follow("Enregistrer la délibération")
    walk.page.get_by_label("Date du vote").fill(today)
    walk.page.get_by_label("Référence de la délibération").fill(RESOLUTION)
    walk.press("Enregistrer l’adoption")
    walk.title(re.compile("^Version 1, adoptée le"))
    assert RESOLUTION in _read(walk.download("Télécharger la version adoptée"))
    walk.go_to("Tableau de bord")
    expect(walk.main).to_contain_text("L’étape en cours est « Suivre »")
    expect(walk.main).not_to_contain_text("Il reste")


def _read(path: Path) -> str:
    text = read_words(path.read_bytes())
    assert AUTHORITY in text
    assert SHEET in text
    assert AUTHORITY in read_title(path.read_bytes())
    return text
