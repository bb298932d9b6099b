"""A référent moves an action on the schedule by the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.keyboard import press, reach
from tests.browser.visitors import sign_in


def test_an_action_moves_on_the_schedule_by_keyboard(site: Site, page: Page):
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(f"{site.url}/collectivites/thonon-agglomeration/feuille-de-route/calendrier/")
    action = page.get_by_role("rowheader").get_by_role("link").first
    name = action.inner_text()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
    before = row.inner_text()
    press(page, action)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Placer")
    start, end = page.get_by_label("Début"), page.get_by_label("Fin")
    reach(page, start)
    page.keyboard.press("End")
    last = start.input_value()
    reach(page, end)
    page.keyboard.press("End")
    assert end.input_value() == last
    press(page, page.get_by_role("button", name="Placer l’action"))
    expect(page.get_by_role("status").first).to_be_visible()
    expect(row).not_to_have_text(before)
    expect(row).to_contain_text("2e semestre 2026")
