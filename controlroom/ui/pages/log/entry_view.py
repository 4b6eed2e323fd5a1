"""The record on the right of the log: one entry, what may be done with it, and what happened around it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from controlroom.clock import show_moment, show_time
from controlroom.log.records import LogEntry, Snapshot, TimelineLine
from controlroom.log.timeline import timeline_of_entries
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.ask_place import AskPlace
from controlroom.ui.kit.entry_words import capital, day_heading, how_long, where
from controlroom.ui.kit.flow import FlowLayout
from controlroom.ui.kit.picture import Picture
from controlroom.ui.kit.timeline_view import TimelineView
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import Facts, Rule, caption, label

AROUND = timedelta(minutes=30)
READING_WIDTH = 880  # longer lines are hard to read aloud
SNAPSHOT_WIDTH = 420
FindPicture = Callable[[Snapshot], Path]


class EntryView(QWidget):
    """Shows an entry; asks go into the place below its actions."""

    addendum_wanted = Signal()
    incident_wanted = Signal()  # open one from this entry
    incident_chosen = Signal(int)  # show the one it belongs to

    def __init__(
        self, find_picture: FindPicture, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._find_picture, self._background = find_picture, background
        self.entry: LogEntry | None = None
        self.asks = AskPlace()
        self.asks.changed.connect(self._give_room)
        self._make_head()
        self.add_addendum = KeyButton("Addendum", "U", "primary", "note-pencil")
        self.open_incident = KeyButton("Open incident", "I", icon_name="warning")
        self.show_incident = KeyButton("Show incident", "G", icon_name="arrow-square-out")
        self.around = TimelineView()
        self._addenda = TimelineView()
        self._lay_out()
        self.add_addendum.clicked.connect(lambda _checked: self.addendum_wanted.emit())
        self.open_incident.clicked.connect(lambda _checked: self.incident_wanted.emit())
        self.show_incident.clicked.connect(lambda _checked: self._choose_incident())

    def show_entry(self, entry: LogEntry, *, may_add: bool, may_open: bool) -> None:
        """Show an entry, with what this person may do."""
        another = self.entry is None or self.entry.id != entry.id
        if not another and entry == self.entry:
            return
        self.entry = entry
        self._time.setText(show_time(entry.occurred_at, seconds=True))
        self._day.setText(day_heading(entry.occurred_at))
        self._where.setText(where(entry) or "No camera")
        self._category.set(capital(entry.category), "idle")
        self._late.setVisible(entry.late)
        self._late.set(f"written {how_long(entry.late_by)} later", "warn")
        self._text.setText(entry.text)
        self._facts.set_facts(_facts(entry))
        self.add_addendum.setVisible(may_add)
        self.open_incident.setVisible(may_open and not entry.incident_reference)
        self.show_incident.setVisible(bool(entry.incident_reference))
        self.show_incident.set_text(f"Show {entry.incident_reference}")
        primary = self.show_incident if entry.incident_reference else self.add_addendum
        for button in (self.add_addendum, self.show_incident):
            button.set_kind("primary" if button is primary else "secondary")
        lines = timeline_of_entries([entry])[1:]
        self._addenda.set_lines(lines)
        self._addenda.setVisible(bool(lines))
        self._show_picture(entry, another)
        if another:
            self.around.set_lines(())
            self._around_caption.hide()
            self._scroll.verticalScrollBar().setValue(0)

    def show_around(self, entries: Sequence[LogEntry]) -> None:
        """Show what was written within half an hour of it."""
        chosen = self.entry
        if chosen is None:
            return
        others = [each for each in entries if each.id != chosen.id]
        lines: tuple[TimelineLine, ...] = timeline_of_entries([*others, chosen]) if others else ()
        self.around.set_lines([line for line in lines if line.entry is not None], chosen.id)
        self._around_caption.setVisible(bool(others))

    def _give_room(self) -> None:
        for each in (self._head, self._buttons, self._scroll):
            each.setVisible(not self.asks.is_new)

    def _choose_incident(self) -> None:
        if self.entry is not None and self.entry.incident_id is not None:
            self.incident_chosen.emit(self.entry.incident_id)

    def _show_picture(self, entry: LogEntry, another: bool) -> None:
        if not another:
            return
        while (item := self._picture_place.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        snapshot = entry.snapshot
        if snapshot is not None:
            picture = Picture(lambda: self._find_picture(snapshot), self._background, width=SNAPSHOT_WIDTH)
            self._picture_place.addWidget(picture, 0, Qt.AlignmentFlag.AlignLeft)

    # -- building --------------------------------------------------------------------------------------------

    def _make_head(self) -> None:
        self._time = label("", theme.CLOCK, theme.NUMBER)
        self._day = label("", 13, role="text_dim")
        self._where = label("", theme.TITLE, theme.STRONG, wrap=True)
        self._category, self._late = Pill("", "idle"), Pill("", "warn")
        self._text = label("", 18, wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = Facts()
        self._around_caption = caption("Around this time: half an hour before and after, every camera")
        self._around_caption.hide()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 0, 0)
        outer.setSpacing(12)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setSpacing(12)
        for each in (self._time, self._day):
            head.addWidget(each, 0, Qt.AlignmentFlag.AlignBaseline)
        head.addStretch(1)
        head.setContentsMargins(0, 0, 24, 0)
        outer.addWidget(self._head)
        self._buttons = QWidget()
        flow = FlowLayout(self._buttons)
        for button in (self.show_incident, self.add_addendum, self.open_incident):
            flow.addWidget(button)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._buttons.setSizePolicy(policy)
        outer.addWidget(self._buttons)
        outer.addWidget(self.asks)
        outer.addWidget(self._make_body(), 1)
        outer.addStretch(0)

    def _make_body(self) -> QScrollArea:
        inner = QWidget()
        inner.setMaximumWidth(theme.px(READING_WIDTH))
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 8, 24, 24)
        column.setSpacing(12)
        title = QHBoxLayout()
        title.setSpacing(10)
        title.addWidget(self._where, 1)
        title.addWidget(self._late, 0, Qt.AlignmentFlag.AlignTop)
        title.addWidget(self._category, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(title)
        column.addWidget(self._text)
        self._picture_place = QVBoxLayout()
        column.addLayout(self._picture_place)
        column.addWidget(self._addenda)
        column.addWidget(Rule())
        column.addWidget(self._facts)
        column.addSpacing(10)
        column.addWidget(self._around_caption)
        column.addWidget(self.around)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        return self._scroll


def _facts(entry: LogEntry) -> list[tuple[str, str]]:
    facts = [
        ("Written by", entry.author),
        ("Source", capital(entry.source)),
        ("Recorded", show_moment(entry.recorded_at)),
    ]
    if entry.spooled and entry.accepted_at is not None:
        facts.append(
            ("Accepted", f"{show_moment(entry.accepted_at)}, kept on the desk until it could be saved")
        )
    if entry.ward:
        facts.append(("Ward", entry.ward))
    if entry.cad:
        facts.append(("CAD", entry.cad))
    if entry.incident_reference:
        facts.append(("Incident", entry.incident_reference))
    if entry.snapshot is not None:
        facts.append(("Snapshot", f"SHA-256 {entry.snapshot.sha256[:16]}…"))
    facts.append(("Entry", f"number {entry.id}, never changed"))
    return facts
