"""Cast of the tests: people of one authority, and an outsider of another."""

from collections import Counter
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.test import Client

from accounts import outbox
from accounts.models import User
from authorities.models import Authority, Initiative
from tests import factories
from tests.mail_server import Server, running_server

# A busy machine is slow, not wrong: times are measured by `make bench`.
hypothesis.settings.register_profile(
    "site", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("site")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks for no base: SQLite has run it."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        return
    pure = [item for item in items if not _asks_for_a_base(item)]
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if item not in set(pure)]


def _asks_for_a_base(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(
        {"db", "transactional_db", "django_db_setup"}
    )


@pytest.fixture(autouse=True)
def mail_leaves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests never commit: the outbox hands its messages to the worker at once instead of on commit."""
    monkeypatch.setattr(outbox, "after_commit", lambda job: job())


@pytest.fixture
def smtp_server(settings) -> Iterator[Server]:
    """A mail server that the site sends to."""
    with running_server() as (server, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield server


@pytest.fixture
def authority(db) -> Authority:
    return factories.make_authority(name="Pays d’Exemple", population=60_000)


@pytest.fixture
def initiative(authority: Authority) -> Initiative:
    return authority.initiatives.get()


@pytest.fixture
def referent(authority: Authority) -> User:
    return factories.make_member(authority, "referent")


@pytest.fixture
def elected_official(authority: Authority) -> User:
    return factories.make_member(authority, "elected")


@pytest.fixture
def committee_member(authority: Authority) -> User:
    return factories.make_member(authority, "committee")


@pytest.fixture
def outsider(db) -> User:
    """The référent of another authority."""
    return factories.make_member(factories.make_authority(name="Autre Pays"), "referent")


@pytest.fixture
def referent_client(referent: User) -> Client:
    client = Client()
    client.force_login(referent)
    return client


@pytest.fixture
def elected_client(elected_official: User) -> Client:
    client = Client()
    client.force_login(elected_official)
    return client


@pytest.fixture
def outsider_client(outsider: User) -> Client:
    client = Client()
    client.force_login(outsider)
    return client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print, in the closing lines, the totals that tests recorded: cells of the access walk, pages of the browser."""
    totals: Counter[str] = Counter()
    for report in terminalreporter.stats.get("", []):
        if getattr(report, "when", "") == "teardown":  # the only one that holds what fixtures recorded at their end
            totals.update({name: value for name, value in report.user_properties if isinstance(value, int)})
    if totals:
        terminalreporter.write_line(", ".join(f"{total} {name}" for name, total in sorted(totals.items())))
