"""Shows a timeline to read aloud: when, what, who, one line under the other, with pictures."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.clock import local_date, show_day, show_time
from controlroom.incidents.records import StepKind, StepLine
from controlroom.log.records import LogEntry, Snapshot, TimelineLine
from controlroom.ui import theme
from controlroom.ui.kit.entries import OWN_SIGHTING, capital, late_words
from controlroom.ui.widgets.layout import LEFT, SPRING, TOP, at, box, column, empty, gap, grow, row
from controlroom.ui.widgets.marks import Pill, paint_mark
from controlroom.ui.widgets.painting import painting, rounded
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

    def __init__(self, make_picture: MakePicture | None = None) -> None:
        super().__init__()
        self._make_picture = make_picture
        self._lines: tuple[TimelineLine, ...] = ()
        self._column = column(on=self)

    @property
    def lines(self) -> tuple[TimelineLine, ...]:
        """What is shown."""
        return self._lines

    def set_lines(
        self, lines: Sequence[TimelineLine], chosen_entry: int | None = None, *, category: str = ""
    ) -> None:
        """Show these; the entry `chosen_entry` stands out, and the category they all share is not repeated."""
        self._lines = tuple(lines)
        empty(self._column)
        before: datetime | None = None
        for place, line in enumerate(self._lines):
            new_day = before is None or local_date(before) != local_date(line.at)
            chosen = line.entry is not None and line.entry.id == chosen_entry
            shown = TimelineRow(
                line,
                show_date=new_day,
                last=place == len(self._lines) - 1,
                first=place == 0,
                chosen=chosen,
                make_picture=self._make_picture,
                category=category,
            )
            self._column.addWidget(shown)
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
        rail = TimelineRail(_mark(line), first=first, last=last)
        row(
            _time(line, show_date),
            rail,
            grow(self._words(line, make_picture)),
            on=self,
            margins=(12, 0, 14, 0),
        )
        said = f"{show_time(line.at)}. {line.title}. {line.text} {line.author}."
        self.setAccessibleName(said)

    def _words(self, line: TimelineLine, make_picture: MakePicture | None) -> QWidget:
        entry = line.entry
        title = label(line.title, 13 if entry else theme.BODY, theme.STRONG, wrap=True)
        late = late_words(entry) if entry is not None else ""
        author = label(line.author, theme.SMALL, role="text_dim")
        head = row(grow(title), at(TOP, Pill(late, "warn")) if late else None, at(TOP, author), spacing=10)
        facts = _facts(entry, self._category) if entry is not None else ""
        picture = ()
        if entry is not None and entry.snapshot is not None and make_picture is not None:
            picture = (gap(4), at(LEFT, make_picture(entry.snapshot)))
        small = label(facts, theme.SMALL, role="text_dim", wrap=True) if facts else None
        text = self._text(line.text) if line.text else None
        return box(column(head, text, small, *picture, spacing=4, margins=(4, 8, 0, 12)))

    def _text(self, words: str) -> QWidget:
        text = label(words, 16 if self._chosen else 15, role="text", wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = text.sizePolicy()
        policy.setHeightForWidth(True)
        text.setSizePolicy(policy)
        return text

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._chosen:
            return
        with painting(self) as painter:
            rounded(painter, QRectF(self.rect()).adjusted(0, 0, 0, -4), "selected")


class TimelineRail(QWidget):
    """The line that joins the lines, and this one's mark on it."""

    def __init__(self, mark: str, *, first: bool, last: bool) -> None:
        super().__init__()
        self._mark, self._first, self._last = mark, first, last
        self.setFixedWidth(theme.px(RAIL_WIDTH))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(RAIL_WIDTH), 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        middle, size, top = theme.px(8), theme.px(10), theme.px(19)
        line = theme.color("line")
        with painting(self) as painter:
            if not self._first:
                painter.fillRect(QRectF(middle - 0.75, 0, 1.5, top - size / 2 - 3), line)
            if not self._last:
                below = top + size / 2 + 3
                painter.fillRect(QRectF(middle - 0.75, below, 1.5, self.height() - below), line)
            paint_mark(painter, QRectF(middle - size / 2, top - size / 2, size, size), self._mark)


def _time(line: TimelineLine, show_date: bool) -> QWidget:
    day = label(show_day(local_date(line.at)), theme.SMALL, role="text_dim") if show_date else None
    time = label(show_time(line.at, seconds=True), theme.BODY, theme.STRONG)
    made = box(column(time, day, SPRING, spacing=1, margins=(0, 9, 0, 0)))
    made.setFixedWidth(theme.px(TIME_WIDTH))
    return made


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
