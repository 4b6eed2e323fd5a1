"""Provides the line of text that reads what is typed, which a day's and a time's line are.

While somebody types, the reading stands at the line's right end ("Thu 1 Jan 1970"); when the line is left it takes the
place of what was typed. What cannot be read stays as it is, is marked, and has no value: no other is put in for it.
Up, Down and the wheel (in the line that has the keyboard) step. Whoever comes to the line types over what stands there;
a click places the cursor.
"""

from typing import Generic, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit

from controlroom.ui import theme
from controlroom.ui.kit.typed_times import Unreadable
from controlroom.ui.widgets.text import label

V = TypeVar("V")
WHEEL_STEP = 120  # of an ordinary mouse wheel, in eighths of a degree
_CURSOR_STAYS = {
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
}
_AT_THE_END = 12  # px between the reading and the line's end, without a calendar


class ReadLine(QLineEdit, Generic[V]):
    """What two kinds of lines share: reading, showing, stepping, and saying what is wrong."""

    settled = Signal()  # another value stands: it was typed and the line left, or stepped to, or chosen
    left = Signal()  # the line was left, or Enter pressed in it

    def __init__(self, empty: str) -> None:
        super().__init__()
        self._empty, self._problem = empty, empty
        self._value: V | None = None
        self._told: V | None = None
        self._turned = 0
        self._reading = label("", theme.SMALL, role="text_dim")
        self._reading.setParent(self)
        self._reading.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._reading.hide()
        self.setMinimumHeight(theme.px(34))
        self.textChanged.connect(lambda _text: self._take())
        self.editingFinished.connect(self.settle)

    def read(self, typed: str) -> V:
        """The value that was typed. Raises Unreadable."""
        raise NotImplementedError

    def shown(self, value: V) -> str:
        """How a value stands in the line."""
        raise NotImplementedError

    def step(self, steps: int) -> None:
        """Go on, or back, from the value that stands there; without one nothing happens."""
        raise NotImplementedError

    @property
    def value(self) -> V | None:
        """What is typed, as it is read; None while it cannot be read."""
        return self._value

    @property
    def problem(self) -> str:
        """What is wrong with what is typed, "" when it can be read."""
        return self._problem

    @property
    def reading(self) -> str:
        """What is said at the end of the line about what is typed there."""
        return self._reading.text()

    def set_value(self, value: V) -> None:
        """Show a value; nobody is told that it has settled."""
        self._told = value
        self.setText(self.shown(value))
        if self.hasFocus():
            self.selectAll()
        else:
            self.setCursorPosition(0)

    def settle(self) -> None:
        """The line is left: the reading takes the place of what was typed, or the line is marked."""
        if self._value is not None:
            with QSignalBlocker(self):
                self.setText(self.shown(self._value))
        if self.hasFocus():  # Enter was pressed in it
            self.selectAll()
        self._say()
        self._mark(bool(self._problem) and bool(self.text().strip()))
        self.tell_settled()
        self.left.emit()

    def tell_settled(self) -> None:
        """Tell that another value stands, once."""
        if self._value != self._told:
            self._told = self._value
            self.settled.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() not in _CURSOR_STAYS:
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        elif not self.isReadOnly():
            self.step(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step in the line that has the keyboard; elsewhere the wheel scrolls what is around it."""
        if not self.hasFocus() or self.isReadOnly():
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        steps = int(self._turned / WHEEL_STEP)
        self._turned -= steps * WHEEL_STEP
        if steps:
            self.step(steps)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _take(self) -> None:
        typed = self.text()
        try:
            self._value, self._problem = (self.read(typed), "") if typed.strip() else (None, self._empty)
        except Unreadable as error:
            self._value, self._problem = None, str(error)
        if not self._problem:
            self._mark(False)
        self._say()

    def _say(self) -> None:
        typed = self.text()
        if self._value is not None:
            reading = self.shown(self._value)
            self._reading.setText("" if reading == typed else reading)
        else:
            self._reading.setText("")
        self.setToolTip(self._reading.text())
        self._place()

    def _place(self) -> None:
        """Right of what is typed, where there is room for it."""
        self._reading.adjustSize()
        end = self.width() - _AT_THE_END - (theme.px(24) if self.actions() else 0)
        x = end - self._reading.width()
        taken = 16 + QFontMetrics(self.font()).horizontalAdvance(self.text())
        self._reading.move(x, (self.height() - self._reading.height()) // 2)
        self._reading.setVisible(bool(self._reading.text()) and x > taken)

    def _mark(self, wrong: bool) -> None:
        if bool(self.property("invalid")) != wrong:
            self.setProperty("invalid", wrong)
            self.style().unpolish(self)
            self.style().polish(self)
            if wrong:
                self.setToolTip(self._problem)
