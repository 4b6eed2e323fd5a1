"""Draws the timeline: its header, the units' lanes, deployments' bars, the lines of meetings and of today."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen

from controlroom.deployments.deployments.records import Standing
from controlroom.deployments.overview import Bar, Lane, Timeline
from controlroom.deployments.units.records import UnitState
from controlroom.ui import theme
from controlroom.ui.pages.deployments.scale import Scale
from controlroom.ui.pages.deployments.words import bar_line, bar_state
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.painting import CENTRED, MIDDLE_LEFT, focus_ring, words

HEADER, LABELS = 46, 180
LANE_LEAST, LANE_MOST, BAR_MOST = 46, 80, 58
PAD = 12
DASHED = frozenset({Standing.DECIDED, Standing.PLANNED})
HATCHED = frozenset({Standing.SUSPENDED})


@dataclass(frozen=True)
class BarLook:
    """What is drawn: the timeline, its scale, the lanes' height, what is selected and what is under the pointer."""

    timeline: Timeline
    scale: Scale
    lane_height: float
    selected: int | None = None
    hovered: int | None = None
    focused: bool = False

    def lane_top(self, number: int) -> float:
        """Where a lane begins, below the header, before scrolling."""
        return number * self.lane_height

    def bar_box(self, number: int, bar: Bar) -> QRectF:
        """Where a bar stands in its lane, from its first day to its last, clipped to the days in view."""
        scale = self.scale
        left = max(scale.x(bar.first), scale.left)
        right = min(scale.end(bar.last), scale.left + scale.width)
        height = min(theme.px(BAR_MOST), self.lane_height - 12)
        top = self.lane_top(number) + (self.lane_height - height) / 2
        return QRectF(left, top, max(3.0, right - left), height)

    def overdue_box(self, number: int, bar: Bar) -> QRectF | None:
        """Where a unit that stands past its last day goes on to today."""
        if bar.still_up_until is None:
            return None
        box = self.bar_box(number, bar)
        right = min(self.scale.x(bar.still_up_until), self.scale.left + self.scale.width)
        left = max(self.scale.end(bar.last), self.scale.left)
        return QRectF(left, box.top(), right - left, box.height()) if right - left > 1 else None


def paint_header(painter: QPainter, look: BarLook, width: float) -> None:
    """The weeks, and where today is."""
    height = theme.px(HEADER)
    painter.fillRect(QRectF(0, 0, width, height), theme.color("card"))
    painter.setFont(theme.font(12.5))
    metrics = painter.fontMetrics()
    today = look.timeline.today
    today_x = look.scale.x(today) + look.scale.day_width / 2
    shows_today = look.timeline.first <= today <= look.timeline.last
    half = metrics.horizontalAdvance("today") / 2 + 6
    for monday, text in look.scale.labels(metrics.horizontalAdvance("30 Nov") + 22):
        left = look.scale.x(monday) + 5
        wide = metrics.horizontalAdvance(text)
        if shows_today and left - half < today_x < left + wide + half:
            continue
        if left + wide > width - 4:
            continue
        words(painter, QRectF(left, 0, wide + 4, height), text, "text_dim", 12.5)
    if shows_today:
        middle = QRectF(today_x - half - 4, 0, 2 * half + 8, height - theme.px(4))
        words(painter, middle, "today", "accent", 12.5, theme.MEDIUM, CENTRED)
    painter.setPen(theme.color("line"))
    painter.drawLine(QPointF(0, height - 0.5), QPointF(width, height - 0.5))


def paint_lanes(painter: QPainter, look: BarLook, width: float) -> None:
    """The grid of weeks, the units' names, their bars, the meetings and today. The painter is scrolled already."""
    height = look.lane_top(len(look.timeline.lanes))
    painter.setPen(QPen(theme.color("line", 0.5), 1))
    for number, monday in enumerate(look.scale.weeks()):
        if number % 2 == 0:
            x = round(look.scale.x(monday)) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, height))
    for number, lane in enumerate(look.timeline.lanes):
        if number:
            painter.setPen(QPen(theme.color("line", 0.8), 1))
            y = round(look.lane_top(number)) + 0.5
            painter.drawLine(QPointF(0, y), QPointF(width, y))
        _paint_name(painter, look, number, lane)
    painter.save()
    painter.setClipRect(QRectF(look.scale.left, 0, look.scale.width, height))
    for number, lane in enumerate(look.timeline.lanes):
        for bar in lane.bars:
            _paint_bar(painter, look, number, bar)
    _paint_meetings(painter, look, height)
    _paint_today(painter, look, height)
    for number, lane in enumerate(look.timeline.lanes):  # words last: no line runs through them
        for bar in lane.bars:
            _paint_words(painter, look, number, bar)
    painter.restore()


def _paint_name(painter: QPainter, look: BarLook, number: int, lane: Lane) -> None:
    unit = lane.unit
    top, height = look.lane_top(number), look.lane_height
    strong, small = theme.font(theme.BODY, theme.NUMBER), theme.font(12)
    first, second = QFontMetrics(strong).height(), QFontMetrics(small).height()
    y = top + (height - first - second) / 2
    wide = theme.px(LABELS) - theme.px(PAD) - 8
    words(painter, QRectF(theme.px(PAD), y, wide, first), unit.asset, "text", theme.BODY, theme.NUMBER)
    if unit.state in {UnitState.FAULTY}:
        size = theme.px(8)
        x = theme.px(PAD) + QFontMetrics(strong).horizontalAdvance(unit.asset) + 8
        paint_mark(painter, QRectF(x, y + (first - size) / 2, size, size), "alarm")
    told = unit.state.value if unit.state in {UnitState.IN_STORE, UnitState.FAULTY} else ""
    line = f"{told} · {unit.model}" if told else f"{unit.make} {unit.model}"
    words(painter, QRectF(theme.px(PAD), y + first, wide, second), line, "text_dim", 12)


def _paint_bar(painter: QPainter, look: BarLook, number: int, bar: Bar) -> None:
    box = look.bar_box(number, bar).adjusted(0.5, 0.5, -0.5, -0.5)
    state = bar_state(bar)
    fill, edge = _colours(bar.standing, state)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if (late := look.overdue_box(number, bar)) is not None:
        painter.setPen(QPen(theme.color(state, 0.8), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QBrush(theme.color(state, 0.35), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(late.adjusted(-3, 0.5, -0.5, -0.5))
    if bar.deployment_id == look.hovered:
        fill = fill.lighter(118)
    dash = Qt.PenStyle.DashLine if bar.standing in DASHED else Qt.PenStyle.SolidLine
    painter.setBrush(fill)
    painter.setPen(QPen(edge, 1.2, dash))
    painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
    if bar.standing in HATCHED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(theme.color("warn", 0.25), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
    if bar.deployment_id == look.selected:
        focus_ring(painter, box.adjusted(-1, -1, 1, 1), "accent" if look.focused else "text_dim")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _colours(standing: Standing, state: str) -> tuple[QColor, QColor]:
    if standing in {Standing.PAST, Standing.ABORTED}:
        return theme.color("raised"), theme.color("line")
    return theme.fill(state), theme.color(state, 0.75)


def _paint_words(painter: QPainter, look: BarLook, number: int, bar: Bar) -> None:
    box = look.bar_box(number, bar).adjusted(theme.px(PAD) - 2, 0, -8, 0)
    if box.width() < theme.px(34):
        return
    past = bar.standing in {Standing.PAST, Standing.ABORTED}
    line, state = bar_line(bar), bar_state(bar)
    title_font, line_font = theme.font(13, theme.MEDIUM), theme.font(12)
    title_height, line_height = QFontMetrics(title_font).height(), QFontMetrics(line_font).height()
    both = bool(line) and title_height + line_height + 2 <= box.height()
    y = box.center().y() - (title_height + (line_height + 1 if both else 0)) / 2
    back = _colours(bar.standing, state)[0]
    if bar.deployment_id == look.hovered:
        back = back.lighter(118)
    painter.setFont(title_font)
    painter.setPen(theme.color("text_dim" if past else "text"))
    _on_own_colour(painter, QRectF(box.left(), y, box.width(), title_height), bar.place, back)
    if both:
        painter.setFont(line_font)
        painter.setPen(theme.color("text_faint") if past else theme.on_fill(state))
        under = QRectF(box.left(), y + title_height + 1, box.width(), line_height)
        _on_own_colour(painter, under, line, back)


def _on_own_colour(painter: QPainter, box: QRectF, text: str, back: QColor) -> None:
    """Draw words on the bar's own colour, so that no meeting's line runs through them."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    wide = min(box.width(), painter.fontMetrics().horizontalAdvance(shown) + 3.0)
    painter.fillRect(QRectF(box.left() - 3, box.top(), wide + 3, box.height()), back)
    painter.drawText(box, MIDDLE_LEFT, shown)


def _paint_meetings(painter: QPainter, look: BarLook, height: float) -> None:
    painter.setPen(QPen(theme.color("text_dim", 0.55), 1))
    for meeting in look.timeline.meetings:
        x = round(look.scale.x(meeting.day) + look.scale.day_width / 2) + 0.5
        painter.drawLine(QPointF(x, 0), QPointF(x, height))


def _paint_today(painter: QPainter, look: BarLook, height: float) -> None:
    today = look.timeline.today
    if look.timeline.first <= today <= look.timeline.last:
        x = round(look.scale.x(today) + look.scale.day_width / 2)
        painter.fillRect(QRectF(x - 1, 0, 2, height), theme.color("accent"))
