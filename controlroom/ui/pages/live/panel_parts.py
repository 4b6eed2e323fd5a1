"""Builds the parts of the panel beside the wall: the round pad, who holds the camera, zoom, new entries."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from controlroom.cameras.steering import STILL, Hold, Velocity, pad_velocity
from controlroom.clock import show_moment, show_time
from controlroom.log.records import LogEntry
from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column, empty, fill, grow, row
from controlroom.ui.widgets.marks import Mark
from controlroom.ui.widgets.text import Rule, label, note


class HoldLine(QFrame):
    """A box with one line: who steers, or why nobody can."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.mark = Mark("idle")
        self.words = label("", 13, theme.MEDIUM, wrap=True)
        row(self.mark, grow(self.words), on=self, spacing=8, margins=(12, 8, 12, 8))

    def say(self, text: str, state: str) -> None:
        if text != self.words.text():
            self.words.setText(text)
            self.words.setAccessibleName(text)
            self._fit()
        self.mark.set_state(state)
        role = {"accent": "text", "warn": "warn", "alarm": "alarm"}.get(state, "text_dim")
        theme.tint(self.words, role)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Every line of the words has room, two at least, so that few words more move nothing below.

        A box in a scrolled column is not given its height by itself.
        """
        two_lines = 2 * self.words.fontMetrics().lineSpacing()
        wanted = max(two_lines, self.words.heightForWidth(self.words.width()))
        if wanted != self.words.minimumHeight():
            self.words.setMinimumHeight(wanted)


class ZoomButton(KeyButton):
    """Zooms while held down; its sign is its key."""

    aimed = Signal(object)  # Velocity

    def __init__(self, hold: Hold, sign: str, name: str, keys: str) -> None:
        super().__init__(sign)
        self.setFont(theme.font(17, theme.STRONG))
        self.setAccessibleName(name)
        self.setToolTip(f"{name} while held ({keys})")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(theme.px(44))
        self.pressed.connect(lambda: self.aimed.emit(hold.value))
        self.released.connect(lambda: self.aimed.emit(STILL))


class LatestEntries(QWidget):
    """The newest entries of the log, as they would be read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self._column = column(on=self, spacing=7)

    def show_entries(self, entries: Sequence[LogEntry], *, readable: bool = True) -> None:
        """Show these; or that the person at the desk may not read any."""
        empty(self._column)
        for entry in entries:
            fill(self._column, Rule(), entry_row(entry))
        if not entries:
            written = "Nothing written yet. Ctrl+L goes to the log line."
            self._column.addWidget(note(written if readable else "Your role does not read the log."))


def entry_row(entry: LogEntry) -> QLabel:
    """One entry: time, camera, words."""
    words = " ".join(entry.text.split())
    number = f"<b>{escape(entry.camera_number)}</b>&nbsp; " if entry.camera_number else ""
    faint = theme.color("text_faint").name()
    line = QLabel(
        f'<span style="color:{faint}">{show_time(entry.occurred_at)}</span>&nbsp; {number}{escape(words)}'
    )
    line.setTextFormat(Qt.TextFormat.RichText)
    line.setFont(theme.font(13))
    line.setWordWrap(True)
    line.setMaximumHeight(3 * line.fontMetrics().lineSpacing() + 2)
    line.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    spoken = f"{show_time(entry.occurred_at)} {entry.camera_number or ''} {words}"
    line.setAccessibleName(" ".join(spoken.split()))
    line.setToolTip(f"{show_moment(entry.occurred_at)}\n{entry.text}")
    return line


def share_width(button: QWidget) -> None:
    """Let a button be as wide as its column, not as its words."""
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    button.setMinimumWidth(theme.px(60))


SIZE, NARROW_SIZE = 136, 116
PAD_TIP = "Press and hold to steer, or hold the arrow keys"


class Pad(QWidget):
    """Emits `aimed(Velocity)` while held; STILL when let go. Leaves the keyboard's focus where it is."""

    aimed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = STILL
        self._held = False
        self._side = SIZE
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Steer the camera")
        self.setAccessibleDescription("Press and hold; or hold the arrow keys.")
        self.setToolTip(PAD_TIP)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def set_narrow(self, narrow: bool) -> None:
        self._side = NARROW_SIZE if narrow else SIZE
        self.updateGeometry()

    def let_go(self) -> None:
        """As if the mouse were released."""
        if self._held:
            self._held = False
            self._aim(STILL)

    def show_velocity(self, velocity: Velocity) -> None:
        if not self._held:
            self._shown = velocity
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._held = True
            self._follow(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.let_go()
            self.show_velocity(STILL)
        super().changeEvent(event)

    def _follow(self, at: QPointF) -> None:
        radius = self.width() / 2
        self._aim(pad_velocity((at.x() - radius) / radius, (at.y() - radius) / radius))

    def _aim(self, velocity: Velocity) -> None:
        self._shown = velocity
        self.update()
        self.aimed.emit(velocity)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        whole = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(theme.color("line"), 1.5))
        painter.setBrush(theme.color("raised"))
        painter.drawEllipse(whole)
        self._paint_arrows(painter, whole)
        knob = whole.width() * 0.17
        reach = whole.width() / 2 - knob - 6
        at = whole.center() + QPointF(self._shown.pan * reach, -self._shown.tilt * reach)
        painter.setPen(QPen(theme.color("rail"), 3))
        painter.setBrush(theme.color("accent_fill" if self.isEnabled() else "line"))
        painter.drawEllipse(at, knob, knob)
        painter.end()

    def _paint_arrows(self, painter: QPainter, whole: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        middle, far = whole.center(), whole.width() / 2 - theme.px(15)
        pan, tilt = self._shown.pan, self._shown.tilt
        arrow = QPolygonF([QPointF(-6, -far + 4), QPointF(6, -far + 4), QPointF(0, -far - 5)])
        for turn, lit in enumerate((tilt > 0, pan > 0, tilt < 0, pan < 0)):
            painter.save()
            painter.setBrush(theme.color("accent" if lit else "text_dim"))
            painter.translate(middle)
            painter.rotate(90 * turn)
            painter.drawPolygon(arrow)
            painter.restore()
