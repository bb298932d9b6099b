"""Paths in a real browser: the elected official to the adopted PDF, the committee member by keyboard on a phone."""

import io
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Site
from tests.browser.visitors import confirm_personal_link, sign_in

THONON = "/collectivites/thonon-agglomeration"
MAIN_PAGES = [
    f"{THONON}/",
    f"{THONON}/preparer/",
    f"{THONON}/diagnostics/",
    f"{THONON}/inventaire/",
    f"{THONON}/leviers/",
    f"{THONON}/feuille-de-route/",
    f"{THONON}/feuille-de-route/calendrier/",
    f"{THONON}/feuille-de-route/valider/",
]


@pytest.fixture(scope="module")
def links(site: Site) -> dict[str, str]:
    return site.plan()["links"]


def test_elected_official_reads_and_downloads_the_adopted_roadmap(site: Site, page: Page):
    sign_in(page, site.url, "elue@thonon.example")
    page.goto(f"{site.url}{THONON}/feuille-de-route/versions/1/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    answer = page.context.request.get(f"{site.url}{THONON}/feuille-de-route/versions/1/adoption/pdf/")
    assert answer.status == 200
    assert "feuille-de-route-thonon-agglomeration-v1" in answer.headers["content-disposition"]
    document = PdfReader(io.BytesIO(answer.body()))
    text = "".join(sheet.extract_text() for sheet in document.pages)
    assert len(document.pages) >= 35
    assert "Thonon Agglomération" in text
    refused = page.goto(f"{site.url}{THONON}/preparer/comite/ajouter/")
    assert refused is not None
    assert refused.status == 403
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _press_radio(page: Page) -> None:
    """Reach the first choice by the keyboard alone, and take the next one with an arrow."""
    page.locator("main input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")


def test_committee_member_rates_and_votes_by_keyboard_on_a_phone(site: Site, browser: Browser, links: dict[str, Any]):
    link = links["numerique@saumur.example"]
    context = browser.new_context(locale="fr-FR", viewport={"width": 320, "height": 640})
    page = context.new_page()
    for _ in range(10):  # a mail gateway that opens the link ten times changes nothing
        assert page.context.request.get(link).status == 200
    confirm_personal_link(page, link)
    page.get_by_role("link", name="Voter", exact=False).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/votes/**")
    if page.locator("main input[type=radio]").count() == 0:
        page.locator("main a.btn").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/votes/*/*/")
    first = page.url
    _press_radio(page)
    page.get_by_role("button", name="Levier suivant").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    page.goto(first)
    assert page.locator("main input[type=radio]:checked").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


@pytest.mark.parametrize("width", [320, 640], ids=["phone", "zoom-200"])
def test_main_pages_fit_the_width(site: Site, browser: Browser, width: int):
    """640 pixels is what a 1280-pixel screen shows at 200 %."""
    context = browser.new_context(locale="fr-FR", viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, site.url, "referente@thonon.example")
    wide = []
    for path in MAIN_PAGES:
        page.goto(site.url + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    context.close()
    assert wide == []
