"""Applies the theme: colours by role, the typeface, the style sheet made from them, and the person's text size.

Widgets ask for roles ("alarm", "text_dim"), never for colours. Themes are files: `resources/themes/<name>.toml`.
Widgets are built with sizes of the text scale in force then. What they paint and ask for follows a new scale; what
was set once (a font, a width, the height of rows) is scaled by `text_scale.py`.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from controlroom.resources import resource
from controlroom.ui.text_scale import Rescaling

FAMILY = "Hanken Grotesk"  # its figures are all of one width, so numbers stand in columns
BODY, SMALL, TITLE, CLOCK = 14, 12, 16, 22  # pixels
REGULAR, MEDIUM, STRONG, NUMBER = 400, 500, 600, 700  # weights
RADIUS, CARD_RADIUS = 7, 10
TARGET = 32  # the smallest height of anything clicked
STATES = ("live", "warn", "alarm", "accent", "planned", "what_if", "idle")

_LENGTH = re.compile(r"(?<![\w#])(\d+)px")
_WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")


class _Theme(QObject):
    """The theme in force; `changed` after another one was applied."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = "dark"
        self.text_scale = 1.0
        self.colours = _load("dark")
        self.styled = False  # whether the application has the style the sheets are made for
        self.sheet_waits = False  # while many widgets are built


def names() -> list[str]:
    """Every theme that ships."""
    return sorted(path.stem for path in resource("themes").glob("*.toml"))


def apply(app: QApplication, name: str = "dark", text_scale: float = 1.0) -> None:
    """Give the whole application a theme: fonts, palette and style sheet.

    `text_scale` enlarges every text set through `font()`; 1.0 is 14 px for body text. What exists already follows.
    """
    _load_fonts()
    theme = current()
    before = theme.text_scale
    theme.name, theme.text_scale, theme.colours = name, text_scale, _load(name)
    rescaling = Rescaling(app, before, text_scale)
    if not theme.sheet_waits:
        # Qt takes five times as long to exchange one sheet for another as to put one on where there is none.
        app.setStyleSheet("")
    # Each of these goes through every widget there is, so only what has to change is set.
    if not theme.styled and (style := QStyleFactory.create("Fusion")) is not None:
        app.setStyle(style)
        theme.styled = True
    if app.font() != font():
        app.setFont(font())
    app.setPalette(_palette())
    rescaling.sizes()
    if not theme.sheet_waits:
        app.setStyleSheet(_style_sheet())
    rescaling.fonts()
    theme.changed.emit()


@contextmanager
def sheet_at_the_end(app: QApplication) -> Iterator[None]:
    """Give the style sheet to everything built inside the block at once, when it ends.

    Otherwise Qt matches a widget's whole subtree with the sheet again each time it is put into another widget, which
    takes a quarter of a desk's start.
    """
    theme = current()
    theme.sheet_waits = True
    app.setStyleSheet("")
    try:
        yield
    finally:
        theme.sheet_waits = False
        app.setStyleSheet(_style_sheet())


@cache
def current() -> _Theme:
    """The theme in force."""
    return _Theme()


def color(role: str, alpha: float = 1.0) -> QColor:
    """The colour of a role, `alpha` from 0 to 1; KeyError for a role no theme has."""
    colour = QColor(current().colours[role])
    if alpha < 1.0:
        colour.setAlphaF(alpha)
    return colour


def on_fill(state: str) -> QColor:
    """The text colour that is readable on `<state>_fill`."""
    return color(f"{state}_text")


def fill(state: str) -> QColor:
    """The quiet background that belongs to a state."""
    return color("planned_fill" if state == "accent" else f"{state}_fill")


def font(size_px: float = BODY, weight: int = REGULAR, tabular: bool = True) -> QFont:
    """The typeface at a size in pixels (before the person's own text scale) and a weight of 400 to 700."""
    made = QFont(FAMILY)
    made.setPixelSize(px(size_px))
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def px(length: float) -> int:
    """A length in pixels, grown with the text."""
    return max(1, round(length * current().text_scale))


def tint(widget: QWidget, role: str) -> None:
    """Colour a label's text by role; the style sheet follows the property, so a change of theme is followed."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def _load(name: str) -> dict[str, str]:
    with resource("themes", f"{name}.toml").open("rb") as file:
        content: dict[str, Any] = tomllib.load(file)
    return dict(content["colours"])


@cache
def _load_fonts() -> None:
    folder = files("font_hanken_grotesk") / "files"
    for weight in _WEIGHTS:
        with as_file(folder / f"HankenGrotesk-{weight}.otf") as path:
            QFontDatabase.addApplicationFontFromData(Path(path).read_bytes())


def _palette() -> QPalette:
    palette, role, group = QPalette(), QPalette.ColorRole, QPalette.ColorGroup
    for target, source in (
        (role.Window, "ground"),
        (role.WindowText, "text"),
        (role.Base, "card"),
        (role.AlternateBase, "bar"),
        (role.Text, "text"),
        (role.BrightText, "text"),
        (role.Button, "raised"),
        (role.ButtonText, "text"),
        (role.Highlight, "accent_fill"),
        (role.HighlightedText, "on_accent"),
        (role.PlaceholderText, "text_faint"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.Link, "accent"),
        (role.Mid, "line"),
        (role.Dark, "rail"),
        (role.Light, "line"),
        (role.Accent, "accent"),
    ):
        palette.setColor(target, color(source))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, target, color("text_faint"))
    return palette


def _style_sheet() -> str:
    text = resource("themes", "desk.qss").read_text(encoding="utf-8")
    for name in sorted(current().colours, key=len, reverse=True):
        text = text.replace(f"@{name};", f"{current().colours[name]};")
        text = text.replace(f"@{name} ", f"{current().colours[name]} ")
    text = text.replace("@folder", resource("themes").as_posix())
    text = "\n".join(map(_grown, text.splitlines()))
    roles = (f'QLabel[role="{name}"] {{ color: {value}; }}' for name, value in current().colours.items())
    return text + "\n".join(roles)


def _grown(line: str) -> str:
    """A line of the style sheet with its heights and arrows grown with the text; edges and corners stay as they are.

    A box to tick grows with its corners, or the round one would become square; a slider's handle stays as it is.
    """
    least = 1000 if "QSlider" in line else 4 if "::indicator" in line else 12
    return _LENGTH.sub(lambda found: f"{px(int(found[1])) if int(found[1]) >= least else found[1]}px", line)
