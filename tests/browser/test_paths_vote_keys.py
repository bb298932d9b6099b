"""A vote by the keyboard alone, one key for each lever; the keys of one character can be turned off."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site
from tests.browser.saumur import add_person, ask_latecomer, open_as_referent
from tests.browser.visitors import confirm_personal_link

NAME = "Tifenn Madec"


def test_a_digit_chooses_and_enter_goes_on(site: Site, browser: Browser):
    referent = open_as_referent(browser, site.url)
    link = add_person(referent, site.url, NAME, "Communication", dimension="Services numériques")
    ask_latecomer(referent, site.url, NAME)
    referent.context.close()
    page = browser.new_context(locale="fr-FR").new_page()
    confirm_personal_link(page, link)
    page.get_by_role("link", name="Voter").click()
    page.get_by_role("main").get_by_role("link", name="Commencer").click()
    for key, choice in (("2", "Prioritaire"), ("5", "Inapproprié"), ("0", "Je ne me prononce pas")):
        expect(page.locator("[data-shortcuts]")).to_be_visible()
        before = page.url
        page.keyboard.press(key)
        expect(page.get_by_role("radio", name=choice)).to_be_checked()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=before: url != before)
    expect(page.get_by_role("main")).to_contain_text("levier 4 sur")

    page.locator("summary", has_text="Dire pourquoi").click()
    page.get_by_label("Votre raison").press_sequentially("1 fois")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_role("checkbox", name="Touches").uncheck()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("checkbox", name="Touches")).not_to_be_checked()
    page.context.close()
