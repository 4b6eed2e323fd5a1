"""The list of the four steps at the window's side: which are done, which one is in front."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.painting import CENTRED, painting, words

ROW = 44


class StepsList(QWidget):
    """Numbers in circles, a tick where a step is done."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names, self._here = names, 0
        self.setFixedHeight(theme.px(ROW) * len(names))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_at(self, index: int) -> None:
        """The step in front."""
        self._here = index
        self.setAccessibleName(f"Step {index + 1} of {len(self._names)}: {self._names[index]}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            for index, name in enumerate(self._names):
                self._paint_step(painter, index, name)

    def _paint_step(self, painter: QPainter, index: int, name: str) -> None:
        row, side = theme.px(ROW), theme.px(26)
        top, done, here = index * row, index < self._here, index == self._here
        circle = QRectF(1, top + (row - side) / 2, side, side)
        if index:
            painter.setPen(QPen(theme.color("live" if index <= self._here else "line"), 2))
            x = int(circle.center().x())
            painter.drawLine(x, int(top - (row - side) / 2 + 3), x, int(circle.top() - 3))
        painter.setPen(QPen(theme.color("live" if done else "accent" if here else "line"), 2))
        painter.setBrush(theme.color("accent_fill") if here else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        ink = "live" if done else "on_accent" if here else "text_faint"
        if done:  # drawn, since the typeface has no tick
            painter.setPen(theme.color(ink))
            middle = circle.center()
            painter.drawPolyline([middle + QPointF(*point) for point in ((-4, 0), (-1, 3), (4, -3))])
        else:
            words(painter, circle, str(index + 1), ink, 13, theme.STRONG, CENTRED)
        room = QRectF(side + 14, top, self.width() - side - 14, row)
        weight = theme.STRONG if here else theme.REGULAR
        words(painter, room, name, "text" if here else "text_dim", theme.BODY, weight)
