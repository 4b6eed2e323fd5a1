"""Entering a moment by London's clock; inside the hour that happens twice, also which of the two it is."""

from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, QTimeZone, Signal
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from controlroom.clock import in_repeated_hour, local, london
from controlroom.ui import theme
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import grow, row


class MomentEdit(QWidget):
    """Day and time to the second. `touched` is true once somebody changed it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.touched = False
        self._setting = False
        self.edit = QDateTimeEdit()
        self.edit.setDisplayFormat("dd MMM yyyy  HH:mm:ss")
        # The field only holds figures; London's rules are ours.
        self.edit.setTimeZone(QTimeZone(QTimeZone.Initialization.UTC))
        self.edit.setCalendarPopup(False)
        self.edit.setFont(theme.font())
        self.edit.setMinimumHeight(theme.px(34))
        if (figures := self.edit.lineEdit()) is not None:
            figures.setTextMargins(8, 0, 0, 0)
        self.fold = Choices(["BST", "GMT"], chips=True)
        self.fold.setToolTip(
            "This hour happens twice tonight: before the clocks go back (BST), or after (GMT)."
        )
        row(grow(self.edit), self.fold, on=self, spacing=8)
        self.fold.hide()
        self.setFocusProxy(self.edit)
        self.edit.dateTimeChanged.connect(lambda _moment: self._take_change())
        self.fold.chosen.connect(lambda _index: self._take_change())

    def setAccessibleName(self, name: str) -> None:
        """Names the field inside, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    @property
    def moment(self) -> datetime:
        """What is entered, in UTC."""
        return self._moment(self.fold.index if self.fold.isVisibleTo(self) else 0)

    def set_moment(self, moment: datetime) -> None:
        """Show a moment, untouched."""
        here = local(moment)
        self._setting = True
        figures = here.replace(tzinfo=UTC, microsecond=0)
        self.edit.setDateTime(
            QDateTime.fromSecsSinceEpoch(int(figures.timestamp()), QTimeZone(QTimeZone.Initialization.UTC))
        )
        self.fold.setVisible(in_repeated_hour(moment))
        self.fold.choose(here.fold)
        self._setting = False
        self.touched = False

    def _moment(self, fold: int) -> datetime:
        figures = datetime.fromtimestamp(self.edit.dateTime().toSecsSinceEpoch(), UTC)
        return london(figures.date(), figures.hour, figures.minute, fold=fold).replace(second=figures.second)

    def _take_change(self) -> None:
        if self._setting:
            return
        self.fold.setVisible(in_repeated_hour(self._moment(0)))
        self.touched = True
        self.changed.emit()
