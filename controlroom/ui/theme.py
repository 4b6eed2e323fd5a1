"""Applies the theme: colours by role, the typeface, the style sheet made from them, and the person's text size.

Widgets ask for roles ("alarm", "text_dim"), never for colours. Themes are files: `resources/themes/<name>.toml`.
Widgets are built with sizes of the text scale in force then. What they paint and ask for follows a new scale; what
was set once (a font, a width, the height of rows) is scaled here. Each widget remembers its lengths at scale 1, so that
going up and down ends on the same pixel.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyleFactory,
    QTableView,
    QWidget,
)

from controlroom.resources import resource

FAMILY = "Hanken Grotesk"  # its figures are all of one width, so numbers stand in columns
BODY, SMALL, TITLE, CLOCK = 14, 12, 16, 22  # pixels
REGULAR, MEDIUM, STRONG, NUMBER = 400, 500, 600, 700  # weights
RADIUS, CARD_RADIUS = 7, 10
TARGET = 32  # the smallest height of anything clicked
STATES = ("live", "warn", "alarm", "accent", "planned", "what_if", "idle")

_LENGTH = re.compile(r"(?<![\w#])(\d+)px")
_FONT_OF_STYLE = "_q_styleSheetWidgetFont"  # where Qt's style sheets store the font a widget had before them
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
    fonts = rescaled_fonts(app.allWidgets(), before, text_scale)
    # Each of these goes through every widget there is, so only what has to change is set.
    if not theme.styled and (style := QStyleFactory.create("Fusion")) is not None:
        app.setStyle(style)
        theme.styled = True
    if app.font() != font():
        app.setFont(font())
    app.setPalette(_palette())
    rescale_sizes(app.allWidgets(), before, text_scale)
    if not theme.sheet_waits:
        app.setStyleSheet(_style_sheet())
    for widget, made in fonts:
        if shiboken6.isValid(widget) and widget.font().pixelSize() != made.pixelSize():
            widget.setFont(made)
            if widget.property(_FONT_OF_STYLE) is not None:  # or the next polish brings the old one back
                widget.setProperty(_FONT_OF_STYLE, made)
            widget.updateGeometry()
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


UNLIMITED = 16_777_215  # Qt's own greatest size of a widget


def rescaled_fonts(widgets: Iterable[QWidget], before: float, after: float) -> list[tuple[QWidget, QFont]]:
    """The fonts set on `widgets`, scaled.

    To be read before a new style sheet and set after it, also when the scale stays: a style sheet puts back the
    fonts widgets had when they first met one.
    """
    found: list[tuple[QWidget, QFont]] = []
    for widget in list(widgets):
        font = QFont(widget.font())
        if (
            font.resolveMask() and font.pixelSize() > 0
        ):  # otherwise the application's own, which follows by itself
            font.setPixelSize(_Lengths(widget, before, after).of("font", font.pixelSize()))
            found.append((widget, font))
    return found


def rescale_sizes(widgets: Iterable[QWidget], before: float, after: float) -> None:
    """Scale other lengths set on `widgets`. To be done before a new style sheet, which sets some itself."""
    for widget in list(widgets) if before != after else ():
        each = _Lengths(widget, before, after)
        if not widget.isWindow():
            _size(widget, each)
        if isinstance(widget, QAbstractButton) and not widget.icon().isNull():
            size = widget.iconSize()
            widget.setIconSize(QSize(each.of("icon_w", size.width()), each.of("icon_h", size.height())))
        elif isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
            _rows_and_columns(widget, each)
        widget.updateGeometry()
        widget.update()


class _Lengths:
    """The lengths of one widget, each remembered at scale 1."""

    def __init__(self, widget: QWidget, before: float, after: float) -> None:
        self._widget, self._before, self._after = widget, before, after

    def of(self, name: str, now: int) -> int:
        """The length called `name`, `now` long, at the new scale; 0, 1 and what is unlimited stay."""
        if now <= 1 or now >= UNLIMITED:
            return now
        key = f"at_scale_one_{name}"
        base = self._widget.property(key)
        if not isinstance(base, float) or abs(base * self._before - now) > 1:  # first time, or set anew since
            base = now / self._before
            self._widget.setProperty(key, base)
        return max(1, round(base * self._after))


def _size(widget: QWidget, each: _Lengths) -> None:
    least, most = widget.minimumSize(), widget.maximumSize()
    new_least = QSize(each.of("min_w", least.width()), each.of("min_h", least.height()))
    new_most = QSize(each.of("max_w", most.width()), each.of("max_h", most.height()))
    # First what widens the room between the two, or Qt moves one of them with the other.
    widget.setMaximumSize(most.expandedTo(new_most))
    widget.setMinimumSize(new_least)
    widget.setMaximumSize(new_most)


def _rows_and_columns(view: QAbstractItemView, each: _Lengths) -> None:
    if isinstance(view, QTableView):
        rows, columns = view.verticalHeader(), view.horizontalHeader()
        rows.setMinimumSectionSize(each.of("row_min", rows.minimumSectionSize()))
        rows.setDefaultSectionSize(each.of("row", rows.defaultSectionSize()))
        for number in range(columns.count()):
            if not columns.isSectionHidden(number):
                columns.resizeSection(number, each.of(f"column_{number}", columns.sectionSize(number)))
    view.scheduleDelayedItemsLayout()
