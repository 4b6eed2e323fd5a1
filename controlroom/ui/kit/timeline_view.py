"""A timeline to read aloud: when, what, who, one line under the other, with the pictures kept."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from controlroom.clock import local_date, show_day, show_time
from controlroom.incidents.records import StepKind, StepLine
from controlroom.log.records import LogEntry, Snapshot, TimelineLine
from controlroom.ui import theme
from controlroom.ui.kit.entry_words import OWN_SIGHTING, capital, late_words
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.pill import Pill
from controlroom.ui.widgets.text import label

TIME_WIDTH, RAIL_WIDTH = 82, 26
_MARKS = {
    StepKind.OPENED: "accent",
    StepKind.MOVED: "planned",
    StepKind.INFORMED: "live",
    StepKind.AMENDED: "idle",
    StepKind.ADDENDUM: "warn",
}
MakePicture = Callable[[Snapshot], QWidget]


class TimelineView(QWidget):
    """Shows lines in the order given. `make_picture` makes the widget for a snapshot."""

    def __init__(self, make_picture: MakePicture | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_picture = make_picture
        self._lines: tuple[TimelineLine, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def lines(self) -> tuple[TimelineLine, ...]:
        """What is shown."""
        return self._lines

    def set_lines(
        self, lines: Sequence[TimelineLine], chosen_entry: int | None = None, *, category: str = ""
    ) -> None:
        """Show these; the entry `chosen_entry` stands out, and the category they all share is not repeated."""
        self._lines = tuple(lines)
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        before: datetime | None = None
        for place, line in enumerate(self._lines):
            new_day = before is None or local_date(before) != local_date(line.at)
            chosen = line.entry is not None and line.entry.id == chosen_entry
            row = TimelineRow(
                line,
                show_date=new_day,
                last=place == len(self._lines) - 1,
                first=place == 0,
                chosen=chosen,
                make_picture=self._make_picture,
                category=category,
            )
            self._column.addWidget(row)
            before = line.at


class TimelineRow(QWidget):
    """One line: time at the left, its mark on the rail, title, words, and what belongs to it."""

    def __init__(
        self,
        line: TimelineLine,
        *,
        show_date: bool,
        first: bool,
        last: bool,
        chosen: bool,
        make_picture: MakePicture | None,
        category: str,
    ) -> None:
        super().__init__()
        self._chosen, self._category = chosen, category
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 14, 0)
        row.setSpacing(0)
        row.addWidget(self._time(line, show_date))
        row.addWidget(Rail(_mark(line), first=first, last=last))
        row.addWidget(self._words(line, make_picture), 1)
        said = f"{show_time(line.at)}. {line.title}. {line.text} {line.author}."
        self.setAccessibleName(said)

    def _time(self, line: TimelineLine, show_date: bool) -> QWidget:
        box = QWidget()
        box.setFixedWidth(theme.px(TIME_WIDTH))
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 9, 0, 0)
        column.setSpacing(1)
        column.addWidget(label(show_time(line.at, seconds=True), theme.BODY, theme.STRONG))
        if show_date:
            column.addWidget(label(show_day(local_date(line.at)), theme.SMALL, role="text_dim"))
        column.addStretch(1)
        return box

    def _words(self, line: TimelineLine, make_picture: MakePicture | None) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(4, 8, 0, 12)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(10)
        title = label(line.title, 13 if line.entry else theme.BODY, theme.STRONG)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        if line.entry is not None and (late := late_words(line.entry)):
            head.addWidget(Pill(late, "warn"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(label(line.author, theme.SMALL, role="text_dim"), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        if line.text:
            text = label(line.text, 16 if self._chosen else 15, role="text", wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            policy = text.sizePolicy()
            policy.setHeightForWidth(True)
            text.setSizePolicy(policy)
            column.addWidget(text)
        entry = line.entry
        if entry is not None:
            facts = _facts(entry, self._category)
            if facts:
                column.addWidget(label(facts, theme.SMALL, role="text_dim", wrap=True))
            if entry.snapshot is not None and make_picture is not None:
                column.addSpacing(4)
                column.addWidget(make_picture(entry.snapshot), 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._chosen:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("selected"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 0, 0, -4), theme.RADIUS, theme.RADIUS)
        painter.end()


class Rail(QWidget):
    """The line that joins the lines, and this one's mark on it."""

    def __init__(self, mark: str, *, first: bool, last: bool) -> None:
        super().__init__()
        self._mark, self._first, self._last = mark, first, last
        self.setFixedWidth(theme.px(RAIL_WIDTH))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(RAIL_WIDTH), 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle, size = theme.px(8) + 0.0, theme.px(10) + 0.0
        top = theme.px(19) + 0.0
        line = theme.color("line")
        if not self._first:
            painter.fillRect(QRectF(middle - 0.75, 0, 1.5, top - size / 2 - 3), line)
        if not self._last:
            below = top + size / 2 + 3
            painter.fillRect(QRectF(middle - 0.75, below, 1.5, self.height() - below), line)
        paint_mark(painter, QRectF(middle - size / 2, top - size / 2, size, size), self._mark)
        painter.end()


def _facts(entry: LogEntry, category: str) -> str:
    """What else an entry says, in small: what is usual is left out."""
    parts = [
        capital(entry.category) if entry.category != category else "",
        "" if entry.source == OWN_SIGHTING else capital(entry.source),
        f"CAD {entry.cad}" if entry.cad else "",
    ]
    return " · ".join(part for part in parts if part)


def _mark(line: TimelineLine) -> str:
    if isinstance(line, StepLine):
        return _MARKS[line.step.kind]
    return "accent" if line.entry is not None else "warn"
