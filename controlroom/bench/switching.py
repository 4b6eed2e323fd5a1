"""Measures operators changing over at a desk: keyboard only, real passwords, until the new person's pages are there.

`controlroom bench switch` starts it in a process of its own: it is the whole program over a throw-away room.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from controlroom.accounts import passwords
from controlroom.app.desk import Desk
from controlroom.app.room import open_room
from controlroom.app.run import make_application
from controlroom.bench.whole_program import SwitchFigures
from controlroom.simulator.borough.people import DEMO_PASSWORD, write_people
from controlroom.tour.driver import Driver
from controlroom.ui.kit.page import Page
from controlroom.ui.pages.incidents.page import IncidentsPage

# Who is typed ("sup" and Enter), who that is, and the page the one before leaves in front.
TURNS = (("sup", "Supervisor 01"), ("7", "Operator 07"), ("jag", "JAG coordinator"), ("12", "Operator 12"))
ROUNDS = 2


class Changeover:
    """The hands on one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.driver = desk, Driver(desk.window)
        self.keys = 0

    def switch(self, typed: str, handle: str) -> float:
        """Milliseconds from Ctrl+U until `handle` sits there and their page has been read."""
        switch = self.desk.window.switch_panel
        if switch is None:
            raise RuntimeError("this desk has no switch")
        started = time.monotonic()
        self.driver.keys("Ctrl+U", self.desk.window)
        self.driver.wait(lambda: switch.beginning.hasFocus() and switch.rows, "the list of people")
        self.driver.type(typed, switch.beginning)
        self.driver.keys("Return", switch.beginning)
        self.driver.wait(switch.form.password.hasFocus, "the password's field")
        self._give(switch.form.password)
        self._settled(lambda: self.desk.session.actor.handle == handle, f"{handle} at the desk")
        self.keys = 1 + len(typed) + 1 + len(DEMO_PASSWORD) + 1
        return (time.monotonic() - started) * 1000

    def lock_and_unlock(self) -> tuple[float, float]:
        """Milliseconds until the desk is covered, and from the password's last key until it is open again."""
        guard = self.desk.window.guard
        if guard is None:
            raise RuntimeError("this desk has no lock")
        started = time.monotonic()
        self.driver.keys("Ctrl+Alt+L", self.desk.window)
        self.driver.wait(guard.layer.isVisible, "the lock")
        locked = (time.monotonic() - started) * 1000
        started = time.monotonic()
        self._give(guard.layer.form.password)
        self._settled(lambda: not self.desk.session.locked, "the desk to open")
        return locked, (time.monotonic() - started) * 1000

    def show(self, page: Page) -> None:
        """Bring a page to the front, if the person may see it."""
        self.desk.window.show_page(page)
        self._settled(lambda: True, "the page")

    def _give(self, field) -> None:
        self.driver.type(DEMO_PASSWORD, field)
        self.driver.keys("Return", field)

    def _settled(self, holds: Callable[[], object], what: str) -> None:
        self.driver.wait(holds, what)
        self.driver.wait(lambda: not self.desk.background.busy, "what the page reads")


def measure(desk: Desk) -> SwitchFigures:
    """Change over, lock and unlock some times."""
    hands = Changeover(desk)
    hands.driver.wait(desk.window.isActiveWindow, "the keyboard")
    switches, locks, unlocks = [], [], []
    for _ in range(ROUNDS):
        for typed, handle in TURNS:
            hands.show(desk.window.page(IncidentsPage))
            switches.append(hands.switch(typed, handle))
            locked, unlocked = hands.lock_and_unlock()
            locks.append(locked)
            unlocks.append(unlocked)
    started = time.monotonic()
    passwords.matches(None, DEMO_PASSWORD)
    argon2 = (time.monotonic() - started) * 1000
    return SwitchFigures(
        switches=len(switches),
        switch_ms=round(statistics.median(switches)),
        switch_ms_max=round(max(switches)),
        argon2_ms=round(argon2),
        keys=hands.keys,
        lock_ms=round(max(locks)),
        unlock_ms=round(max(unlocks)),
    )


def main() -> int:
    """Measure once and print the figures as the last line."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    make_application()
    with TemporaryDirectory(prefix="controlroom-switch-") as folder, open_room(Path(folder)) as room:
        with room.services.database.write() as work:
            write_people(work)
        actor = room.services.sign_in.sign_in("operator07", DEMO_PASSWORD)
        desk = Desk(room, actor=actor)
        desk.window.resize(1366, 768)
        desk.show(restore=False)
        desk.window.activateWindow()
        try:
            figures = measure(desk)
        finally:
            desk.close()
    print(json.dumps(figures.to_json()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
