"""The walk's steps through the register, the audit trail, the processes, and what can be reached from anywhere."""

from controlroom.tour.walk import Walk
from controlroom.ui.pages.audit.page import AuditPage
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.deployments.page import DeploymentsPage
from controlroom.ui.pages.incidents.page import IncidentsPage
from controlroom.ui.pages.live.page import LivePage
from controlroom.ui.pages.status.page import StatusPage


def add_a_camera(walk: Walk) -> None:
    """A camera that is not on the register: asked about itself over ONVIF, then saved."""
    walk.become("Supervisor 02")
    page, driver, spare = walk.page(CamerasPage), walk.driver, walk.spare
    walk.go(page)
    with walk.step("The register of cameras") as facts:
        facts["cameras"] = len(page.table.shown_records())
    driver.press("Add camera")
    form = page.form
    for name, value in (
        ("Host name or address", spare.host),
        ("Port", spare.port),
        ("User", spare.username),
        ("Password", spare.password),
    ):
        driver.fill(name, value)
    driver.press("Ask the camera")
    seconds = driver.wait(
        lambda: form.save_button.isVisible() and form.save_button.isEnabled(), "the camera's answer"
    )
    for name, value in (
        ("Number", "095"),
        ("Name", "Tamworth Road, tram stop"),
        ("Street", "Tamworth Road"),
        ("Area it is listed under", "Town centre"),
        ("Ward", "Fairfield"),
    ):
        driver.fill(name, value)
    with walk.step("A camera asked about itself over ONVIF") as facts:
        facts["seconds_to_answer"] = round(seconds, 2)
    driver.press("Save")
    with walk.step("The camera on the register") as facts:
        driver.wait(
            lambda: any(each.camera.number == "095" for each in page.table.shown_records()), "the new camera"
        )
        facts["added"] = "095"


def audit_and_processes(walk: Walk) -> None:
    """Who did what, proven whole; and what runs behind the desk."""
    audit, driver = walk.page(AuditPage), walk.driver
    walk.go(audit)
    driver.wait(lambda: bool(audit.table.shown_records()), "the newest entries")
    driver.press("Verify the chain")
    driver.wait(lambda: audit.verified is not None, "the chain's verdict")
    assert audit.verified is not None
    with walk.step("The audit trail, verified from its first link") as facts:
        facts["entries"] = audit.verified.entries
        facts["chain_sound"] = audit.verified.sound
    walk.go(walk.page(StatusPage))
    with walk.step("The processes behind the desk"):
        driver.rest(1.2)


def from_anywhere(walk: Walk) -> None:
    """The palette, the list of keys, and changing who sits here."""
    window, driver = walk.desk.window, walk.driver
    walk.go(walk.page(LivePage))
    driver.keys("Ctrl+K", window)
    driver.type("george", window.palette_panel.edit)
    with walk.step("Find anything with Ctrl+K") as facts:
        facts["found"] = len(window.palette_panel.entries())
    driver.keys("Escape", window.palette_panel.edit)
    driver.keys("F1", window)
    with walk.step("Every key in one place"):
        pass
    driver.keys("F1", window)
    driver.keys("Ctrl+U", window)
    with walk.step("Changing who sits at the desk"):
        driver.rest(0.3)
    driver.keys("Escape", driver.focus())


def small_screen(walk: Walk) -> None:
    """The same desk on a 1366 × 768 screen."""
    window, driver = walk.desk.window, walk.driver
    before = window.size()
    if before.width() <= 1366:
        return
    window.resize(1366, 768)
    driver.rest(1.5)
    with walk.step("Live at 1366 by 768") as facts:
        facts["small_tiles_live"] = walk.page(LivePage).tiles_live()[0]
    walk.go(walk.page(DeploymentsPage))
    with walk.step("Rapid deployment at 1366 by 768"):
        pass
    walk.go(walk.page(IncidentsPage))
    with walk.step("Incidents at 1366 by 768"):
        pass
    window.resize(before)
    driver.rest(0.3)
