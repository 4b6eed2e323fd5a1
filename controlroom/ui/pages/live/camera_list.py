"""Shows the list of cameras beside the wall: grouped by area, searched as you type, dragged onto tiles."""

from collections.abc import Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QDrag, QFontMetrics, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from controlroom.cameras import rules
from controlroom.cameras.records import Camera, Owner
from controlroom.ui import theme
from controlroom.ui.pages.live.tile import CAMERA_MIME
from controlroom.ui.pages.live.tile_paint import drag_picture
from controlroom.ui.widgets.card import EmptyState
from controlroom.ui.widgets.choices import Choices
from controlroom.ui.widgets.layout import column, grow
from controlroom.ui.widgets.marks import paint_mark
from controlroom.ui.widgets.painting import name_that_fits, words
from controlroom.ui.widgets.search_field import SearchField

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
CAMERA_ROLE, STATE_ROLE, NOTE_ROLE = (Qt.ItemDataRole.UserRole + offset for offset in (1, 2, 3))
ROW_HEIGHT, HEAD_HEIGHT = 32, 34
WIDE, NARROW = 290, 226


class Chip(IntEnum):
    """What the chips above the list narrow it to."""

    ALL = 0
    LIVE = 1
    FAULT = 2
    RDC = 3


EMPTY = {
    Chip.ALL: ("No cameras yet", "Add the first one on the Cameras page (Alt+0)."),
    Chip.FAULT: ("No faults", "Every camera on the wall has its picture."),
}


class CameraListModel(QAbstractListModel):
    """Rows are headings (text) and cameras. States are theme states by camera id; unlisted cameras are not shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cameras: Sequence[Camera] = ()
        self._states: Mapping[int, tuple[str, str]] = {}
        self._words = ""
        self._chip = Chip.ALL
        self._rows: list[Camera | str] = []

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        self._cameras = cameras
        self._build()

    def set_states(self, states: Mapping[int, tuple[str, str]]) -> None:
        """State and a short note for each camera on the wall."""
        if states == self._states:
            return
        kinds_changed = {key: state for key, (state, _) in states.items()} != {
            key: state for key, (state, _) in self._states.items()
        }
        self._states = dict(states)
        if kinds_changed and self._chip in (Chip.LIVE, Chip.FAULT):
            self._build()
        elif self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def narrow(self, words: str, chip: Chip) -> None:
        self._words, self._chip = words, chip
        self._build()

    def counts(self) -> dict[Chip, int]:
        return {chip: sum(self._fits(camera, chip) for camera in self._cameras) for chip in Chip}

    def first_camera(self) -> Camera | None:
        return next((row for row in self._rows if isinstance(row, Camera)), None)

    def row_of(self, camera_id: int) -> int:
        """The row of a camera, -1 when it is not listed."""
        return next(
            (n for n, row in enumerate(self._rows) if isinstance(row, Camera) and row.id == camera_id), -1
        )

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if isinstance(row, str):
            return row if role == Qt.ItemDataRole.DisplayRole else None
        state, note = self._states.get(row.id, ("idle", ""))
        note = "" if state == "live" else note
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.number} {row.name}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            unseen = "not on the wall" if row.has_address else "no address"
            return f"{row.number} {row.name}, {note or (unseen if state == 'idle' else state)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            address = "" if row.has_address else "no address yet: add it under Cameras"
            return " · ".join(part for part in (f"{row.number} {row.name}", row.place.ward, address) if part)
        return {CAMERA_ROLE: row, STATE_ROLE: state, NOTE_ROLE: note}.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        for index in indexes:
            camera = index.data(CAMERA_ROLE)
            if isinstance(camera, Camera):
                data.setData(CAMERA_MIME, str(camera.id).encode())
        return data

    def _build(self) -> None:
        self.beginResetModel()
        groups: dict[str, list[Camera]] = {}
        for camera in self._cameras:
            if self._fits(camera, self._chip) and rules.matches(camera, self._words):
                groups.setdefault(camera.place.area, []).append(camera)
        self._rows = []
        for area, cameras in groups.items():
            self._rows.append(f"{area} · {len(cameras)}")
            self._rows.extend(cameras)
        self.endResetModel()

    def _fits(self, camera: Camera, chip: Chip) -> bool:
        state = self._states.get(camera.id, ("idle", ""))[0]
        if chip is Chip.LIVE:
            return state == "live"
        if chip is Chip.FAULT:
            return state in ("warn", "alarm")
        return chip is Chip.ALL or camera.owner is Owner.RAPID_DEPLOYMENT


class CameraDelegate(QStyledItemDelegate):
    """Draws a heading quietly, a camera with mark, number, name and note."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, theme.px(ROW_HEIGHT if index.data(CAMERA_ROLE) else HEAD_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect, camera = QRectF(option.rect), index.data(CAMERA_ROLE)
        painter.save()
        if isinstance(camera, Camera):
            self._paint_camera(painter, option, index, rect, camera)
        else:
            said = str(index.data(Qt.ItemDataRole.DisplayRole)).upper()
            words(painter, rect.adjusted(14, 6, -8, 0), said, "text_dim", 11.5, theme.STRONG)
        painter.restore()

    def _paint_camera(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
        rect: QRectF,
        camera: Camera,
    ) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selected"))
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        paint_mark(painter, QRectF(rect.left() + 14, rect.center().y() - 4, 8.5, 8.5), index.data(STATE_ROLE))
        ink = "text" if camera.has_address else "text_dim"
        number = words(painter, rect.adjusted(30, 0, 0, 0), camera.number, ink, 13, theme.NUMBER)
        rect.setLeft(rect.left() + 30 + max(34, number + 12))
        rect.setRight(rect.right() - 10)
        metrics = QFontMetrics(theme.font(11.5))
        said = _note_that_fits(str(index.data(NOTE_ROLE) or ""), metrics, rect.width())
        note = metrics.horizontalAdvance(said)
        words(painter, rect.adjusted(rect.width() - note, 0, 2, 0), said, "text_dim", 11.5)
        rect.setRight(rect.right() - note - (8 if said else 0))
        name = name_that_fits(camera.name, QFontMetricsF(theme.font(13)), rect.width())
        words(painter, rect.adjusted(0, 0, 2, 0), name, ink, 13)


def _note_that_fits(note: str, metrics: QFontMetrics, room: float) -> str:
    """The note whole, or its duration alone ("3 s"), which leaves the name the greater part of the row."""
    for said in (note, " ".join(note.split()[1:])):
        if metrics.horizontalAdvance(said) <= room * 0.42:
            return said
    return ""


class _View(QListView):
    """Leaves typed figures to the page, which places cameras by number; shows what is dragged."""

    drag_begun = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if len(event.text()) == 1 and event.text().isprintable() and event.text() != " ":
            event.ignore()
            return
        super().keyPressEvent(event)

    def startDrag(self, supported: Qt.DropAction) -> None:
        camera = self.currentIndex().data(CAMERA_ROLE)
        if not isinstance(camera, Camera):
            return
        self.drag_begun.emit()
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([self.currentIndex()]))
        drag.setPixmap(drag_picture(camera, self.devicePixelRatioF()))
        drag.exec(supported)


class CameraList(QFrame):
    """Search, chips and list. `chosen` is a camera to be put on the wall, `pointed` one merely clicked."""

    chosen = Signal(object)
    pointed = Signal(object)
    drag_begun = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Cameras")
        self.setProperty("bar", "rail")
        self._narrow_now = False
        self.model = CameraListModel(self)
        self.search = SearchField("Number, street or ward", "Ctrl+F")
        self.chips = Choices(["All", "Live", "Fault", "RDC"], chips=True)
        self.view = _View()
        self.view.setModel(self.model)
        self.view.setItemDelegate(CameraDelegate(self.view))
        self.view.setAccessibleName("Camera list")
        self.view.setMouseTracking(True)
        self.view.setStyleSheet("QListView { background: transparent; }")
        self.view.setDragEnabled(True)
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.view.setUniformItemSizes(False)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._nothing = EmptyState("No camera found", "", "magnifying-glass")
        self._nothing.hide()
        above = column(self.search, self.chips, spacing=10, margins=(10, 0, 10, 0))
        column(above, grow(self.view), grow(self._nothing), on=self, spacing=10, margins=(0, 12, 0, 0))
        self.search.searched.connect(self._narrow)
        self.search.returnPressed.connect(lambda: self._tell(self.chosen, self.model.first_camera()))
        self.search.went_down.connect(self.view.setFocus)
        self.chips.leads_to(self.view)
        self.chips.chosen.connect(self._narrow)
        self.view.activated.connect(lambda index: self._tell(self.chosen, index.data(CAMERA_ROLE)))
        self.view.clicked.connect(lambda index: self._tell(self.pointed, index.data(CAMERA_ROLE)))
        self.view.drag_begun.connect(self.drag_begun)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        self.model.set_cameras(cameras)
        self._count()
        self._say_if_empty()

    def set_states(self, states: Mapping[int, tuple[str, str]]) -> None:
        self.model.set_states(states)
        self._count()

    def point_at(self, camera_id: int | None) -> None:
        row = -1 if camera_id is None else self.model.row_of(camera_id)
        with QSignalBlocker(self.view.selectionModel()):
            self.view.setCurrentIndex(self.model.index(row) if row >= 0 else QModelIndex())
        self.view.viewport().update()

    def set_narrow(self, narrow: bool) -> None:
        """Take less room, so that pictures stay large on a small screen."""
        self.setFixedWidth(theme.px(NARROW if narrow else WIDE))
        if narrow != self._narrow_now:
            self._narrow_now = narrow
            self._count()

    def _narrow(self, *_: object) -> None:
        self.model.narrow(self.search.text(), Chip(self.chips.index))
        self._say_if_empty()

    def _say_if_empty(self) -> None:
        empty = self.model.rowCount() == 0
        self.view.setVisible(not empty)
        self._nothing.setVisible(empty)
        if not empty:
            return
        if typed := self.search.text().strip():
            said = ("No camera found", f"Nothing here matches “{typed}”. Ctrl+F, Del shows all.")
        else:
            said = EMPTY.get(Chip(self.chips.index), ("None of these", "Choose All to see every camera."))
        self._nothing.set_text(*said)

    def _count(self) -> None:
        for chip, count in self.model.counts().items():
            # Four chips with three-figure counts do not fit beside each other in a narrow list.
            self.chips.set_count(chip, None if self._narrow_now else count)

    def _tell(self, signal: SignalInstance, camera: Camera | None) -> None:
        if camera is not None:  # a heading of the list has none
            signal.emit(camera)
