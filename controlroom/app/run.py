"""Running the desk: from an open room to a window, and out again by any of its doors.

Closing the window, Ctrl+C and SIGTERM all end the event loop in order; a second Ctrl+C is not needed.
"""

import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from controlroom import logs, settings
from controlroom.accounts.records import Actor, User
from controlroom.app.desk import Desk
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.room import Room, open_room
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.platform import has_display, on_termination
from controlroom.ui import theme

log = logging.getLogger(__name__)
SIGNALS_SEEN_EVERY_MS = 100  # Python runs signal handlers only when the interpreter gets a turn


class Ending:
    """Ctrl+C or SIGTERM, whenever it comes: before the window is there it is remembered, afterwards it closes it."""

    def __init__(self) -> None:
        self.asked = False
        self._close: Callable[[], object] | None = None

    def before(self, close: Callable[[], object]) -> None:
        """How to end from now on."""
        self._close = close

    def end(self) -> None:
        """Called by the signal."""
        self.asked = True
        if self._close is not None:
            self._close()


def run_desk(
    folder: Path,
    url: str | None = None,
    *,
    prepare: Callable[[Room], Actor] | None = None,
    quick: Callable[[Room, User], Actor] | None = None,
    script: Callable[[Desk], int] | None = None,
    size: tuple[int, int] | None = None,
    recorder: RecorderUse = RecorderUse.SHARED,
) -> int:
    """Open the desk on the data in `folder` until it is closed; returns the exit code.

    `prepare` may fill the room and says who sits down already; `quick` signs people in without a password (the
    demonstration); `script` drives the windows instead of a person, at `size` pixels.
    """
    if not has_display() and "QT_QPA_PLATFORM" not in os.environ:
        raise Unavailable(
            "There is no display to open a window on.", remedy="Start it in a graphical session."
        )
    kept = logs.set_up(folder / "logs", to_stderr=script is not None, megabytes=_log_megabytes(folder))
    try:
        return _run(
            folder, url, kept, prepare=prepare, quick=quick, script=script, size=size, recorder=recorder
        )
    finally:
        kept.close()


def _run(
    folder: Path,
    url: str | None,
    kept: logs.ProcessLogs,
    *,
    prepare: Callable[[Room], Actor] | None,
    quick: Callable[[Room, User], Actor] | None,
    script: Callable[[Desk], int] | None,
    size: tuple[int, int] | None,
    recorder: RecorderUse,
) -> int:
    application = make_application()
    ending = Ending()
    on_termination(ending.end)
    with open_room(folder, url, recorder=recorder) as room:
        actor = prepare(room) if prepare is not None else None
        desk = Desk(room, actor=actor, quick=partial(quick, room) if quick is not None else None)
        if size is not None:
            desk.window.resize(*size)
        desk.fault_watch.start(folder / "logs")
        ending.before(desk.window.close)
        waker = QTimer()
        waker.start(SIGNALS_SEEN_EVERY_MS)
        desk.show(restore=size is None)
        _tell(desk, kept)
        if actor is None and room.services.accounts.is_empty():
            desk.messages.show(
                "This room has no accounts yet. Make the first one with: controlroom user first NAME",
                kind="warn",
            )
        try:
            if ending.asked:
                return 0
            return script(desk) if script is not None else application.exec()
        finally:
            waker.stop()
            desk.close()


def _log_megabytes(folder: Path) -> int:
    try:
        return settings.load(folder).log_megabytes
    except ControlRoomError:
        return settings.SETTINGS[
            "log_megabytes"
        ].default  # what is wrong with the file is told when it is needed


def _tell(desk: Desk, kept: logs.ProcessLogs) -> None:
    """What the person should know from the start."""
    if kept.crashed_before is not None:
        desk.messages.show(
            f"The desk ended in a crash last time. What it could still write is in {kept.crashed_before}.",
            kind="warn",
        )
    trouble = desk.room.services.keys.trouble
    if trouble is not None:
        desk.messages.error(trouble)


def make_application() -> QApplication:
    """The one QApplication of this process, themed."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
        application.setApplicationName("controlroom")
        application.setApplicationDisplayName("Control Room")
    theme.apply(application)
    return application
