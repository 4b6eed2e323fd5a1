"""The bar above the page: what page this is, its own tools, the palette, alarms, who is here, and the time."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from controlroom.clock import Clock
from controlroom.ui import icons, theme
from controlroom.ui.shell.clock_label import ClockLabel
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.text import label

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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(theme.color("hover" if self.underMouse() else "bar"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        left = 12
        if self._state:
            paint_mark(painter, QRectF(left, self.height() / 2 - 4.5, 9, 9), self._state)
            left += 18
        if self._icon_name:
            size = theme.px(15)
            picture = icons.pixmap(self._icon_name, "text_dim", size, self.devicePixelRatioF())
            painter.drawPixmap(left - 1, (self.height() - size) // 2, size, size, picture)
            left += size + 4
        painter.setPen(theme.color("text"))
        painter.setFont(self.font())
        inner = QRectF(left, 0, self.width() - left - 10, self.height())
        words = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(inner.width()) + 1
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()


class TopBar(QFrame):
    """Lays itself out for the width there is: lesser things shorten, then go, the page's name and the time never."""

    palette_requested = Signal()
    alarms_requested = Signal()
    switch_requested = Signal()
    notifications_requested = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "top")
        self.setFixedHeight(theme.px(HEIGHT))
        self._title = label("", theme.TITLE, theme.STRONG)
        self._subtitle = label("", 13, role="text_dim")
        self._page_box = QHBoxLayout()
        self._page_box.setSpacing(10)
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
        self._alarm_count = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 18, 0)
        row.setSpacing(12)
        row.addWidget(self._title)
        row.addWidget(self._subtitle)
        row.addSpacing(4)
        row.addLayout(self._page_box)
        row.addStretch(1)
        for each in (self.finder, self.alarms, self.bell, self.user, self.clock):
            row.addWidget(each)
        self.finder.clicked.connect(self.palette_requested)
        self.alarms.clicked.connect(self.alarms_requested)
        self.bell.clicked.connect(self.notifications_requested)
        self.user.clicked.connect(self.switch_requested)

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
            slot = QWidget()
            inside = QHBoxLayout(slot)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(widget)
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
        self.alarms.set(f"{count} alarm{'s' if count != 1 else ''}", "alarm")
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
        self.user.set(text)
        self.user.setAccessibleName(f"Signed in: {text}. Switch user")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take lesser things away until the rest fits."""
        steps = 3 + len(self._page_slots)
        for step in range(steps + 1):
            self.finder.set_text(FIND_LONG if step < 1 else FIND_SHORT)
            self._subtitle.setVisible(bool(self._subtitle.text()) and step < 2)
            self.clock.set_short(step >= 3)
            kept = len(self._page_slots) - max(0, step - 3)
            for number, slot in enumerate(self._page_slots):
                slot.setVisible(number < kept)
            self.alarms.setVisible(self._alarm_count > 0)
            if self._needed() <= self.width():
                return

    def _needed(self) -> int:
        parts = [
            self._title,
            self._subtitle,
            *self._page_slots,
            self.finder,
            self.alarms,
            self.bell,
            self.user,
            self.clock,
        ]
        shown = [each for each in parts if not each.isHidden()]
        return 36 + 16 + sum(each.sizeHint().width() for each in shown) + 12 * len(shown)
