"""Narrows a list by period, camera, category and person; folded away until somebody wants it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from controlroom.clock import local_date, london
from controlroom.log.records import ListFilter
from controlroom.ui import theme
from controlroom.ui.kit.day_edit import DayEdit
from controlroom.ui.timers import one_shot
from controlroom.ui.widgets.form import Form
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, box, column, row

ANY_TIME, TODAY, WEEK, MONTH, YEAR, BETWEEN = range(6)
PERIODS = ("Any time", "Today", "Last 7 days", "Last 30 days", "Last 12 months", "Between")
_DAYS = {WEEK: 7, MONTH: 30, YEAR: 365}
ANYONE, ANYTHING = "Anyone", "Any category"
NEWEST, OLDEST = "Newest first", "Oldest first"


class OwnFilter(QWidget):
    """A filter that is each person's own: put away when somebody else takes the desk, and back with its person."""

    def chosen(self) -> tuple[Any, ...]:
        """What is chosen, to be put back by `choose`."""
        raise NotImplementedError

    def choose(self, chosen: tuple[Any, ...]) -> None:
        """Choose again what was chosen; what cannot be chosen now is left out."""
        raise NotImplementedError


class FilterBox(OwnFilter):
    """Emits `changed` when something else is asked for."""

    changed = Signal()

    def __init__(self, categories: Sequence[str], today: date, who: str = "Written by") -> None:
        super().__init__()
        self._quiet = False
        self.period, self.order = _combo(PERIODS), _combo((NEWEST, OLDEST))
        self.category, self.author = _combo((ANYTHING, *categories)), _combo((ANYONE,))
        self.first, self.last = DayEdit(today, when="past"), DayEdit(today, when="past")
        self.camera = QLineEdit()
        self.camera.setPlaceholderText("Any")
        form = Form()
        form.add_row(("Period", self.period, 3), ("Camera", self.camera, 2))
        for edit, name in ((self.first, "First day"), (self.last, "Last day")):
            edit.setAccessibleName(name)
            edit.setToolTip(name)
            edit.setMinimumHeight(theme.px(34))
        self._between = box(row(self.first, self.last, spacing=10))
        self._between.hide()
        form.add_wide(self._between)
        form.add_row(("Category", self.category, 1), (who, self.author, 1))
        self._clear = KeyButton("Clear", press=self.clear)
        form.add_wide(box(row(self.order, SPRING, self._clear)))
        self.order.setAccessibleName("Order")
        column(form, on=self, margins=(14, 2, 14, 12))
        self._connect()

    def set_people(self, names: Sequence[str]) -> None:
        """Who can be chosen."""
        self._offer(self.author, (ANYONE, *names))

    def set_categories(self, names: Sequence[str]) -> None:
        """What can be chosen: retired words too, which old records have."""
        self._offer(self.category, (ANYTHING, *names))

    def _offer(self, box: QComboBox, words: Sequence[str]) -> None:
        chosen = box.currentText()
        self._quiet = True
        box.clear()
        box.addItems(list(words))
        box.setCurrentText(chosen)
        self._quiet = False

    @property
    def ways(self) -> int:
        """How many ways the list is narrowed."""
        chosen = (each.currentIndex() > 0 for each in (self.period, self.category, self.author))
        return sum(chosen) + bool(self.camera.text().strip())

    def filter(self, now: datetime) -> ListFilter:
        """What is asked for, as of `now` (UTC)."""
        since, until = self._period(now)
        category, author = self.category, self.author
        return ListFilter(
            since=since,
            until=until,
            camera_number=_number(self.camera.text()),
            category=category.currentText() if category.currentIndex() > 0 else "",
            author=author.currentText() if author.currentIndex() > 0 else "",
            oldest_first=self.order.currentText() == OLDEST,
        )

    def chosen(self) -> tuple[str, ...]:
        combos = (combo.currentText() for combo in self._combos)
        return (*combos, self.camera.text(), self.first.text(), self.last.text())

    def choose(self, chosen: tuple[str, ...]) -> None:
        if chosen == self.chosen():
            return
        *texts, camera, first, last = chosen
        self._quiet = True
        for combo, text in zip(self._combos, texts, strict=True):
            combo.setCurrentIndex(max(0, combo.findText(text)))
        self.camera.setText(camera)
        for edit, day in ((self.first, first), (self.last, last)):
            edit.setText(day)
        self._quiet = False
        self._tell()

    def clear(self) -> None:
        """Ask for everything again."""
        self._quiet = True
        for combo in self._combos:
            combo.setCurrentIndex(0)
        self.camera.clear()
        self._quiet = False
        self._tell()

    @property
    def _combos(self) -> tuple[QComboBox, ...]:
        return self.period, self.category, self.author, self.order

    def _period(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        chosen, today = self.period.currentIndex(), local_date(now)
        if chosen == TODAY:
            return london(today), None
        if chosen in _DAYS:
            return london(today - timedelta(days=_DAYS[chosen] - 1)), None
        if chosen == BETWEEN:
            return between(self.first.value, self.last.value)
        return None, None

    def _connect(self) -> None:
        for combo in self._combos:
            combo.currentIndexChanged.connect(lambda _index: self._tell())
        for edit in (self.first, self.last):
            edit.settled.connect(self._tell)
        self._pause = one_shot(self, 200, self._tell)
        self.camera.textEdited.connect(lambda _text: self._pause.start())

    def _tell(self) -> None:
        self._between.setVisible(self.period.currentIndex() == BETWEEN)
        if not self._quiet:
            self.changed.emit()


def between(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of one day to the end of the other, whichever is earlier; open where a day cannot be read."""
    if first is not None and last is not None:
        first, last = min(first, last), max(first, last)
    return london(first) if first else None, london(last + timedelta(days=1)) if last else None


def _combo(texts: Sequence[str]) -> QComboBox:
    combo = QComboBox()
    combo.addItems(list(texts))
    combo.setFont(theme.font(13.5))
    combo.setMinimumHeight(theme.px(34))
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo


def _number(typed: str) -> str:
    """A camera number as it is stored: "14" is 014, "r4" is RDC-04."""
    wanted = typed.strip().upper()
    if wanted.isdigit():
        return wanted.zfill(3)
    if wanted[:1] == "R" and wanted[1:].isdigit():
        return f"RDC-{int(wanted[1:]):02d}"
    return wanted
