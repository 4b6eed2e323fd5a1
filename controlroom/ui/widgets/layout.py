"""Makes rows, columns and scrolling areas, each in one call from what they contain.

column(heading("Minutes"), grow(self.edit), row(save, SPRING, close, spacing=8), on=self, spacing=12)
"""

from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

L = TypeVar("L", bound=QBoxLayout)
Margins = tuple[int, int, int, int]  # left, top, right, bottom, in pixels
ANYWHERE = Qt.AlignmentFlag(0)
LEFT, CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter
IN_VIEW = 40  # pixels kept above and below what has the keyboard
TOP, MIDDLE = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Cell:
    """One place of a row or column: what stands there, its share of spare room, and where in its place it stands.

    With no item it is an empty place, `gap` pixels long.
    """

    item: QWidget | QLayout | None
    share: int = 0
    align: Qt.AlignmentFlag = ANYWHERE
    gap: int = 0


Part = Cell | QWidget | QLayout | None  # None is left out, for what is only sometimes there
SPRING = Cell(None, share=1)  # takes the room that is left over


def grow(item: QWidget | QLayout, share: int = 1) -> Cell:
    """An item that takes spare room, by its share among all that do."""
    return Cell(item, share)


def at(align: Qt.AlignmentFlag, item: QWidget | QLayout) -> Cell:
    """An item no larger than it asks for, at one side of its place: `at(TOP, mark)`."""
    return Cell(item, align=align)


def gap(pixels: int) -> Cell:
    """Empty room, in addition to the spacing."""
    return Cell(None, gap=pixels)


def column(
    *parts: Part, on: QWidget | None = None, spacing: int = 0, margins: Margins = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Parts under one another; as the layout of the widget `on`, if one is named."""
    return _made(QVBoxLayout(), parts, on, spacing, margins)


def row(
    *parts: Part, on: QWidget | None = None, spacing: int = 0, margins: Margins = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Parts side by side; otherwise as `column`."""
    return _made(QHBoxLayout(), parts, on, spacing, margins)


def fill(layout: L, *parts: Part) -> L:
    """Append parts to a row or column that is there already."""
    for part in parts:
        if part is None:
            continue
        cell = part if isinstance(part, Cell) else Cell(part)
        if isinstance(cell.item, QWidget):
            layout.addWidget(cell.item, cell.share, cell.align)
        elif isinstance(cell.item, QLayout):
            layout.addLayout(cell.item, cell.share)
            layout.setAlignment(cell.item, cell.align)
        elif cell.gap:
            layout.addSpacing(cell.gap)
        else:
            layout.addStretch(cell.share)
    return layout


def grid(*, on: QWidget, across: int, down: int) -> QGridLayout:
    """An empty grid as the layout of a widget, so many pixels between its cells; its second column takes spare room."""
    made = QGridLayout(on)
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    made.setColumnStretch(1, 1)
    return made


def box(layout: QLayout) -> QWidget:
    """A plain widget around a layout, to show, hide or scroll as one."""
    made = QWidget()
    made.setLayout(layout)
    return made


def scrolling(content: QWidget | QLayout) -> QScrollArea:
    """An area that scrolls up and down only, and that the Tab key passes over."""
    area = QScrollArea()
    scroll_upright(area)
    area.setWidget(box(content) if isinstance(content, QLayout) else content)
    return area


def scroll_upright(area: QScrollArea) -> None:
    """Let an area scroll up and down only; the Tab key passes over it to what stands in it."""
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    keep_in_view(area)


def keep_in_view(area: QScrollArea) -> None:
    """Let an area scroll to the field or button in it that is given the keyboard."""
    _KeepsInView(area)


class _KeepsInView(QObject):
    """Scrolls an area to the field or button in it that was given the keyboard, unless it is the larger one."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self._inside(now):
            QTimer.singleShot(0, self, self._look)  # what was just shown has its place only then

    def _look(self) -> None:
        now = QApplication.focusWidget()
        if now is not None and self._inside(now) and now.height() < self._area.viewport().height():
            self._area.ensureWidgetVisible(now, 0, IN_VIEW)

    def _inside(self, widget: QWidget) -> bool:
        content = self._area.widget()
        return content is not None and self._area.isVisible() and content.isAncestorOf(widget)


def empty(layout: QLayout) -> None:
    """Take everything out of a layout, and its widgets out of the program."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            discard(widget)
        elif (inner := item.layout()) is not None:
            empty(inner)


def discard(widget: QWidget) -> None:
    """Hide a widget at once and delete it when Qt is back in its event loop."""
    widget.hide()
    widget.deleteLater()


def _made(layout: L, parts: tuple[Part, ...], on: QWidget | None, spacing: int, margins: Margins) -> L:
    if on is not None:
        on.setLayout(layout)
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    return fill(layout, *parts)
