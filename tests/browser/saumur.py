"""The second demonstration, where a round and a ballot are open: gestures of its référent for those who come later."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.visitors import sign_in

REFERENT = "referent@saumur.example"
SPACE = "/collectivites/saumur-val-de-loire"


def open_as_referent(browser: Browser, url: str) -> Page:
    """Open a browser in which the référent is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(30_000)
    page = context.new_page()
    sign_in(page, url, REFERENT)
    return page


def add_person(
    page: Page, url: str, name: str, service: str, *, role: str = "", dimension: str = "", space: str = SPACE
) -> str:
    """Add a person to the committee and return their personal link. `role`: another one than the committee."""
    page.goto(f"{url}{space}/preparer/comite/ajouter/")
    page.get_by_label("Nom et prénom").fill(name)
    page.get_by_label("Service", exact=True).select_option(label=service)
    if role:
        page.get_by_role("checkbox", name=re.compile(f"^{role}")).check()
        page.get_by_role("checkbox", name=re.compile("^Comité technique")).uncheck()
    if dimension:
        page.get_by_role("checkbox", name=dimension).check()
    page.get_by_role("button", name="Enregistrer la personne").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{name} est dans le comité")
    return copy_link(page, url, name, space=space)


def copy_link(page: Page, url: str, name: str, *, space: str = SPACE) -> str:
    """Copy a new personal link; the one before stops."""
    page.goto(f"{url}{space}/preparer/comite/")
    person = page.get_by_role("main").get_by_role("link", name=name, exact=True)
    while not person.count():  # those whom other tests added fill more than a page
        page.get_by_role("link", name="Page suivante").click()
    person.click()
    page.get_by_role("button", name="Copier le lien").click()
    return page.get_by_label("Lien personnel").input_value()


def ask_latecomer(page: Page, url: str, name: str) -> None:
    """Ask somebody who came after the opening to rate and to vote."""
    page.goto(f"{url}{SPACE}/diagnostics/")
    page.get_by_role("link", name="Suivre les réponses").click()
    asking = page.get_by_role("region", name="Demander un avis de plus")
    asking.get_by_role("combobox").select_option(label=_option(page, name))
    asking.get_by_role("button", name="Ajouter au diagnostic").click()
    expect(page.get_by_role("rowheader", name=name)).to_be_visible()
    page.goto(f"{url}{SPACE}/votes/")
    page.get_by_role("link", name="Scrutin 1").click()
    page.get_by_text("Ajouter un votant").click()
    page.get_by_label("Personne").select_option(label=_option(page, name))
    page.get_by_role("button", name="Ajouter aux votants").click()
    expect(page.get_by_role("button", name=f"Copier un lien pour {name}")).to_be_visible()


def _option(page: Page, name: str) -> str:
    return page.get_by_role("option", name=name).inner_text()
