"""The main pages at 200 % and on the narrowest phone: no sideways scroll, and the main action within reach."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.saumur import REFERENT, SPACE
from tests.browser.visitors import sign_in

THONON = "/collectivites/thonon-agglomeration"
MAIN_PAGES = {
    "referente@thonon.example": [
        f"{THONON}/{path}"
        for path in (
            "",
            "preparer/",
            "preparer/comite/",
            "preparer/comite/ajouter/",
            "preparer/calendrier/",
            "diagnostics/",
            "inventaire/",
            "leviers/",
            "decisions/",
            "feuille-de-route/",
            "feuille-de-route/objectifs/",
            "feuille-de-route/calendrier/",
            "feuille-de-route/charge/",
            "feuille-de-route/textes/",
            "feuille-de-route/valider/",
            "feuille-de-route/versions/1/",
        )
    ],
    REFERENT: [f"{SPACE}/{path}" for path in ("", "diagnostics/", "inventaire/", "preselection/", "votes/")],
}
# A page of 1 280 pixels at 200 % has 640 of them, each drawn on two.
SCREENS = {
    "phone": {"viewport": {"width": 320, "height": 640}, "is_mobile": True},
    "zoom-200": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}
UNREACHABLE = """() => {
  const width = document.documentElement.clientWidth;
  const actions = [...document.querySelectorAll("main .btn")].filter((action) => action.offsetParent);
  return actions.filter((action) => {
    const box = action.getBoundingClientRect();
    return box.left < 0 || box.right > width + 1 || box.height < 24;
  }).map((action) => action.textContent.trim());
}"""


def _faults(page: Page, width: int) -> list[str]:
    excess = page.evaluate("document.documentElement.scrollWidth") - width
    scroll = [f"{page.url}: {excess} pixels too wide"] if excess > 0 else []
    return scroll + [f"{page.url}: « {action} » is out of reach" for action in page.evaluate(UNREACHABLE)]


@pytest.mark.parametrize("screen", SCREENS)
def test_main_pages_reflow(site: Site, browser: Browser, screen: str):
    options: dict[str, Any] = SCREENS[screen]
    faults: list[str] = []
    for email, paths in MAIN_PAGES.items():
        context = browser.new_context(locale="fr-FR", **options)
        page = context.new_page()
        sign_in(page, site.url, email)
        for path in paths:
            answer = page.goto(site.url + path)
            assert answer is not None
            assert answer.status == 200, path
            faults += _faults(page, options["viewport"]["width"])
        context.close()
    assert faults == []
