"""What the steps of the path share: the référent's browser, her phone-holding colleagues, and short gestures."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

AUTHORITY = "Morlaix Communauté"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# The dates that the site accepts are those of France, wherever the tests run.
TODAY = datetime.now(ZoneInfo("Europe/Paris")).date()
# The six-month calendar begins 26 weeks before the council.
COUNCIL_ON = TODAY + timedelta(days=220)


@dataclass
class Walk:
    """The walk of a référent. `phones`: name of a member of the committee → the page open on their phone."""

    browser: Browser
    page: Page
    url: str
    folder: Path
    phones: dict[str, Page] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link of the page by its name."""
        self.main.get_by_role("link", name=name).first.click()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of the page by its name."""
        self.main.get_by_role("button", name=name).first.click()

    def go_to_step(self, name: str) -> None:
        """Follow a step of the rail, or of the path on the dashboard."""
        self.main.get_by_role("navigation", name="Étapes de la démarche").get_by_role("link", name=name).click()

    def go_to(self, name: str) -> None:
        """Follow an entry of the menu."""
        self.page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=name, exact=True).click()

    def title(self, text: str | re.Pattern[str]) -> None:
        """Wait for the page whose heading is this one."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def told(self, text: str | re.Pattern[str]) -> None:
        """Wait for the message that says what was done."""
        expect(self.main.get_by_role("status").first).to_contain_text(text)

    def download(self, name: str | re.Pattern[str]) -> Path:
        """Download what a link of the page gives."""
        with self.page.expect_download() as started:
            self.follow(name)
        path = self.folder / started.value.suggested_filename
        started.value.save_as(path)
        return path

    def copy_link(self, name: str) -> str:
        """Copy the personal link of a member of the committee, to hand it over."""
        self.go_to_step("Préparer")
        self.follow("Le comité")
        self.follow(name)
        self.press("Copier le lien")
        self.title(f"Le lien de {name}")
        return self.page.get_by_label("Lien personnel").input_value()

    def pick_up_phone(self, name: str, link: str) -> Page:
        """Open a personal link on a phone, confirm it, and keep the phone."""
        context = self.browser.new_context(
            viewport=PHONE, locale="fr-FR", timezone_id="Europe/Paris", is_mobile=True, has_touch=True
        )
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        phone = context.new_page()
        phone.goto(link)
        expect(phone.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est bien vous")
        expect(phone.get_by_role("main")).to_contain_text(name)
        phone.get_by_role("button", name="Confirmer et continuer").click()
        expect(phone.get_by_role("main")).to_contain_text("Ce lien est personnel")
        self.phones[name] = phone
        return phone

    def close(self) -> None:
        for context in self.contexts:
            context.close()
