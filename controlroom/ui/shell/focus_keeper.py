"""Keeps the keyboard where the person put it.

Two things move it behind a person's back. Qt hands it on when the widget that has it is hidden or switched off, and it
may end in the log line; it goes to the page instead. And an answer that arrives late (a camera's, a list's) would take
it out of the middle of a sentence; it is given back to the field.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from controlroom.ui.kit.page import Page
from controlroom.ui.widgets.keyboard import form_of, is_typed_into
from controlroom.ui.widgets.overlay import Overlay

_BY_HAND = {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.MouseButtonPress}
_BY_HAND |= {QEvent.Type.MouseButtonRelease, QEvent.Type.TouchBegin}


class FocusKeeper(QObject):
    """Watches the keyboard of one window. `to_page` gives it to the page in front."""

    def __init__(self, window: QWidget, page: Callable[[], Page | None], to_page: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._page, self._to_page = window, page, to_page
        self.by_hand = False  # the last key or button pressed is still being answered
        self._moving = False
        window.installEventFilter(self)  # the keys that no field wanted
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)
            application.focusWindowChanged.connect(self._take_window)

    def note_hand(self) -> None:
        """The person pressed a key or a button just now: what moves until it is answered, they moved."""
        if not self.by_hand:
            self.by_hand = True
            QTimer.singleShot(0, self, self._forget_hand)

    def _forget_hand(self) -> None:
        self.by_hand = False

    def _take_window(self, window: QWindow | None) -> None:
        """Keys and mouse arrive at windows: only there they are looked at, not in every widget's every event."""
        if window is not None and not window.property("hands watched"):
            window.setProperty("hands watched", True)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if event.type() in _BY_HAND:
            self.note_hand()
        return False

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        page = self._page()
        if self._moving or page is None or not page.isEnabled() or before is None or now is None:
            return
        if not isValid(before) or {before.window(), now.window()} != {self._window}:
            return
        self._moving = True
        if not (before.isVisible() and before.isEnabled()):
            if not page.isAncestorOf(now) and now is not page and _panel_of(now) is None:
                self._to_page()
        elif self._is_typing(before) and _part_of(before) is not _part_of(now):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._moving = False

    def _is_typing(self, field: QWidget) -> bool:
        by_hand = self.by_hand or QApplication.mouseButtons() != Qt.MouseButton.NoButton
        return is_typed_into(field) and not by_hand


def _panel_of(widget: QWidget | None) -> QWidget | None:
    while widget is not None and not isinstance(widget, Overlay):
        widget = widget.parentWidget()
    return widget


def _part_of(widget: QWidget) -> QWidget:
    """What one moves about in freely: a form, a panel, or (elsewhere) the field alone."""
    return form_of(widget) or _panel_of(widget) or widget
