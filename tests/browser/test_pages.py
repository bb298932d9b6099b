"""Every page of the site, empty and filled: accessibility, weight, requests, elements, queries, width, errors.

The list comes from the resolver. A page that answers to GET and is visited nowhere fails the test.
"""

from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import Site
from tests.browser.measures import PageMeasure, measure_page
from tests.browser.visitors import open_context

FIRST_VISIT_BYTES = 60_000
NEXT_VISIT_BYTES = 15_000
REQUESTS = 12
QUERIES = 15
WIDE_QUERIES = {
    # A draft is checked against everything that it names, each time that it is shown.
    "roadmap:reference_draft": 18,
    "roadmap:reference_publish": 18,
    "roadmap:reference_entry": 18,
    # The minutes gather the ballot, the decisions, the second votes and the people, and keep a draft.
    "levers:workshop_minutes": 17,
    # Each application gives its figures of a group; the page shows them from five authorities up.
    "roadmap:national_figures": 19,
    # A letter gathers the people, the calendar, the duties, the coverage and the round that is open.
    "authorities:kit_detail": 18,
    # The digest of each document is that of the snapshot, which gathers the whole démarche.
    "roadmap:dossier_detail": 78,
    # What the new version changes compares two snapshots.
    "roadmap:version_freeze": 90,
    # The checks read the sheets with their rows; a return writes a sheet as texts before and after.
    "roadmap:validation_detail": 18,
    "roadmap:sheet_restore": 18,
}
DOWNLOAD_TIMEOUT_MS = 90_000  # the draft of the roadmap is rendered on demand
ELEMENTS = 400
# Shown as one table, where comparing is the point; each also has a folded view under the usual budget.
WIDE_ELEMENTS = {
    "levers:vote_table": 600,
    "levers:ballot_table": 600,
    "levers:paper_ballot": 600,
    "inventory:line_update": 600,
    "inventory:participant_line_update": 600,
}
# Pages that no visit of the demonstration opens with GET, each with its reason.
NOT_VISITED = {
    "mfa_download_recovery_codes": "needs a second factor",
    "oidc_login": "no identity provider is set",
    "oidc_connect": "no identity provider is set",
    "oidc_callback": "no identity provider is set",
    "socialaccount_login_cancelled": "no identity provider is set",
    "socialaccount_signup": "no identity provider is set",
    "socialaccount_connections": "no identity provider is set",
    "account_inactive": "needs an inactive account",
    "erasure_receipt": "sends a text, once a space is erased: read by the tests of the erasure",
    "account_set_password": "accounts of the site always have a password",
    "diagnostics:interview_start": "redirects to the first dimension, which is visited",
    "roadmap:dossier_zip": "redirects until each document of the draft is made; that of the version is downloaded",
}
# Pages of the account that open at one moment: `test_pages_account` walks to each and measures it.
WALKED = {
    "account_confirm_login_code",
    "account_delete",
    "account_email_verification_sent",
    "account_reauthenticate",
    "account_reset_password_from_key",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
}
EXEMPT_FROM_ELEMENTS = {"components"}  # the gallery of components shows them all


def budget_failures(route: str, measure: PageMeasure) -> list[str]:
    """Return one line per budget that the page exceeds, per violation, per error."""
    elements = WIDE_ELEMENTS.get(route, ELEMENTS)
    failures = [f"axe {violation}" for violation in measure.violations]
    failures += [f"console: {text}" for text in measure.console_errors]
    failures += [f"request to another host: {address}" for address in measure.foreign_requests]
    for name, value, limit in (
        ("bytes on a first visit", measure.first_visit_bytes, FIRST_VISIT_BYTES),
        ("bytes on the next visits", measure.next_visit_bytes, NEXT_VISIT_BYTES),
        ("requests", measure.requests, REQUESTS),
        ("SQL queries", measure.queries, WIDE_QUERIES.get(route, QUERIES)),
        ("pixels too wide for the narrowest phone", measure.excess_px, 0),
        ("elements", measure.elements if route not in EXEMPT_FROM_ELEMENTS else 0, elements),
    ):
        if value > limit:
            failures.append(f"{value} {name}, over {limit}")
    return failures


def kind_of(context: BrowserContext, url: str) -> str:
    """Tell what an address answers to GET: « page », « download », « post only », or « other » (redirect, refusal)."""
    response = context.request.get(url, max_redirects=0, timeout=DOWNLOAD_TIMEOUT_MS)
    if response.status >= 500:
        return "error"
    if response.status == 405:
        return "post only"
    kind = response.headers.get("content-type", "")
    is_file = response.status == 200 and kind.startswith(("image/", "application/json"))
    if is_file or "attachment" in response.headers.get("content-disposition", ""):
        return "download"
    is_html = "text/html" in kind
    return "page" if response.status == 200 and is_html else "other"


@pytest.fixture(scope="module")
def plan(site: Site) -> dict[str, Any]:
    return site.plan()


def test_every_page_keeps_its_budgets_and_is_accessible(
    site: Site, browser: Browser, plan: dict[str, Any], record_property
):
    by_visitor: dict[str, list[dict[str, str]]] = defaultdict(list)
    for visit in plan["visits"]:
        by_visitor[visit["visitor"]].append(visit)
    failures, kinds = [], defaultdict(set)
    for visitor, visits in by_visitor.items():
        context = open_context(browser, site.url, visitor, plan["links"])
        page = context.new_page()
        for visit in visits:
            route, url = visit["route"], site.url + visit["path"]
            kind = kind_of(context, url)
            kinds[route].add(kind)
            if kind == "error":
                failures.append(f"{route} ({visitor or 'anonyme'}): error of the server at {visit['path']}")
            if kind == "page":
                found = budget_failures(route, measure_page(page, url))
                failures += [f"{route} ({visitor or 'anonyme'}): {failure}" for failure in found]
        context.close()
    record_property("pages", sum("page" in found for found in kinds.values()))
    assert not failures, "\n".join(failures)
    seen = {route for route, found in kinds.items() if found != {"other"}}
    unseen = set(plan["routes"]) - seen - set(NOT_VISITED) - WALKED
    assert not unseen, f"never seen as a page, a download or a POST-only address: {sorted(unseen)}"


def test_exemptions_are_still_needed(plan: dict[str, Any]):
    routes = {visit["route"] for visit in plan["visits"]}
    assert set(WIDE_ELEMENTS) <= routes
    assert routes >= EXEMPT_FROM_ELEMENTS
