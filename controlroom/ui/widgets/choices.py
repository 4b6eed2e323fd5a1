"""Provides choices of one of a few: tabs across a page's top, chips that filter a list, and a box of values.

The values of a box stay on Python's side: Qt's own item data turns a StrEnum into a plain string.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QButtonGroup,
    QComboBox,
    QSizePolicy,
    QWidget,
)

from controlroom.ui import theme
from controlroom.ui.widgets.layout import row
from controlroom.ui.widgets.painting import focus_ring, inside, painting, rounded

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_NO_MODIFIER = Qt.KeyboardModifier.NoModifier
LEAST_SIDE = 6  # of a choice, beside its words, where there is little room


class _Choice(QAbstractButton):
    """One tab or chip: words, and a count."""

    arrowed = Signal(int)  # Down (1) or Up (-1) was pressed in a chip

    def __init__(self, text: str, *, chip: bool) -> None:
        super().__init__()
        self._chip = chip
        self._count = ""
        self.setText(text)
        self.setCheckable(True)
        self.setFont(theme.font(theme.SMALL if chip else theme.BODY, theme.MEDIUM))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)

    def set_count(self, count: int | None) -> None:
        self._count = "" if count is None else str(count)
        self.setAccessibleName(self._words())
        self._show_tip()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self._words()) + (20 if self._chip else 28)
        return QSize(width, theme.px(26 if self._chip else theme.TARGET))

    def paintEvent(self, _event: QPaintEvent) -> None:
        radius = (self.height() - 1) / 2 if self._chip else theme.RADIUS
        with painting(self) as painter:
            if self.isChecked() or self._chip or self.underMouse():
                back = "hover" if self.underMouse() else "raised"
                rounded(painter, inside(self), "selected" if self.isChecked() else back, radius=radius)
            if self.hasFocus():
                focus_ring(painter, inside(self, 1), radius=radius)
            painter.setPen(theme.color("text" if self.isChecked() else "text_dim"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self._chip:
            self.arrowed.emit(step)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tip()

    @property
    def shown(self) -> str:
        """The words as painted: shortened with … where there is no room; the count stays."""
        metrics, count = QFontMetrics(self.font()), f" {self._count}" if self._count else ""
        room = self.width() - 2 * LEAST_SIDE - metrics.horizontalAdvance(count)
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, max(0, room)) + count

    def _show_tip(self) -> None:
        words = self._words()
        self.setToolTip("" if self.shown == words else words)

    def _words(self) -> str:
        return f"{self.text()} {self._count}".strip()


class Choices(QWidget):
    """A row of tabs (`chips=False`) or filter chips. Left and Right move, `chosen(index)` tells.

    In chips Up and Down belong to what they filter: `leads_to` its view, or whoever listens to `arrowed(step)`.
    """

    chosen = Signal(int)
    arrowed = Signal(int)  # 1 for Down, -1 for Up

    def __init__(self, texts: Sequence[str], *, chips: bool = False) -> None:
        super().__init__()
        buttons = row(on=self, spacing=6 if chips else 4)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for index, text in enumerate(texts):
            button = _Choice(text, chip=chips)
            button.arrowed.connect(self.arrowed)
            self._group.addButton(button, index)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)

    @property
    def index(self) -> int:
        """Which one is chosen."""
        return self._group.checkedId()

    def choose(self, index: int) -> None:
        """Choose one and tell."""
        if index != self.index:
            self._group.button(index).setChecked(True)
            self.chosen.emit(index)

    def leads_to(self, view: QAbstractItemView) -> None:
        """Down and Up go on in this list: it has the keyboard, and moves by one."""

        def go(step: int) -> None:
            if view.isVisible():
                view.setFocus(Qt.FocusReason.OtherFocusReason)
                key = Qt.Key.Key_Down if step > 0 else Qt.Key.Key_Up
                QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyPress, key, _NO_MODIFIER))

        self.arrowed.connect(go)

    def set_count(self, index: int, count: int | None) -> None:
        """Show a count behind the words."""
        button = self._group.button(index)
        if isinstance(button, _Choice):
            button.set_count(count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        wanted = (self.index + step) % len(self._group.buttons())
        self.choose(wanted)
        self._group.button(wanted).setFocus(Qt.FocusReason.TabFocusReason)


class ValueBox(QComboBox):
    """Shows words, holds values."""

    def __init__(self, choices: Sequence[tuple[str, Any]], chosen: Any = None) -> None:
        super().__init__()
        self.set_choices(choices)
        self.value = chosen

    def set_choices(self, choices: Sequence[tuple[str, Any]]) -> None:
        """Offer these instead: words and the value behind each."""
        self._values = [value for _, value in choices]
        self.clear()
        self.addItems([words for words, _ in choices])

    @property
    def value(self) -> Any:
        """The value chosen; None when there is nothing to choose."""
        index = self.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    @value.setter
    def value(self, value: Any) -> None:
        """Choose `value`, the first one when it is not offered."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else 0)
