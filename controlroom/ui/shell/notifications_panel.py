"""Lists every message of this session, by kind; alarms can be acknowledged here too."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from controlroom.clock import show_time
from controlroom.ui import theme
from controlroom.ui.messages import Kind, Messages, Notice
from controlroom.ui.shell.message_strip import KINDS, STATES
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, TOP, at, column, discard, fill, gap, grow, row, scrolling
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.text import label

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
        buttons = row(spacing=8)
        if notice.waits:
            seen = KeyButton("Acknowledge", kind="primary", press=lambda: messages.acknowledge(notice))
            buttons.addWidget(seen)
        if message.action is not None:
            buttons.addWidget(KeyButton(message.action_text or "Show", press=self.act))
        said = column(
            label(message.text, 13.5, theme.MEDIUM, wrap=True),
            label(message.rest, 12.5, role="text_dim", wrap=True) if message.rest else None,
            label(self._when(), 12, role="text_dim", wrap=True),
            spacing=2,
        )
        if buttons.count():
            fill(said, gap(4), fill(buttons, SPRING))
        mark = at(TOP, Mark(STATES[message.kind], 9))
        row(mark, grow(said), on=self, spacing=10, margins=(12, 10, 10, 10))
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


class NotificationsPanel(Overlay):
    """Opens over the right side of the page; Esc or its button closes it.

    While it is open its rows keep their places, so that Enter acts on what was seen; newer messages wait behind a
    button.
    """

    def __init__(self, messages: Messages, ground: QWidget) -> None:
        super().__init__("Notifications of this session", ground)
        self._messages = messages
        self.rows: list[NoticeRow] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.filter = Choices([name for name, _ in FILTERS], chips=True)
        self.clear_button = KeyButton("Clear", press=messages.clear)
        self.clear_button.setToolTip("Take away all but the alarms nobody acknowledged")
        self.newer_button = KeyButton("", icon_name="arrow-up", press=self._fill)
        self.newer_button.hide()
        self._empty = EmptyState("", "", "bell")
        self._layout = column(SPRING, spacing=6, margins=(0, 0, 6, 0))
        self._scroll = scrolling(self._layout)
        head = self.head("Notifications", self.clear_button)
        parts = (head, self.filter, self.newer_button, grow(self._scroll), grow(self._empty))
        column(*parts, on=self, spacing=8, margins=(14, 10, 10, 10))
        self._soon = one_shot(self, 120, self._follow)  # a burst of messages is drawn once
        messages.changed.connect(self._changed)
        self.filter.chosen.connect(self._fill)
        self.filter.arrowed.connect(self._enter)

    def open_panel(self) -> None:
        """Open with what there is."""
        self._fill()
        self._messages.read()
        self.come_up(self.rows[0] if self.rows else self)

    def _enter(self, step: int) -> None:
        if self.rows:
            self.rows[0 if step > 0 else -1].setFocus(Qt.FocusReason.TabFocusReason)

    def _step(self, at_row: NoticeRow, step: int) -> None:
        beside = self.rows[(self.rows.index(at_row) + step) % len(self.rows)]
        beside.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(beside)

    def _changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _wanted(self) -> list[Notice]:
        """What there is to show by now; alarms that wait come first, however old they are."""
        wanted = self._messages.book.newest_first(FILTERS[self.filter.index][1])
        return sorted(wanted, key=lambda notice: not notice.waits)[:ROWS]

    def _fill(self) -> None:
        """Show what there is by now, in its order."""
        self._show(self._wanted())
        self.newer_button.hide()
        if self.isVisible():
            self._messages.read()

    def _follow(self) -> None:
        """Bring the rows up to date where they stand, and offer what is newer."""
        wanted, shown = self._wanted(), [each.notice for each in self.rows]
        newer = len([each for each in wanted if each not in shown])
        kept = [each for each in shown if each in wanted]
        if not kept:
            self._fill()
            return
        self._show(kept)
        self.newer_button.set_text(f"Show {newer} newer")
        self.newer_button.setVisible(newer > 0)

    def _show(self, notices: list[Notice]) -> None:
        book, at = self._messages.book, self.window().focusWidget() or self
        focused = next((i for i, each in enumerate(self.rows) if each is at or each.isAncestorOf(at)), None)
        if focused is not None and (seen := self.rows[focused].notice) in notices:
            focused = notices.index(seen)
        for old in self.rows:
            self._layout.removeWidget(old)
            discard(old)
        self.rows = [NoticeRow(notice, self._messages) for notice in notices]
        for place, each in enumerate(self.rows):
            each.stepped.connect(lambda step, row=each: self._step(row, step))
            self._layout.insertWidget(place, each)
            each.show()
        for index, (_, kind) in enumerate(FILTERS):
            self.filter.set_count(index, len(book.newest_first(kind)) or None)
        self._empty.set_text(*self._nothing())
        self._empty.setVisible(not self.rows)
        self._scroll.setVisible(bool(self.rows))
        self.clear_button.setEnabled(len(book.newest_first()) > len(book.waiting))
        if focused is not None and self.isVisible():
            (self.rows[min(focused, len(self.rows) - 1)] if self.rows else self).setFocus()

    def _nothing(self) -> tuple[str, str]:
        name, kind = FILTERS[self.filter.index]
        if kind is not None:
            return f"Nothing under “{name}”", "Choose All to see everything said in this session."
        return (
            "Nothing was said yet",
            "Alarms, warnings, failures and what was done are kept here until the desk closes.",
        )

    def place(self) -> None:
        width = min(theme.px(WIDTH), self.ground.width() - 24)
        self.setGeometry(self.ground.width() - width - 12, 10, width, self.ground.height() - 20)
