"""The command palette: one line that finds pages, cameras and commands, laid over the window, never modal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from controlroom.ui import icons, theme
from controlroom.ui.widgets.text import Rule, label

WIDTH, MOST = 640, 9
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """Something to find: what it is called, what it is, its key, and what choosing it does."""

    title: str
    detail: str
    run: Callable[[], None]
    keys: str = ""
    icon_name: str = "caret-right"
    also: str = ""  # further words it is found by
    lead: str = ""  # a camera's number, shown first in bold


Source = Callable[[str], Iterable[Entry]]


def rank(entries: Iterable[Entry], typed: str) -> list[Entry]:
    """Entries that hold every typed word: by number first, then by beginning, then by place in the text."""
    words = typed.casefold().split()
    found: list[tuple[tuple[int, int], int, Entry]] = []
    for order, entry in enumerate(entries):
        text = f"{entry.lead} {entry.title} {entry.detail} {entry.also}".casefold()
        if not all(word in text for word in words):
            continue
        wanted = " ".join(words)
        lead = entry.lead.casefold()
        exact = 0 if wanted and wanted in (lead, lead.lstrip("0")) else 1
        found.append(((exact, text.find(wanted) if wanted in text else len(text)), order, entry))
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]


class _EntryModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def set_entries(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.lead} {entry.title}. {entry.detail}".strip()
        return None


class _EntryDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(200, theme.px(42))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ENTRY_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(6, 1, -6, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected"))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        size = theme.px(17)
        top = box.center().y() - size / 2
        ratio = painter.device().devicePixelRatio()
        picture = icons.pixmap(entry.icon_name, "text_dim", size, ratio)
        painter.drawPixmap(round(box.left() + 12), round(top), size, size, picture)
        left = box.left() + 12 + size + 12
        right = box.right() - 12
        if entry.keys:
            right = _paint_keys(painter, entry.keys, box, right)
        middle = Qt.AlignmentFlag.AlignVCenter
        if entry.lead:
            painter.setFont(theme.font(theme.BODY, theme.NUMBER))
            painter.setPen(theme.color("text"))
            painter.drawText(QRectF(left, box.top(), 80, box.height()), middle, entry.lead)
            left += max(theme.px(44), painter.fontMetrics().horizontalAdvance(entry.lead) + 12)
        painter.setFont(theme.font(theme.BODY, theme.MEDIUM))
        painter.setPen(theme.color("text"))
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, int(right - left))
        painter.drawText(QRectF(left, box.top(), right - left, box.height()), middle, title)
        left += painter.fontMetrics().horizontalAdvance(title) + 12
        painter.setFont(theme.font(12.5))
        painter.setPen(theme.color("text_dim"))
        if right - left > 40:
            detail = painter.fontMetrics().elidedText(
                entry.detail, Qt.TextElideMode.ElideRight, int(right - left)
            )
            painter.drawText(QRectF(left, box.top(), right - left, box.height()), middle, detail)
        painter.restore()


def _paint_keys(painter: QPainter, keys: str, box: QRectF, right: float) -> float:
    painter.setFont(theme.font(11, theme.MEDIUM))
    width = painter.fontMetrics().horizontalAdvance(keys) + 14
    chip = QRectF(right - width, box.center().y() - 10, width, 20)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("text_faint", 0.5), 1))
    painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(theme.color("text_dim"))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, keys)
    return chip.left() - 12


class Palette(QFrame):
    """Opens over `ground`. Sources give entries for what is typed; Enter runs the chosen one, Esc closes."""

    def __init__(self, ground: QWidget) -> None:
        super().__init__(ground)
        self._ground = ground
        self._sources: list[Source] = []
        self._before: QWidget | None = None
        self.setProperty("overlay", True)
        self.setAccessibleName("Find camera, incident or command")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 6, 1, 6)
        layout.setSpacing(0)
        self.edit = QLineEdit()
        self.edit.setProperty("bare", True)
        self.edit.setFont(theme.font(17))
        self.edit.setMinimumHeight(theme.px(44))
        self.edit.setTextMargins(18, 0, 18, 0)
        self.edit.setPlaceholderText("Camera number or street, page, command")
        self.edit.setAccessibleName("Find")
        self._model = _EntryModel(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_EntryDelegate(self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setStyleSheet("background: transparent;")
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = label("", 13, role="text_dim")
        self._nothing.setContentsMargins(20, 12, 20, 12)
        layout.addWidget(self.edit)
        layout.addWidget(Rule())
        layout.addSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._nothing)
        self.hide()
        self.edit.textChanged.connect(self._search)
        self.edit.installEventFilter(self)
        self.view.clicked.connect(lambda _index: self.run_chosen())
        ground.installEventFilter(self)

    def add_source(self, source: Source) -> None:
        """Another kind of things to find; earlier sources stand first among equals."""
        self._sources.append(source)

    def open(self, typed: str = "") -> None:
        """Open, perhaps with something typed already."""
        self._before = self.window().focusWidget()
        self.edit.setText(typed)
        self._search(typed)
        self.show()
        self.raise_()
        self._place()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Close and give the focus back."""
        if not self.isVisible():
            return
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    def entries(self) -> list[Entry]:
        """What is offered now."""
        return list(self._model.entries)

    def run_chosen(self) -> None:
        """Run the chosen entry."""
        row = self.view.currentIndex().row()
        if 0 <= row < len(self._model.entries):
            entry = self._model.entries[row]
            self.close_palette()
            entry.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._ground and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.edit and self.isVisible():
            if event.type() == QEvent.Type.FocusOut:
                self.hide()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._take_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take_key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run_chosen()
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._model.entries:
            step = 1 if key == Qt.Key.Key_Down else -1
            row = (self.view.currentIndex().row() + step) % len(self._model.entries)
            self.view.setCurrentIndex(self._model.index(row, 0))
        else:
            return False
        return True

    def _search(self, typed: str) -> None:
        offered = [entry for source in self._sources for entry in source(typed.strip())]
        found = rank(offered, typed)[:MOST]
        self._model.set_entries(found)
        self.view.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.setText(
            f"Nothing is called “{typed.strip()}”. Try a camera number, a street or a page."
        )
        if found:
            self.view.setCurrentIndex(self._model.index(0, 0))
        self._place()

    def _place(self) -> None:
        width = min(theme.px(WIDTH), self._ground.width() - 48)
        rows = len(self._model.entries)
        height = theme.px(44) + 6 + 1 + 6 + 8 + (rows * theme.px(42) if rows else theme.px(44))
        self.view.setFixedHeight(rows * theme.px(42) + 2 if rows else 0)
        self.setGeometry((self._ground.width() - width) // 2, 12, width, height + 2)
