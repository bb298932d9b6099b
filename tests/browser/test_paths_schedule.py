"""A référent moves actions on the schedule: by two lists, by drag, by keyboard; what she moved is kept."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.keyboard import press, reach
from tests.browser.visitors import sign_in

SCHEDULE = "/collectivites/thonon-agglomeration/feuille-de-route/calendrier/"
FREE = """
from roadmap.models import ActionSheet
sheets = ActionSheet.objects.filter(roadmap__initiative__authority__slug="thonon-agglomeration")
{change}
"""
SAVED = re.compile("Enregistré")


@pytest.fixture
def schedule(site: Site, page: Page) -> Iterator[Page]:
    """The schedule of a référent where nothing is held; the places come back afterwards."""
    keep = "print('|'.join(f'{s.pk} {s.start_half} {s.end_half} {s.is_placed_by_hand:d} {s.status}' for s in sheets))"
    stored = site.manage("shell", "-v0", "-c", FREE.format(change=keep)).splitlines()[-1]
    free = "sheets.update(is_placed_by_hand=False, status='planned')"
    site.manage("shell", "-v0", "-c", FREE.format(change=free))
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(f"{site.url}{SCHEDULE}")
    yield page
    back = (
        f"for row in {stored!r}.split('|'):\n"
        "    pk, start, end, hand, status = row.split(' ')\n"
        "    sheets.filter(pk=pk).update(start_half=start, end_half=end, is_placed_by_hand=hand == '1', status=status)"
    )
    site.manage("shell", "-v0", "-c", FREE.format(change=back))


def drag(page: Page, bar: Locator, from_rank: float, to_rank: float) -> None:
    """Drag from the middle of a half-year to that of another."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    column, y = box["width"] / 6, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + (from_rank + 0.5) * column, y)
    page.mouse.down()
    page.mouse.move(box["x"] + (to_rank + 0.5) * column, y, steps=6)
    page.mouse.up()


def test_an_action_moves_on_the_schedule_by_keyboard(site: Site, page: Page):
    sign_in(page, site.url, "referente@thonon.example")
    page.goto(f"{site.url}{SCHEDULE}")
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


def test_what_is_dragged_and_what_the_keys_move_are_both_kept_by_the_next_proposal(schedule: Page):
    status = schedule.locator("[data-place-status]")
    # « Cartographier les sites… » goes from 2025 (its two half-years) to one half-year earlier.
    dragged = schedule.get_by_role("slider", name="Place de 13.")
    expect(dragged).to_have_attribute("aria-valuetext", "du 1er au 2e semestre 2025")
    drag(schedule, dragged, 2, 1)
    expect(status).to_contain_text("du 2e semestre 2024 au 1er semestre 2025. Enregistré.")
    # « Ajouter la sobriété… » moves one half-year later, then becomes one half-year longer.
    keyed = schedule.get_by_role("slider", name="Place de 17.")
    expect(keyed).to_have_attribute("aria-valuetext", "du 1er au 2e semestre 2025")
    keyed.focus()
    schedule.keyboard.press("ArrowRight")
    schedule.keyboard.press("Shift+ArrowRight")
    expect(status).to_contain_text(re.compile("17.*du 2e semestre 2025 au 2e semestre 2026. Enregistré"))
    schedule.get_by_role("link", name="Proposer un calendrier").click()
    for number, span in ((13, "du 2e semestre 2024 au 1er semestre 2025"), (17, "du 2e semestre 2025 au 2e semestre")):
        row = schedule.get_by_role("row", name=re.compile(rf"^{number}\. "))
        expect(row).to_contain_text("Placée à la main")
        expect(row).to_contain_text(re.compile(f"Gardée.*{span}"))
    schedule.get_by_role("button", name="Appliquer ce calendrier").click()
    expect(dragged).to_have_attribute("aria-valuetext", "du 2e semestre 2024 au 1er semestre 2025")
    expect(keyed).to_have_attribute("aria-valuetext", "du 2e semestre 2025 au 2e semestre 2026")
    # Given back, they may move again.
    schedule.get_by_role("button", name="Toutes les rendre au calendrier proposé").click()
    expect(schedule.get_by_role("status").first).to_contain_text("2 actions suivront la prochaine proposition")


def test_a_move_is_undone_and_one_made_elsewhere_in_between_is_shown(schedule: Page):
    status = schedule.locator("[data-place-status]")
    bar = schedule.get_by_role("slider", name="Place de 13.")
    bar.focus()
    schedule.keyboard.press("ArrowRight")
    expect(status).to_contain_text(SAVED)
    schedule.get_by_role("button", name="Annuler ce déplacement").click()
    expect(status).to_contain_text("déplacement annulé, du 1er au 2e semestre 2025")
    expect(bar).to_have_attribute("aria-valuetext", "du 1er au 2e semestre 2025")
    other = schedule.context.new_page()
    other.goto(schedule.url)
    other.get_by_role("slider", name="Place de 13.").focus()
    other.keyboard.press("ArrowLeft")
    expect(other.locator("[data-place-status]")).to_contain_text(SAVED)
    bar.focus()
    schedule.keyboard.press("ArrowRight")
    expect(schedule.get_by_role("heading", level=1)).to_contain_text("Placer")
    expect(schedule.get_by_role("main")).to_contain_text("Une autre version est enregistrée")
    expect(schedule.get_by_label("Début", exact=True)).to_have_value("2025-S2")


def test_a_move_without_network_says_so_and_is_sent_when_it_comes_back(schedule: Page):
    bar = schedule.get_by_role("slider", name="Place de 13.")
    bar.focus()
    schedule.context.set_offline(True)
    schedule.keyboard.press("ArrowRight")
    expect(schedule.locator("[data-place-status]")).to_contain_text("pas encore enregistré")
    schedule.context.set_offline(False)
    expect(schedule.locator("[data-place-status]")).to_contain_text(SAVED, timeout=30_000)
    schedule.reload()
    expect(bar).to_have_attribute("aria-valuetext", "du 2e semestre 2025 au 1er semestre 2026")
