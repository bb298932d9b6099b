"""Two people on one text: the second sees both, merges them, and nothing is lost."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.visitors import sign_in

TEXTS = "/collectivites/thonon-agglomeration/feuille-de-route/textes/"
FIRST = "Le mot de la première personne."
SECOND = "Le mot de la seconde personne."


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_context(locale="fr-FR").new_page()
    sign_in(page, url, "referente@thonon.example")
    page.goto(url + TEXTS)
    return page


def test_second_save_shows_both_texts_and_merges_them(site: Site, browser: Browser):
    first, second = _open(browser, site.url), _open(browser, site.url)
    for page, text in ((first, FIRST), (second, SECOND)):
        page.get_by_label("Mot de l’élu").fill(text)
    first.get_by_role("button", name="Enregistrer").click()
    expect(first.get_by_role("status").first).to_be_visible()
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_role("alert")).to_contain_text("Vos deux textes sont gardés")
    choice = second.get_by_role("group", name="Mot de l’élu").filter(has_text="Garder le mien")
    expect(choice).to_contain_text(SECOND)
    expect(choice).to_contain_text(FIRST)
    choice.get_by_role("radio", name="Fusionner").check()
    field = second.get_by_role("textbox", name="Mot de l’élu")
    merged = field.input_value()
    assert FIRST in merged
    assert SECOND in merged
    field.fill(f"{FIRST}\n\n{SECOND}")
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_role("status").first).to_be_visible()
    first.goto(site.url + TEXTS)
    expect(first.get_by_label("Mot de l’élu")).to_have_value(re.compile(f"{re.escape(FIRST)}\\s+{re.escape(SECOND)}"))
    for page in (first, second):
        page.context.close()
