"""The walk's steps through the settings and what the doctor says of this installation."""

from controlroom.tour.walk import Walk
from controlroom.ui.pages.settings.page import DOCTOR, LIST, SettingsPage

EXAMINED_WITHIN_S = 120


def settings(walk: Walk) -> None:
    """Every setting, and what one of them says of itself."""
    walk.become("Administrator")
    page, driver = walk.page(SettingsPage), walk.driver
    walk.go(page)
    driver.wait(page.list.table.shown_records, "the settings")
    page.list.table.select("late_entry_minutes")
    with walk.step("Every setting, where its value comes from") as facts:
        facts["settings"] = len(page.list.table.shown_records())


def doctor(walk: Walk) -> None:
    """The installation, examined."""
    page, driver = walk.page(SettingsPage), walk.driver
    page.tabs.choose(DOCTOR)
    driver.wait(page.doctor.button.isVisible, "the button that checks")
    driver.click(page.doctor.button)
    driver.wait(lambda: page.doctor.checks, "the doctor's findings", EXAMINED_WITHIN_S)
    with walk.step("What the doctor says of this installation") as facts:
        facts["checks"] = len(page.doctor.checks)
        facts["outcome"] = page.doctor.outcome.text
    page.tabs.choose(LIST)
    walk.become("Supervisor 02")
