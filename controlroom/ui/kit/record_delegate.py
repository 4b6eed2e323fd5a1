"""Paints the cells of a record table: state marks, pills, and words that end in … where there is no room."""

from typing import TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from controlroom.ui import theme
from controlroom.ui.kit.table_model import CELL_SIZE, PILL_ROLE, STATE_ROLE, Column
from controlroom.ui.widgets.marks import paint_mark, paint_pill, pill_width
from controlroom.ui.widgets.painting import paint_icon

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
SIDE, MARK, GAP = 12, 9, 8
ARROW = 12  # of the sorted column


def words_width(column: Column[R], text: str) -> int:
    """How wide a cell has to be to show this text whole."""
    if column.pill:
        return pill_width(QFontMetrics(theme.font(theme.SMALL, theme.MEDIUM)), text) + 2 * SIDE
    mark = theme.px(MARK) + GAP if column.state is not None else 0
    font = theme.font(CELL_SIZE, column.weight)
    return QFontMetrics(font).horizontalAdvance(text) + 2 * SIDE + mark + 1


def title_width(metrics: QFontMetrics, title: str) -> int:
    """How wide a column has to be to show its title whole, with the arrow of the sorted one."""
    return metrics.horizontalAdvance(title) + 2 * SIDE + theme.px(ARROW) + 5


class RecordDelegate(QStyledItemDelegate):
    """One painter for every cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        box = QRectF(option.rect)
        self._paint_ground(painter, option, box, index)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        state = index.data(STATE_ROLE)
        inner = box.adjusted(SIDE, 0, -SIDE, 0)
        if state and index.data(PILL_ROLE):
            painter.setFont(theme.font(theme.SMALL, theme.MEDIUM))
            metrics = painter.fontMetrics()
            width = min(inner.width(), pill_width(metrics, text))
            height = max(22, metrics.height() + 6)
            paint_pill(
                painter, QRectF(inner.left(), inner.center().y() - height / 2, width, height), text, state
            )
            painter.restore()
            return
        if state:
            size = theme.px(MARK)
            paint_mark(painter, QRectF(inner.left(), inner.center().y() - size / 2, size, size), state)
            inner.setLeft(inner.left() + size + GAP)
        painter.setFont(index.data(Qt.ItemDataRole.FontRole))
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, index.data(Qt.ItemDataRole.TextAlignmentRole), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        metrics = QFontMetrics(index.data(Qt.ItemDataRole.FontRole))
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        extra = theme.px(MARK) + GAP if index.data(STATE_ROLE) else 0
        return QSize(metrics.horizontalAdvance(text) + 2 * SIDE + extra, theme.px(38))

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF, index: Index
    ) -> None:
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.color("selected"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme.color("hover"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), theme.color("line"))
        if state & QStyle.StateFlag.State_Selected and index.column() == 0:
            focused = option.widget is not None and option.widget.hasFocus()
            bar = theme.color("accent" if focused else "text_faint")
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height() - 1), bar)


class RecordHeader(QHeaderView):
    """Column titles; the sorted column's arrow stands beside its words, on the side away from the edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFont(theme.font(12.5, theme.STRONG))
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setMinimumSectionSize(44)
        self.setMouseTracking(True)
        self.setFixedHeight(theme.px(36))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        model = self.model()
        if model is None or not rect.isValid():
            return
        painter.save()
        painter.fillRect(rect, theme.color("bar"))
        painter.fillRect(QRectF(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        text = str(model.headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        align = model.headerData(logicalIndex, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        to_right = bool(align and align & Qt.AlignmentFlag.AlignRight)
        inner = QRectF(rect).adjusted(SIDE, 0, -SIDE, 0)
        arrow = theme.px(ARROW)
        painter.setFont(self.font())
        painter.setPen(theme.color("text" if sorted_here else "text_dim"))
        room = inner.width() - (arrow + 4 if sorted_here else 0)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        width = painter.fontMetrics().horizontalAdvance(shown)
        painter.drawText(inner, align or Qt.AlignmentFlag.AlignVCenter, shown)
        if sorted_here:
            up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            left = inner.right() - width - arrow - 4 if to_right else inner.left() + width + 4
            paint_icon(painter, "caret-up" if up else "caret-down", "accent", left, inner.center().y(), arrow)
        painter.restore()
