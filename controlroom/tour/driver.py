"""Drives real windows: finds what a person would see, presses it, types into it, waits for what they would wait for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTextEdit,
    QWidget,
)

W = TypeVar("W", bound=QWidget)
PATIENCE_S = 60.0  # a crowded machine may be slow: what never comes is told all the same
LOOK_EVERY_S = 0.1


class TourStuck(AssertionError):
    """Something the walk waited for did not come; names it."""


@dataclass
class Driver:
    """Hands and eyes on one window."""

    window: QWidget

    # -- time ------------------------------------------------------------------------------------------------

    def wait(self, holds: Callable[[], object], what: str, timeout_s: float = PATIENCE_S) -> float:
        """Let the window work until `holds`; returns the seconds it took. Raises TourStuck naming `what`."""
        started = time.monotonic()
        while not holds():
            if time.monotonic() - started > timeout_s:
                raise TourStuck(f"waited {timeout_s:.0f} s in vain for {what}")
            self.rest(0.02)
        return time.monotonic() - started

    def rest(self, seconds: float) -> None:
        """Let the window live for a while (pictures move, timers fire)."""
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    # -- finding ---------------------------------------------------------------------------------------------

    def visible(self, kind: type[W], fits: Callable[[W], bool]) -> list[W]:
        """Every visible widget of that kind that fits, in the order of the window."""
        return [each for each in self.window.findChildren(kind) if each.isVisible() and fits(each)]

    def button(self, text: str) -> QAbstractButton:
        """The visible button that says `text`."""
        return self._one(QAbstractButton, lambda each: _says(each, text), f"the button '{text}'")

    def field(self, name: str) -> QWidget:
        """The visible field a screen reader would call `name`."""
        return self._one(
            QWidget, lambda each: each.accessibleName() == name and _takes_input(each), f"the field '{name}'"
        )

    def _one(self, kind: type[W], fits: Callable[[W], bool], what: str) -> W:
        self.wait(lambda: self.visible(kind, fits), what)
        return self.visible(kind, fits)[0]

    # -- acting ----------------------------------------------------------------------------------------------

    def press(self, text: str) -> None:
        """Click the button that says `text`, once it is enabled."""
        button = self.button(text)
        self.wait(button.isEnabled, f"the button '{text}' to be enabled")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def click(self, widget: QWidget, at: QPoint | None = None, *, twice: bool = False) -> None:
        """Click a widget, in its middle unless told where."""
        act = QTest.mouseDClick if twice else QTest.mouseClick
        act(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())

    def keys(self, sequence: str, widget: QWidget | None = None) -> None:
        """Press keys ("F2", "Ctrl+K", "Return") where the focus is."""
        QTest.keySequence(widget or self.focus(), sequence)

    def type(self, text: str, widget: QWidget | None = None) -> None:
        """Type plain characters where the focus is."""
        QTest.keyClicks(widget or self.focus(), text)

    def hold(
        self, key: Qt.Key, seconds: float, widget: QWidget, look: Callable[[], object] = lambda: None
    ) -> None:
        """Hold one key down, and call `look` ten times a second meanwhile."""
        until = time.monotonic() + seconds
        QTest.keyPress(widget, key)
        while time.monotonic() < until:
            self.rest(LOOK_EVERY_S)
            look()
        QTest.keyRelease(widget, key)

    def fill(self, name: str, value: Any) -> None:
        """Enter `value` into the field called `name`, as its kind takes it."""
        field = self.field(name)
        if isinstance(field, QAbstractButton):
            if field.isChecked() != bool(value):
                QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        elif isinstance(field, QComboBox):
            index = field.findText(str(value), Qt.MatchFlag.MatchContains)
            if index < 0 and not field.isEditable():
                raise TourStuck(f"'{name}' does not offer '{value}'")
            field.setCurrentIndex(index) if index >= 0 else field.setEditText(str(value))
        elif isinstance(field, QSpinBox):
            field.setValue(int(value))
        elif isinstance(field, QAbstractSpinBox):
            field.selectAll()
            QTest.keyClicks(field, str(value))
        elif isinstance(field, QPlainTextEdit | QTextEdit):
            field.setPlainText(str(value))
        elif isinstance(field, QLineEdit):
            field.selectAll()
            QTest.keyClicks(field, str(value))

    def focus(self) -> QWidget:
        """Where keys go."""
        return QApplication.focusWidget() or self.window

    # -- seeing ----------------------------------------------------------------------------------------------

    def picture(self, path: Path) -> None:
        """Save what the window shows as a PNG."""
        QApplication.processEvents()
        if not self.window.grab().save(str(path)):
            raise TourStuck(f"the picture {path} could not be written")


def _says(button: QAbstractButton, text: str) -> bool:
    return button.text().replace("&", "") == text or button.accessibleName() == text


def _takes_input(widget: QWidget) -> bool:
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QLineEdit)
    return isinstance(widget, kinds)
