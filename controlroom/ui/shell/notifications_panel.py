"""Everything said in this session, at the page's right: never modal, filtered by kind, alarms answered here too."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from controlroom.clock import show_time
from controlroom.ui import theme
from controlroom.ui.messages import Messages
from controlroom.ui.shell.message_strip import KINDS, STATES
from controlroom.ui.shell.notices import Kind, Notice
from controlroom.ui.widgets.card import EmptyState, bare_button
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import heading, label

WIDTH = 420
ROWS = 100
FILTERS: tuple[tuple[str, Kind | None], ...] = (
    ("All", None),
    ("Alarms", "alarm"),
    ("Failed", "error"),
    ("Warnings", "warn"),
    ("Done", "done"),
)


class NoticeRow(QFrame):
    """One notice: when, what, how often, and what became of it."""

    stepped = Signal(int)  # up or down to the next

    def __init__(self, notice: Notice, messages: Messages) -> None:
        super().__init__()
        self.notice, self._messages = notice, messages
        message = notice.message
        self.setProperty("notice", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 10, 10)
        row.setSpacing(10)
        row.addWidget(Mark(STATES[message.kind], 9), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(message.text, 13.5, theme.MEDIUM, wrap=True))
        if message.rest:
            words.addWidget(label(message.rest, 12.5, role="text_dim", wrap=True))
        words.addWidget(label(self._when(), 12, role="text_dim", wrap=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        if notice.waits:
            seen = KeyButton("Acknowledge", kind="primary")
            seen.clicked.connect(lambda _checked: messages.acknowledge(notice))
            buttons.addWidget(seen)
        if message.action is not None:
            act = KeyButton(message.action_text or "Show")
            act.clicked.connect(lambda _checked: self.act())
            buttons.addWidget(act)
        if buttons.count():
            buttons.addStretch(1)
            words.addSpacing(4)
            words.addLayout(buttons)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{KINDS[message.kind]}: {message.text} {message.rest} {self._when()}")

    def act(self) -> None:
        """Do what the notice offers."""
        if self.notice.message.action is not None:
            self.notice.message.action()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.notice.waits:
                self._messages.acknowledge(self.notice)
            else:
                self.act()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):  # or the area around would scroll instead
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _when(self) -> str:
        notice = self.notice
        parts = [KINDS[notice.kind], show_time(notice.at, seconds=True)]
        if notice.count > 1:
            parts.append(f"{notice.count} times since {show_time(notice.first_at, seconds=True)}")
        if notice.acknowledged_at is not None:
            who = notice.acknowledged_by or "nobody signed in"
            parts.append(f"acknowledged {show_time(notice.acknowledged_at, seconds=True)} by {who}")
        elif notice.waits:
            parts.append("not acknowledged")
        return " · ".join(parts)


class NotificationsPanel(QFrame):
    """Opens over the right side of `ground`; Esc or its button closes it."""

    def __init__(self, messages: Messages, ground: QWidget) -> None:
        super().__init__(ground)
        self._messages, self._ground = messages, ground
        self._before: QWidget | None = None
        self.rows: list[NoticeRow] = []
        self.setProperty("overlay", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Notifications of this session")
        self.filter = Choices([name for name, _ in FILTERS], chips=True)
        self.clear_button = KeyButton("Clear")
        self.clear_button.setToolTip("Take away all but the alarms nobody acknowledged")
        self._empty = EmptyState("", "", "bell")
        self._list = QWidget()
        self._layout = QVBoxLayout(self._list)
        self._scroll = QScrollArea()
        self._lay_out()
        self.hide()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)  # a burst of messages is drawn once
        self._soon.timeout.connect(self._fill)
        messages.changed.connect(self._changed)
        self.filter.chosen.connect(lambda _index: self._fill())
        self.clear_button.clicked.connect(lambda _checked: messages.clear())
        ground.installEventFilter(self)

    def toggle(self) -> None:
        """Open with what there is, or close."""
        if self.isVisible():
            self.close_panel()
            return
        self._before = self.window().focusWidget()
        self._fill()
        self._place()
        self.show()
        self.raise_()
        self._messages.read()
        (self.rows[0] if self.rows else self).setFocus(Qt.FocusReason.PopupFocusReason)

    def close_panel(self) -> None:
        """Close and give the focus back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def _step(self, row: NoticeRow, step: int) -> None:
        beside = self.rows[(self.rows.index(row) + step) % len(self.rows)]
        beside.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(beside)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._ground and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _fill(self) -> None:
        at = next(
            (i for i, row in enumerate(self.rows) if row.isAncestorOf(self.focusWidget() or self)), None
        )
        for row in self.rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        book = self._messages.book
        wanted = book.newest_first(FILTERS[self.filter.index][1])
        # Alarms that wait come first, however old they are.
        shown = sorted(wanted, key=lambda notice: not notice.waits)[:ROWS]
        self.rows = [NoticeRow(notice, self._messages) for notice in shown]
        for place, row in enumerate(self.rows):
            row.stepped.connect(lambda step, row=row: self._step(row, step))
            self._layout.insertWidget(place, row)
        for index, (_, kind) in enumerate(FILTERS):
            self.filter.set_count(index, len(book.newest_first(kind)) or None)
        self._empty.set_text(*self._nothing())
        self._empty.setVisible(not self.rows)
        self._scroll.setVisible(bool(self.rows))
        self.clear_button.setEnabled(len(book.newest_first()) > len(book.waiting))
        if at is not None and self.isVisible():
            (self.rows[min(at, len(self.rows) - 1)] if self.rows else self).setFocus()
        if self.isVisible():
            self._messages.read()

    def _nothing(self) -> tuple[str, str]:
        name, kind = FILTERS[self.filter.index]
        if kind is not None:
            return f"Nothing under “{name}”", "Choose All to see everything said in this session."
        return (
            "Nothing was said yet",
            "Alarms, warnings, failures and what was done are kept here until the desk closes.",
        )

    def _place(self) -> None:
        width = min(theme.px(WIDTH), self._ground.width() - 24)
        self.setGeometry(self._ground.width() - width - 12, 10, width, self._ground.height() - 20)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 10, 10, 10)
        outer.setSpacing(8)
        head = QHBoxLayout()
        close = bare_button("x", "Close (Esc)")
        close.clicked.connect(lambda _checked: self.close_panel())
        head.addWidget(heading("Notifications"), 1)
        head.addWidget(self.clear_button)
        head.addWidget(close)
        outer.addLayout(head)
        outer.addWidget(self.filter)
        self._layout.setContentsMargins(0, 0, 6, 0)
        self._layout.setSpacing(6)
        self._layout.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._empty, 1)
