"""Draws a score as a bar: one colour a part, as long as the points it made."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.pages.deployments.words import PART_ROLES
from controlroom.ui.widgets.painting import painting, rounded

FULL = 100.0


class ScoreBar(QWidget):
    """Parts as (title, points of 100), side by side; the full width is 100 points."""

    def __init__(self, parts: Sequence[tuple[str, float]] = (), height: int = 6) -> None:
        super().__init__()
        self._height = height
        self._parts: list[tuple[str, float]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_parts(parts)

    def set_parts(self, parts: Sequence[tuple[str, float]]) -> None:
        """Show other parts."""
        self._parts = list(parts)
        words = "\n".join(f"{title}: {points:.1f}" for title, points in self._parts)
        self.setToolTip(words)
        self.setAccessibleName("Score by parts")
        self.setAccessibleDescription(words.replace("\n", ", "))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, theme.px(self._height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        full = QRectF(self.rect())
        with painting(self) as painter:
            rounded(painter, full, theme.color("line", 0.55), radius=full.height() / 2)
            left = full.left()
            for number, (_, points) in enumerate(self._parts):
                width = full.width() * points / FULL
                if width > 0:
                    part = QRectF(left, full.top(), max(1.0, width - 1.5), full.height())
                    rounded(painter, part, PART_ROLES[number % len(PART_ROLES)], radius=2)
                    left += width
