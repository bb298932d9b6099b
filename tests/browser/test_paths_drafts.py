"""Nothing typed is lost: a page left, a session that ends, with and without JavaScript, by account and by link."""

import pytest
from playwright.sync_api import Browser, Page, expect

from roadmap.demonstration.people import PASSWORD
from tests.browser.conftest import Site
from tests.browser.saumur import add_person, ask_latecomer, open_as_referent
from tests.browser.visitors import confirm_personal_link, sign_in

TEXTS = "/collectivites/thonon-agglomeration/feuille-de-route/textes/"
TEXT = "Un mot commencé, pas encore enregistré."


def _end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def _field(page: Page):
    return page.get_by_label("Mot de l’élu")


def test_a_text_typed_then_left_is_offered_and_given_back(site: Site, browser: Browser):
    page = browser.new_context(locale="fr-FR").new_page()
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(site.url + TEXTS)
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
    page.goto(site.url + "/methode/")
    page.goto(site.url + TEXTS)
    page.get_by_role("link", name="Reprendre ce texte").click()
    expect(_field(page)).to_have_value(TEXT + " Encore.")
    page.get_by_role("button", name="Effacer ce brouillon").click()
    page.context.close()


def test_the_page_says_that_the_session_is_over_and_tries_again(site: Site, browser: Browser):
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(site.url + TEXTS)
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
    context = browser.new_context(locale="fr-FR", java_script_enabled=has_script)
    page = context.new_page()
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(site.url + TEXTS)
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
    context.close()


def test_a_participant_on_a_phone_is_given_back_what_the_link_lost(site: Site, browser: Browser):
    referent = open_as_referent(browser, site.url)
    link = add_person(referent, site.url, "Nolwenn Kerdal", "Communication", dimension="Services numériques")
    ask_latecomer(referent, site.url, "Nolwenn Kerdal")
    referent.context.close()
    context = browser.new_context(locale="fr-FR", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    confirm_personal_link(page, link)
    for _ in range(2):
        page.get_by_role("main").get_by_role("link", name="Commencer").first.click()
    question = page.url
    page.locator("summary", has_text="Ajouter un commentaire").click()
    page.get_by_label("Commentaire").fill(TEXT)
    _end_session(page)
    page.get_by_role("button", name="Question suivante").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre texte est gardé dans ce navigateur")
    confirm_personal_link(page, link)
    page.goto(question)
    page.get_by_role("link", name="Reprendre ce texte").click()
    expect(page.get_by_label("Commentaire")).to_have_value(TEXT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
