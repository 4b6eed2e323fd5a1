"""Takes the walk's steps on the register: a camera tested with a picture, changed, and shown before it is saved."""

from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk
from controlroom.ui.pages.cameras.page import CamerasPage

NAME = "Tamworth Road, tram stop and crossing"


def change_a_camera(walk: Walk) -> None:
    """The camera that was just added: tested, given another number and name, shown once more, saved."""
    page, driver = walk.page(CamerasPage), walk.driver
    walk.go(page)
    line = next((each for each in page.table.shown_records() if each.camera.number == "095"), None)
    if line is None:
        raise TourStuck("camera 095 is not on the register")
    page.table.select(line.camera.id)
    driver.press("Change")
    form = page.editor
    driver.wait(form.isVisible, "the form")
    driver.press("Test it")
    seconds = driver.wait(lambda: _has_picture(page), "the test picture", timeout_s=30)
    walk.show(
        "A camera tested: its picture, make, streams and movement", seconds_to_picture=round(seconds, 2)
    )
    driver.fill("Number", "096")
    driver.fill("Name", NAME)
    driver.press("Save")
    driver.wait(form.changes.isVisible, "what would change")
    walk.show("What a change saves is shown before a number changes", changes=form.changes.text)
    driver.press("Save the changes")
    driver.wait(
        lambda: any(each.camera.name == NAME for each in page.table.shown_records()), "the changed camera"
    )


def _has_picture(page: CamerasPage) -> bool:
    picture = page.editor.asking.answer.picture
    return picture is not None and picture.is_loaded
