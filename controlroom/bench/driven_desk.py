"""Runs a whole desk without a person: it types into the real log line and tells on stdout what a person would see.

`python -m controlroom.bench.driven_desk FOLDER …` is started by the measurements of `controlroom bench` and by tests,
which may kill it at any moment; it ends in order when its stdin closes. Login, password and the database's address
come by the environment, never on the command line.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest

from controlroom.app.desk import Desk
from controlroom.app.room import Room
from controlroom.app.run import run_desk
from controlroom.bench.driven import DATABASE, LOGIN, PASSWORD
from controlroom.bench.window_meters import LagMeter, interrupted, wait, wait_for
from controlroom.cameras.devices import PtzStatus
from controlroom.log.outbox.records import ItemKind, OutboxItem, Saved
from controlroom.ui.pages.live.page import LivePage

SIZE = (1366, 768)
WORDS = "male female red coat towards the arcade running two officers told camera lost found at exit of"
CAMERAS_WITHIN_S = 20.0
STEER_S = 0.4
HOLD_EVERY_MS, TURN_S, SLOW = 250, 5.0, 0.1
PICTURES_EVERY_MS = 50


class Driven(QObject):
    """Hands on the desk's log line and one camera, eyes on everything that is told of them."""

    def __init__(self, desk: Desk, options: argparse.Namespace) -> None:
        super().__init__()
        self._desk, self._options = desk, options
        self._live = desk.window.page(LivePage)
        self._sent: dict[str, float] = {}
        threading.Thread(target=self._watch_stdin, daemon=True).start()
        desk.pending.accepted.connect(self._accepted)
        desk.pending.saved.connect(self._written)
        self._live.live_count_changed.connect(lambda live, total: _tell("live", live=live, cameras=total))
        _tell("shown")
        self._direction = 0.5
        self._oldest = 0.0
        self._lag = LagMeter()
        self._lag.start()
        if options.hold:
            self._every(PICTURES_EVERY_MS, self._tell_pictures)
        self._second = self._every(1000, self._tell_second)

    def _every(self, ms: int, do: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.timeout.connect(do)
        timer.start(ms)
        return timer

    def run(self) -> int:
        """Type until told to end; the exit code."""
        with contextlib.suppress(KeyboardInterrupt):
            if self._options.wall:
                self._put_cameras_on_the_wall()
            _tell("ready")
            if self._options.steer_every:
                self._every(round(self._options.steer_every * 1000), self._steer)
            if self._options.hold:
                self._every(HOLD_EVERY_MS, self._hold)
            for number in itertools.count():
                if self._options.typing:
                    self._type(
                        f"{self._options.typing}-{number:05d} {' '.join(random.sample(WORDS.split(), 5))}"
                    )
                wait(random.uniform(*self._options.pause))
        self._second.stop()
        self._lag.stop()
        return 0

    def _type(self, text: str) -> None:
        line = self._desk.window.log_line
        line.edit.setFocus()
        QTest.keyClicks(line.edit, text)
        self._sent[text] = time.monotonic()
        QTest.keyClick(line.edit, Qt.Key.Key_Return)

    def _put_cameras_on_the_wall(self) -> None:
        live = self._live
        self._desk.window.show_page(live)
        wait_for(lambda: self._desk.register.cameras, CAMERAS_WITHIN_S)
        ids = [camera.id for camera in self._desk.register.cameras if camera.has_address]
        live.arranging.set_size(next(size for size in (1, 4, 9, 16) if size >= min(16, len(ids))))
        live.arranging.show(ids[:16])

    def _ptz_camera(self) -> str | None:
        cameras = (str(each.id) for each in self._desk.register.cameras if each.steerable)
        return next(cameras, None)

    def _hold(self) -> None:
        """As a key held down: the first camera pans slowly to and fro, for ever."""
        camera = self._ptz_camera()
        if camera is not None:
            way = 1 if int(time.monotonic() / TURN_S) % 2 else -1
            self._desk.room.control.move(camera, way * SLOW, 0.0, 0.0)

    def _steer(self) -> None:
        """Turn one camera a little: did it turn, and how long did the answer take?"""
        control = self._desk.room.control
        camera, began = self._ptz_camera(), time.monotonic()
        if camera is None:
            return

        def failed(error: Exception) -> None:
            _tell("steered", moved=False, error=str(error))

        def stopped(before: PtzStatus) -> None:
            control.stop(camera)
            self._desk.background.follow(
                control.status(camera),
                lambda after: _tell("steered", moved=after != before, ms=_since(began)),
                failed,
                owner=self,
            )

        def go(before: PtzStatus) -> None:
            self._direction = -self._direction  # to and fro: it never comes to the end of its range
            control.move(camera, self._direction, 0.0, 0.0)
            QTimer.singleShot(round(STEER_S * 1000), self, lambda: stopped(before))

        self._desk.background.follow(control.status(camera), go, failed, owner=self)

    # -- telling ---------------------------------------------------------------------------------------------

    def _accepted(self, item: OutboxItem) -> None:
        sent = self._sent.pop(item.entry.text, None)
        ms = _since(sent) if sent is not None else None
        _tell("accepted", text=item.entry.text, key=item.key, away=item.away, ms=ms)

    def _written(self, written: Saved) -> None:
        if written.item.kind is ItemKind.ENTRY:
            _tell("written", text=written.item.entry.text)

    def _tell_second(self) -> None:
        live = self._live
        shown, total = live.tiles_live()
        fps = [live.wall.status_of(index).fps for index, camera in enumerate(live.wall.cameras()) if camera]
        here = self._desk.room.services.database.availability.here
        _tell(
            "second",
            live=shown,
            cameras=total,
            fps=round(sum(fps) / len(fps), 1) if fps else 0.0,
            lag_ms=round(max(self._lag.samples, default=0.0)),
            kept=self._desk.pending.count,
            here=here,
            threads=threading.active_count(),
        )
        self._lag.samples.clear()

    def _tell_pictures(self) -> None:
        """The moment (monotonic) since which every camera on the wall has shown a new picture."""
        wall = self._live.wall
        moments = [
            wall.status_of(index).last_picture_at for index, camera in enumerate(wall.cameras()) if camera
        ]
        oldest = min((each or 0.0 for each in moments), default=0.0)
        if oldest > self._oldest:
            self._oldest = oldest
            _tell("pictures", oldest=oldest)

    def _watch_stdin(self) -> None:
        while os.read(0, 4096):
            pass
        interrupted.set()


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)


def _tell(event: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, "at": time.time(), **facts}) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the desk that the arguments describe."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--typing", default="", help="type entries that begin with this")
    parser.add_argument("--pause", type=float, nargs=2, default=(0.02, 0.12), help="between entries, s")
    parser.add_argument("--wall", action="store_true", help="put the cameras on the wall")
    parser.add_argument("--steer-every", type=float, default=0.0, help="turn a camera this often, s")
    parser.add_argument("--hold", action="store_true", help="pan a camera to and fro without a pause")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    login, password = os.environ.pop(LOGIN), os.environ.pop(PASSWORD)

    def sit_down(room: Room) -> Any:
        return room.services.sign_in.sign_in(login, password)

    return run_desk(
        options.folder,
        os.environ.pop(DATABASE, None),
        prepare=sit_down,
        script=lambda desk: Driven(desk, options).run(),
        size=SIZE,
    )


if __name__ == "__main__":
    sys.exit(main())
