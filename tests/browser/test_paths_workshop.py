"""The workshop with three browsers at once: the keys of the facilitator, the projected page, a phone."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.keyboard import press
from tests.browser.visitors import confirm_personal_link, sign_in
from tests.browser.workshop import WHOLE_EMAIL, WORKSHOP_EMAIL

SCREEN = {"width": 1280, "height": 720}
PHONE = {"width": 320, "height": 640}
FIRST = "Présenter chaque année le bilan"


@pytest.fixture(scope="module")
def places(site: Site) -> tuple[str, str]:
    """The address of the decisions, and the personal link of a voter."""
    printed = site.manage("shell", "-v0", "-c", "from tests.browser.workshop import print_places; print_places()")
    address, link = printed.splitlines()[-2:]
    return site.url + address, link


def title(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def fits(page: Page, selector: str) -> bool:
    box = page.locator(selector).last.bounding_box()
    return box is not None and box["y"] + box["height"] <= SCREEN["height"]


def test_three_browsers_from_the_results_to_the_sheets(
    site: Site, places: tuple[str, str], browser: Browser, page: Page, context: BrowserContext
):
    address, link = places
    page.set_viewport_size(SCREEN)
    sign_in(page, site.url, WORKSHOP_EMAIL)
    page.goto(address)
    page.get_by_role("link", name="Tenir l’atelier").click()
    title(page, "3 leviers à discuter en atelier")
    page.get_by_role("button", name="Commencer l’atelier").click()
    title(page, "0 levier tranché sur 3")
    with context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("^Ouvrir la page à projeter")).click()
    screen = opened.value
    screen.set_viewport_size(SCREEN)
    title(screen, "3 leviers à discuter")
    page.get_by_role("link", name="Confirmer les consensuels").click()
    page.get_by_role("button", name="Confirmer ces décisions").click()
    expect(screen.locator(".bar")).to_contain_text("2 leviers retenus")
    page.get_by_role("button", name=re.compile("^Commencer")).click()

    # The room follows without anybody touching its page; no name of a voter is on it.
    title(page, re.compile(FIRST))
    title(screen, re.compile(FIRST))
    assert fits(page, ".ruling > form > .btn")
    assert fits(screen, ".tally")
    for name in ("Anne Achats", "Léo Bennes", "Commande publique et achats"):
        expect(screen.locator("main")).not_to_contain_text(name)
    expect(page.locator(".case")).to_contain_text("À entendre d’abord")

    # A phone unknown here is told to open its link; once confirmed, the same address leads to the vote.
    phone = browser.new_context(viewport=PHONE, locale="fr-FR", is_mobile=True).new_page()
    phone.set_default_timeout(30_000)
    page.keyboard.press("t")
    expect(page.locator(".second")).to_contain_text("0 réponse sur 6 votants")
    expect(screen.get_by_role("img", name=re.compile("^Code QR"))).to_be_visible()
    phone.goto(f"{site.url}/participation/atelier/")
    title(phone, "Ouvrez d’abord votre lien personnel")
    confirm_personal_link(phone, link)
    phone.goto(f"{site.url}/participation/atelier/")
    title(phone, re.compile(FIRST))
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_text("Essentiel", exact=True).click()
    expect(phone.locator("[data-saved]")).to_contain_text("Enregistré à")
    phone.get_by_text("Prioritaire", exact=True).click()
    expect(page.locator(".second")).to_contain_text("1 réponse sur 6 votants")
    expect(screen.locator(".phone")).to_contain_text("1 réponse sur 6 votants")
    expect(phone.locator("[data-saved]")).to_contain_text("Enregistré à")
    page.keyboard.press("t")
    # One answer is one vote, and names are hidden: no count on the wall.
    expect(screen.get_by_role("heading", name="Second vote, téléphones")).to_be_visible()
    expect(screen.locator(".votes")).to_contain_text(re.compile("1.réponse, trop peu pour montrer un compte"))
    expect(screen.locator(".tally")).to_have_count(1)
    phone.reload()
    title(phone, "Ce second vote est fermé")

    # The network drops: the reason that was typed stays, and the decision is recorded when it comes back.
    page.keyboard.press("m")
    page.keyboard.type("Obligation déjà tenue par le service des finances.")
    context.set_offline(True)
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.locator("[data-saved]")).to_contain_text("Pas de connexion")
    expect(page.get_by_label(re.compile("^Raison"))).to_have_value("Obligation déjà tenue par le service des finances.")
    expect(screen.locator("[data-live-state]")).to_contain_text("Pas de connexion")
    context.set_offline(False)
    expect(page.locator(".bar")).to_contain_text("2 sur 3")
    expect(screen.locator(".ruled")).to_contain_text("reporté")

    # One key too many: what stood before stands again; then the right one.
    page.keyboard.press("e")
    expect(page.locator(".bar")).to_contain_text("3 sur 3")
    page.keyboard.press("z")
    expect(page.locator(".bar")).to_contain_text("2 sur 3 · 1 tranché sur 3")
    expect(page.get_by_role("radio", name=re.compile("Écarté"))).not_to_be_checked()

    # Raised hands, by the keyboard alone.
    page.keyboard.press("v")
    for count in ("4", "1", "", "", "1", "2"):
        page.keyboard.type(count)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second vote, mains levées")).to_be_visible()
    expect(page.get_by_label(re.compile("^Raison"))).to_have_value(
        re.compile("Second vote.*5 favorables, 1 défavorable")
    )
    page.keyboard.press("f")
    expect(page.locator(".bar")).to_contain_text("3 sur 3")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".bar")).to_contain_text("2 sur 3")
    page.keyboard.press("r")
    expect(page.locator(".bar")).to_contain_text("3 sur 3")
    page.keyboard.press("r")
    title(page, re.compile("^4 leviers retenus"))
    title(screen, "4 leviers retenus")

    page.get_by_role("link", name="Compte rendu").click()
    page.get_by_label("Lieu").fill("Salle du conseil")
    page.get_by_role("button", name="Enregistrer le compte rendu").click()
    expect(page.get_by_role("main")).to_contain_text("Obligation déjà tenue par le service des finances.")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^docx")).click()
    assert download.value.suggested_filename.startswith("compte-rendu-atelier-1-")
    page.get_by_role("link", name="Atelier", exact=True).click()
    page.get_by_role("link", name="Voir la liste retenue").click()
    press(page, page.get_by_role("button", name="Créer les fiches actions"))
    expect(page.get_by_role("main")).to_contain_text("4 fiches créées")
    phone.context.close()


@pytest.fixture
def opening(site: Site) -> tuple[str, str]:
    """The address of an authority whose shortlist is validated, and the personal link of a voter."""
    printed = site.manage("shell", "-v0", "-c", "from tests.browser.workshop import print_opening; print_opening()")
    address, link = printed.splitlines()[-2:]
    return site.url + address, link


def test_from_the_opening_of_the_ballot_to_seventeen_sheets(
    site: Site, opening: tuple[str, str], browser: Browser, page: Page, context: BrowserContext
):
    address, link = opening
    page.set_viewport_size(SCREEN)
    sign_in(page, site.url, WHOLE_EMAIL)
    page.goto(f"{address}votes/")
    page.get_by_role("main").get_by_role("link", name="Ouvrir le scrutin").click()
    title(page, "Ouvrir le scrutin sur 20 leviers")
    page.get_by_role("radio", name=re.compile("^Toutes les personnes")).check()
    # Whoever holds the workshop does not vote.
    page.get_by_role("checkbox", name=re.compile("^Référente de l’atelier")).uncheck()
    page.get_by_role("button", name="Ouvrir le scrutin").click()
    title(page, "0 personne a voté sur 6")

    # A phone votes by its personal link; the others by the service.
    phone = browser.new_context(viewport=PHONE, locale="fr-FR", is_mobile=True).new_page()
    phone.set_default_timeout(30_000)
    confirm_personal_link(phone, link)
    home = phone.url
    phone.get_by_role("link", name="Voter").click()
    phone.get_by_role("main").get_by_role("link", name="Commencer").click()
    phone.get_by_text("Prioritaire", exact=True).click()
    expect(phone.locator("[data-saved]")).to_contain_text("Enregistré à")
    site.manage("shell", "-v0", "-c", "from tests.browser.workshop import cast_the_others; cast_the_others()")
    page.reload()
    title(page, "6 personnes ont voté sur 6")
    page.get_by_role("link", name="Fermer maintenant").click()
    page.get_by_label(re.compile("^Je ferme le scrutin")).check()
    page.get_by_role("button", name="Fermer le scrutin").click()
    title(page, "Le comité s’accorde sur 7 leviers, il en reste 13 à discuter")

    # The workshop: what everybody wants is confirmed at once, the rest is decided by one key each.
    page.goto(f"{address}decisions/")
    page.get_by_role("link", name="Tenir l’atelier").click()
    page.get_by_role("button", name="Commencer l’atelier").click()
    with context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("^Ouvrir la page à projeter")).click()
    screen = opened.value
    screen.set_viewport_size(SCREEN)
    page.get_by_role("link", name="Confirmer les consensuels").click()
    page.get_by_role("button", name="Confirmer ces décisions").click()
    expect(screen.locator(".bar")).to_contain_text("5 leviers retenus")
    page.get_by_role("button", name=re.compile("^Commencer")).click()
    expect(page.locator(".bar")).to_contain_text("1 sur 13")

    page.keyboard.press("t")
    expect(page.locator(".second")).to_contain_text("0 réponse sur 6 votants")
    phone.goto(home)
    expect(phone.get_by_role("heading", level=2).first).to_contain_text("Un second vote est ouvert en atelier")
    phone.get_by_role("link", name="Répondre").click()
    phone.get_by_text("Essentiel", exact=True).click()
    expect(screen.locator(".phone")).to_contain_text("1 réponse sur 6 votants")
    page.keyboard.press("t")
    # Everybody may read the names here: the count is shown, and told for what it is.
    expect(screen.locator(".tally").last.locator("tr.E")).to_contain_text("1")
    expect(screen.locator(".votes")).to_contain_text("Peu de voix")
    phone.goto(home)
    expect(phone.get_by_role("main")).not_to_contain_text("second vote")
    phone.context.close()

    for rank in range(1, 13):
        expect(page.locator(".bar")).to_contain_text(f"{rank} sur 13")
        page.keyboard.press("r")
    expect(page.locator(".bar")).to_contain_text("13 sur 13")
    page.keyboard.press("p")
    title(page, "17 leviers retenus")
    title(screen, "17 leviers retenus")
    expect(screen.locator(".kept li")).to_have_count(17)
    press(page, page.get_by_role("button", name="Créer les fiches actions"))
    expect(page.get_by_role("main")).to_contain_text("17 fiches créées")
    printed = site.manage("shell", "-v0", "-c", "from tests.browser.workshop import print_sheets; print_sheets()")
    assert printed.splitlines()[-1] == "17 17"


def test_without_javascript_each_gesture_has_its_button(site: Site, places: tuple[str, str], browser: Browser):
    context = browser.new_context(viewport=SCREEN, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(30_000)
    sign_in(page, site.url, WORKSHOP_EMAIL)
    page.goto(f"{places[0]}atelier/")
    page.get_by_role("link", name=re.compile(FIRST)).click()
    page.get_by_text("Écarté", exact=True).click()
    page.get_by_label(re.compile("^Raison")).fill("Relu en salle.")
    page.get_by_role("button", name=re.compile("^Enregistrer et continuer")).click()
    page.goto(f"{places[0]}atelier/")
    page.get_by_role("link", name=re.compile(FIRST)).click()
    expect(page.get_by_role("radio", name=re.compile("Écarté"))).to_be_checked()
    page.get_by_role("button", name=re.compile("^Annuler la dernière décision")).click()
    expect(page.get_by_role("radio", name=re.compile("Reporté"))).to_be_checked()
    page.get_by_role("link", name=re.compile("^Page à projeter")).click()
    context.close()
