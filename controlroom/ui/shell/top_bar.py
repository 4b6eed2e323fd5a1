"""Shows the bar above the page: its title, its own tools, the palette, alarms, who is here, and the time."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QWidget

from controlroom.clock import Clock, ShiftedClock, local
from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, box, gap, row
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.painting import focus_ring, inside, paint_icon, painting, rounded, words
from controlroom.ui.widgets.text import label


class ClockLabel(QWidget):
    """`22:41:07  GMT Fri 20 Nov`; the zone tells the hour that happens twice apart.

    A demonstration's clock that was set says so, with its year: `02:30:12  BST Sun 28 Mar 2027, set`.
    """

    ticked = Signal()

    def __init__(self, clock: Clock) -> None:
        super().__init__()
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


HEIGHT = 50
FIND_LONG, FIND_SHORT = "Find camera, incident, command", "Find"


class _BarButton(QPushButton):
    """A button of the bar with a state's mark or an icon before its words."""

    def __init__(self, text: str, *, state: str = "", icon_name: str = "") -> None:
        super().__init__(text)
        self._state, self._icon_name = state, icon_name
        self.setFont(theme.font(13, theme.MEDIUM))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, text: str, state: str = "") -> None:
        self._state = state
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        lead = 18 if self._state else 0
        lead += theme.px(15) + (4 if words else 0) if self._icon_name else 0
        return QSize(min(words, theme.px(220)) + lead + 24, theme.px(theme.TARGET))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            rounded(painter, inside(self), "hover" if self.underMouse() else "bar", "line")
            if self.hasFocus():
                focus_ring(painter, inside(self, 1))
            left, middle = 12, self.height() / 2
            if self._state:
                paint_mark(painter, QRectF(left, middle - 4.5, 9, 9), self._state)
                left += 18
            if self._icon_name:
                paint_icon(painter, self._icon_name, "text_dim", left - 1, middle, theme.px(15))
                left += theme.px(15) + 4
            room = QRectF(left, 0, self.width() - left - 9, self.height())
            words(painter, room, self.text(), "text", 13, theme.MEDIUM)


class TopBar(QFrame):
    """Lays itself out for the width there is: lesser things shorten, then go, the page's name and the time never.

    Its buttons are connected by the window.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.setProperty("bar", "top")
        self.setFixedHeight(theme.px(HEIGHT))
        self._title = label("", theme.TITLE, theme.STRONG)
        self._subtitle = label("", 13, role="text_dim")
        self._page_box = row(spacing=10)
        self._slots: dict[QWidget, QWidget] = {}
        self._page_slots: list[QWidget] = []
        self.finder = KeyButton(FIND_LONG, "Ctrl K", icon_name="magnifying-glass", bind=False)
        self.finder.setToolTip("Find a camera, an incident, a page or a command (Ctrl+K)")
        self.alarms = _BarButton("", state="alarm")
        self.alarms.setToolTip("Show the alarms (F10)")
        self.alarms.hide()
        self.bell = _BarButton("", icon_name="bell")
        self.set_notifications(0, 0)
        self.user = _BarButton("", icon_name="user")
        self.user.setToolTip("Switch user (Ctrl+U)")
        self.clock = ClockLabel(clock)
        self._alarm_count, self._user_name = 0, ""
        self._right = (self.finder, self.alarms, self.bell, self.user, self.clock)
        left = (self._title, self._subtitle, gap(4), self._page_box)
        row(*left, SPRING, *self._right, on=self, spacing=12, margins=(18, 0, 18, 0))

    @property
    def title(self) -> str:
        """The page's name as shown."""
        return self._title.text()

    def show_page(self, title: str, subtitle: str, widgets: Sequence[QWidget]) -> None:
        """Show a page's name and put its own widgets beside it."""
        self._title.setText(title)
        for old in self._page_slots:
            old.hide()
        self._page_slots = [self._slot_of(widget) for widget in widgets]
        self.set_subtitle(subtitle)

    def _slot_of(self, widget: QWidget) -> QWidget:
        """A place of its own for a page's widget, so that the bar can hide the place and the page the widget."""
        if widget not in self._slots:
            slot = box(row(widget))
            self._page_box.addWidget(slot)
            self._slots[widget] = slot
        return self._slots[widget]

    def set_subtitle(self, text: str) -> None:
        """Change the dim words beside the page's name."""
        self._subtitle.setText(text)
        self._fit()

    def set_alarms(self, count: int, what: str = "") -> None:
        """Show how many alarms are unanswered; none hides the pill."""
        self._alarm_count = count
        self.alarms.setToolTip(f"{what} (F10)" if what else "Show the alarms (F10)")
        self._fit()

    def set_notifications(self, unread: int, waiting: int) -> None:
        """Show how many messages nobody has looked at, and whether alarms among them wait for an answer."""
        count = str(unread) if unread < 100 else "99+"
        self.bell.set(count if unread else "", "alarm" if waiting else "")
        words = [f"{unread} not looked at"] if unread else []
        words += [f"{waiting} alarm{'s' if waiting > 1 else ''} not acknowledged"] if waiting else []
        said = f"Notifications: {', '.join(words) or 'nothing new'}"
        self.bell.setAccessibleName(said)
        self.bell.setToolTip(f"{said} (Ctrl+Shift+M)")

    def set_user(self, text: str) -> None:
        """Show who is at the desk."""
        self._user_name = text
        self.user.setToolTip(f"{text}. Switch user (Ctrl+U)")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Shorten less important things until the rest fits; only then leave out the page's tools, the last first."""
        for left_out in range(len(self._page_slots) + 1):
            fitting = len(self._page_slots) - left_out
            for number, slot in enumerate(self._page_slots):
                slot.setVisible(number < fitting)
            for step in range(7):
                self._shorten(step)
                if self._needed() <= self.width():
                    return

    def _shorten(self, step: int) -> None:
        """Show what stands beside the page's tools in full (0) or shorter, step by step."""
        self.finder.set_text(FIND_LONG if step < 1 else FIND_SHORT if step < 4 else "")
        self.finder.setAccessibleName(FIND_LONG)
        self._subtitle.setVisible(bool(self._subtitle.text()) and step < 2)
        self.clock.set_short(step >= 3)
        count = self._alarm_count
        said = f"{count} alarm{'s' if count != 1 else ''}"
        self.alarms.set(said if step < 5 else str(count), "alarm")
        self.alarms.setAccessibleName(said)
        self.alarms.setVisible(count > 0)
        self.user.set(self._user_name if step < 6 else "")
        self.user.setAccessibleName(f"Signed in: {self._user_name}. Switch user")

    def _needed(self) -> int:
        parts = [self._title, self._subtitle, *self._page_slots, *self._right]
        shown = [each for each in parts if not each.isHidden()]
        return 36 + 16 + sum(each.sizeHint().width() for each in shown) + 12 * len(shown)
