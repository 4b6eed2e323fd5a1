"""Provides the field of a moment by London's clock: a day and a time of day, both typed or stepped."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from controlroom.clock import in_repeated_hour, local, local_date, london, process_clock, show_time
from controlroom.ui import theme
from controlroom.ui.kit.day_edit import DayEdit
from controlroom.ui.kit.time_edit import TimeEdit
from controlroom.ui.kit.typed_times import FIRST_DAY, LAST_DAY
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import grow, row

_OF_TWO = (
    "the first of two that night, before the clocks go back",
    "the second of two that night, after the clocks go back",
)


class MomentEdit(QWidget):
    """Day and time to the second. `touched` is true once somebody changed it, `left` tells that a line was left.

    Of an hour that happens twice, the latest that is not to come is meant, until somebody says or steps otherwise. The
    keyboard comes to the day, or to the time while that alone cannot be read.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, now: Callable[[], datetime] = lambda: process_clock().now()) -> None:
        super().__init__()
        self._now = now
        self.touched = False
        self._fold_said = False  # which of the two hours is meant, by the person
        self._setting = False
        self._usual: datetime | None = None  # what it shows before anybody touches it
        self.day = DayEdit(when="past", short=True, today=lambda: local_date(now()))
        self.time = TimeEdit(self._go_on)
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
        for line in (self.day, self.time):
            line.setFont(theme.font())
            line.textChanged.connect(lambda _text: self._take_change())
            line.left.connect(self._leave)
        self.fold.chosen.connect(lambda _index: self._take_fold())

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

    @property
    def remark(self) -> str:
        """Which of two hours somebody's time is taken for; "" where it happens once."""
        moment = self.moment
        if moment is None or not self.touched or not in_repeated_hour(moment):
            return ""
        return f"{show_time(moment)}: {_OF_TWO[self.fold.index]}."

    def set_moment(self, moment: datetime) -> None:
        """Show a moment, untouched."""
        self._show(moment)
        self._fold_said = self.touched = False
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
            self._fold_said = True
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

    def _show(self, moment: datetime) -> None:
        here = local(moment)
        self._setting = True
        self.day.set_value(here.date())
        self.time.set_value(here.time().replace(microsecond=0, fold=0))
        self.fold.setVisible(in_repeated_hour(moment))
        self._choose_fold(here.fold)
        self._setting = False

    def _go_on(self, by: timedelta) -> None:
        """Step in time as it passes: over midnight into another day, through both of two hours."""
        before = self.moment
        if before is None:
            self.time.go_on(by)
        elif FIRST_DAY <= local(before + by).date() <= LAST_DAY:
            self._show(before + by)
            self.touched = self._fold_said = True
            self.changed.emit()

    def _take_change(self) -> None:
        self._lead_to_fault()
        if self._setting:
            return
        first, second = self._moment(0), self._moment(1)
        self.fold.setVisible(first is not None and in_repeated_hour(first))
        if not self._fold_said:
            self._choose_fold(int(second is not None and second <= self._now()))
        self.touched = True
        self.changed.emit()

    def _take_fold(self) -> None:
        self._fold_said = True
        self._take_change()

    def _choose_fold(self, fold: int) -> None:
        with QSignalBlocker(self.fold):
            self.fold.choose(fold)

    def _lead_to_fault(self) -> None:
        line = self.time if self.time.problem and not self.day.problem else self.day
        if self.focusProxy() is not line:
            self.setFocusProxy(line)

    def _leave(self) -> None:
        """Another hour stands here: which of two was meant before says nothing about the next."""
        if not self.fold.isVisibleTo(self):
            self._fold_said = False
        self.left.emit()
