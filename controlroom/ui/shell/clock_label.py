"""The clock of the room: London's time, its zone and its day."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from controlroom.clock import Clock, ShiftedClock, local
from controlroom.ui import theme
from controlroom.ui.widgets.layout import row
from controlroom.ui.widgets.text import label


class ClockLabel(QWidget):
    """`22:41:07  GMT Fri 20 Nov`; the zone tells the hour that happens twice apart.

    A demonstration's clock that was set says so, with its year: `02:30:12  BST Sun 28 Mar 2027, set`.
    """

    ticked = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._set = isinstance(clock, ShiftedClock)
        if self._set:
            self.setToolTip("The demonstration's clock was set, and runs from there.")
        self._time = label("00:00:00", theme.CLOCK, theme.NUMBER)
        self._zone = label("", 13, theme.MEDIUM, "text_dim")
        row(self._time, self._zone, on=self, spacing=8, margins=(4, 0, 0, 0))
        self._time.setFixedWidth(self._time.sizeHint().width() + 2)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._short = False
        self._tick()

    @property
    def text(self) -> str:
        """What the clock says."""
        return f"{self._time.text()} {self._zone.text()}"

    def set_short(self, short: bool) -> None:
        """Leave the day away; the zone stays."""
        self._short = short
        self._show()

    def _show(self) -> None:
        here = local(self._clock.now())
        self._time.setText(here.strftime("%H:%M:%S"))
        day = f"{here:%Z}" if self._short else f"{here:%Z %a} {here.day} {here:%b}"
        if self._set:
            day += ", set" if self._short else f" {here.year}, set"
        self._zone.setText(day)
        self._zone.setFixedWidth(self._zone.fontMetrics().horizontalAdvance(self._zone.text()) + 3)
        self.setAccessibleName(self.text)

    def _tick(self) -> None:
        self._show()
        self.ticked.emit()
        if self.isVisible():
            # aim just behind the next full second, so that no second is skipped or shown twice
            self._timer.start(1010 - self._clock.now().microsecond // 1000)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
