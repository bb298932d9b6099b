"""The pages of the account that open at one moment only, walked as a person does, with the same checks as the others.

A code just sent, a forgotten password, an identity to prove again, an application of codes, a security key (the virtual
authenticator of Chromium), a sign-in with each of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Browser, Page, expect

from tests.accounts.totp import totp_code
from tests.browser.conftest import Site
from tests.browser.measures import measure_page
from tests.browser.test_pages import WALKED, budget_failures

EMAIL = "compte@exemple.fr"
PASSWORD = "les-galets-de-la-baie"
CREATE = f"""
from accounts.services import create_confirmed_account
create_confirmed_account(email="{EMAIL}", password="{PASSWORD}", full_name="Anne Guivarch")
"""
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
# Time alone does it; the test does not wait until the last proof of identity is too old.
AGE_PROOFS = """
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    session = SessionStore(session_key=row.session_key)
    for proof in session.get("account_authentication_methods", []):
        proof["at"] -= 3_600
    session.save()
"""


@dataclass
class Walker:
    """A browser that measures the page on which it stands. `failures`: one line each; `seen`: names of routes."""

    site: Site
    page: Page
    url: str
    failures: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def press(self, name: str) -> None:
        """Press a button and wait for the page that follows."""
        with self.page.expect_event("framenavigated"):
            self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def title(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def measure(self, route: str, title: str) -> None:
        """Check the page under the eyes: its route, its heading, its budgets, axe."""
        self.title(title)
        found = resolve(urlsplit(self.page.url).path).view_name
        assert found == route
        self.failures += [
            f"{route}: {failure}" for failure in budget_failures(route, measure_page(self.page, self.page.url))
        ]
        self.page.reload()  # some pages propose another key, or another challenge, each time they are opened
        self.title(title)
        self.seen.add(route)

    def letter(self, subject: str) -> str:
        """Return the last message of this subject to the account, read where development keeps its mail."""
        outbox = self.page.context.new_page()
        outbox.goto(f"{self.url}/developpement/courrier/")
        letter = outbox.get_by_role("region", name=subject).filter(has_text=EMAIL).first
        letter.locator("details").evaluate("fold => fold.open = true")
        text = letter.inner_text()
        outbox.close()
        return text

    def sign_in(self) -> None:
        self.open("/compte/connexion/")
        self.page.get_by_label("Adresse électronique").fill(EMAIL)
        self.page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        self.press("Se connecter")

    def sign_out(self) -> None:
        self.page.context.clear_cookies()

    def prove_again(self, path: str) -> None:
        """Open a page that asks who one is, after a while."""
        self.site.manage("shell", "-v0", "-c", AGE_PROOFS)
        self.open(path)


@pytest.fixture
def walker(site: Site, browser: Browser) -> Iterator[Walker]:
    site.manage("shell", "-v0", "-c", CREATE)
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(30_000)
    # A key is tied to the name of a site, never to an address in figures.
    yield Walker(site, context.new_page(), site.url.replace("127.0.0.1", "localhost"))
    context.close()


def _codes_by_mail(walker: Walker) -> None:
    walker.open("/compte/inscription/")
    page = walker.page
    page.get_by_label("Nom affiché").fill("Yann Kerbrat")
    page.get_by_label("Adresse électronique").fill("nouveau@exemple.fr")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Le même mot de passe").fill(PASSWORD)
    walker.press("Créer mon compte")
    walker.measure("account_email_verification_sent", "Recopiez le code reçu")
    walker.sign_out()

    walker.open("/compte/connexion/code/")
    page.get_by_label("Adresse électronique").fill(EMAIL)
    walker.press("Recevoir le code")
    walker.measure("account_confirm_login_code", "Recopiez le code reçu")
    found = CODE.search(walker.letter("Votre code pour vous connecter"))
    assert found, "the message holds no code"
    page.get_by_label("Code reçu").fill(found.group())
    walker.press("Se connecter")
    walker.title("Vos collectivités")
    walker.sign_out()


def _forgotten_password(walker: Walker) -> None:
    walker.open("/compte/mot-de-passe/oublie/")
    walker.page.get_by_label("Adresse électronique").fill(EMAIL)
    walker.press("Recevoir le lien")
    link = re.search(r"https?://\S+/compte/mot-de-passe/nouveau/\S+", walker.letter("Choisir un nouveau mot de passe"))
    assert link, "the message holds no link"
    walker.open(urlsplit(link.group()).path)
    walker.measure("account_reset_password_from_key", "Choisir un nouveau mot de passe")
    walker.page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    walker.page.get_by_label("Le même mot de passe").fill(PASSWORD)
    walker.press("Enregistrer le mot de passe")
    walker.sign_in()
    walker.title("Vos collectivités")


def _application(walker: Walker) -> str:
    """Add an application of codes, and return one of the recovery codes that come with it."""
    page = walker.page
    walker.prove_again("/compte/supprimer/")
    walker.measure("account_reauthenticate", "Confirmez que c’est bien vous")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    walker.press("Confirmer")
    walker.measure("account_delete", "Supprimer votre compte")
    walker.open("/compte/second-facteur/application/")
    walker.measure("mfa_activate_totp", "Ajouter une application d’authentification")
    page.get_by_role("textbox", name="Code").fill(totp_code(page.locator("main code").first.inner_text()))
    walker.press("Activer")
    walker.title("Codes de secours")
    walker.open("/compte/second-facteur/secours/")
    walker.measure("mfa_view_recovery_codes", "Codes de secours")
    recovery_code = page.locator("main code").first.inner_text()
    walker.open("/compte/second-facteur/secours/nouveaux/")
    walker.measure("mfa_generate_recovery_codes", "Faire de nouveaux codes de secours")
    walker.open("/compte/second-facteur/application/retirer/")
    walker.measure("mfa_deactivate_totp", "Retirer l’application")
    return recovery_code


def _key(walker: Walker) -> None:
    """Add a security key, then rename and remove it up to the confirmation."""
    devices = walker.page.context.new_cdp_session(walker.page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
    walker.open("/compte/second-facteur/cles/ajouter/")
    walker.measure("mfa_add_webauthn", "Ajouter une clé de sécurité")
    walker.press("Ajouter la clé")
    walker.open("/compte/second-facteur/cles/")
    walker.page.get_by_role("link", name="Renommer Clé principale").click()
    walker.measure("mfa_edit_webauthn", "Renommer la clé")
    walker.open("/compte/second-facteur/cles/")
    walker.page.get_by_role("link", name="Retirer Clé principale").click()
    walker.measure("mfa_remove_webauthn", "Retirer « Clé principale »")


def _prove(walker: Walker, recovery_code: str) -> None:
    """Sign in with each factor, then prove again who one is with each."""
    page = walker.page
    walker.sign_out()
    walker.sign_in()
    walker.measure("mfa_authenticate", "Prouvez que c’est bien vous")
    walker.press("Utiliser une clé de sécurité")
    walker.title("Vos collectivités")
    walker.prove_again("/compte/identite/code/?next=/compte/")
    walker.measure("mfa_reauthenticate", "Confirmez que c’est bien vous")
    walker.prove_again("/compte/identite/cle/?next=/compte/")
    walker.measure("mfa_reauthenticate_webauthn", "Confirmez que c’est bien vous")
    walker.press("Utiliser une clé de sécurité")
    walker.title("Votre compte")
    walker.sign_out()
    walker.sign_in()
    walker.title("Prouvez que c’est bien vous")
    page.get_by_role("textbox", name="Code").fill(recovery_code)
    walker.press("Se connecter")
    walker.title("Vos collectivités")


def test_the_pages_of_one_moment_keep_their_budgets_and_are_accessible(walker: Walker):
    _codes_by_mail(walker)
    _forgotten_password(walker)
    recovery_code = _application(walker)
    _key(walker)
    _prove(walker, recovery_code)
    assert not walker.failures, "\n".join(walker.failures)
    assert walker.seen == WALKED
