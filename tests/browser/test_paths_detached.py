"""A detached paper on a phone: taken, filled by autosave, opened again; another browser finds nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.visitors import confirm_personal_link

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def new_link(site: Site) -> Callable[[int], str]:
    """Return what makes a personal link of a voter, by rank."""

    def make(rank: int) -> str:
        command = f"from tests.browser.detached import print_link; print_link({rank})"
        printed = site.manage("shell", "-v0", "-c", command)
        return printed.splitlines()[-1]

    return make


def _phone(browser: Browser, **options: bool) -> Page:
    page = browser.new_context(viewport=PHONE, locale="fr-FR", is_mobile=True, **options).new_page()
    page.set_default_timeout(30_000)
    return page


@pytest.mark.parametrize(("rank", "has_script"), [(2, True), (3, False)])
def test_a_paper_is_taken_filled_and_found_again_in_this_browser_alone(
    browser: Browser, new_link: Callable[[int], str], rank: int, has_script: bool
):
    page = _phone(browser, java_script_enabled=has_script)
    confirm_personal_link(page, new_link(rank))
    page.get_by_role("link", name="Voter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prenez votre bulletin, détaché de votre nom")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Prendre mon bulletin").click()
    page.get_by_role("link", name="Commencer").click()
    page.get_by_text("Prioritaire", exact=True).click()
    if has_script:
        expect(page.locator("[data-saved]")).to_contain_text("Enregistré à")
        page.reload()
    else:
        page.get_by_role("button", name="Levier suivant").click()
        page.go_back()
        page.reload()
    expect(page.get_by_role("radio", name="Prioritaire")).to_be_checked()
    page.get_by_role("link", name="Tous les leviers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Encore 5 leviers sur 6")
    overview = page.url

    other = _phone(browser)
    confirm_personal_link(other, new_link(rank))
    expect(other.get_by_role("main")).to_contain_text("Votre bulletin est déposé, détaché de votre nom")
    other.goto(overview)
    expect(other.get_by_role("heading", level=1)).to_have_text("Vous avez voté")
    expect(other.get_by_role("main")).not_to_contain_text("Prioritaire")
    other.context.close()
    page.context.close()
