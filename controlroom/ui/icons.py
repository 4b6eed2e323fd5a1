"""Makes icons by name and colour role: from the Phosphor font that comes with qtawesome (`video-camera`, `map-pin`, …).

Only qtawesome's files are used: its code loads eleven more fonts and every Qt module it can find, 0.2 s of a start.
"""

import json
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from controlroom.ui import theme

Mode = QIcon.Mode


def icon(name: str, role: str = "text_dim", active_role: str | None = None) -> QIcon:
    """A Phosphor icon drawn in a theme role. KeyError for a name the font does not have."""
    return _icon(name, theme.color(role).name(), theme.color(active_role or role).name())


def pixmap(name: str, role: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a pixmap of `size` logical pixels for painting; `ratio` is the device's pixel ratio."""
    return icon(name, role).pixmap(QSize(size, size), ratio)


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, active: str) -> QIcon:
    return QIcon(_Glyph(chr(int(_phosphor()[1][name], 16)), colour, active))


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    """The font's family, loaded, and the place of each icon in it (hexadecimal) by name."""
    found = find_spec("qtawesome")
    assert found is not None and found.origin is not None
    folder = Path(found.origin).parent / "fonts"
    (font,), (names,) = folder.glob("phosphor-*.ttf"), folder.glob("phosphor-charmap-*.json")
    loaded = QFontDatabase.addApplicationFontFromData(font.read_bytes())
    return QFontDatabase.applicationFontFamilies(loaded)[0], json.loads(names.read_text(encoding="utf-8"))


class _Glyph(QIconEngine):
    """Paints one letter of the icon font at any size."""

    def __init__(self, letter: str, colour: str, active: str) -> None:
        super().__init__()
        self._letter, self._colours = (
            letter,
            {Mode.Active: active, Mode.Selected: active, Mode.Normal: colour},
        )

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        font = QFont(_phosphor()[0])
        font.setPixelSize(round(0.875 * rect.height()))  # the letter's own margin makes up the rest
        painter.save()
        painter.setFont(font)
        painter.setPen(self._colours.get(mode) or theme.color("text_faint"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made
