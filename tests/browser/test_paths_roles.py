"""Those who come to read or to fill one thing: the elected official and the contributor."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.saumur import SPACE, add_person, open_as_referent
from tests.browser.visitors import confirm_personal_link, sign_in
from tests.pdf_readback import read_pages

THONON = "/collectivites/thonon-agglomeration"
CONTRIBUTOR = "Infogérance Loire"


def _refused(page: Page, address: str, status: int) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, address
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("^Revenir")).first).to_be_visible()


def test_elected_official_reads_the_sheets_and_downloads_the_adopted_roadmap(site: Site, page: Page, tmp_path: Path):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, site.url, "elue@thonon.example")
    main = page.get_by_role("main")
    main.get_by_role("link", name="Thonon Agglomération", exact=True).click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Où en est la démarche")
    expect(main).to_contain_text("Lire la feuille de route adoptée")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Feuille de route").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("17 fiches complètes")
    expect(main.get_by_role("button", name="Créer les fiches")).to_have_count(0)
    main.get_by_role("navigation", name="Étapes de la démarche").get_by_role("link", name="Valider").click()
    main.get_by_role("link", name="Version 1").click()
    expect(main.get_by_role("heading", level=1)).to_contain_text("Version 1, adoptée le")
    with page.expect_download() as started:
        main.get_by_role("link", name="Télécharger la version adoptée").click()
    assert started.value.suggested_filename == "feuille-de-route-thonon-agglomeration-v1.pdf"
    started.value.save_as(tmp_path / "adopted.pdf")
    pages = read_pages((tmp_path / "adopted.pdf").read_bytes())
    assert len(pages) >= 35
    assert "Thonon Agglomération" in pages[0]

    _refused(page, f"{site.url}{THONON}/preparer/comite/ajouter/", 403)
    _refused(page, f"{site.url}{THONON}/feuille-de-route/versions/figer/", 403)
    _refused(page, f"{site.url}{SPACE}/", 404)


def test_contributor_fills_the_inventory_and_nothing_else(site: Site, browser: Browser, page: Page):
    referent = open_as_referent(browser, site.url)
    link = add_person(referent, site.url, CONTRIBUTOR, "Direction des systèmes d’information", role="Contributeur")
    confirm_personal_link(page, link)
    home, main = page.url, page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text("Une chose vous est demandée")
    main.get_by_role("link", name="Ouvrir l’inventaire").click()
    main.get_by_role("link", name="Réseau").click()
    page.get_by_label("Commutateurs, en service").fill("64")
    expect(main).to_contain_text("Enregistré à")  # by itself, while they write
    page.get_by_label("Commutateurs, âge moyen").fill("douze")
    main.get_by_role("button", name=re.compile("^Enregistrer$")).click()
    expect(main.get_by_role("alert")).to_contain_text("Commutateurs, âge moyen")
    assert page.get_by_label("Commutateurs, en service").input_value() == "64"
    page.get_by_label("Commutateurs, âge moyen").fill("4,5")
    main.get_by_role("button", name=re.compile("^Enregistrer$")).click()
    expect(main.get_by_role("status").first).to_contain_text("Enregistré")
    for forbidden in ("avis/", "votes/1/", "feuille-de-route/"):
        _refused(page, home + forbidden, 403)
    main.get_by_role("link", name="Revenir à votre participation").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Une chose vous est demandée")
    page.goto(f"{site.url}{SPACE}/inventaire/")
    expect(main.get_by_role("heading", level=1)).to_have_text("Se connecter")

    referent.goto(f"{site.url}{SPACE}/inventaire/")
    expect(referent.get_by_role("row", name="Réseau")).to_contain_text("64")
    referent.context.close()
