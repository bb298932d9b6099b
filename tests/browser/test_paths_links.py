"""Links that do not open anything: each says what to do."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.saumur import add_person, copy_link, open_as_referent
from tests.browser.visitors import confirm_personal_link

NAME = "Erwan Tanguy"


EXPIRE = f"""
from datetime import timedelta
from django.db.models import F
from authorities.models import PersonalLink
span = timedelta(days=91)
PersonalLink.objects.filter(participant__name="{NAME}", revoked_at=None).update(
    created_at=F("created_at") - span, expires_at=F("expires_at") - span
)
"""


def _visit(page: Page, address: str, status: int, title: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_bad_links_say_what_to_do(site: Site, browser: Browser, page: Page):
    main, ask = page.get_by_role("main"), page.get_by_role("button", name="Recevoir un nouveau lien")
    _visit(page, f"{site.url}/invitations/lien-que-personne-n-a-recu/", 404, "Ce lien n’existe pas")
    page.get_by_label("Votre adresse électronique").fill("personne@exemple.fr")
    ask.click()
    expect(main.get_by_role("status").first).to_contain_text("Si cette adresse a été invitée")

    referent = open_as_referent(browser, site.url)
    replaced = add_person(referent, site.url, NAME, "Ressources humaines")
    current = copy_link(referent, site.url, NAME)
    _visit(page, replaced, 410, "Ce lien ne fonctionne plus")
    expect(main).to_contain_text("remplacé par un autre")
    expect(ask).to_be_visible()

    confirm_personal_link(page, current)
    home = page.url
    referent.get_by_role("link", name="Revenir à la fiche").click()
    referent.get_by_role("button", name="Révoquer le lien").click()
    expect(referent.get_by_role("status").first).to_be_visible()
    _visit(page, home, 404, "Ouvrez de nouveau votre lien personnel")
    main.get_by_role("link", name="Recevoir un nouveau lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recevoir un nouveau lien")

    last = copy_link(referent, site.url, NAME)
    referent.context.close()
    site.manage("shell", "-v0", "-c", EXPIRE)  # time alone does it; the test does not wait ninety days
    _visit(page, last, 410, "Ce lien ne fonctionne plus")
    expect(main).to_contain_text("Il était valable jusqu’au")
    expect(ask).to_be_visible()
