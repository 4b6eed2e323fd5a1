"""Drives and times a person's first start against a simulated camera: `python -m controlroom.bench.first_start`.

The real window, real keys, a real room in a disposable folder, a real picture. It prints one JSON object.
"""

import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from controlroom.app.desk import Desk
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.run import run_desk
from controlroom.platform import has_display
from controlroom.simulator.fleet import Fleet, SimulatedCamera
from controlroom.tour.driver import Driver
from controlroom.ui.first_start.window import FirstStartWindow
from controlroom.ui.pages.live.page import LivePage

# Card, Moran and Newell, "The Keystroke-Level Model" (1980): 0.28 s a key for an average typist, 1.35 s to think
# before each field or button.
KEY_S, THINK_S = 0.28, 1.35
SIZE = (1366, 768)
PASSWORD = "three random words"  # noqa: S105  of an account in a disposable folder


@dataclass
class Guide:
    """Hands on the first start's window and then on the desk's. Only the keyboard is used."""

    camera: SimulatedCamera
    keys: int = 0
    thoughts: int = 0
    figures: dict[str, float | int | bool] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def lead(self, window: FirstStartWindow) -> None:
        self.figures["window_ms"] = self._ms(self.began)
        driver = Driver(window)
        window.activateWindow()
        driver.wait(window.isActiveWindow, "the window to have the keyboard")
        self._answer_questions(driver, window)
        made = time.monotonic()
        self._keys(driver, "Return")
        driver.wait(lambda: window.shown is window.camera, "the room to be made", 60)
        self.figures["make_room_ms"] = self._ms(made)
        driver.wait(window.camera.asking.found.count, "the search to end", 20)
        self.figures["discovery_ms"] = self._ms(made) - self.figures["make_room_ms"]
        self.figures["found"] = window.camera.asking.found.count()
        self._first_camera(driver, window)

    def look_at_live(self, desk: Desk) -> int:
        """The desk has opened with that camera live on its wall."""
        driver, live = Driver(desk.window), desk.window.page(LivePage)
        driver.wait(lambda: desk.window.current is live, "the Live page")
        driver.wait(lambda: live.tiles_live()[0] == 1, "the camera to be live on the wall", 40)
        self.figures["saved_to_live_ms"] = self._ms(self._saved)
        self.figures["machine_s"] = round(time.monotonic() - self.began, 1)
        self.figures["keys"] = self.keys
        person = self.keys * KEY_S + self.thoughts * THINK_S
        self.figures["person_s"] = round(person + self.figures["machine_s"], 1)
        return 0

    def _answer_questions(self, driver: Driver, window: FirstStartWindow) -> None:
        for text in ("duty", None, PASSWORD, PASSWORD):
            if text is not None:
                self._type(driver, text)
            self._keys(driver, "Return")
        driver.wait(lambda: window.shown is window.storage, "the storage step")
        self._keys(driver, "Ctrl+Return")
        driver.wait(lambda: window.shown is window.site, "the names step")
        self._keys(driver, "Return")

    def _first_camera(self, driver: Driver, window: FirstStartWindow) -> None:
        camera, step = self.camera, window.camera
        for text in (f"{camera.host}:{camera.onvif_port}", camera.username, camera.password):
            self._type(driver, text)
            self._keys(driver, "Return")
        asked = time.monotonic()
        driver.wait(lambda: step.asking.report is not None, "the camera's answer", 20)
        self.figures["probe_ms"] = self._ms(asked)
        driver.wait(
            lambda: step.wall is not None and step.wall.live_count() == (1, 1), "its live picture", 40
        )
        self.figures["first_picture_ms"] = self._ms(asked)
        for text in ("001", camera.name):
            self._type(driver, text)
            self._keys(driver, "Return")
        self._type(driver, "North End")
        self._saved = time.monotonic()
        self._keys(driver, "Return")

    def _keys(self, driver: Driver, sequence: str) -> None:
        """Where the focus is, as a person's keys would go."""
        driver.rest(0.01)
        self.keys += 1
        self.thoughts += 1
        driver.keys(sequence)

    def _type(self, driver: Driver, text: str) -> None:
        self.keys += len(text)
        driver.type(text)

    @staticmethod
    def _ms(since: float) -> int:
        return round((time.monotonic() - since) * 1000)


def main() -> int:
    """Run it once and print the figures as the last line."""
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with Fleet(1) as fleet, tempfile.TemporaryDirectory(prefix="controlroom-first-") as folder:
        guide = Guide(fleet.cameras[0])
        code = run_desk(
            Path(folder) / "data",
            guide=guide.lead,
            script=guide.look_at_live,
            size=SIZE,
            recorder=RecorderUse.OWN,
        )
    print(json.dumps(guide.figures))
    return code


if __name__ == "__main__":
    sys.exit(main())
