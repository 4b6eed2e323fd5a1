"""Steers the camera in hand by Alt with the steering keys, while the keyboard is in a form or the log line.

Keys without Alt go to the field. A key that steers stays a steering key until it comes up, even if Alt came up first.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from controlroom.ui.pages.live.keys import BY_THE_WAY
from controlroom.ui.pages.live.steering import KEYS, Steering
from controlroom.ui.widgets.keyboard import form_of, is_typed_into

ALT = Qt.KeyboardModifier.AltModifier


class SteerWhileTyping(QObject):
    """Watches the one widget of the page's window that has the keyboard, if it takes text or belongs to a form."""

    def __init__(self, page: QWidget, steering: Steering) -> None:
        super().__init__(page)
        self._page, self._steering = page, steering
        self._watched: QWidget | None = None
        self._held: set[Qt.Key] = set()  # keys that went down with Alt and are not up yet
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not self._page.isVisible():
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key not in KEYS:
            return super().eventFilter(watched, event)
        with_alt = event.modifiers() & ~BY_THE_WAY == ALT
        match event.type():
            case QEvent.Type.ShortcutOverride if with_alt:
                event.accept()
                return True
            case QEvent.Type.KeyPress if with_alt or key in self._held:
                self._press(key, repeats=event.isAutoRepeat())
                return True
            case QEvent.Type.KeyRelease if key in self._held:
                if not event.isAutoRepeat():
                    self._held.discard(key)
                    self._steering.release(key)
                return True
        return super().eventFilter(watched, event)

    def _press(self, key: Qt.Key, *, repeats: bool) -> None:
        self._held.add(key)
        if repeats:
            self._steering.repeated(key)
        else:
            self._steering.press(key)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._held.clear()
        watches = now is not None and now.window() is self._page.window() and self._page.isVisible()
        self._watched = now if watches and (is_typed_into(now) or form_of(now)) else None
        if self._watched is not None:
            self._watched.installEventFilter(self)
