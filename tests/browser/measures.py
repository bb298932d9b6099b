"""Measure a page as a browser sees it: weight, requests, elements, queries, width, errors, accessibility."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Page, Response, ViewportSize

HTML_FOLDER = Path(__file__).resolve().parents[2] / "var" / "html"
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}

NARROWEST: ViewportSize = {"width": 320, "height": 640}


@dataclass
class PageMeasure:
    """What one page costs and what is wrong with it. Weights in bytes, as transferred (compressed)."""

    url: str
    status: int = 0
    first_visit_bytes: int = 0
    next_visit_bytes: int = 0
    requests: int = 0
    elements: int = 0
    queries: int = 0
    excess_px: int = 0
    console_errors: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


class _Traffic:
    """Add up what the network carries, through the protocol of the developer tools."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.transferred = 0
        self.requested: list[str] = []
        self.session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        self.session.on("Network.requestWillBeSent", lambda event: self.requested.append(event["request"]["url"]))

    def _add(self, size: float) -> None:
        self.transferred += int(size)

    def stop(self) -> None:
        """Stop listening: otherwise each session hears the traffic of every later page, and the visits slow down.

        The session stays: detaching one takes away the virtual security keys of the others.
        """
        self.session.send("Network.disable")

    def visit(self, url: str, *, empty_cache: bool) -> Response:
        if empty_cache:
            self.session.send("Network.clearBrowserCache")
        self.transferred, self.requested = 0, []
        response = self.page.goto(url, wait_until="load")
        assert response is not None
        self.page.evaluate("() => document.fonts.ready.then(() => 0)")
        return response


def measure_page(page: Page, url: str) -> PageMeasure:
    """Visit the page twice, with an empty then a warm cache, and run axe on it."""
    measure = PageMeasure(url)

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            measure.console_errors.append(message.text)

    def note_error(error: Error) -> None:
        measure.console_errors.append(str(error))

    page.on("console", note_console)
    page.on("pageerror", note_error)
    traffic = _Traffic(page)
    response = traffic.visit(url, empty_cache=True)
    measure.status = response.status
    body = response.text()  # before the second visit, which drops it
    measure.queries = int(response.headers.get("x-query-count", "0"))
    measure.first_visit_bytes = traffic.transferred
    measure.requests = len([address for address in traffic.requested if not address.startswith("data:")])
    host = urlsplit(url).netloc
    measure.foreign_requests = [address for address in traffic.requested if urlsplit(address).netloc not in {host, ""}]
    traffic.visit(url, empty_cache=False)
    measure.next_visit_bytes = traffic.transferred
    measure.elements = page.locator("*").count()
    measure.violations = axe_violations(page)
    measure.excess_px = _excess_on_a_phone(page)
    keep_html(url, body)
    traffic.stop()
    page.remove_listener("console", note_console)
    page.remove_listener("pageerror", note_error)
    return measure


def _excess_on_a_phone(page: Page) -> int:
    """Return by how many pixels the page exceeds the narrowest phone."""
    usual = page.viewport_size
    page.set_viewport_size(NARROWEST)
    root = "document.documentElement"
    excess = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    if usual is not None:
        page.set_viewport_size(usual)
    return int(excess)


def axe_violations(page: Page) -> list[str]:
    """Run axe-core (WCAG 2.2 AA and best practices) and return one line per violation."""
    results = Axe().run(page, options=AXE_OPTIONS)
    return [
        f"{violation['id']}: {violation['help']} → {', '.join(str(node['target']) for node in violation['nodes'][:3])}"
        for violation in results.response["violations"]
    ]


def keep_html(url: str, body: str) -> None:
    """Keep the page as the server sent it, for the HTML checks of continuous integration."""
    HTML_FOLDER.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", urlsplit(url).path.lower()).strip("-") or "accueil"
    (HTML_FOLDER / f"{name}.html").write_text(body)
