"""Links that do not open anything: each says what to do."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.saumur import add_person, copy_link, open_as_referent

NAME = "Erwan Tanguy"


def test_bad_links_say_what_to_do(site: Site, browser: Browser, page: Page):
    heading = page.get_by_role("heading", level=1)
    answer = page.goto(f"{site.url}/invitations/lien-que-personne-n-a-recu/")
    assert answer is not None
    assert answer.status == 404
    expect(heading).to_have_text("Ce lien n’existe pas")
    page.get_by_label("Adresse électronique").fill("personne@exemple.fr")
    page.get_by_role("button", name="Recevoir un nouveau lien").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("Si cette adresse|adresse"))

    referent = open_as_referent(browser, site.url)
    replaced = add_person(referent, site.url, NAME, "Ressources humaines")
    current = copy_link(referent, site.url, NAME)
    answer = page.goto(replaced)
    assert answer is not None
    assert answer.status == 410
    expect(heading).to_have_text("Ce lien ne fonctionne plus")
    expect(page.get_by_role("main")).to_contain_text("remplacé par un autre")
    expect(page.get_by_role("button", name="Recevoir un nouveau lien")).to_be_visible()
    referent.context.close()
    answer = page.goto(current)
    assert answer is not None
    assert answer.status == 200
    expect(heading).to_have_text("Confirmez que c’est bien vous")
