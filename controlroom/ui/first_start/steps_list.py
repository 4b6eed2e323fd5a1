"""The four steps at the side: which are done, which is in front."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme

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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, side = theme.px(ROW), theme.px(26)
        for index, name in enumerate(self._names):
            top = index * row
            done, here = index < self._here, index == self._here
            circle = QRectF(1, top + (row - side) / 2, side, side)
            if index:
                painter.setPen(QPen(theme.color("live" if index <= self._here else "line"), 2))
                x = circle.center().x()
                painter.drawLine(int(x), int(top - (row - side) / 2 + 3), int(x), int(circle.top() - 3))
            painter.setPen(QPen(theme.color("live" if done else "accent" if here else "line"), 2))
            painter.setBrush(theme.color("accent_fill") if here else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle)
            painter.setFont(theme.font(13, theme.STRONG))
            painter.setPen(theme.color("live" if done else "on_accent" if here else "text_faint"))
            if done:  # drawn, since the typeface has no tick
                middle = circle.center()
                painter.drawPolyline([middle + QPointF(*point) for point in ((-4, 0), (-1, 3), (4, -3))])
            else:
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            painter.setFont(theme.font(theme.BODY, theme.STRONG if here else theme.REGULAR))
            painter.setPen(theme.color("text" if here else "text_dim"))
            words = QRectF(side + 14, top, self.width() - side - 14, row)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
        painter.end()
