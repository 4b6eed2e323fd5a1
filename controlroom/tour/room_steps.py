"""Takes the walk's other steps: register, audit, processes, settings, accounts, notices, a fault, the looks."""

import logging
import time

from PySide6.QtGui import QGuiApplication

from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk
from controlroom.ui import theme
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.settings.page import DOCTOR, LIST, LISTS, SettingsPage
from controlroom.ui.pages.status.page import StatusPage

EXAMINED_WITHIN_S = 120


def deployed_camera(walk: Walk) -> None:
    """The register lists a deployable camera at the place where it hangs."""
    walk.become("Supervisor 02")
    page, driver = walk.page(CamerasPage), walk.driver
    walk.go(page)
    unit = str(walk.facts["unit"])
    page.table.search.setText(unit)
    driver.wait(
        lambda: [line.camera.number for line in page.table.shown_records()] == [unit], "the unit's camera"
    )
    (line,) = page.table.shown_records()
    walk.show("A deployable camera is listed where it hangs", deployable=unit, hangs_at=line.camera.name)
    page.table.search.setText("")


def add_a_camera(walk: Walk) -> None:
    """A camera that is not on the register: asked about itself over ONVIF, then saved."""
    page, driver, spare = walk.page(CamerasPage), walk.driver, walk.spare
    walk.go(page)
    walk.show("The register of cameras", cameras=len(page.table.shown_records()))
    driver.press("Add camera")
    save = page.form.save_button
    for name, value in (
        ("Host name or address", spare.host),
        ("Port", spare.port),
        ("User", spare.username),
        ("Password", spare.password),
    ):
        driver.fill(name, value)
    driver.press("Ask the camera")
    seconds = driver.wait(lambda: save.isVisible() and save.isEnabled(), "the camera's answer")
    for name, value in (
        ("Number", "095"),
        ("Name", "Tamworth Road, tram stop"),
        ("Street", "Tamworth Road"),
        ("Area it is listed under", "Town centre"),
        ("Ward", "Fairfield"),
    ):
        driver.fill(name, value)
    walk.show("A camera asked about itself over ONVIF", seconds_to_answer=round(seconds, 2))
    driver.press("Save")
    driver.wait(
        lambda: any(each.camera.number == "095" for each in page.table.shown_records()), "the new camera"
    )
    walk.show("The camera on the register", added="095")


def audit_and_processes(walk: Walk) -> None:
    """Who did what, proven whole; and what runs behind the desk."""
    audit, driver = walk.page(AuditPage), walk.driver
    walk.go(audit)
    driver.wait(lambda: bool(audit.table.shown_records()), "the newest entries")
    driver.press("Verify the chain")
    driver.wait(lambda: audit.verified is not None, "the chain's verdict")
    assert audit.verified is not None
    walk.show(
        "The audit trail, verified from its first link",
        entries=audit.verified.entries,
        chain_sound=audit.verified.sound,
    )
    walk.go(walk.page(StatusPage))
    driver.rest(1.2)
    walk.show("The processes behind the desk")


def settings(walk: Walk) -> None:
    """Every setting, and what one of them says of itself."""
    walk.become("Administrator")
    page = walk.page(SettingsPage)
    walk.go(page)
    walk.driver.wait(page.list.table.shown_records, "the settings")
    page.list.table.select("late_entry_minutes")
    walk.show("Every setting, where its value comes from", settings=len(page.list.table.shown_records()))


def lists(walk: Walk) -> None:
    """The room's lists: a word is added on screen, and is offered at every desk at once."""
    page, driver = walk.page(SettingsPage), walk.driver
    tab = page.lists
    page.tabs.choose(LISTS)
    driver.wait(tab.table.shown_records, "the words of the first list")
    before = len(tab.table.shown_records())
    tab.add.run()
    driver.fill("Word", "drone")
    driver.fill("Other words people type for it", "quadcopter, uav")
    driver.press("Add")
    driver.wait(lambda: len(tab.table.shown_records()) > before, "the new word in its list")
    tab.table.select("incident_categories/drone")
    walk.show("A word added to a list of the room, with who did it", words=len(tab.table.shown_records()))
    page.tabs.choose(LIST)


def doctor(walk: Walk) -> None:
    """The installation, examined."""
    page, driver = walk.page(SettingsPage), walk.driver
    page.tabs.choose(DOCTOR)
    driver.wait(page.doctor.button.isVisible, "the button that checks")
    driver.click(page.doctor.button)
    driver.wait(lambda: page.doctor.checks, "the doctor's findings", EXAMINED_WITHIN_S)
    walk.show(
        "What the doctor says of this installation",
        checks=len(page.doctor.checks),
        outcome=page.doctor.outcome.text,
    )
    page.tabs.choose(LIST)
    walk.become("Supervisor 02")


def from_anywhere(walk: Walk) -> None:
    """The palette, the list of keys, and changing who sits here."""
    window, driver = walk.desk.window, walk.driver
    walk.go(walk.page(LivePage))
    driver.keys("Ctrl+K", window)
    driver.type("george", window.palette_panel.edit)
    walk.settle()
    walk.show("Find anything with Ctrl+K", found=len(window.palette_panel.entries()))
    driver.keys("Escape", window.palette_panel.edit)
    driver.keys("F1", window)
    walk.show("Every key in one place")
    driver.keys("F1", window)
    driver.keys("Ctrl+U", window)
    driver.rest(0.3)
    walk.show("Changing who sits at the desk")
    driver.keys("Escape", driver.focus())


def accounts(walk: Walk) -> None:
    """The administrator's list, and a one-time password for somebody who forgot theirs."""
    walk.become("Administrator")
    page, driver = walk.page(UsersPage), walk.driver
    walk.go(page)
    walk.show("The accounts of the room", accounts=len(page.table.shown_records()))
    someone = next(each for each in page.table.shown_records() if each.user.handle == "Operator 11")
    page.table.select(someone.id)
    driver.press("Reset password")
    driver.press("Make a one-time password")
    driver.wait(page.once.isVisible, "the one-time password")
    walk.show("A one-time password, shown once", reset=someone.user.handle)
    driver.press("Done")


def lock_and_switch(walk: Walk) -> None:
    """Somebody leaves the desk for a moment; somebody else takes it in a few keys."""
    window, driver = walk.desk.window, walk.driver
    guard, switch = window.guard, window.switch_panel
    if guard is None or switch is None:
        raise TourStuck("the desk has no lock")
    walk.go(walk.page(LivePage))
    driver.rest(1.0)
    driver.keys("Ctrl+Alt+L", window)
    driver.wait(guard.layer.isVisible, "the lock")
    driver.rest(0.3)
    walk.show("The desk locked, the wall still there")
    driver.press("Go on without a password")
    driver.wait(lambda: not walk.desk.session.locked, "the desk to open")
    started = time.monotonic()
    driver.keys("Ctrl+U", window)
    driver.wait(lambda: switch.beginning.hasFocus() and bool(switch.rows), "the list of people")
    driver.type("operator 07", switch.beginning)
    driver.keys("Return", switch.beginning)
    driver.wait(lambda: walk.desk.session.actor.handle == "Operator 07", "Operator 07 at the desk")
    walk.show("Changed over by a few keys", switch_ms=round((time.monotonic() - started) * 1000))


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
    panel = window.notifications
    driver.wait(panel.isVisible, "the notifications")
    waiting = sum(row.notice.waits for row in panel.rows)
    walk.show("Notifications of this session", notices=len(panel.rows), alarms_waiting=waiting)
    driver.keys("Return", panel.rows[0])
    driver.wait(lambda: not any(row.notice.waits for row in panel.rows), "the alarm's answer")
    driver.keys("Escape", panel)
    driver.wait(lambda: not panel.isVisible(), "the notifications to close")


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
    driver.wait(window.fault_panel.text.isVisible, "the report")
    driver.press("Copy report")
    copied = QGuiApplication.clipboard().text()
    if "made on purpose" in copied:
        raise TourStuck("the report says what the exception said")
    walk.show("A fault, and its report to copy", report_lines=len(copied.splitlines()))
    driver.keys("Escape", window.fault_panel.text)
    driver.wait(lambda: not window.fault_panel.isVisible(), "the band to close")


def _fault() -> Exception:
    try:
        raise KeyError(" ".join(("made", "on", "purpose")))  # so that no line of source holds the words
    except KeyError as error:
        return error


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
        driver.rest(0.5)
        walk.show(title, theme=theme.current().name)
    driver.keys("Ctrl+Alt+T", window)
    driver.wait(lambda: theme.current().name == "dark", "dark colours again")
    walk.go(walk.page(LivePage))


def small_screen(walk: Walk) -> None:
    """The same desk on a 1366 × 768 screen."""
    window = walk.desk.window
    if window.width() <= 1366:
        return
    window.resize(1366, 768)
    walk.driver.rest(1.5)
    walk.show("Live at 1366 by 768", small_tiles_live=walk.page(LivePage).tiles_live()[0])
    walk.go(walk.page(DeploymentsPage))
    walk.show("Rapid deployment at 1366 by 768")
    walk.go(walk.page(IncidentsPage))
    walk.show("Incidents at 1366 by 768")
