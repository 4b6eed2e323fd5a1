"""Provides the desk's button: its words, and beside them the key that does the same."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.keyboard import letters_rest
from controlroom.ui.widgets.painting import CENTRED, focus_ring, inside, paint_icon, painting, rounded, words

ButtonKind = Literal["primary", "secondary", "danger", "quiet"]
SIDE, GAP, CHIP_SIDE = 12, 8, 6


class KeyButton(QPushButton):
    """A push button that shows its key as a chip and works by it.

    The key works while the button is visible and enabled; printable keys leave text fields alone. `bind=False`
    only shows the key (something else handles it). `press` is called when it is pressed.
    """

    def __init__(
        self,
        text: str,
        key: str = "",
        kind: ButtonKind = "secondary",
        icon_name: str = "",
        parent: QWidget | None = None,
        *,
        bind: bool = True,
        press: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._key, self._kind, self._icon_name = key, kind, icon_name
        self._plain_tip, self._why_not = "", ""
        self.keeps_key = False
        """Where there is no room for both, its words are shortened and its key is shown."""
        self.setFont(theme.font(13, theme.MEDIUM))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        if key:
            self.describe(text)
            if bind:
                self.setShortcut(QKeySequence(key.replace("Enter", "Return")))  # the large key, to Qt
        if press is not None:
            self.clicked.connect(lambda _checked: press())

    @property
    def key(self) -> str:
        """The key as shown."""
        return self._key

    @property
    def key_rests(self) -> bool:
        """True while its key is a letter that would be text now, and so does not press it."""
        return len(self._key) == 1 and letters_rest(self.window())

    @property
    def kind(self) -> str:
        """How it is drawn: primary (filled), secondary, danger, quiet (no box)."""
        return self._kind

    @property
    def why_not(self) -> str:
        """Why it cannot be pressed, empty while it can or nobody said."""
        return "" if self.isEnabled() else self._why_not

    def allow(self, allowed: bool, why_not: str = "") -> None:
        """Let it be pressed or not; the reason is told by its tool tip, the palette and screen readers."""
        if not self._why_not:
            self._plain_tip = self.toolTip()
        self._why_not = "" if allowed else why_not
        self.setEnabled(allowed)
        self.setAccessibleDescription(self._why_not)
        self._show_tip()

    def describe(self, text: str) -> None:
        """What its tool tip says it does, where its words alone are short; its key follows."""
        self._plain_tip = f"{text} ({self._key})" if self._key else text
        self._show_tip()

    def _show_tip(self) -> None:
        self.setToolTip(f"{self._plain_tip}\n{self._why_not}".strip())

    def set_kind(self, kind: ButtonKind) -> None:
        """Draw it in another way."""
        self._kind = kind
        self.update()

    def set_text(self, text: str) -> None:
        """Change the words; the key stays (Qt would drop it)."""
        bound = self.shortcut()
        self.setText(text)
        self.setShortcut(bound)
        self.setAccessibleName(text)
        if self._key:
            self.describe(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2 * SIDE + 2
        if self._icon_name:
            width += theme.px(16) + (6 if self.text() else 0)
        if self._key:
            width += GAP + self._chip_width()
        return QSize(max(theme.TARGET, width), max(theme.TARGET, theme.px(theme.TARGET)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            ink = self._paint_box(painter)
            left, right = float(SIDE), float(self.width() - SIDE)
            # Too narrow for both: its words, and its tip has the key; or its key, and its tip has the words.
            if self._key and (self.keeps_key or self.width() >= self.sizeHint().width() - 1):
                right = self._paint_chip(painter, right, ink) - GAP
            else:  # without its key the words stand in the middle
                used = min(QFontMetrics(self.font()).horizontalAdvance(self.text()), self.width())
                extra = theme.px(16) + 6 if self._icon_name else 0
                left = max(left, (self.width() - used - extra) / 2)
            if self._icon_name:
                role = "on_accent" if self._kind == "primary" and self.isEnabled() else "text_dim"
                paint_icon(painter, self._icon_name, role, left, self.height() / 2, theme.px(16))
                left += theme.px(16) + 6
            words(
                painter, QRectF(left, 0, right - left + 2, self.height()), self.text(), ink, 13, theme.MEDIUM
            )

    def _paint_box(self, painter: QPainter) -> QColor:
        back, edge, ink = _colours(self._kind, self.isChecked())
        if not self.isEnabled():
            back, edge, ink = theme.color("bar"), theme.color("line"), theme.color("text_faint")
        elif self.isDown():
            back = back.darker(115) if back.alpha() else theme.color("line")
        elif self.underMouse():
            back = back.lighter(112) if self._kind in ("primary", "danger") else theme.color("hover")
        rounded(painter, inside(self), back, edge if edge.alpha() else None)
        if self.hasFocus():
            focus_ring(painter, inside(self, 1), "text" if self._kind == "primary" else "accent")
        return ink

    def _paint_chip(self, painter: QPainter, right: float, ink: QColor) -> float:
        width, height = self._chip_width(), theme.px(18)
        chip = QRectF(right - width + 4, (self.height() - height) / 2, width, height)
        edge = QColor(ink)
        edge.setAlphaF(0.35 if self._kind == "primary" else 0.22)
        if self.key_rests:
            edge.setAlphaF(0.1)
            ink = QColor(ink)
            ink.setAlphaF(0.4)
        rounded(painter, chip.adjusted(0.5, 0.5, -0.5, -0.5), None, edge, radius=4)
        plain = self._kind != "primary" and self.isEnabled() and not self.key_rests
        dim = "text_dim" if plain else ink
        words(painter, chip, self._key, dim, 11, theme.MEDIUM, CENTRED)
        return chip.left()

    def _chip_width(self) -> int:
        words = QFontMetrics(theme.font(11, theme.MEDIUM)).horizontalAdvance(self._key)
        return max(theme.px(18), words + 2 * CHIP_SIDE)


def _colours(kind: str, checked: bool) -> tuple[QColor, QColor, QColor]:
    clear = QColor(0, 0, 0, 0)
    if kind == "primary":
        return theme.color("accent_fill"), clear, theme.color("on_accent")
    if kind == "danger":
        return theme.color("alarm_fill"), theme.color("alarm", 0.5), theme.color("alarm_text")
    if checked:
        return theme.color("selected"), theme.color("accent", 0.6), theme.color("text")
    if kind == "quiet":
        return clear, clear, theme.color("text")
    return theme.color("raised"), theme.color("line"), theme.color("text")
