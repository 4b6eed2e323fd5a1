"""Lets a person choose one of many by typing: a field whose list narrows as they type; Enter takes the first."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget

from controlroom.ui import theme

MOST = 8


class Chooser(QLineEdit):
    """A field that holds one of `find("")`, or nothing. The list opens while it has the keyboard.

    Up and Down move, Enter or Tab takes, Esc leaves a choice as it was and what is typed so far as it is.
    """

    chosen = Signal(str)
    entered = Signal()  # Enter when there was nothing left to choose, or nothing to choose from

    def __init__(self, find: Callable[[str], Sequence[str]], hint: str = "") -> None:
        super().__init__()
        self._find, self._value = find, ""
        self._list: QListWidget | None = None
        self.setPlaceholderText(hint)
        self.textEdited.connect(lambda _text: self._open())

    @property
    def value(self) -> str:
        """What is chosen; empty while nothing is, or while what was typed names nothing."""
        return self._value if self.text() == self._value else ""

    def set_value(self, value: str) -> None:
        """Choose without emitting a signal."""
        self._value = value
        self.setText(value)
        self._close()

    def found(self, typed: str) -> Sequence[str]:
        """What there is to choose for these words."""
        return self._find(typed)

    def settle(self) -> None:
        """Take what was typed when it can mean only the first of the list; called before saving."""
        found = self._find(self.text()) if self.text().strip() else []
        if not self.value and found:
            self._take(found[0])

    @property
    def options(self) -> list[str]:
        """What the open list shows."""
        if self._list is None or not self._list.isVisible():
            return []
        return [self._list.item(row).text() for row in range(self._list.count())]

    def event(self, event: QEvent) -> bool:
        key = event.key() if isinstance(event, QKeyEvent) else None
        if key == Qt.Key.Key_Tab and event.type() is QEvent.Type.KeyPress and self._is_open():
            self._take_current()
            if not self.hasFocus():  # whoever was told of the choice went on to the next field
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Escape and self._is_open():
            if self._value:
                self.set_value(self._value)
            self._close()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and self._is_open():
            self._place()
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason and not self.value:
            self._open()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.settle()
        self._close()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.selectAll()
        self._open("")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._close()

    def _enter(self) -> None:
        if self._is_open():
            self._take_current()
        elif self.value:
            self.entered.emit()
        else:
            self._open()
            if not self._is_open():  # it names nothing: whoever holds the field says what is missing
                self.entered.emit()

    def _move(self, step: int) -> None:
        if not self._is_open():
            self._open("")
            return
        assert self._list is not None
        self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())

    def _is_open(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def _open(self, typed: str | None = None) -> None:
        found = list(self._find(self.text() if typed is None else typed))
        if not found or not self.isVisible():
            self._close()
            return
        shown = self._make_list()
        shown.clear()
        shown.addItems(found)
        shown.setCurrentRow(found.index(self._value) if self._value in found else 0)
        self._place()
        shown.show()
        shown.raise_()

    def _close(self) -> None:
        if self._list is not None:
            self._list.hide()

    def _take_current(self) -> None:
        if self._list is not None and self._list.currentItem() is not None:
            self._take(self._list.currentItem().text())

    def _take(self, value: str) -> None:
        self.set_value(value)
        self.chosen.emit(value)

    def _make_list(self) -> QListWidget:
        if self._list is None:
            made = QListWidget(self.window())
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
            made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            made.setProperty("popup", True)
            made.setFont(theme.font(13.5))
            made.setAccessibleName(f"{self.accessibleName()}: choices")
            made.itemClicked.connect(lambda item: self._take(item.text()))
            self.window().installEventFilter(self)
            self.destroyed.connect(made.deleteLater)
            self._list = made
        elif self._list.parent() is not self.window():
            self._list.setParent(self.window())
        return self._list

    def _place(self) -> None:
        if self._list is None:
            return
        window = self.window()
        rows = min(MOST, self._list.count())
        height = rows * max(1, self._list.sizeHintForRow(0)) + 12
        below = self.mapTo(window, QPoint(0, self.height() + 3))
        if below.y() + height > window.height():
            below = self.mapTo(window, QPoint(0, -height - 3))
        self._list.setGeometry(below.x(), max(0, below.y()), self.width(), height)
