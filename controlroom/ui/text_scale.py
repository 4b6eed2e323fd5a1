"""Scales what was set on widgets once (fonts, widths, heights of rows) when the person's text size changes.

Each widget remembers its lengths at scale 1, so that going up and down ends on the same pixel. What is hidden (pages
behind, closed panels, forms not asked for: most of the desk) is left as it is, without the style sheet too, and follows
when it is shown.
"""

from collections.abc import Iterable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QTableView,
    QWidget,
)

UNLIMITED = 16_777_215  # Qt's own greatest size of a widget
_POLISHED = Qt.WidgetAttribute.WA_WState_Polished
_OWN_STYLE = (
    Qt.WidgetAttribute.WA_SetStyle
)  # Qt tells such a widget nothing of a new style of the application
_LEFT_AT = "text_scale_left_at"  # the scale of a widget that is to follow when its page comes to the front
_FONT_OF_STYLE = "_q_styleSheetWidgetFont"  # where Qt's style sheets store the font a widget had before them


class Rescaling:
    """One change of scale or of theme.

    To be made before a new style sheet, which gives widgets back the fonts they had when they first met one, and sets
    some sizes itself: `sizes()` before it, `fonts()` after it.
    """

    def __init__(self, app: QApplication, before: float, after: float) -> None:
        self._before, self._after = before, after
        later = app.findChild(_Later) or _Later(app)
        later.scale = after
        widgets = app.allWidgets()
        self._left = set[QWidget]()
        for part in _hidden(widgets):
            self._left.update(later.leave(part, before))
        self._at_once = [widget for widget in widgets if widget not in self._left]
        self._fonts = _fonts(((widget, before) for widget in self._at_once), after)
        # Or both sheets go through them: the old one when it is taken off, and the new one.
        for widget in self._left:
            widget.setAttribute(_POLISHED, False)
            widget.setAttribute(_OWN_STYLE)

    def sizes(self) -> None:
        """Scale the lengths set on what follows at once."""
        for widget in self._at_once if self._before != self._after else ():
            _rescale(widget, self._before, self._after)

    def fonts(self) -> None:
        """Scale the fonts set on what follows at once."""
        _set_fonts(self._fonts)
        for widget in filter(shiboken6.isValid, self._left):
            widget.setAttribute(_OWN_STYLE, False)


class _Later(QObject):
    """Lets a part of a window that was left at another scale or theme follow when it is shown."""

    scale = 1.0  # the scale in force

    def leave(self, part: QWidget, scale: float) -> list[QWidget]:
        """Note the scale of everything in a part; what was left at an earlier change stays at the scale of then."""
        inside = [part, *part.findChildren(QWidget)]
        for widget in inside:
            if widget.property(_LEFT_AT) is None:
                widget.setProperty(_LEFT_AT, scale)
        part.installEventFilter(self)
        return inside

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A part may set lengths of its own when it gets another size, which can be before it is shown.
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize) and isinstance(watched, QWidget):
            watched.removeEventFilter(self)
            self._follow(watched)
        return False

    def _follow(self, part: QWidget) -> None:
        waiting: list[tuple[QWidget, float]] = []
        for widget in (part, *part.findChildren(QWidget)):
            before = widget.property(_LEFT_AT)
            if before is not None:
                widget.setProperty(_LEFT_AT, None)
                waiting.append((widget, before))
        fonts = _fonts(waiting, self.scale)
        for widget, before in waiting:
            if before != self.scale:
                _rescale(widget, before, self.scale)
            if not widget.testAttribute(_POLISHED):
                widget.setAttribute(_POLISHED)
                widget.style().polish(widget)
            QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
        _set_fonts(fonts)


def _hidden(widgets: Iterable[QWidget]) -> list[QWidget]:
    """The parts of windows that are hidden, each without what is hidden inside it."""
    hidden = {widget for widget in widgets if widget.isHidden() and not widget.isWindow()}
    return [widget for widget in hidden if not _inside(widget, hidden)]


def _inside(widget: QWidget, parts: set[QWidget]) -> bool:
    above = widget.parentWidget()
    while above is not None and above not in parts:
        above = above.parentWidget()
    return above is not None


def _fonts(widgets: Iterable[tuple[QWidget, float]], after: float) -> list[tuple[QWidget, QFont]]:
    """The fonts set on `widgets`, scaled."""
    found: list[tuple[QWidget, QFont]] = []
    for widget, before in widgets:
        font = QFont(widget.font())
        # One that is not set is the application's own, which follows by itself.
        if font.resolveMask() and font.pixelSize() > 0:
            font.setPixelSize(_Lengths(widget, before, after).of("font", font.pixelSize()))
            found.append((widget, font))
    return found


def _set_fonts(fonts: Iterable[tuple[QWidget, QFont]]) -> None:
    for widget, made in fonts:
        if shiboken6.isValid(widget) and widget.font().pixelSize() != made.pixelSize():
            widget.setFont(made)
            if widget.property(_FONT_OF_STYLE) is not None:  # or the next polish brings the old one back
                widget.setProperty(_FONT_OF_STYLE, made)
            widget.updateGeometry()


def _rescale(widget: QWidget, before: float, after: float) -> None:
    """Scale the lengths set on a widget."""
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
        for number in range(columns.count() if not columns.property("own_widths") else 0):
            if not columns.isSectionHidden(number):
                columns.resizeSection(number, each.of(f"column_{number}", columns.sectionSize(number)))
    view.scheduleDelayedItemsLayout()
