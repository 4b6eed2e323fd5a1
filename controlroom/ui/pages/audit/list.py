"""Shows the list of the audit trail, and narrows it: who, what, about what, when.

It is asked of the service by filter, chips and words; older entries are read as one scrolls.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from controlroom.accounts.audit_trail import AuditTrail
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.records import AuditEntry, AuditFilter, AuditPart
from controlroom.clock import local_date
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.day_edit import DayEdit
from controlroom.ui.kit.filter_box import OwnFilter, between
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.pages.audit.words import columns
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.choices import ValueBox
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, fill, row
from controlroom.ui.widgets.text import label

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


class AuditFilterBar(OwnFilter):
    """Emits `changed` when something else is asked for."""

    changed = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person, self.action = ValueBox([("Anyone", "")]), ValueBox([("Any action", "")])
        self.subject, self.period = QLineEdit(), ValueBox(list(PERIODS))
        self.first, self.last = DayEdit(today, when="past"), DayEdit(today, when="past")
        self._clear = KeyButton("Clear", "Ctrl+Backspace", "quiet", bind=False)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_WAITS_MS)
        self._lay_out()
        for box in (self.person, self.action, self.period):
            box.currentIndexChanged.connect(lambda _index: self._tell())
        for edit in (self.first, self.last):
            edit.settled.connect(self._tell)
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
            since=since,
            until=until,
            words=words,
        )

    def clear(self) -> None:
        with QSignalBlocker(self):
            self.subject.clear()
            for box in (self.person, self.action):
                box.value = ""
            self.period.value = 0
        self._tell()

    def chosen(self) -> tuple[Any, ...]:
        boxes = (self.person.value, self.action.value, self.period.value)
        return (self.subject.text(), boxes, (self.first.text(), self.last.text()))

    def choose(self, chosen: tuple[Any, ...]) -> None:
        if chosen == self.chosen():
            return
        subject, boxes, days = chosen
        with QSignalBlocker(self):
            self.subject.setText(subject)
            for box, value in zip((self.person, self.action, self.period), boxes, strict=True):
                box.value = value
            for edit, day in zip((self.first, self.last), days, strict=True):
                edit.setText(day)
        self._tell()

    def _span(self, today: date) -> tuple[datetime | None, datetime | None]:
        if self.period.value == BETWEEN:
            return between(self.first.value, self.last.value)
        first = today - timedelta(days=self.period.value - 1) if self.period.value else None
        return between(first, None)

    def _tell(self) -> None:
        between = self.period.value == BETWEEN
        for edit in (self.first, self.last):
            edit.setVisible(between)
        self.changed.emit()

    def _lay_out(self) -> None:
        across = row(on=self, spacing=8, margins=(12, 10, 12, 0))
        self.subject.setPlaceholderText("Reference or number")
        for widget, name, width in (
            (self.person, "Who", 150),
            (self.action, "Action", 170),
            (self.subject, "About", 200),
            (self.period, "When", 150),
            (self.first, "First day", 186),
            (self.last, "Last day", 186),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)
            widget.setMinimumHeight(theme.px(34))
            widget.setMaximumWidth(theme.px(width))
            across.addWidget(widget, 1)
        for edit in (self.first, self.last):
            edit.setMinimumWidth(theme.px(180))
            edit.hide()
        fill(across, SPRING, self._clear)


ALL: tuple[str, frozenset[str]] = ("All", frozenset())


class AuditList(LocalList[AuditEntry]):
    """Takes the place of reading everything: each reading asks for the newest part of what is wanted."""

    def __init__(self, context: PageContext, trail: AuditTrail) -> None:
        self._trail, self._groups = trail, [ALL, *trail.groups.items()]
        self.filters = AuditFilterBar(local_date(context.clock.now()))
        self.before: int | None = None  # the entry whose older ones come next; None: there are none
        self._export_wanted: tuple[Actor, AuditFilter] | None = None
        super().__init__(
            context,
            "audit",
            columns(trail.words),
            lambda entry: entry.sequence,
            lambda _actor: (),
            chips=[(name, None) for name, _ in self._groups],
            export=Permission.EXPORT_AUDIT,
            above=self.filters,
            empty=EmptyState(
                "No such entry", "Whatever anyone does here is entered. Clear the filter?", "fingerprint"
            ),
            search_hint="Words in it",
            sort_by="Entry",
            descending=True,
            search_elsewhere=True,
            export_from=self._everything,
        )
        self._notes = label("", theme.SMALL, role="text_dim", wrap=True)
        self._notes.hide()
        self.body.insertWidget(0, self._notes)
        self.chips.chosen.connect(lambda _chip: self.reload())
        self.filters.changed.connect(self.reload)
        self.table.search.searched.connect(lambda _words: self.reload())
        self.table.view.verticalScrollBar().valueChanged.connect(self._read_on)

    def say(self, notes: Sequence[str]) -> None:
        """Say over the list what whoever relies on a sound chain should know."""
        self._notes.setText("\n".join(f"{each[:1].upper()}{each[1:]}." for each in notes))
        self._notes.setVisible(bool(notes))

    @property
    def notes(self) -> str:
        """What is said over the list."""
        return self._notes.text()

    @property
    def at_top(self) -> bool:
        """True while nobody reads further down."""
        return self.table.view.verticalScrollBar().value() == 0

    def reload(self) -> None:
        if not self.may_read():
            return
        actor, wanted = self._context.session.actor, self._wanted()
        self.before, self._export_wanted = None, (actor, wanted)
        self.run_reading(lambda: self._trail.entries(actor, wanted), self._take)

    def count_chips(self, records: Sequence[AuditEntry]) -> None:
        """No counts: only a part of the trail is here."""

    def _take(self, part: AuditPart) -> None:
        self.before = part.before
        self.set_records(part.entries)

    def _read_on(self, place: int) -> None:
        """Near the end of what is shown: read the next part, older ones."""
        bar = self.table.view.verticalScrollBar()
        if self.before is None or place < bar.maximum() - bar.pageStep():
            return
        older_than, self.before = self.before, None
        actor, wanted = self._context.session.actor, self._wanted()
        self.run_reading(lambda: self._trail.entries(actor, wanted, older_than=older_than), self._take_more)

    def _take_more(self, part: AuditPart) -> None:
        self.before = part.before
        self.table.append_records(part.entries)
        self.arrived.emit(self.table.model.records)

    def _wanted(self) -> AuditFilter:
        kinds = self._groups[self.chips.index][1]
        return self.filters.filter(self._context.clock.now(), kinds, self.table.search.text())

    def _everything(self) -> list[AuditEntry]:
        """For export: all that is asked for, read to the end (on a background thread)."""
        return self._trail.export(*self._export_wanted) if self._export_wanted is not None else []
