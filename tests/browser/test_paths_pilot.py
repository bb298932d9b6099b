"""The lead of an action, on a phone and without an account: from the link to the sheet that the committee validates."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.saumur import add_person
from tests.browser.visitors import confirm_personal_link, sign_in

NAME = "Maël Riou"
SPACE = "/collectivites/thonon-agglomeration"
ACTION = "Piloter la feuille de route avec dix indicateurs au plus (copie)"
PHONE = {"width": 375, "height": 667}


def _give_an_action(referent: Page, url: str) -> str:
    """Copy an action of the roadmap and give the copy to somebody new, as the référent does; return their link."""
    link = add_person(referent, url, NAME, "Ressources humaines", space=SPACE)
    referent.goto(f"{url}{SPACE}/feuille-de-route/")
    referent.get_by_role("link", name="3. Piloter la feuille de route").click()
    referent.get_by_role("button", name="Copier cette fiche").click()
    expect(referent.get_by_role("heading", level=1)).to_have_text(ACTION)
    referent.goto(f"{url}{SPACE}/feuille-de-route/fiches/modifier/")
    referent.get_by_label("18. Piloter la feuille de route").check()
    option = referent.get_by_label("Pilote", exact=True).get_by_role("option", name=NAME).inner_text()
    referent.get_by_label("Pilote", exact=True).select_option(label=option)
    referent.get_by_role("button", name="Modifier les fiches cochées").click()
    expect(referent.get_by_role("status").first).to_contain_text("1 fiche modifiée")
    return link


def _save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("enregistrée")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def _complete(page: Page) -> None:
    """Write the aim, move a step on, tell the days by role, and call the référent with a note."""
    page.get_by_role("link", name="18. Piloter la feuille de route").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ACTION)
    page.get_by_role("link", name="Modifier le constat et l’objectif").click()
    page.get_by_label("Objectif de l’action").fill("Dix indicateurs relevés chaque semestre, dès cette année.")
    _save(page)
    page.get_by_role("link", name="Noter l’avancement").click()
    page.get_by_label("État de l’action").select_option(label="En cours")
    _save(page)
    page.get_by_role("link", name="Modifier le temps des agents").click()
    page.get_by_label("Un rôle de plus").fill("Chargé de mission")
    page.get_by_label("Jours", exact=True).fill("12,5")
    _save(page)
    page.get_by_role("link", name="Lire et écrire les notes").click()
    page.get_by_label("Note", exact=True).fill("Le tableau de suivi est prêt.")
    page.get_by_label("Référente", exact=True).check()
    page.get_by_role("button", name="Enregistrer la note").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 note")
    expect(page.get_by_role("main")).to_contain_text("à l’attention de Référente")


def test_a_lead_completes_and_submits_an_action_that_the_committee_validates(site: Site, browser: Browser):
    office = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", timezone_id="Europe/Paris")
    phone = browser.new_context(viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris", is_mobile=True)
    referent, page = office.new_page(), phone.new_page()
    sign_in(referent, site.url, "referente@thonon.example")
    link = _give_an_action(referent, site.url)

    confirm_personal_link(page, link)
    expect(page.get_by_role("heading", name="Les actions que vous pilotez")).to_be_visible()
    _complete(page)
    page.get_by_role("link", name=ACTION).click()
    expect(page.get_by_role("link", name="Modifier l’identité")).to_have_count(0)
    page.get_by_role("button", name="Soumettre au comité de pilotage").click()
    expect(page.get_by_role("main")).to_contain_text("Soumise")

    referent.goto(f"{site.url}{SPACE}/feuille-de-route/")
    expect(referent.get_by_role("main")).to_contain_text("1 fiche soumise")
    referent.get_by_role("link", name="Enregistrer la validation").click()
    referent.get_by_role("button", name="Enregistrer la validation").click()
    expect(referent.get_by_role("status").first).to_contain_text("1 fiche validée")

    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Validée")
    page.get_by_role("link", name="Modifier les étapes").click()
    page.get_by_label("Quoi").first.fill("Choisir les indicateurs avec chaque service")
    _save(page)
    expect(page.get_by_role("main")).to_contain_text("Modifiée depuis sa validation")

    # Leave the demonstration as it was.
    referent.get_by_role("link", name=f"18. {ACTION}").click()
    referent.get_by_role("link", name="Retirer cette fiche").click()
    referent.get_by_role("button", name="Retirer").click()
    expect(referent.get_by_role("heading", level=1)).to_have_text("17 fiches complètes")
    office.close()
    phone.close()
