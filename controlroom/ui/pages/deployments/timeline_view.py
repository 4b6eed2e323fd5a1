"""Shows the timeline of units by weeks, worked by mouse, arrow keys and wheel."""

from datetime import date

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QToolTip, QWidget

from controlroom.clock import show_day
from controlroom.deployments.overview import Bar, Timeline
from controlroom.ui import theme
from controlroom.ui.pages.deployments import words
from controlroom.ui.pages.deployments.scale import Scale
from controlroom.ui.pages.deployments.timeline_paint import (
    HEADER,
    LABELS,
    LANE_LEAST,
    LANE_MOST,
    BarLook,
    paint_header,
    paint_lanes,
)
from controlroom.ui.widgets.painting import painting

GRAB = 4  # pixels around a meeting's line that still mean it


class DeploymentTimeline(QAbstractScrollArea):
    """Shows a `Timeline`. `selected(deployment_id)` as the selection moves, `activated` on Enter or a double click."""

    selected = Signal(int)
    activated = Signal(int)
    moved = Signal(int)  # months to go back (negative) or on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.timeline: Timeline | None = None
        self._bars: dict[
            int, tuple[int, Bar]
        ] = {}  # by deployment, lane after lane: the lane's number and the bar
        self.selection: int | None = None  # the selected deployment
        self._hovered: int | None = None
        self.setProperty("card", True)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Timeline of units by weeks")
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)

    # -- what is shown ---------------------------------------------------------------------------------------

    def set_timeline(self, timeline: Timeline) -> None:
        """Show this; the selection stays when it is still there."""
        self.timeline = timeline
        self._bars = {
            bar.deployment_id: (number, bar)
            for number, lane in enumerate(timeline.lanes)
            for bar in lane.bars
        }
        if self.selection not in self._bars:
            self.selection = None
        self._hovered = None
        self._range()
        self.viewport().update()

    def select(self, deployment_id: int | None) -> bool:
        """Select a deployment without emitting `selected`; False when it is not in view."""
        self.selection = deployment_id
        found = self._bars.get(deployment_id or 0)
        self.setAccessibleDescription(
            self._tip(found).replace("\n", ", ")
            if found is not None
            else "Arrow keys move between deployments, Enter opens one."
        )
        if found is not None:
            self._bring_into_view(found[0])
        self.viewport().update()
        return found is not None

    def box_of(self, deployment_id: int) -> QRectF | None:
        """Where a deployment's bar is on the viewport, None when it is not in view."""
        found = self._bars.get(deployment_id)
        if found is None:
            return None
        return self._look().bar_box(*found).translated(0, theme.px(HEADER) - self.verticalScrollBar().value())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(480), theme.px(HEADER + 4 * LANE_LEAST))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(900), theme.px(HEADER + (self._lanes or 10) * LANE_MOST) + 2)

    # -- drawing ---------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        area = QRectF(self.viewport().rect())
        path = QPainterPath()
        path.addRoundedRect(area, theme.CARD_RADIUS - 1, theme.CARD_RADIUS - 1)
        with painting(self.viewport()) as painter:
            painter.setClipPath(path)
            painter.fillRect(area, theme.color("card"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if self.timeline is not None:
                look = self._look()
                painter.save()
                painter.translate(0, theme.px(HEADER) - self.verticalScrollBar().value())
                paint_lanes(painter, look, area.width())
                painter.restore()
                paint_header(painter, look, area.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._range()

    def _look(self) -> BarLook:
        timeline = self.timeline
        assert timeline is not None
        left = float(theme.px(LABELS))
        scale = Scale(timeline.first, timeline.last, left, max(40.0, self.viewport().width() - left))
        return BarLook(timeline, scale, self._lane_height(), self.selection, self._hovered, self.hasFocus())

    @property
    def _lanes(self) -> int:
        return len(self.timeline.lanes) if self.timeline is not None else 0

    def _lane_height(self) -> float:
        room = (self.viewport().height() - theme.px(HEADER)) / max(1, self._lanes)
        return max(float(theme.px(LANE_LEAST)), min(float(theme.px(LANE_MOST)), room))

    def _range(self) -> None:
        room = self.viewport().height() - theme.px(HEADER)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(self._lanes * self._lane_height() - room)))
        bar.setPageStep(max(1, room))
        bar.setSingleStep(round(self._lane_height() / 2))

    # -- finding bars ----------------------------------------------------------------------------------------

    def _bar_at(self, point: QPointF) -> tuple[int, Bar] | None:
        if self.timeline is None or point.y() < theme.px(HEADER):
            return None
        look, y = self._look(), point.y() - theme.px(HEADER) + self.verticalScrollBar().value()
        number = int(y // look.lane_height)
        if not 0 <= number < len(self.timeline.lanes):
            return None
        for bar in reversed(self.timeline.lanes[number].bars):
            boxes = (look.bar_box(number, bar), look.overdue_box(number, bar))
            if any(box is not None and box.contains(point.x(), y) for box in boxes):
                return number, bar
        return None

    def _tip(self, found: tuple[int, Bar]) -> str:
        assert self.timeline is not None
        return words.bar_tip(found[1], self.timeline.lanes[found[0]].unit.asset)

    def _meeting_tip(self, point: QPointF) -> str:
        if self.timeline is None or point.x() < theme.px(LABELS):
            return ""
        scale = self._look().scale
        for meeting in self.timeline.meetings:
            if abs(scale.x(meeting.day) + scale.day_width / 2 - point.x()) <= GRAB:
                return f"JAG meeting {show_day(meeting.day)}, {meeting.time}\n{meeting.state}"
        return ""

    # -- hands -----------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._bar_at(event.position())
        hovered = found[1].deployment_id if found else None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        tip = self._tip(found) if found else self._meeting_tip(event.position())
        QToolTip.showText(event.globalPosition().toPoint(), tip, self.viewport())
        if hovered != self._hovered:
            self._hovered = hovered
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._bar_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._choose(found[1].deployment_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self._bar_at(event.position())
        if found is not None:
            self.activated.emit(found[1].deployment_id)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        sideways = event.angleDelta().x() or (event.angleDelta().y() if shifted else 0)
        if sideways:
            self.moved.emit(-1 if sideways > 0 else 1)
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._change_lane(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.moved.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selection is not None:
            self.activated.emit(self.selection)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _step(self, by: int) -> None:
        """The bar before or after in the lane; from the end of a lane into the next one."""
        order = list(self._bars)
        if self.selection not in self._bars:
            place = 0 if by > 0 else len(order) - 1
        else:
            place = order.index(self.selection) + by
        if 0 <= place < len(order):
            self._choose(order[place])

    def _change_lane(self, by: int) -> None:
        """The bar of the next lane that stands nearest in time."""
        here = self._bars.get(self.selection or 0)
        if here is None or self.timeline is None:
            self._step(by)
            return
        number, when = here[0] + by, _middle(here[1])
        while 0 <= number < self._lanes:
            if bars := self.timeline.lanes[number].bars:
                self._choose(min(bars, key=lambda bar: abs((_middle(bar) - when).days)).deployment_id)
                return
            number += by

    def _choose(self, deployment_id: int) -> None:
        self.select(deployment_id)
        self.selected.emit(deployment_id)

    def _bring_into_view(self, lane: int) -> None:
        bar, height = self.verticalScrollBar(), self._lane_height()
        room = self.viewport().height() - theme.px(HEADER)
        top = round(lane * height)
        if top < bar.value():
            bar.setValue(top)
        elif top + height > bar.value() + room:
            bar.setValue(round(top + height - room))


def _middle(bar: Bar) -> date:
    return bar.first + (bar.last - bar.first) / 2
