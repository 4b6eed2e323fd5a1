"""Runs the desk: opens the room, shows the window, and closes both in order however the desk is ended.

Closing the window, Ctrl+C and SIGTERM all end the event loop in order; a second Ctrl+C is not needed.
"""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from controlroom import logs, settings
from controlroom.accounts.records import Actor, User
from controlroom.app import first_start
from controlroom.app.desk import Desk
from controlroom.app.recorder_care import RecorderUse
from controlroom.app.room import Room, open_room
from controlroom.errors import ControlRoomError, Unavailable
from controlroom.platform import has_display, on_termination
from controlroom.ui import garbage, theme
from controlroom.ui.background import Background
from controlroom.ui.first_start.window import FirstStartWindow
from controlroom.ui.pages.accounts.page import UsersPage
from controlroom.ui.pages.cameras.page import CamerasPage
from controlroom.ui.pages.settings.page import SettingsPage
from controlroom.ui.timers import every
from controlroom.ui.widgets.limits import watch_every_field

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


@dataclass(frozen=True)
class Driving:
    """Who sits at the desk, when it is not a person at the keys.

    `prepare` may fill the room and says who sits down already; `quick` signs people in without a password (the
    demonstration); `script` drives the desk's window and `guide` the first start's, at `size` pixels.
    """

    prepare: Callable[[Room], Actor] | None = None
    quick: Callable[[Room, User], Actor] | None = None
    script: Callable[[Desk], int] | None = None
    guide: Callable[[FirstStartWindow], None] | None = None
    size: tuple[int, int] | None = None
    recorder: RecorderUse = RecorderUse.SHARED
    greet: bool = False


def run_desk(
    folder: Path,
    url: str | None = None,
    *,
    prepare: Callable[[Room], Actor] | None = None,
    quick: Callable[[Room, User], Actor] | None = None,
    script: Callable[[Desk], int] | None = None,
    guide: Callable[[FirstStartWindow], None] | None = None,
    size: tuple[int, int] | None = None,
    recorder: RecorderUse = RecorderUse.SHARED,
) -> int:
    """Open the desk on the data in `folder` until it is closed; returns the exit code. See `Driving`.

    A folder with nothing in it leads through the first start before.
    """
    if not has_display() and "QT_QPA_PLATFORM" not in os.environ:
        raise Unavailable(
            "There is no display to open a window on.",
            "The desk was not started; a recorder on this computer goes on.",
            "Start it in a graphical session, or set DISPLAY; `controlroom doctor` looks at the rest.",
        )
    log_files = logs.set_up(folder / "logs", to_stderr=script is not None, megabytes=_log_megabytes(folder))
    try:
        return _run(folder, url, log_files, Driving(prepare, quick, script, guide, size, recorder))
    finally:
        log_files.close()


def _run(folder: Path, url: str | None, log_files: logs.ProcessLogs, driving: Driving) -> int:
    application = make_application()
    ending = Ending()
    on_termination(ending.end)
    waker = every(application, SIGNALS_SEEN_EVERY_MS, bool)
    try:
        with garbage.collected_here(), ExitStack() as stack:
            actor = None
            if driving.prepare is None and first_start.is_wanted(folder, url):
                first = first_start.FirstStart(folder, url, stack, driving.recorder)
                if not _lead(application, first, ending, driving):
                    return 0
                room, actor = first.room, first.actor
                assert room is not None
                driving = replace(driving, greet=True)
            else:
                room = stack.enter_context(open_room(folder, url, recorder=driving.recorder))
                actor = driving.prepare(room) if driving.prepare is not None else None
            return _serve(application, room, actor, log_files, ending, driving)
    finally:
        waker.stop()


def _lead(application: QApplication, first: first_start.FirstStart, ending: Ending, driving: Driving) -> bool:
    """The first start's window until it is finished (True) or left (False)."""
    outcome: list[bool] = []
    failed: list[Exception] = []
    background = Background()
    window = FirstStartWindow(first, background)
    loop = QEventLoop()

    def end(*, finished: bool) -> None:
        outcome.append(finished)
        loop.quit()

    window.finished.connect(lambda _camera: end(finished=True))
    window.left.connect(lambda: end(finished=False))
    ending.before(window.close)
    if driving.size is not None:
        window.resize(*driving.size)
    window.show()
    # A signal that came just before the loop began has closed the window already: the loop must see that.
    every(window, SIGNALS_SEEN_EVERY_MS, lambda: loop.quit() if outcome else None)
    if (guide := driving.guide) is not None:

        def be_guided() -> None:
            """An error of the guide ends the first start: nobody else sits at the window."""
            try:
                guide(window)
            except Exception as error:
                failed.append(error)
                loop.quit()

        QTimer.singleShot(0, be_guided)
    if not ending.asked and not outcome:
        loop.exec()
    background.close()
    if outcome[:1] == [True]:
        first.complete()
    window.hide()
    window.deleteLater()
    application.processEvents()
    if failed:
        raise failed[0]
    return outcome[:1] == [True]


def _serve(
    application: QApplication,
    room: Room,
    actor: Actor | None,
    log_files: logs.ProcessLogs,
    ending: Ending,
    driving: Driving,
) -> int:
    """The desk's window until it is closed."""
    quick = driving.quick
    with theme.sheet_at_the_end(application):
        desk = Desk(room, actor=actor, quick=partial(quick, room) if quick is not None else None)
    if driving.size is not None:
        desk.window.resize(*driving.size)
    desk.fault_watch.start(room.services.folder / "logs")
    ending.before(desk.closing.at_once)
    garbage.settle()
    desk.show(restore=driving.size is None)
    _tell(desk, log_files)
    if actor is None and room.services.sign_in.is_empty():
        desk.messages.show(
            "This room has no accounts yet. Make the first one with: controlroom user first NAME", kind="warn"
        )
    if driving.greet:
        _greet(desk)

    def end_late() -> None:
        """A signal closed the window just before the event loop began."""
        if ending.asked and not desk.window.isVisible():
            application.quit()

    late = every(desk, SIGNALS_SEEN_EVERY_MS, end_late)
    try:
        if ending.asked:
            return 0
        return driving.script(desk) if driving.script is not None else application.exec()
    finally:
        late.stop()
        desk.close()


def _greet(desk: Desk) -> None:
    """What comes next in a new room."""
    accounts, cameras, settings_page = map(desk.window.page, (UsersPage, CamerasPage, SettingsPage))
    desk.messages.show(
        f"The room is ready. Next: accounts for the people who work here ({accounts.shortcut}), more cameras "
        f"({cameras.shortcut}), the settings ({settings_page.shortcut}). F1 lists every key.",
        kind="done",
        action=lambda: desk.window.show_page(accounts),
        action_text="Add people",
    )


def _log_megabytes(folder: Path) -> int:
    try:
        return settings.load(folder).log_megabytes
    except ControlRoomError:
        # What is wrong with the file is told when the room is opened.
        return settings.SETTINGS["log_megabytes"].default


def _tell(desk: Desk, log_files: logs.ProcessLogs) -> None:
    """What the person should know from the start."""
    if log_files.crashed_before is not None:
        desk.messages.show(
            f"The desk ended in a crash last time. What it could still write is in {log_files.crashed_before}.",
            kind="warn",
        )
    trouble = desk.room.services.keys.trouble
    if trouble is not None:
        desk.messages.show(
            f"{trouble.what} {trouble.meaning}",
            kind="alarm",
            action=desk.window.page(SettingsPage).show_site_key,
            action_text="What to do",
        )


def make_application() -> QApplication:
    """The one QApplication of this process, themed."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
        watch_every_field(application)
        application.setApplicationName("controlroom")
        application.setApplicationDisplayName("Control Room")
    theme.apply(application)
    return application
