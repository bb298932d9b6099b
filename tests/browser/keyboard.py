"""Gestures of somebody who has no mouse."""

from playwright.sync_api import Locator, Page, expect


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def press(page: Page, target: Locator) -> None:
    """Reach the target, then press Enter."""
    reach(page, target)
    page.keyboard.press("Enter")
