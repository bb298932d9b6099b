"""Open a browser as somebody: an account, a participant, or nobody."""

from playwright.sync_api import Browser, BrowserContext, Page

from roadmap.demonstration.people import PASSWORD
from tests.browser.objects import ANONYMOUS


def sign_in(page: Page, url: str, email: str, password: str = PASSWORD) -> None:
    """Sign in with an e-mail and a password, as a person does."""
    page.goto(f"{url}/compte/connexion/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/collectivites/**")


def confirm_personal_link(page: Page, link: str) -> None:
    """Open a personal link and confirm it."""
    page.goto(link)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/participation/**")


def open_context(browser: Browser, url: str, visitor: str, links: dict[str, str]) -> BrowserContext:
    """Return a browser in which the visitor is known to the site."""
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(30_000)
    if visitor == ANONYMOUS:
        return context
    page = context.new_page()
    if visitor in links:
        confirm_personal_link(page, links[visitor])
    else:
        sign_in(page, url, visitor)
    page.close()
    return context
