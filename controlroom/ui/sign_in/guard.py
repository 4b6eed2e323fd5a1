"""Locking the desk: by key, and when nobody has touched it for a while.

While it is locked nothing of the window takes keys or mouse, what moved a camera is let go, and floating windows are
away. Nothing is closed or emptied: watching, recording, lists and half-typed forms go on as they were.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Signal
from PySide6.QtGui import QAction, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

from controlroom.accounts.records import Actor
from controlroom.clock import Clock, show_time
from controlroom.ui.kit.page import Page
from controlroom.ui.session import DeskSession
from controlroom.ui.sign_in.lock_layer import LockLayer, rect_in

LOOKS_EVERY_MS = 5000
_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
}


class DeskGuard(QObject):
    """Keeps hands off one window while its session is locked.

    Until it is told the settings (`use_settings`), no time locks it and the wall stays visible.
    """

    locked_up = Signal(bool)  # True: because nobody touched the desk

    def __init__(
        self,
        window: QMainWindow,
        session: DeskSession,
        layer: LockLayer,
        *,
        content: QWidget,
        page: Callable[[], Page | None],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self.layer = window, session, layer
        self._content, self._page, self._clock = content, page, clock
        self._idle_minutes: Callable[[], int] = lambda: 0
        self._shows_wall: Callable[[], bool] = lambda: True
        self._monotonic = monotonic
        self._touched = monotonic()
        self._focus: QWidget | None = None
        self._who: Actor | None = None
        self._put_away: list[QDialog] = []
        self._actions: list[QAction] = []
        layer.setParent(window)
        layer.unlocked.connect(session.sign_in)
        session.lock_changed.connect(self._follow)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOKS_EVERY_MS)
        content.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusWindowChanged.connect(self._take_window)

    def use_settings(self, *, idle_minutes: Callable[[], int], shows_wall: Callable[[], bool]) -> None:
        """Settings, asked every time; 0 minutes is never."""
        self._idle_minutes, self._shows_wall = idle_minutes, shows_wall

    def lock(self, *, idle: bool = False) -> None:
        """Lock the desk now."""
        if self._session.signed_in and not self._session.locked:
            self._session.lock()
            self.locked_up.emit(idle)

    def look(self) -> None:
        """Lock the desk when nobody has touched it for as long as the room allows."""
        minutes = self._idle_minutes()
        if minutes and self._monotonic() - self._touched >= minutes * 60:
            self.lock(idle=True)

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def _take_window(self, window: QWindow | None) -> None:
        """Keys and mouse arrive at windows: only there they are looked at, not in every widget's every event."""
        if window is not None and not window.property("guarded"):
            window.setProperty("guarded", True)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _TOUCHES:
            self._touched = self._monotonic()
        elif kind == QEvent.Type.Resize and watched is self._content and self._session.locked:
            QTimer.singleShot(0, self.layer, self.layer.place)
        return False

    def _follow(self, locked: bool) -> None:
        if locked:
            self._close_up()
        else:
            self._open_up()

    def _close_up(self) -> None:
        self._who, self._focus = self._session.actor, self._window.focusWidget()
        page = self._page()
        if page is not None:
            page.hands_off()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self._put_away = [each for each in _floating(self._window) if isinstance(each, QDialog)]
        for each in _floating(self._window):
            each.hide()
        self._content.setEnabled(False)
        self._actions = [each for each in self._window.actions() if each.isEnabled()]
        for action in self._actions:
            action.setEnabled(False)
        self.layer.cover(self._who, show_time(self._clock.now()), self._hole)

    def _open_up(self) -> None:
        self.layer.hide()
        self._content.setEnabled(True)
        for action in self._actions:
            action.setEnabled(True)
        same = self._session.signed_in and self._session.actor == self._who
        for each in self._put_away:
            (each.show if same else each.close)()
        self._put_away, self._touched = [], self._monotonic()
        if same and self._focus is not None:
            self._focus.setFocus()
        self._who = self._focus = None

    def _hole(self) -> QRect:
        page = self._page()
        seen = page.stays_visible() if page is not None and self._shows_wall() else None
        return rect_in(seen, self._window) if seen is not None else QRect()


def _floating(window: QWidget) -> list[QWidget]:
    """Every window of the program on the screen but this one."""
    return [each for each in QApplication.topLevelWidgets() if each is not window and each.isVisible()]
