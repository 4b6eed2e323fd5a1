"""Gives each column of a table the width that its words need, unless the person at the desk set another by hand.

A column has its declared width, or what its words need where they are longer, to twice that. Where all of them together
have no room, those that need less than was declared give it up. The stretching column takes the room that is left.
What a person set is kept at text size 1, so that it holds at every size.
"""

from collections.abc import Mapping
from heapq import nlargest
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableView, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.record_delegate import title_width, words_width
from controlroom.ui.kit.table_model import Column, RecordTableModel

R = TypeVar("R")
MOST = 2  # times its declared width: longer words end in …
MEASURED = 4  # of a column's words, the longest by letters
OWN_WIDTHS = "own_widths"  # a header whose columns follow the text size by themselves (text_scale.py)


class ColumnWidths(QObject, Generic[R]):
    """The widths of one table's columns."""

    def __init__(self, table: QWidget, view: QTableView, model: RecordTableModel[R]) -> None:
        """`table` holds the view and what stands in its place while it is empty."""
        super().__init__(view)
        self._table, self._view, self._model = table, view, model
        self._header = view.horizontalHeader()
        self._by_hand: dict[str, float] = {}
        self._longest: dict[str, list[str]] = {}
        self._setting = self._waits = False
        self._header.setProperty(OWN_WIDTHS, True)
        self._header.sectionResized.connect(self._resized)
        model.modelReset.connect(self._begun_afresh)
        model.rowsInserted.connect(self._changed)
        model.dataChanged.connect(self._changed)
        theme.current().changed.connect(self.fit_soon)

    def restore(self, remembered: Mapping[str, Mapping[str, Any]]) -> None:
        """Give the columns the widths somebody set by hand, and the others their own."""
        self._by_hand.clear()
        for column in self._model.columns:
            width = float(remembered.get(column.key, {}).get("width", column.width))
            if abs(width - column.width) > 1:
                self._by_hand[column.key] = width
        self.fit()

    def remembered(self, column: Column[R]) -> dict[str, int]:
        """What is kept of a column's width."""
        width = self._by_hand.get(column.key)
        return {} if width is None else {"width": round(width)}

    def fit_soon(self) -> None:
        """Fit the columns once all that goes on now is done; a page behind is fitted when it comes to the front."""
        if not self._waits and shiboken6.isValid(self) and self._table.isVisible():
            self._waits = True
            QTimer.singleShot(0, self, self.fit)

    def fit(self) -> None:
        """Give every column its width now; what is not on the screen is fitted when it comes there."""
        self._waits = False
        self._setting = True
        shown = [
            (number, column)
            for number, column in enumerate(self._model.columns)
            if not self._header.isSectionHidden(number)
        ]
        stretching = next((number for number, column in shown if column.stretch), -1)
        widths = {number: self._width(column) for number, column in shown if number != stretching}
        least = theme.px(self._model.columns[stretching].width) if stretching >= 0 else 0
        room = self._view.viewport().width() - least
        missing = sum(width for width, _ in widths.values()) - room
        for number, (width, needed) in widths.items():
            given = max(0, min(missing, width - needed))
            self._header.resizeSection(number, width - given)
            missing -= given
        if stretching >= 0:
            self._header.resizeSection(stretching, least - min(missing, 0))
        self._setting = False

    def _width(self, column: Column[R]) -> tuple[int, int]:
        """The width of a column, and the least that still shows its words."""
        if column.key in self._by_hand:
            width = theme.px(self._by_hand[column.key])
            return width, width
        least = theme.px(column.width)
        if not self._table.isVisible():
            return least, least
        words = max((words_width(column, each) for each in self._words(column)), default=0)
        needed = min(max(words, title_width(QFontMetrics(self._header.font()), column.title)), MOST * least)
        return max(least, needed), needed

    def _words(self, column: Column[R]) -> list[str]:
        """The longest words of a column."""
        if column.key not in self._longest:
            every = {column.text(record) for record in self._model.records}
            self._longest[column.key] = nlargest(MEASURED, every, key=len)
        return self._longest[column.key]

    def _begun_afresh(self) -> None:
        self._longest.clear()
        if self._table.isVisible():
            self.fit()  # before any of it is painted

    def _changed(self) -> None:
        self._longest.clear()
        self.fit_soon()

    def _resized(self, number: int, before: int, now: int) -> None:
        """Somebody moved a column's edge; hiding, showing and stretching are told in the same way."""
        last = self._header.stretchLastSection() and self._header.visualIndex(number) == self._last_place()
        if self._setting or not before or not now or last:
            return
        self._by_hand[self._model.columns[number].key] = now / theme.current().text_scale
        self.fit_soon()

    def _last_place(self) -> int:
        places = range(self._header.count() - 1, -1, -1)
        return next(
            (each for each in places if not self._header.isSectionHidden(self._header.logicalIndex(each))), -1
        )
