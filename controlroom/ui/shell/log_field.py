"""Builds the parts of the log line: the camera's number, the field to type in, the box around both, and "/" choices."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QWidget,
)

from controlroom.folding import fold
from controlroom.ui import theme
from controlroom.ui.widgets.painting import inside, painting, rounded


class CameraChip(QWidget):
    """The number of the camera the entry is about."""

    def __init__(self) -> None:
        super().__init__()
        self.number = ""
        self.setFont(theme.font(theme.BODY, theme.NUMBER))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_number(self, number: str) -> None:
        """Show another number; an empty one hides the chip."""
        self.number = number
        self.setVisible(bool(number))
        self.setAccessibleName(f"Camera {number}" if number else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.number) + 18, metrics.height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            rounded(painter, QRectF(self.rect()), theme.fill("accent"), radius=5)
            painter.setPen(theme.on_fill("accent"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.number)


class LogField(QFrame):
    """The box around chip, field and outcome; its ring shows that the field has the focus."""

    def __init__(self, edit: QLineEdit) -> None:
        super().__init__()
        self._edit = edit
        self.setFixedHeight(theme.px(34))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self._edit.hasFocus():
                rounded(painter, inside(self, 1), "ground", "accent", radius=8, width=2)
            else:
                rounded(painter, inside(self), "ground", theme.color("planned", 0.7), radius=8)


_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Typing(QLineEdit):
    """The line itself; tells when the focus comes and goes. What stands in it is written on, never replaced."""

    focus_changed = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_KEY:
            self.deselect()  # Qt selects everything, and the next letter would replace it
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()


MOST = 9
_SLASH = re.compile(r"(?:^|(?<=\s))/([^/]*)$")


@dataclass(frozen=True)
class LogWord:
    """Something a "/" can choose. `kind` is "category", "source" or "camera"; `value` is what is then set."""

    kind: str
    text: str
    value: object


class LogWords(QListWidget):
    """Opens above a line edit while a "/" is being typed; Up, Down, Enter or Tab choose, Esc leaves it."""

    picked = Signal(object)  # LogWord

    def __init__(self, field: QLineEdit, find: Callable[[str], Sequence[LogWord]]) -> None:
        super().__init__(field.window())
        self._field, self._find = field, find
        self._shown: list[LogWord] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("popup", True)
        self.setFont(theme.font(13.5))
        self.setAccessibleName("Categories, sources and cameras")
        self.hide()
        field.textEdited.connect(lambda _text: self.follow())
        field.installEventFilter(self)
        self.itemClicked.connect(lambda _item: self._take())

    def follow(self) -> None:
        """Open, narrow down or close after what stands before the cursor."""
        match = self._typed()
        words = list(self._find(match.group(1)))[:MOST] if match else []
        if not words:
            self.hide()
            return
        self._shown = words
        self.clear()
        for word in words:
            self.addItem(QListWidgetItem(f"{word.text}   ·   {word.kind}"))
        self.setCurrentRow(0)
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and self.isVisible():
            if event.type() == QEvent.Type.FocusOut:
                self.hide()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._take_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take_key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._take()
        elif key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            self.setCurrentRow((self.currentRow() + step) % self.count())
        else:
            return False
        return True

    def _typed(self) -> re.Match[str] | None:
        return _SLASH.search(self._field.text()[: self._field.cursorPosition()])

    def _take(self) -> None:
        match, row = self._typed(), self.currentRow()
        self.hide()
        if match is None or not 0 <= row < len(self._shown):
            return
        text, cursor = self._field.text(), self._field.cursorPosition()
        before = text[: match.start()]
        self._field.setText(before + text[cursor:].lstrip() if not before else before + text[cursor:])
        self._field.setCursorPosition(len(before))
        self.picked.emit(self._shown[row])

    def _place(self) -> None:
        window = self._field.window()
        if self.parent() is not window:
            self.setParent(window)
        height = self.count() * self.sizeHintForRow(0) + 12
        corner = self._field.mapTo(window, QPoint(0, 0))
        self.setGeometry(corner.x(), corner.y() - height - 10, theme.px(360), height)


def matching(words: Sequence[LogWord], typed: str) -> list[LogWord]:
    """Words that begin with what was typed, then those that hold it."""
    wanted = fold(typed)
    begins = [each for each in words if fold(each.text).startswith(wanted)]
    holds = [each for each in words if wanted in fold(each.text) and each not in begins]
    return begins + holds
