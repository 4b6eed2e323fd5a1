"""Provides labels in the sizes of the type scale, and one that shortens itself."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.layout import TOP, empty, grid
from controlroom.ui.widgets.painting import MIDDLE_LEFT, painting


def label(
    text: str = "",
    size: float = theme.BODY,
    weight: int = theme.REGULAR,
    role: str = "text",
    *,
    wrap: bool = False,
) -> QLabel:
    """A plain-text label in a size (px), weight and colour role."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size, weight))
    made.setWordWrap(wrap)
    theme.tint(made, role)
    return made


def heading(text: str) -> QLabel:
    """A title of a page or panel: 16 px, strong."""
    return label(text, theme.TITLE, theme.STRONG)


def note(text: str, *, wrap: bool = True) -> QLabel:
    """Secondary text: 12 px, dim."""
    return label(text, theme.SMALL, role="text_dim", wrap=wrap)


def caption(text: str) -> QLabel:
    """The small strong line above a group: "Presets", "This shift"."""
    return label(text, theme.SMALL, theme.STRONG, "text_dim")


def show_text(line: QLabel, text: str) -> None:
    """Let a label say something, on the screen and to screen readers; an empty text hides it."""
    line.setText(text)
    line.setAccessibleName(text)
    line.setVisible(bool(text))


class ElidedLabel(QWidget):
    """One line of text that ends in … where there is no room; the whole text is its tool tip."""

    def __init__(
        self, text: str = "", size: float = theme.BODY, weight: int = theme.REGULAR, role: str = "text"
    ) -> None:
        super().__init__()
        self._text, self._role = "", role
        self.setFont(theme.font(size, weight))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, role: str | None = None) -> None:
        """Show another text, perhaps in another role."""
        if role is not None:
            self._role = role
        if text != self._text:
            self._text = text
            self.setToolTip(text)
            self.setAccessibleName(text)
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(theme.color(self._role))
            shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(self.rect(), MIDDLE_LEFT, shown)


class Rule(QFrame):
    """A thin line across."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("rule", True)


class Facts(QWidget):
    """Facts in two columns: what it is, dim, and what it says."""

    def __init__(self, facts: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._grid = grid(on=self, across=16, down=6)
        self._facts: list[tuple[str, str]] = []
        self.set_facts(facts)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return list(self._facts)

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these; an empty value is shown as a dash."""
        if list(facts) == self._facts:
            return
        self._facts = list(facts)
        empty(self._grid)
        for row, (name, value) in enumerate(self._facts):
            left = label(name, 12.5, role="text_dim")
            right = label(value or "—", 13, wrap=True)
            right.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            right.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(left, row, 0, TOP)
            self._grid.addWidget(right, row, 1, TOP)
