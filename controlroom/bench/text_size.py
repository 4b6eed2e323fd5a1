"""Measures a step of text size on every page of a desk: from the key until the page stands in its new size.

`controlroom bench text-size` starts it in a process of its own: it is the whole program over a throw-away room.
"""

import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication

from controlroom.app.desk import Desk
from controlroom.app.room import open_room
from controlroom.app.run import make_application
from controlroom.bench.whole_program import TextSizeFigures
from controlroom.simulator.borough.build import build_borough
from controlroom.simulator.borough.people import DEMO_PASSWORD
from controlroom.tour.driver import Driver
from controlroom.ui.kit.page import Page


@dataclass
class Steps:
    """Takes the steps and notes how long each took, in milliseconds."""

    desk: Desk
    app: QApplication
    steps: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)

    def open_page(self, page: Page) -> None:
        """Bring a page to the front, and wait for what it reads."""
        started = time.monotonic()
        self.desk.window.show_page(page)
        self._draw()
        self.pages.append((time.monotonic() - started) * 1000)
        Driver(self.desk.window).wait(lambda: not self.desk.background.busy, "what the page reads")

    def take(self, step: int) -> None:
        """Make the text larger (1) or smaller (-1)."""
        started, cpu = time.monotonic(), time.thread_time()
        self.desk.window.looks.change_text(step)
        self._draw()
        self.cpu.append((time.thread_time() - cpu) * 1000)
        self.steps.append((time.monotonic() - started) * 1000)

    def _draw(self) -> None:
        for _ in range(3):  # what is laid out asks for more of it
            self.app.processEvents()


def measure(desk: Desk, app: QApplication) -> TextSizeFigures:
    """A step up and one down again on every page, all of them opened before."""
    hands = Steps(desk, app)
    for page in desk.window.offered():
        hands.open_page(page)
    hands.pages.clear()
    for page in desk.window.offered():
        hands.open_page(page)
        hands.take(1)
        hands.take(-1)
    return TextSizeFigures(
        widgets=len(app.allWidgets()),
        steps=len(hands.steps),
        step_ms=round(statistics.median(hands.steps)),
        step_ms_max=round(max(hands.steps)),
        cpu_ms=round(statistics.median(hands.cpu)),
        page_after_ms_max=round(max(hands.pages)),
    )


def main() -> int:
    """Measure once and print the figures as the last line."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = make_application()
    with TemporaryDirectory(prefix="controlroom-text-size-") as folder, open_room(Path(folder)) as room:
        build_borough(room.services.database, room.services.site_key, {})
        actor = room.services.sign_in.sign_in("supervisor01", DEMO_PASSWORD)
        desk = Desk(room, actor=actor)
        desk.window.resize(1366, 768)
        desk.show(restore=False)
        try:
            figures = measure(desk, app)
        finally:
            desk.close()
    print(json.dumps(figures.to_json()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
