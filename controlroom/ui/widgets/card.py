"""Provides boxes: a card with a title line, a side panel that opens beside the work, and what an empty list says."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolButton, QWidget

from controlroom.ui import icons, theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import Cell, box, column, fill, gap, grow, row, scrolling
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.painting import paint_icon, painting
from controlroom.ui.widgets.text import ElidedLabel, Rule, label, show_text


class Card(QFrame):
    """A bordered box. Put content into `body`; without a title there is no title line.

    `flush` lets lists and rows reach the border.
    """

    def __init__(self, title: str = "", note: str = "", state: str = "", *, flush: bool = False) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._title = ElidedLabel(title, theme.BODY, theme.STRONG)
        self._note = label(note, theme.SMALL, role="text_dim")
        self._mark = Mark(state or "idle")
        self._mark.setVisible(bool(state))
        self.head = box(row(self._mark, grow(self._title), self._note, spacing=8, margins=(16, 12, 16, 12)))
        self._rule = Rule()
        margins = (0, 0, 0, 8) if flush else (16, 14, 16, 16)
        self.body = column(spacing=0 if flush else 10, margins=margins)
        column(self.head, self._rule, grow(box(self.body)), on=self, margins=(1, 1, 1, 1))
        # Only now: a widget shown before it has a parent would open as a window of its own for a moment.
        self.set_title(title)

    @property
    def title(self) -> str:
        """What it is headed."""
        return self._title.text

    def set_title(self, title: str) -> None:
        """Change the title; an empty one takes the line away."""
        self._title.set_text(title)
        self.head.setVisible(bool(title))
        self._rule.setVisible(bool(title))

    def set_note(self, note: str) -> None:
        """Change the dim words at the title's right."""
        self._note.setText(note)

    def set_state(self, state: str) -> None:
        """Put a state's mark before the title; an empty one takes it away."""
        self._mark.setVisible(bool(state))
        if state:
            self._mark.set_state(state)

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Append a widget to the body."""
        self.body.addWidget(widget, stretch)
        return widget


class SidePanel(QFrame):
    """A panel at the page's side with a title and a close button; Esc closes it too. Never modal."""

    closed = Signal()

    def __init__(self, title: str = "", width: int = 380) -> None:
        super().__init__()
        self.setProperty("panel", True)
        self.setFixedWidth(theme.px(width))
        self._title = ElidedLabel(title, theme.TITLE, theme.STRONG)
        close = bare_button("x", "Close this panel (Esc)", self.close_panel)
        self.body = column(spacing=12, margins=(20, 4, 20, 16))
        self._trouble = label("", 13, role="alarm", wrap=True)
        self._trouble.setContentsMargins(20, 8, 20, 0)
        self._trouble.hide()
        self.foot = row(spacing=8, margins=(20, 12, 20, 14))
        self._foot_box = box(self.foot)
        self._foot_box.hide()
        head = row(grow(self._title), close, spacing=-1, margins=(20, 14, 12, 10))
        self._above_foot = column(margins=(20, 0, 20, 0))
        parts = (grow(scrolling(self.body)), self._above_foot, self._trouble, self._foot_box)
        column(head, *parts, on=self, margins=(1, 0, 0, 0))

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.set_text(title)

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Append a widget to the body (which scrolls)."""
        self.body.addWidget(widget, stretch)
        return widget

    def add_button(self, button: QWidget) -> QWidget:
        """Append a button to the foot, which always stays in view."""
        self.foot.addWidget(button)
        self._foot_box.show()
        return button

    def add_above_foot(self, widget: QWidget) -> QWidget:
        """Append a widget above the buttons, where it cannot be scrolled away."""
        self._above_foot.addWidget(widget)
        return widget

    @property
    def trouble(self) -> str:
        """What the panel says is wrong, empty while nothing is."""
        return self._trouble.text()

    def show_trouble(self, text: str) -> None:
        """Say above the buttons what went wrong, where it cannot be scrolled away; an empty text clears it."""
        show_text(self._trouble, text)

    def close_panel(self) -> None:
        """Hide the panel and say so."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            event.accept()
            return
        super().keyPressEvent(event)


class EmptyState(QWidget):
    """What a list says while it is empty: what that means and what to do next.

    Words that name a key are shown only while `may()`, to the person it works for; to others `otherwise` is said.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        icon_name: str = "tray",
        action_text: str = "",
        on_action: Callable[[], None] | None = None,
        *,
        may: Callable[[], bool] = lambda: True,
        otherwise: str = "",
    ) -> None:
        super().__init__()
        self._words, self._otherwise, self._may = text, otherwise, may
        self._title = label(title, 15, theme.STRONG, wrap=True)
        self._text = label(text, 13, role="text_dim", wrap=True)
        for each in (self._title, self._text):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body = column(Cell(None, 2), _Picture(icon_name, theme.px(36)), self._title, self._text, spacing=8)
        body.setContentsMargins(24, 24, 24, 24)
        if action_text:
            button = KeyButton(action_text, kind="primary", press=on_action)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            fill(body, gap(6), Cell(button, align=Qt.AlignmentFlag.AlignCenter))
        self.setLayout(fill(body, Cell(None, 3)))
        self.follow_person()

    def set_text(self, title: str, text: str = "") -> None:
        """Say something else."""
        self._title.setText(title)
        self._words = text
        self.follow_person()

    def follow_person(self) -> None:
        """Say what there is to say to the person at the desk."""
        show_text(self._text, self._words if self._may() else self._otherwise)

    def showEvent(self, event: QShowEvent) -> None:
        self.follow_person()
        super().showEvent(event)


class _Picture(QWidget):
    """An icon in the middle of its room, drawn anew in whatever theme is in force."""

    def __init__(self, icon_name: str, size: int) -> None:
        super().__init__()
        self._icon_name, self._size = icon_name, size
        self.setFixedHeight(size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            left = (self.width() - self._size) // 2
            paint_icon(painter, self._icon_name, "text_faint", left, self._size / 2, self._size)


class _BareButton(QToolButton):
    """Takes its icon's colour from the theme in force."""

    def __init__(self, icon_name: str) -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setProperty("bare", True)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        self.setIcon(icons.icon(self._icon_name, "text_dim"))


def bare_button(icon_name: str, name: str, press: Callable[[], object] | None = None) -> QToolButton:
    """A 32 px button with only an icon; `name` is its tool tip and what screen readers say; `press` is then called."""
    button = _BareButton(icon_name)
    button.setIconSize(QSize(theme.px(18), theme.px(18)))
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setFixedSize(theme.px(theme.TARGET), theme.px(theme.TARGET))
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    if press is not None:
        button.clicked.connect(lambda _checked: press())
    return button
