"""The whole path of a référent, from the first click to the adopted PDF, with no hand in the base."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.referent import build, diagnose, prepare, prioritise, validate
from tests.browser.referent.walk import DESKTOP, Walk

STEPS = [
    prepare.sign_up,
    prepare.open_space,
    prepare.gather_committee,
    prepare.plan_meetings,
    prepare.tick_prerequisites,
    prepare.invite,
    diagnose.open_round,
    diagnose.rate_on_phone,
    diagnose.type_interview,
    diagnose.hold_meeting,
    diagnose.fill_inventory,
    diagnose.freeze_inventory,
    prioritise.preselect,
    prioritise.open_ballot,
    prioritise.vote,
    prioritise.close_ballot,
    prioritise.decide,
    build.create_sheets,
    build.set_objectives,
    build.schedule,
    build.complete_sheet,
    build.write_texts,
    validate.fill_gaps,
    validate.freeze_version,
    validate.adopt,
]


def test_referent_goes_from_sign_up_to_the_adopted_pdf(site: Site, browser: Browser, tmp_path: Path):
    context = browser.new_context(viewport=DESKTOP, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(30_000)
    walk = Walk(browser, context.new_page(), site.url, tmp_path)
    failures: list[str] = []
    walk.page.on("pageerror", lambda error: failures.append(str(error)))
    walk.page.on("response", lambda answer: failures.append(answer.url) if answer.status >= 500 else None)
    for step in STEPS:
        step(walk)
    walk.close()
    context.close()
    assert failures == []
