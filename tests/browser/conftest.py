"""A real site on loopback: a demonstration base, compressed static files, gunicorn, and the system's Chromium."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START_TIMEOUT_S = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Site:
    """The running site: its address, and how to run a management command on its base."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` on the base of the site and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def plan(self) -> dict[str, Any]:
        """Return the pages to visit and the personal links: see `tests.browser.objects`."""
        printed = self.manage("shell", "-v0", "-c", "from tests.browser.objects import dump; dump()")
        return json.loads(printed.splitlines()[-1])  # after the mail, which development prints too


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server under test stopped"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url} within {START_TIMEOUT_S} s")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Build the demonstration once in a folder of its own and serve it for the whole session."""
    var = tmp_path_factory.mktemp("var")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}},
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "JALONS_VAR": str(var),
        "SITE_URL": url,
        "LOG_LEVEL": "WARNING",
    }
    site = Site(url, environment)
    site.manage("demo", "--no-serve")
    site.manage("collectstatic", "--noinput", "-v0")
    log = (var / "server.log").open("wb")
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--timeout",
            "120",
        ],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        _wait_until_up(url, server)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=10)
        log.close()
    text = (var / "server.log").read_text(errors="replace")
    errors = [line for line in text.splitlines() if " ERROR " in line]
    assert not errors, errors


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = subprocess.run([ROOT / "bin" / "find-chromium"], capture_output=True, text=True, check=False).stdout.strip()
    assert path, "Chromium is needed: install it, or leave the browser out with BROWSER=0"
    # The machine may be busy with the other half of the checks.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
