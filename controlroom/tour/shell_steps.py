"""The walk's steps around the pages: what was said in this session, a fault with its report, and the light theme."""

import logging

from PySide6.QtGui import QGuiApplication

from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk
from controlroom.ui import theme
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.live.page import LivePage


def notifications(walk: Walk) -> None:
    """Everything said in this session, alarms answered with who."""
    window, driver = walk.desk.window, walk.driver
    walk.go(walk.page(LivePage))
    window.say(
        "Camera 031 has moved by itself.",
        "alarm",
        meaning="Its picture differs from the reference.",
        remedy="Compare the two, and steer it back.",
    )
    walk.settle()
    driver.keys("Ctrl+Shift+M", window)
    with walk.step("Notifications of this session") as facts:
        driver.wait(window.notifications.isVisible, "the notifications")
        facts["notices"] = len(window.notifications.rows)
        facts["alarms_waiting"] = sum(row.notice.waits for row in window.notifications.rows)
    driver.keys("Return", window.notifications.rows[0])
    driver.wait(lambda: not any(row.notice.waits for row in window.notifications.rows), "the alarm's answer")
    driver.keys("Escape", window.notifications)
    driver.wait(lambda: not window.notifications.isVisible(), "the notifications to close")


def fault_report(walk: Walk) -> None:
    """A fault made on purpose: the pictures go on above its report, which names nobody."""
    window, driver = walk.desk.window, walk.driver
    faults_log = logging.getLogger("controlroom.ui.shell.faults")
    faults_log.disabled = True  # the tour's console would show a traceback that nothing is wrong with
    try:
        window.faults.take(_fault(), "a step of this tour")
    finally:
        faults_log.disabled = False
    driver.wait(window.fault_panel.isVisible, "the fault's band")
    driver.keys("Ctrl+Shift+E", window)
    with walk.step("A fault, and its report to copy") as facts:
        driver.wait(window.fault_panel.text.isVisible, "the report")
        driver.press("Copy report")
        copied = QGuiApplication.clipboard().text()
        facts["report_lines"] = len(copied.splitlines())
        if "made on purpose" in copied:
            raise TourStuck("the report says what the exception said")
    driver.keys("Escape", window.fault_panel.text)
    driver.wait(lambda: not window.fault_panel.isVisible(), "the band to close")


def light_theme(walk: Walk) -> None:
    """Light colours for offices, at once and everywhere, and back."""
    window, driver = walk.desk.window, walk.driver
    for page, title in (
        (walk.page(LivePage), "Live in light colours"),
        (walk.page(DeploymentsPage), "Rapid deployment in light colours"),
    ):
        walk.go(page)
        if theme.current().name == "dark":
            driver.keys("Ctrl+Alt+T", window)
        with walk.step(title) as facts:
            driver.rest(0.5)
            facts["theme"] = theme.current().name
    driver.keys("Ctrl+Alt+T", window)
    driver.wait(lambda: theme.current().name == "dark", "dark colours again")
    walk.go(walk.page(LivePage))


def _fault() -> Exception:
    try:
        raise KeyError(" ".join(("made", "on", "purpose")))  # so that no line of source holds the words
    except KeyError as error:
        return error
