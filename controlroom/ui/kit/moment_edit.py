"""Provides the field of a moment by London's clock: a day and a time of day, both typed or stepped."""

from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from controlroom.clock import in_repeated_hour, local, london
from controlroom.ui import theme
from controlroom.ui.kit.day_edit import DayEdit
from controlroom.ui.kit.read_line import ReadLine
from controlroom.ui.kit.typed_times import read_time
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import grow, row


class TimeEdit(ReadLine[time]):
    """A time of day, to the second. Up and Down step the part with the cursor, over midnight into another day."""

    passed_midnight = Signal(int)  # so many days, by stepping

    def __init__(self) -> None:
        super().__init__("Type a time, as 21:30.")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(96), super().sizeHint().height())

    def read(self, typed: str) -> time:
        return read_time(typed)

    def shown(self, value: time) -> str:
        return f"{value:%H:%M:%S}"

    def step(self, steps: int) -> None:
        if self._value is None:
            return
        part = 0 if self.selectedText() == self.text() else min(self.cursorPosition() // 3, 2)
        before = datetime.combine(date(2000, 1, 1), self._value)
        after = before + steps * timedelta(seconds=(3600, 60, 1)[part])
        self.setText(self.shown(after.time()))
        self.setSelection(3 * part + 2, -2)  # the cursor at its beginning: the next step is of the same part
        if days := (after.date() - before.date()).days:
            self.passed_midnight.emit(days)
        self.tell_settled()


class MomentEdit(QWidget):
    """Day and time to the second. `touched` is true once somebody changed it, `left` tells that a line was left."""

    changed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.touched = False
        self._setting = False
        self._usual: datetime | None = None  # what it shows before anybody touches it
        self.day, self.time = DayEdit(short=True), TimeEdit()
        self.day.setMinimumWidth(theme.px(112))
        self.time.setMinimumWidth(theme.px(86))
        self.time.setMaximumWidth(theme.px(110))
        self.fold = Choices(["BST", "GMT"], chips=True)
        self.fold.setToolTip(
            "This hour happens twice tonight: before the clocks go back (BST), or after (GMT)."
        )
        row(grow(self.day, 3), grow(self.time, 2), self.fold, on=self, spacing=6)
        self.fold.hide()
        self.setFocusProxy(self.day)
        self.time.passed_midnight.connect(self.day.step)
        for line in (self.day, self.time):
            line.setFont(theme.font())
            line.textChanged.connect(lambda _text: self._take_change())
            line.left.connect(self.left)
        self.fold.chosen.connect(lambda _index: self._take_change())

    def setAccessibleName(self, name: str) -> None:
        """Names the lines inside, too."""
        super().setAccessibleName(name)
        self.day.setAccessibleName(f"{name}: day")
        self.time.setAccessibleName(f"{name}: time")

    @property
    def moment(self) -> datetime | None:
        """What is entered, in UTC; None while day or time cannot be read."""
        return self._moment(self.fold.index if self.fold.isVisibleTo(self) else 0)

    @property
    def problem(self) -> str:
        """What is wrong with what is typed, "" when it can be read."""
        return self.day.problem or self.time.problem

    def set_moment(self, moment: datetime) -> None:
        """Show a moment, untouched."""
        here = local(moment)
        self._setting = True
        self.day.set_value(here.date())
        self.time.set_value(here.time().replace(microsecond=0, fold=0))
        self.fold.setVisible(in_repeated_hour(moment))
        self.fold.choose(here.fold)
        self._setting = False
        self.touched = False
        self._usual = self._usual or moment

    def set_moment_or_usual(self, moment: datetime | None) -> None:
        """Show a moment, untouched; None: the one that is proposed."""
        wanted = moment or self._usual
        if wanted is not None:
            self.set_moment(wanted)

    @property
    def typed(self) -> datetime | tuple[str, str] | None:
        """What somebody typed: a moment, or both lines as they stand while they cannot be read; None when untouched."""
        if not self.touched:
            return None
        return self.moment or (self.day.text(), self.time.text())

    def type_in(self, typed: datetime | tuple[str, str]) -> None:
        """Put back what somebody typed."""
        if isinstance(typed, datetime):
            self.set_moment(typed)
        else:
            self.day.setText(typed[0])
            self.time.setText(typed[1])
        self.touched = True

    def propose(self, moment: datetime) -> None:
        """Show another moment until somebody types one."""
        self._usual = moment
        if not self.touched:
            self.set_moment(moment)

    def _moment(self, fold: int) -> datetime | None:
        day, at = self.day.value, self.time.value
        if day is None or at is None:
            return None
        return london(day, at.hour, at.minute, fold=fold).replace(second=at.second)

    def _take_change(self) -> None:
        if self._setting:
            return
        first = self._moment(0)
        self.fold.setVisible(first is not None and in_repeated_hour(first))
        self.touched = True
        self.changed.emit()
