"""What narrows the audit trail, in one line above it: who, what, about what, when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QDateEdit, QLineEdit, QWidget

from controlroom.audit.records import AuditFilter
from controlroom.clock import local_date, london
from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, fill, row
from controlroom.ui.widgets.value_box import ValueBox

BETWEEN = -1
PERIODS: tuple[tuple[str, int], ...] = (
    ("Any time", 0),
    ("Today", 1),
    ("Last 7 days", 7),
    ("Last 30 days", 30),
    ("Last 12 months", 365),
    ("Between", BETWEEN),
)
TYPED_WAITS_MS = 300


class AuditFilterBar(QWidget):
    """Emits `changed` when something else is asked for."""

    changed = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person, self.action = ValueBox([("Anyone", "")]), ValueBox([("Any action", "")])
        self.subject, self.period = QLineEdit(), ValueBox(list(PERIODS))
        self.first, self.last = QDateEdit(), QDateEdit()
        self._clear = KeyButton("Clear", "Ctrl+Backspace", "quiet", bind=False)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_WAITS_MS)
        self._lay_out(today)
        for box in (self.person, self.action, self.period):
            box.currentIndexChanged.connect(lambda _index: self._tell())
        for edit in (self.first, self.last):
            edit.dateChanged.connect(lambda _day: self._tell())
        self.subject.textEdited.connect(lambda _text: self._typed.start())
        self._typed.timeout.connect(self._tell)
        self._clear.clicked.connect(lambda _checked: self.clear())

    def set_choices(self, people: Sequence[str], actions: Sequence[str], words: Mapping[str, str]) -> None:
        """What there is to choose from, actions in the given words; what was chosen stays."""
        for box, first, values in ((self.person, "Anyone", people), (self.action, "Any action", actions)):
            chosen = box.value
            with QSignalBlocker(box):
                box.set_choices([(first, ""), *((words.get(value, value), value) for value in values)])
                box.value = chosen if chosen in values else ""

    def filter(self, now: datetime, kinds: frozenset[str] = frozenset(), words: str = "") -> AuditFilter:
        """What is asked for, as of `now`."""
        since, until = self._span(local_date(now))
        return AuditFilter(
            actor=self.person.value or "",
            action=self.action.value or "",
            kinds=kinds,
            subject=self.subject.text(),
            since=london(since) if since else None,
            until=london(until) if until else None,
            words=words,
        )

    def clear(self) -> None:
        """Ask for everything again."""
        with QSignalBlocker(self):
            self.subject.clear()
            for box in (self.person, self.action):
                box.value = ""
            self.period.value = 0
        self._tell()

    def _span(self, today: date) -> tuple[date | None, date | None]:
        if self.period.value == BETWEEN:
            days = [_day(edit.date()) for edit in (self.first, self.last)]
            return min(days), max(days) + timedelta(days=1)
        return (today - timedelta(days=self.period.value - 1), None) if self.period.value else (None, None)

    def _tell(self) -> None:
        between = self.period.value == BETWEEN
        for edit in (self.first, self.last):
            edit.setVisible(between)
        self.changed.emit()

    def _lay_out(self, today: date) -> None:
        across = row(on=self, spacing=8, margins=(12, 10, 12, 0))
        self.subject.setPlaceholderText("Reference or number")
        for widget, name, width in (
            (self.person, "Who", 150),
            (self.action, "Action", 170),
            (self.subject, "About", 200),
            (self.period, "When", 150),
            (self.first, "First day", 120),
            (self.last, "Last day", 120),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)
            widget.setMinimumHeight(theme.px(34))
            widget.setMaximumWidth(theme.px(width))
            across.addWidget(widget, 1)
        for edit in (self.first, self.last):
            edit.setDisplayFormat("dd MMM yyyy")
            edit.setCalendarPopup(True)
            edit.setDate(QDate(today.year, today.month, today.day))
            edit.hide()
        fill(across, SPRING, self._clear)


def _day(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
