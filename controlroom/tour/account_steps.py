"""The walk's steps through accounts: who may sign in, a reset, the lock, and changing over by a few keys."""

import time

from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.pages.live.page import LivePage


def accounts(walk: Walk) -> None:
    """The administrator's list, and a one-time password for somebody who forgot theirs."""
    walk.become("Administrator")
    page, driver = walk.page(UsersPage), walk.driver
    walk.go(page)
    with walk.step("The accounts of the room") as facts:
        facts["accounts"] = len(page.table.shown_records())
    someone = next(each for each in page.table.shown_records() if each.user.handle == "Operator 11")
    page.table.select(someone.id)
    driver.press("Reset password")
    driver.press("Make a one-time password")
    driver.wait(page.once.isVisible, "the one-time password")
    with walk.step("A one-time password, shown once") as facts:
        facts["reset"] = someone.user.handle
    driver.press("Done")


def lock_and_switch(walk: Walk) -> None:
    """Somebody leaves the desk for a moment; somebody else takes it in a few keys."""
    window, driver = walk.desk.window, walk.driver
    guard, switch = window.guard, window.switch_panel
    if guard is None or switch is None:
        raise TourStuck("the desk has no lock")
    live: Page = walk.page(LivePage)
    walk.go(live)
    driver.rest(1.0)
    driver.keys("Ctrl+Alt+L", window)
    driver.wait(guard.layer.isVisible, "the lock")
    with walk.step("The desk locked, the wall still there"):
        driver.rest(0.3)
    driver.press("Go on without a password")
    driver.wait(lambda: not walk.desk.session.locked, "the desk to open")
    started = time.monotonic()
    driver.keys("Ctrl+U", window)
    driver.wait(lambda: switch.beginning.hasFocus() and bool(switch.rows), "the list of people")
    driver.type("operator 07", switch.beginning)
    driver.keys("Return", switch.beginning)
    driver.wait(lambda: walk.desk.session.actor.handle == "Operator 07", "Operator 07 at the desk")
    switched = (time.monotonic() - started) * 1000
    with walk.step("Changed over by a few keys") as facts:
        facts["switch_ms"] = round(switched)
