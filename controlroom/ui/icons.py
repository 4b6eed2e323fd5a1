"""Icons by name and colour role: the Phosphor set that comes with qtawesome (`video-camera`, `map-pin`, …)."""

from functools import lru_cache

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap

from controlroom.ui import theme


def icon(name: str, role: str = "text_dim", active_role: str | None = None) -> QIcon:
    """A Phosphor icon, `name` with or without its "ph." prefix, drawn in a theme role."""
    return _icon(_full(name), theme.color(role).name(), theme.color(active_role or role).name())


def pixmap(name: str, role: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a pixmap of `size` logical pixels for painting; `ratio` is the device's pixel ratio."""
    colour = theme.color(role).name()
    return _icon(_full(name), colour, colour).pixmap(QSize(size, size), ratio)


def _full(name: str) -> str:
    return name if "." in name else f"ph.{name}"


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, active: str) -> QIcon:
    return qtawesome.icon(name, color=colour, color_active=active)
