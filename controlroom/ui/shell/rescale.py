"""Text in another size while the desk runs: fonts, fixed sizes, rows and columns of everything that exists grow along.

Widgets are built with sizes of the scale in force then. What they paint and what they ask for follows by itself;
what was set once (a label's font, a panel's width, the height of rows) is scaled here. Each length at scale 1 is kept
on its widget, so that going up and down ends on the same pixel.
"""

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QHeaderView, QTableView, QWidget

UNLIMITED = 16_777_215  # Qt's own greatest size of a widget


def rescaled_fonts(widgets: Iterable[QWidget], before: float, after: float) -> list[tuple[QWidget, QFont]]:
    """The fonts set on `widgets`, scaled.

    To be asked for before a new style sheet and set after it, also when the scale stays: a style sheet puts back the
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
