"""Decides, before any field or shortcut does, whether a key is the window's, an open panel's, a form's or the page's.

Qt first asks the widget with the keyboard whether it wants a key for itself (`ShortcutOverride`); only keys it does not
want reach a shortcut. The question is answered here, for every panel and every field of the window.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from shiboken6 import isValid

from controlroom.ui.kit.action import is_letter
from controlroom.ui.kit.page import Page
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.keyboard import form_of, letters_rest
from controlroom.ui.widgets.overlay import Overlay


class DeskKeys(QObject):
    """Keeps the keys of one window: its own win over those of a text field, and no page acts behind an open panel.

    `band` is a panel beside the page: the page's keys rest only while the keyboard is in it. The page's letters rest
    while the keyboard is in a form, and buttons show that they do.
    """

    def __init__(self, window: QWidget, band: QWidget, page: Callable[[], Page | None]) -> None:
        super().__init__(window)
        self._window, self._band, self._page = window, band, page
        self._rested = False
        window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, before: QWidget | None, now: QWidget | None) -> None:
        """Look only at the widget with the keyboard, not at every widget's every event."""
        if before is not None and before is not self._window and isValid(before):
            before.removeEventFilter(self)
        if now is not None and now.window() is self._window:
            now.installEventFilter(self)
            self._show_rest()

    def _show_rest(self) -> None:
        """Draw the buttons afresh whose letters began or ceased to be keys."""
        if letters_rest(self._window) != self._rested:
            self._rested = not self._rested
            for each in self._window.findChildren(KeyButton):
                each.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        keys = QKeySequence(event.keyCombination())
        if any(each.isEnabled() and keys in each.shortcuts() for each in self._window.actions()):
            event.ignore()
            return True
        if watched is not self._window:
            return False
        # The question comes to the window itself once nothing on the way there wanted the key for its text.
        panel = self._panel()
        if panel is None:
            rests = is_letter(keys.toString()) and form_of(self._window.focusWidget()) is not None
            event.setAccepted(rests)
            return rests
        if _has(panel, keys):
            return False
        event.accept()  # no shortcut: it goes to whatever has the keyboard
        self._say_why(panel, keys)
        return True

    def _panel(self) -> QWidget | None:
        """The panel that is open, the one with the keyboard first; a locked desk has none that is enabled."""
        overlays = self._window.findChildren(Overlay)
        panels = [each for each in overlays if each.isVisible() and each.isEnabled()]
        return next((each for each in (self._band, *panels) if _keyboard_in(each)), next(iter(panels), None))

    def _say_why(self, panel: QWidget, keys: QKeySequence) -> None:
        """A key pressed on the page that would have done something there: say why not, and let Esc close the panel."""
        page = self._page()
        if page is None or not _keyboard_in(page):
            return
        if any(each.offered() and QKeySequence(each.keys) == keys for each in page.declared_actions()):
            panel.setFocus(Qt.FocusReason.PopupFocusReason)
            page.refused.emit(f"“{panel.accessibleName()}” is open. Esc closes it.")


def _keyboard_in(part: QWidget) -> bool:
    focused = part.window().focusWidget()
    return focused is not None and (focused is part or part.isAncestorOf(focused))


def _has(panel: QWidget, keys: QKeySequence) -> bool:
    """Whether the key is one of the panel's own."""
    own = [each.shortcut() for each in panel.findChildren(QAbstractButton)]
    own += [each.key() for each in panel.findChildren(QShortcut)]
    own += [QKeySequence.mnemonic(each.text()) for each in panel.findChildren(QLabel) if each.buddy()]
    return keys in own
