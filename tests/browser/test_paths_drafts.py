"""Nothing typed is lost: a page left, a session that ends, with and without JavaScript, by account and by link."""

import re
import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from roadmap.demonstration.people import PASSWORD
from tests.browser.conftest import Site
from tests.browser.saumur import SPACE, add_person, ask_latecomer, open_as_referent
from tests.browser.visitors import confirm_personal_link, sign_in

TEXTS = "/collectivites/thonon-agglomeration/feuille-de-route/textes/"
TEXT = "Un mot commencé, pas encore enregistré."


def _end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def _field(page: Page):
    return page.get_by_label("Mot de l’élu")


def _open_texts(browser: Browser, url: str, **options: bool) -> Page:
    """Sign in and open the texts of the roadmap; drafts that a test before left, when it failed, are thrown away."""
    page = browser.new_context(locale="fr-FR", **options).new_page()
    sign_in(page, url, "referente@thonon.example")
    page.goto(url + TEXTS)
    while page.get_by_role("button", name="L’effacer").count():
        page.get_by_role("button", name="L’effacer").first.click()
    return page


def _wait_for_draft(page: Page) -> None:
    """Open the page again until it offers a draft: what a page sends while it is left may arrive after the next one."""
    offer = page.get_by_role("link", name="Reprendre ce texte")
    deadline = time.monotonic() + 15
    while not offer.count() and time.monotonic() < deadline:
        page.wait_for_timeout(200)
        page.reload()
    expect(offer).to_have_count(1)


def test_a_text_typed_then_left_is_offered_and_given_back(site: Site, browser: Browser):
    page = _open_texts(browser, site.url)
    before = _field(page).input_value()
    _field(page).fill(TEXT)
    expect(page.locator("[data-saved]")).to_contain_text("Brouillon gardé à")
    page.reload()
    expect(_field(page)).to_have_value(before)
    page.get_by_role("link", name="Reprendre ce texte").click()
    expect(_field(page)).to_have_value(TEXT)
    expect(page.get_by_role("main")).to_contain_text("Il n’est pas encore enregistré")
    page.get_by_role("button", name="Effacer ce brouillon").click()
    expect(_field(page)).to_have_value(before)
    expect(page.get_by_role("link", name="Reprendre ce texte")).to_have_count(0)
    # Left at once, before the second that follows the last key.
    _field(page).fill(TEXT + " Encore.")
    page.goto(site.url + "/methode-et-sources/")
    page.goto(site.url + TEXTS)
    _wait_for_draft(page)
    page.get_by_role("link", name="Reprendre ce texte").click()
    expect(_field(page)).to_have_value(TEXT + " Encore.")
    page.get_by_role("button", name="Effacer ce brouillon").click()
    page.context.close()


def test_the_page_says_that_the_session_is_over_and_tries_again(site: Site, browser: Browser):
    page = _open_texts(browser, site.url)
    context = page.context
    _end_session(page)
    _field(page).fill(TEXT)
    expect(page.locator("[data-saved]")).to_contain_text("Votre session a pris fin. Votre texte est toujours ici.")
    expect(_field(page)).to_have_value(TEXT)
    other = context.new_page()
    sign_in(other, site.url, "referente@thonon.example")
    other.close()
    _field(page).press_sequentially(" Suite.")
    expect(page.locator("[data-saved]")).to_contain_text("Brouillon gardé à")
    page.goto(site.url + TEXTS)
    page.get_by_role("button", name="L’effacer").click()
    context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_text_sent_after_the_session_is_given_back_after_signing_in(site: Site, browser: Browser, has_script: bool):
    page = _open_texts(browser, site.url, java_script_enabled=has_script)
    before = _field(page).input_value()
    _end_session(page)
    _field(page).fill(TEXT)
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/compte/connexion/**")
    expect(page.get_by_role("main")).to_contain_text("Votre texte est gardé")
    page.get_by_label("Adresse électronique").fill("referente@thonon.example")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(_field(page)).to_have_value(before)
    page.get_by_role("link", name="Reprendre ce texte").click()
    expect(_field(page)).to_have_value(TEXT)
    page.get_by_role("button", name="Effacer ce brouillon").click()
    page.context.close()


def _rater_link(browser: Browser, url: str, name: str) -> str:
    referent = open_as_referent(browser, url)
    link = add_person(referent, url, name, "Communication", dimension="Services numériques")
    ask_latecomer(referent, url, name)
    referent.context.close()
    return link


def _open_first_comment(page: Page, link: str) -> str:
    """Open the personal link, then the comment of its first question; return the address of the question."""
    confirm_personal_link(page, link)
    for _ in range(2):
        page.get_by_role("main").get_by_role("link", name="Commencer").first.click()
    page.locator("summary", has_text="Ajouter un commentaire").click()
    return page.url


@pytest.mark.parametrize(("name", "has_script"), [("Nolwenn Kerdal", False), ("Gwenola Kerdal", True)])
def test_a_participant_on_a_phone_is_given_back_what_the_link_lost(
    site: Site, browser: Browser, name: str, has_script: bool
):
    link = _rater_link(browser, site.url, name)
    context = browser.new_context(
        locale="fr-FR", java_script_enabled=has_script, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    question = _open_first_comment(page, link)
    _end_session(page)
    page.get_by_label("Commentaire").fill(TEXT)
    if has_script:
        expect(page.locator("[data-saved]")).to_contain_text("Votre session a pris fin. Votre texte est toujours ici.")
    page.get_by_role("button", name="Question suivante").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre texte est gardé dans ce navigateur")
    confirm_personal_link(page, link)
    page.goto(question)
    page.get_by_role("link", name="Reprendre ce texte").click()
    expect(page.get_by_label("Commentaire")).to_have_value(TEXT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def _saves_itself(page: Page, field: Locator, text: str) -> None:
    """Type and press nothing: the page says when it saved, and holds the text when it is opened again."""
    field.fill(text)
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Enregistré à \d\d:\d\d$"))
    page.reload()
    expect(field).to_have_value(text)
    expect(page.get_by_role("link", name="Reprendre ce texte")).to_have_count(0)


def test_an_account_types_and_the_page_saves_itself(site: Site, browser: Browser):
    page = open_as_referent(browser, site.url)
    page.goto(f"{site.url}{SPACE}/preparer/etat-des-lieux/")
    field = page.get_by_role("main").get_by_role("textbox").first
    before = field.input_value()
    _saves_itself(page, field, TEXT)
    _saves_itself(page, field, before)
    page.context.close()


def test_a_participant_types_and_the_page_saves_itself(site: Site, browser: Browser):
    context = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 844})
    page = context.new_page()
    _open_first_comment(page, _rater_link(browser, site.url, "Soazig Kerdal"))
    # A comment alone is no answer: it waits as a draft until a level is chosen.
    page.locator("label.choice").first.click()
    _saves_itself(page, page.get_by_label("Commentaire"), TEXT)
    context.close()
