"""A field of cameras, each to be ticked."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from controlroom.cameras.records import Camera
from controlroom.ui import theme


class CameraTicks(QListWidget):
    """Begins with every camera ticked; `value` are those that still are."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        super().__init__()
        self.setMinimumHeight(theme.px(160))
        self.set_cameras(cameras)

    @property
    def value(self) -> tuple[Camera, ...]:
        """The ticked cameras."""
        items = [self.item(row) for row in range(self.count())]
        return tuple(
            each.data(Qt.ItemDataRole.UserRole)
            for each in items
            if each.checkState() == Qt.CheckState.Checked
        )

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Offer these."""
        self.clear()
        for camera in cameras:
            item = QListWidgetItem(f"{camera.number}   {camera.name}   ({camera.username or 'no user'})")
            item.setData(Qt.ItemDataRole.UserRole, camera)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.addItem(item)
