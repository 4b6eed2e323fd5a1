"""Takes the walk's steps on the Live page: sixteen pictures, any camera by number, real steering, the log."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from controlroom.cameras.control.messages import HoldWord
from controlroom.simulator.borough.people import DEMO_PASSWORD
from controlroom.tour.second_desk import SecondDesk
from controlroom.tour.walk import Walk
from controlroom.ui.pages.live.hold_words import hold_of, is_asked_by, is_ours
from controlroom.ui.pages.live.page import LivePage

PAN_S = 1.6
LEAST_SHIFT_PX = 100.0
SHORT_S = 0.5
TAKES_OVER = "Supervisor 02"


def sixteen_live(walk: Walk) -> None:
    """Every tile of the wall has a live picture."""
    seconds = walk.driver.wait(_all_live(walk), "every tile to be live", 60)
    live, total = walk.page(LivePage).tiles_live()
    walk.show(
        "Sixteen cameras live", seconds_to_all_live=round(seconds, 1), tiles_live=live, tiles_total=total
    )


def find_by_number(walk: Walk) -> None:
    """Two keystrokes and Enter."""
    live, driver = walk.page(LivePage), walk.driver
    live.wall.select(2)
    live.wall.setFocus()
    driver.type("15", live.wall)
    camera = live.placing.found
    walk.show("Any camera by its number", typed=live.placing.typed, found=camera.number if camera else None)
    driver.keys("Return", live.wall)
    driver.wait(lambda: live.placing.typed == "", "the camera to be placed")


def enlarge_and_pan(walk: Walk) -> None:
    """Double-click enlarges to the main stream; a held arrow key moves the scene."""
    live, driver = walk.page(LivePage), walk.driver
    index = next(i for i, camera in enumerate(live.wall.cameras()) if camera and camera.number == "014")
    tile = live.wall.tiles[index]
    driver.click(tile, twice=True)
    driver.wait(lambda: live.wall.status_of(index).source_width >= 1280, "the main stream", 20)
    driver.wait(lambda: tile.words.live, "the enlarged picture to be live")
    # A key is held back while nobody can say who has control: the recorder starts after the first pictures.
    driver.wait(lambda: not live.selected.holding.seen.away, "the recorder to say who has control", 60)
    driver.rest(0.6)
    status = live.wall.status_of(index)
    walk.show("Enlarged to the main stream", main_stream=f"{status.source_width}x{status.source_height}")
    scene = _Scene(live, index)
    driver.hold(Qt.Key.Key_Right, PAN_S, live.wall, scene.look)
    driver.wait(lambda: scene.look() and scene.moved_px > LEAST_SHIFT_PX, "the scene to have moved")
    driver.rest(1.0)
    scene.look()
    walk.show(
        "Panning with the arrow key",
        scene_shift_px=round(scene.moved_px, 1),
        moving_after_release=live.steering.moving,
    )


class _Scene:
    """How far the picture of one tile has moved, picture by picture.

    A pan moves it farther than two pictures can tell: beyond a quarter of the width `shift_px` is lost among windows
    that look alike. From one look to the next it is a small step.
    """

    def __init__(self, live: LivePage, index: int) -> None:
        self._live, self._index = live, index
        self._last = _pixels(live.grab_picture(index))
        self._across = self._down = 0.0

    @property
    def moved_px(self) -> float:
        """All steps together, in pixels of the picture."""
        return float(np.hypot(self._across, self._down))

    def look(self) -> bool:
        """Add the step since the last look; True, so that a wait may go on from it."""
        # Imported here: OpenCV sets Qt's paths on import, which must come after the application was made.
        from controlroom.simulator.scene_shift import shift_px

        now = _pixels(self._live.grab_picture(self._index))
        across, down = shift_px(self._last, now)
        self._last, self._across, self._down = now, self._across + across, self._down + down
        return True


def show_a_place(walk: Walk) -> None:
    """B shows the camera a place in its own picture; the view there is kept as a preset, with its picture."""
    live, driver = walk.page(LivePage), walk.driver
    form = live.presets.form
    for key in ("B", "Right", "Right", "Down"):
        driver.keys(key, live.wall)
    walk.show("A place shown to the camera", aims=live.hands.able.head.aims if live.hands.able.head else None)
    driver.keys("Return", live.wall)
    driver.rest(2.5)
    driver.keys("Escape", live.wall)
    driver.keys("Shift+P", live.wall)
    driver.type("Shop fronts", form.edit)
    walk.show("Keeping a view as a preset")
    driver.keys("Return", form.edit)
    driver.wait(form.isHidden, "the preset to be stored")
    grid = live.panel.preset_grid
    driver.wait(lambda: any(each.name == "Shop fronts" for each in grid.presets), "the preset to be listed")
    driver.rest(1.5)
    pictured = sum(grid.has_picture(each.token) for each in grid.presets)
    walk.show("A preset with its picture", presets=len(grid.presets), pictured=pictured)


def control_taken_over(walk: Walk) -> None:
    """A supervisor at another desk asks for the camera in hand, then takes it over; not without a recorder."""
    live, driver, room = walk.page(LivePage), walk.driver, walk.desk.room
    camera, holding = live.selected.camera, live.selected.holding
    if not holding.seen.guarded:
        return
    assert camera is not None
    login = room.services.cameras.logins(walk.desk.session.actor)[camera.id]
    with SecondDesk(room, TAKES_OVER, DEMO_PASSWORD, login) as other:
        driver.wait(lambda: other.ready, "the recorder to know the second desk")
        driver.hold(Qt.Key.Key_Left, SHORT_S, live.wall)
        driver.wait(lambda: is_ours(holding.seen, camera.id), "control of the camera")
        other.say(HoldWord.ASK)
        driver.wait(lambda: is_asked_by(holding.seen, camera.id, TAKES_OVER), "the question")
        walk.show("Another desk asks for the camera", asks=TAKES_OVER)
        other.say(HoldWord.TAKE)
        driver.wait(lambda: other.has_control and not is_ours(holding.seen, camera.id), "the other desk")
        driver.hold(Qt.Key.Key_Left, SHORT_S, live.wall)
        driver.rest(0.5)
        hold = hold_of(holding.seen, camera.id)
        walk.show("Control taken over by a supervisor at another desk", holder=hold.name if hold else None)
        other.say(HoldWord.GIVE)
        driver.wait(lambda: hold_of(holding.seen, camera.id) is None, "the camera to be free again")


def preset(walk: Walk) -> None:
    """A stored position, one click away."""
    live, driver = walk.page(LivePage), walk.driver
    driver.wait(lambda: live.panel.presets, "the camera's presets")
    presets, button = len(live.panel.presets), live.panel.presets[1]
    name = button.accessibleName()
    driver.click(button)
    driver.rest(2.5)
    walk.show("A preset in one click", presets=presets, preset=name)
    driver.keys("Escape", live.wall)
    driver.wait(lambda: live.wall.enlarged is None, "the wall again")
    driver.wait(_all_live(walk), "every tile live again", 30)


def log_line(walk: Walk) -> None:
    """A log entry from the line that is always there."""
    line, driver = walk.desk.window.log_line, walk.driver
    driver.keys("Ctrl+L", walk.desk.window)
    driver.type("Group of five outside the arcade, two with hoods up. Airwave told.", line.edit)
    line.submit()
    driver.wait(lambda: "saved" in line.outcome, "the entry to be saved")
    walk.show("The log line, saved with time and camera", log_line=line.outcome)


def _all_live(walk: Walk):
    def holds() -> bool:
        live, total = walk.page(LivePage).tiles_live()
        return total > 0 and live == total

    return holds


def _pixels(image: QImage) -> np.ndarray:
    """A picture as height × width × 3 bytes, blue first."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return rows[:, : plain.width(), :3].copy()
