"""The meeting is held by the keyboard alone, on a projected screen: two questions settled, then the minutes."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.keyboard import press, reach
from tests.browser.meeting import MEETING_EMAIL
from tests.browser.visitors import sign_in

VIEWPORT = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def address(site: Site) -> str:
    printed = site.manage("shell", "-v0", "-c", "from tests.browser.meeting import print_address; print_address()")
    return site.url + printed.splitlines()[-1]


def title(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def is_above_the_fold(page: Page, selector: str) -> bool:
    box = page.locator(selector).last.bounding_box()
    return box is not None and box["y"] + box["height"] <= VIEWPORT["height"]


def test_meeting_is_held_by_the_keyboard_alone(site: Site, address: str, page: Page, context: BrowserContext):
    page.set_viewport_size(VIEWPORT)
    sign_in(page, site.url, MEETING_EMAIL)
    page.goto(address)
    press(page, page.get_by_role("link", name="Projeter la réunion"))
    title(page, "2 questions à discuter")
    page.keyboard.press("Enter")

    expect(page.locator(".bar")).to_contain_text("1 sur 2 qui divergent")
    expect(page.locator(".bar")).to_contain_text(re.compile(r"0:0\d sur 10 min"))
    assert is_above_the_fold(page, ".level"), "question, spread and levels are seen without scrolling"
    assert is_above_the_fold(page, "button[type=submit]")
    expect(page.get_by_role("radio", name=re.compile("proposé"))).to_be_checked()
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".bar")).to_contain_text("2 sur 2 qui divergent")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".bar")).to_contain_text("1 sur 2 qui divergent")

    # Two keystrokes: the level (by the place of the key, as on a French keyboard), then Enter.
    page.keyboard.press("Digit3")
    expect(page.get_by_role("radio", name=re.compile("^3"))).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".bar")).to_contain_text("2 sur 2 qui divergent")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"enregistré à \d\d:\d\d"))

    # The server, then the network drops: the reason stays, and is recorded when they come back.
    page.keyboard.press("r")
    page.keyboard.type("Dit en réunion.")
    page.route("**/projection/GOV-2/", lambda route: route.fulfill(status=503), times=1)
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("Pas encore enregistré")
    context.set_offline(True)
    expect(page.locator("[data-saved]")).to_contain_text("Pas de connexion", timeout=30_000)
    expect(page.get_by_label("Motif")).to_have_value("Dit en réunion.")
    context.set_offline(False)
    page.wait_for_url(re.compile("/projection/$"))
    title(page, "Toutes les questions à discuter sont tranchées")

    press(page, page.get_by_role("link", name="Compte rendu"))
    title(page, "Le compte rendu de la réunion")
    reach(page, page.get_by_role("checkbox", name=re.compile("^Anne Achats")))
    page.keyboard.press("Space")
    reach(page, page.get_by_label("Décisions et suites"))
    page.keyboard.type("La DSI chiffre le réemploi.")
    press(page, page.get_by_role("button", name="Enregistrer le compte rendu"))
    title(page, "Le compte rendu est prêt")
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name=re.compile("^docx")))
    assert download.value.suggested_filename.startswith("compte-rendu-diagnostic-1-")


def test_shortcuts_of_one_character_can_be_turned_off(site: Site, address: str, page: Page):
    page.set_viewport_size(VIEWPORT)
    sign_in(page, site.url, MEETING_EMAIL)
    page.goto(f"{address}projection/ACH-1/")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name=re.compile("une seule lettre")).uncheck()
    page.reload()
    page.keyboard.press("4")
    expect(page.get_by_role("radio", name=re.compile("^4"))).not_to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("proposé"))).to_be_checked()
