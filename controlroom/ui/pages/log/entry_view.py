"""Shows the chosen entry at the right: its words, its picture, its addenda, and what happened around it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from controlroom.clock import show_moment, show_time
from controlroom.log.records import LogEntry, Snapshot, timeline_of_entries
from controlroom.ui import theme
from controlroom.ui.background import Background
from controlroom.ui.kit.entries import capital, day_heading, how_long, where
from controlroom.ui.kit.picture import Picture
from controlroom.ui.kit.timeline_view import TimelineView
from controlroom.ui.widgets.layout import LEFT, SPRING, TOP, at, box, column, empty, fill, gap, grow, row
from controlroom.ui.widgets.marks import Pill
from controlroom.ui.widgets.text import Facts, Rule, caption, label

AROUND = timedelta(minutes=30)
READING_WIDTH = 880  # longer lines are hard to read aloud
SNAPSHOT_WIDTH = 420
FindPicture = Callable[[Snapshot], Path]


class EntryView(QWidget):
    """Shows an entry: its words and facts here, its time in `head`, which stands above."""

    def __init__(self, find_picture: FindPicture, background: Background) -> None:
        super().__init__()
        self._find_picture, self._background = find_picture, background
        self.entry: LogEntry | None = None
        self.head = self._make_head()
        self.around, self._addenda = TimelineView(), TimelineView()
        self._around_caption = caption("Around this time: half an hour before and after, every camera")
        self._around_caption.hide()
        self._lay_out()

    def show_entry(self, entry: LogEntry) -> None:
        another = self.entry is None or self.entry.id != entry.id
        if entry == self.entry:
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
        lines = timeline_of_entries([entry])[1:]
        self._addenda.set_lines(lines)
        self._addenda.setVisible(bool(lines))
        if another:
            self._show_picture(entry.snapshot)
            self.around.set_lines(())
            self._around_caption.hide()

    def show_around(self, entries: Sequence[LogEntry]) -> None:
        chosen = self.entry
        if chosen is None:
            return
        others = [each for each in entries if each.id != chosen.id]
        lines = timeline_of_entries([*others, chosen]) if others else ()
        self.around.set_lines([line for line in lines if line.entry is not None], chosen.id)
        self._around_caption.setVisible(bool(others))

    def _show_picture(self, snapshot: Snapshot | None) -> None:
        empty(self._picture_place)
        if snapshot is not None:
            picture = Picture(lambda: self._find_picture(snapshot), self._background, width=SNAPSHOT_WIDTH)
            fill(self._picture_place, at(LEFT, picture))

    # -- building --------------------------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        self._time = label("", theme.CLOCK, theme.NUMBER)
        self._day = label("", 13, role="text_dim")
        line = Qt.AlignmentFlag.AlignBaseline
        return box(row(at(line, self._time), at(line, self._day), SPRING, spacing=12, margins=(0, 0, 24, 0)))

    def _lay_out(self) -> None:
        self._where = label("", theme.TITLE, theme.STRONG, wrap=True)
        self._category, self._late = Pill("", "idle"), Pill("", "warn")
        self._text = label("", 18, wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = Facts()
        self._picture_place = column()
        self.setMaximumWidth(theme.px(READING_WIDTH))
        column(
            row(grow(self._where), at(TOP, self._late), at(TOP, self._category), spacing=10),
            self._text,
            self._picture_place,
            self._addenda,
            Rule(),
            self._facts,
            gap(10),
            self._around_caption,
            self.around,
            SPRING,
            on=self,
            spacing=12,
            margins=(0, 8, 24, 24),
        )


def _facts(entry: LogEntry) -> list[tuple[str, str]]:
    facts = [
        ("Written by", entry.author),
        ("Source", capital(entry.source)),
        ("Recorded", show_moment(entry.recorded_at)),
    ]
    if entry.spooled and entry.accepted_at is not None:
        said = f"{show_moment(entry.accepted_at)}, kept on the desk until it could be saved"
        facts.append(("Accepted", said))
    facts.append(("Brought in by", entry.brought_in_by))
    facts += [
        ("Ward", entry.ward),
        ("CAD", entry.cad),
        ("Incident", entry.incident_reference),
        ("Snapshot", f"SHA-256 {entry.snapshot.sha256[:16]}…" if entry.snapshot is not None else ""),
        ("Entry", entry.unsaved or f"number {entry.id}, never changed"),
    ]
    return [fact for fact in facts if fact[1]]
