"""Two paths from end to end: 36 questions by six people to the minutes and the slides, an export to a footprint."""

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect
from pptx import Presentation

from bench.devices import glpi_csv
from tests.browser.conftest import Site
from tests.browser.test_pages import ELEMENTS
from tests.browser.visitors import confirm_personal_link, sign_in
from tests.browser.whole import TERRITORY, WHOLE_EMAIL

VIEWPORT = {"width": 1280, "height": 720}
PHONE = {"width": 375, "height": 760}
# On these the opinions go from one end to the other; on the others they hold within one level.
DIVERGING = ("GOV-1", "ACH-2")


@dataclass(frozen=True)
class Whole:
    """What the base holds: address of the space, keys, codes of the questions, participant → personal link."""

    url: str
    diagnosis: int
    lot: int
    codes: list[str]
    people: dict[str, str]


@pytest.fixture(scope="module")
def whole(site: Site) -> Whole:
    printed = site.manage("shell", "-v0", "-c", "from tests.browser.whole import print_whole; print_whole()")
    told = json.loads(printed.splitlines()[-1])
    space = f"{site.url}/collectivites/{told['slug']}"
    return Whole(space, told["diagnosis"], told["lot"], told["codes"], told["people"])


def level_of(code: str, rank: int, codes: list[str]) -> int:
    """Return what the person of this rank thinks: 0 to 4 where opinions diverge, else 1 or 2."""
    if code in DIVERGING:
        return (0, 4, 1, 3, 2, 2)[rank]
    return 1 + (codes.index(code) + rank // 3) % 2


def is_within_budget(page: Page) -> bool:
    return page.locator("*").count() <= ELEMENTS


def rate_everything(browser: Browser, site_url: str, whole: Whole, rank: int) -> None:
    """Answer the 36 questions on a phone, by the personal link, without an account."""
    pk, link = list(whole.people.items())[rank]
    context = browser.new_context(viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    confirm_personal_link(page, f"{site_url}{urlsplit(link).path}")
    for code in whole.codes:
        page.goto(f"{site_url}/participation/{pk}/avis/{whole.diagnosis}/{code}/")
        page.locator(f"input[name=level][value='{level_of(code, rank, whole.codes)}']").check()
        page.locator("form.q button[type=submit]").first.click()
        page.wait_for_url(lambda url, code=code: not url.endswith(f"/{code}/"))
    assert is_within_budget(page)
    context.close()


def test_six_people_rate_36_questions_up_to_the_minutes_and_the_slides(site: Site, whole: Whole, browser: Browser):
    assert len(whole.codes) == 36
    for rank in range(len(whole.people)):
        rate_everything(browser, site.url, whole, rank)

    context = browser.new_context(viewport=VIEWPORT, locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    sign_in(page, site.url, WHOLE_EMAIL)
    round_url = f"{whole.url}/diagnostics/{whole.diagnosis}"
    page.goto(f"{round_url}/clore/")
    page.locator("main form button[type=submit]").first.click()
    page.goto(f"{round_url}/reunion/")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 questions à discuter, 34 consensuelles")
    assert is_within_budget(page)
    page.get_by_role("button", name="Accepter les 34 propositions consensuelles").click()

    page.goto(f"{round_url}/reunion/projection/")
    page.keyboard.press("Enter")
    for number in ("1", "2"):
        expect(page.locator(".bar")).to_contain_text(f"{number} sur 2 qui divergent")
        page.keyboard.press("Digit2")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Toutes les questions à discuter sont tranchées")

    page.goto(f"{round_url}/reunion/compte-rendu/")
    page.get_by_label("Décisions et suites").fill("La DSI chiffre le réemploi.")
    page.get_by_role("button", name="Enregistrer le compte rendu").click()
    with page.expect_download() as minutes:
        page.get_by_role("link", name=re.compile("^docx")).click()
    document = Document(io.BytesIO(Path(minutes.value.path()).read_bytes()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "La DSI chiffre le réemploi." in text

    page.goto(f"{round_url}/reunion/")
    page.get_by_role("button", name="Terminer le diagnostic").click()
    page.goto(f"{round_url}/resultats/")
    expect(page.get_by_role("main")).to_contain_text("36 questions répondues sur 36")
    assert is_within_budget(page)
    with page.expect_download() as deck:
        page.get_by_role("link", name="Télécharger la présentation (PowerPoint)").click()
    slides = Presentation(io.BytesIO(Path(deck.value.path()).read_bytes())).slides
    first = "\n".join(shape.text_frame.text for shape in slides[0].shapes if shape.has_text_frame)
    assert len(slides) >= 10
    assert TERRITORY in first
    context.close()


def test_an_export_of_glpi_becomes_a_footprint(site: Site, whole: Whole, browser: Browser):
    context = browser.new_context(viewport=VIEWPORT, locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    sign_in(page, site.url, WHOLE_EMAIL)
    lot_url = f"{whole.url}/inventaire/lots/{whole.lot}"
    page.goto(f"{lot_url}/import/")
    page.get_by_label("Fichier à lire").set_input_files(
        {"name": "glpi.csv", "mimeType": "text/csv", "buffer": glpi_csv(3_000)}
    )
    page.get_by_role("button", name="Lire le fichier").click()
    main = page.get_by_role("main")
    # The serial numbers that are there twice are told, and the business devices that no rule knows are left to sort.
    expect(main).to_contain_text("numéro de série")
    expect(main).to_contain_text("types et modèles sans famille")
    assert is_within_budget(page)
    page.get_by_role("button", name="Enregistrer ces changements").click()

    page.goto(f"{lot_url}/figer/")
    page.get_by_role("button", name="Figer le lot").click()
    expect(page).to_have_url(f"{lot_url}/empreinte/")
    expect(main).to_contain_text("t CO₂e/an")
    expect(main).to_contain_text(re.compile(r"entre \d+ et \d+"))
    assert is_within_budget(page)
    page.goto(f"{lot_url}/empreinte/reperes/")
    expect(main).to_contain_text("achats")
    context.close()
