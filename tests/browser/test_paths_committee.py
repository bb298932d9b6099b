"""A member of the committee on a small phone, by the keyboard alone: link, ratings, votes, and back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.keyboard import press, reach
from tests.browser.saumur import SPACE, add_person, ask_latecomer, open_as_referent

NAME = "Gwenn Abgrall"
NARROW = 320


@pytest.fixture(scope="module")
def referent(site: Site, browser: Browser) -> Iterator[Page]:
    page = open_as_referent(browser, site.url)
    yield page
    page.context.close()


def _choose(page: Page, rank: int) -> None:
    """Choose a radio button of the page by its rank, from 1."""
    page.keyboard.press("Tab")  # the link that leads to the content
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("main").get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(rank - 1):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("main").get_by_role("radio").nth(rank - 1)).to_be_checked()


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, page.url


def test_committee_member_rates_and_votes_by_keyboard_on_a_phone(site: Site, browser: Browser, referent: Page):
    link = add_person(referent, site.url, NAME, "Commande publique et achats", dimension="Achats et commande publique")
    ask_latecomer(referent, site.url, NAME)
    context = browser.new_context(viewport={"width": NARROW, "height": 640}, locale="fr-FR", is_mobile=True)
    page = context.new_page()
    for _ in range(10):  # a mail gateway opens every link, and nothing happens
        assert context.request.get(link).status == 200
    referent.goto(f"{site.url}{SPACE}/preparer/comite/")
    expect(referent.get_by_role("listitem").filter(has_text=NAME)).not_to_contain_text("A confirmé")

    page.goto(link)
    _fits(page)
    press(page, page.get_by_role("button", name="Confirmer et continuer"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 choses vous sont demandées")
    home = page.url
    _fits(page)
    press(page, page.get_by_role("link", name="Commencer"))
    press(page, page.get_by_role("main").get_by_role("link", name="Commencer"))
    for number in range(1, 6):
        expect(page.get_by_role("main")).to_contain_text(f"Achats et commande publique · question {number} sur 5")
        _fits(page)
        _choose(page, number)
        press(page, page.get_by_role("button", name="Question suivante" if number < 5 else "Terminer"))
    expect(page.get_by_role("main")).to_contain_text("merci")
    press(page, page.get_by_role("link", name="Jalons"))
    press(page, page.get_by_role("link", name="Voter"))
    press(page, page.get_by_role("main").get_by_role("link", name="Commencer"))
    for number in range(1, 4):
        expect(page.get_by_role("main")).to_contain_text(f"levier {number} sur")
        _fits(page)
        _choose(page, number)
        press(page, page.get_by_role("button", name="Levier suivant"))
    expect(page.get_by_role("main")).to_contain_text("levier 4 sur")
    press(page, page.get_by_role("link", name="Tous les leviers"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Encore 31 leviers sur 34")
    _fits(page)

    page.goto(home)  # later, the same day: the phone still knows them
    expect(page.get_by_role("main")).to_contain_text("3 sur")
    referent.reload()
    expect(referent.get_by_role("listitem").filter(has_text=NAME)).to_contain_text("A confirmé")
    context.close()
