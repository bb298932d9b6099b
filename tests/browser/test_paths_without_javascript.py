"""The essential without JavaScript; and with it, a button pressed while an answer is still on its way."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.saumur import SPACE, add_person, ask_latecomer, open_as_referent
from tests.browser.visitors import confirm_personal_link, sign_in

NAME = "Rozenn Cadiou"
SLOW_MS = 700


def _invite(browser: Browser, url: str, name: str) -> str:
    referent = open_as_referent(browser, url)
    link = add_person(referent, url, name, "Communication", dimension="Services numériques")
    ask_latecomer(referent, url, name)
    referent.context.close()
    return link


def _plain(browser: Browser) -> BrowserContext:
    return browser.new_context(locale="fr-FR", java_script_enabled=False)


def _follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def test_a_participant_rates_and_votes(site: Site, browser: Browser):
    context = _plain(browser)
    page = context.new_page()
    confirm_personal_link(page, _invite(browser, site.url, NAME))
    home = page.url
    _follow(page, "Commencer")
    _follow(page, "Commencer")
    question = page.url
    page.get_by_role("radio", name=re.compile("^2 ")).check()
    page.get_by_role("button", name="Question suivante").click()
    assert page.url != question
    page.goto(question)
    expect(page.get_by_role("radio", name=re.compile("^2 "))).to_be_checked()
    page.goto(home)
    _follow(page, "Voter")
    _follow(page, "Commencer")
    lever = page.url
    page.get_by_role("radio", name="Intéressant").check()
    page.get_by_role("button", name="Levier suivant").click()
    assert page.url != lever
    page.goto(lever)
    expect(page.get_by_role("radio", name="Intéressant")).to_be_checked()
    context.close()


def test_a_referent_fills_the_inventory_and_edits_a_sheet(site: Site, browser: Browser):
    context = _plain(browser)
    page = context.new_page()
    sign_in(page, site.url, "referent@saumur.example")
    page.goto(f"{site.url}{SPACE}/inventaire/")
    _follow(page, "Impression")
    page.get_by_label("Multifonctions et copieurs, en service").fill("31")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Enregistré")
    expect(page.get_by_label("Multifonctions et copieurs, en service")).to_have_value("31")
    context.close()

    context = _plain(browser)
    page = context.new_page()
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(f"{site.url}/collectivites/thonon-agglomeration/feuille-de-route/")
    _follow(page, "1. ")
    _follow(page, "Modifier le constat")
    page.get_by_label("Contexte et constat").fill("Un constat écrit sans JavaScript.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text("Un constat écrit sans JavaScript.")
    context.close()


def test_a_button_pressed_while_the_answer_is_being_saved_goes_on(site: Site, browser: Browser):
    """The network is slow, the choice still travels when the button is pressed twice: one answer, no conflict."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    confirm_personal_link(page, _invite(browser, site.url, "Tugdual Riou"))
    _follow(page, "Commencer")
    _follow(page, "Commencer")
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": SLOW_MS, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    question = page.url
    with page.expect_request(lambda request: "x-autosave" in request.headers):
        page.get_by_role("radio", name=re.compile("^3 ")).check()
    page.get_by_role("button", name="Question suivante").dblclick()
    page.wait_for_url(lambda url: url != question)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.goto(question)
    expect(page.get_by_role("radio", name=re.compile("^3 "))).to_be_checked()
    context.close()
