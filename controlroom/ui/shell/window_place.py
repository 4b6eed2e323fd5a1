"""Remembers where the window stands, and brings it back onto a screen that is there."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, QTimer
from PySide6.QtWidgets import QMainWindow

from controlroom.ui.background import Background
from controlroom.ui.timers import one_shot
from controlroom.ui.window_state import WindowState

KEY = "window.geometry"
FIRST_SIZE = (1600, 900)
REMEMBER_AFTER_MS, SAVE_AFTER_MS = 300, 700
FRAMED_AFTER_MS = (0, 200, 1000)  # the desktop puts its frame around a window some time after it is shown
SEEN = (160, 40)  # so much of the window's upper edge must lie on some screen


class WindowPlace(QObject):
    """Follows a window's moves and sizes; writes the state soon after any change, so that a kill costs a second."""

    def __init__(self, window: QMainWindow, state: WindowState, background: Background | None = None) -> None:
        super().__init__(window)
        self._window, self._state, self._background = window, state, background
        self._moved = one_shot(self, REMEMBER_AFTER_MS, self.remember)
        self._dirty = one_shot(self, SAVE_AFTER_MS, self._save)
        window.installEventFilter(self)
        if background is not None:
            state.changed = self._dirty.start

    def restore(self) -> None:
        """Put the window where it was, as far as there is a screen; otherwise in the middle of the first one."""
        stored = self._state.get(KEY)
        place = _rect_of(stored)
        if place is None:
            room = self._window.screen().availableGeometry()
            self._window.resize(min(FIRST_SIZE[0], room.width()), min(FIRST_SIZE[1], room.height()))
            return
        self._window.setGeometry(self._onto_a_screen(place))
        if isinstance(stored, dict) and stored.get("maximised"):
            self._window.showMaximized()
        elif isinstance(stored, dict) and stored.get("full"):
            self._window.showFullScreen()

    def remember(self) -> None:
        """Note where the window stands now."""
        window = self._window
        if window.isMinimized():
            return
        usual = (
            window.normalGeometry() if window.isMaximized() or window.isFullScreen() else window.geometry()
        )
        if not usual.isValid():
            usual = window.geometry()
        self._state.set(
            KEY,
            {
                "x": usual.x(),
                "y": usual.y(),
                "w": usual.width(),
                "h": usual.height(),
                "maximised": window.isMaximized(),
                "full": window.isFullScreen(),
            },
        )

    def fit_frame(self) -> None:
        """Let the whole window be on its screen, with the frame and title bar that the desktop puts around it."""
        window = self._window
        if window.isMaximized() or window.isFullScreen() or window.isMinimized():
            return
        room, frame = window.screen().availableGeometry(), window.frameGeometry()
        if window.size() != window.size().boundedTo(room.size()):
            return  # somebody made it larger than the screen
        wide, high = min(frame.width(), room.width()), min(frame.height(), room.height())
        if frame.size() == QSize(wide, high):
            return
        window.resize(window.width() - frame.width() + wide, window.height() - frame.height() + high)
        left = max(room.left(), min(frame.left(), room.right() + 1 - wide))
        top = max(room.top(), min(frame.top(), room.bottom() + 1 - high))
        window.move(left, top)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange)
        if watched is self._window and event.type() in kinds and self._window.isVisible():
            self._moved.start()
        if watched is self._window and event.type() == QEvent.Type.Show:
            for after_ms in FRAMED_AFTER_MS:
                QTimer.singleShot(after_ms, self, self.fit_frame)
        return super().eventFilter(watched, event)

    def _onto_a_screen(self, place: QRect) -> QRect:
        screens = [each.availableGeometry() for each in self._window.screen().virtualSiblings()]
        least = self._window.minimumSize()
        grip = QRect(place.topLeft(), QPoint(place.right(), place.top() + SEEN[1]))

        def shown(screen: QRect) -> int:
            part = screen.intersected(grip)
            return part.width() if part.height() >= SEEN[1] // 2 else 0

        screen = max(screens, key=shown)
        there = shown(screen) >= SEEN[0]
        screen = screen if there else self._window.screen().availableGeometry()
        size = place.size().boundedTo(screen.size()).expandedTo(least)
        found = QRect(place.topLeft(), size)
        if not there:
            found.moveCenter(screen.center())
        return found

    def _save(self) -> None:
        if self._background is not None:
            self._background.run(self._state.save)


def _rect_of(stored: object) -> QRect | None:
    """The remembered place; None for nonsense."""
    if not isinstance(stored, dict):
        return None
    numbers = [stored.get(name) for name in ("x", "y", "w", "h")]
    if not all(
        isinstance(each, int) and not isinstance(each, bool) and abs(each) < 100_000 for each in numbers
    ):
        return None
    x, y, width, height = (int(each or 0) for each in numbers)
    return QRect(x, y, width, height) if width > 0 and height > 0 else None
