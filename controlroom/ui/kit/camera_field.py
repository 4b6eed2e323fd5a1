"""Provides the field of a camera, named by number or words."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from controlroom.cameras.records import Camera
from controlroom.cameras.rules import find_by_number, matches
from controlroom.ui import theme
from controlroom.ui.widgets.layout import grow, row
from controlroom.ui.widgets.text import ElidedLabel


class CameraField(QWidget):
    """A short field for the number, and beside it the camera's name, or that there is none."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._cameras: Sequence[Camera] = ()
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("014")
        self.edit.setFont(theme.font(theme.BODY, theme.STRONG))
        self.edit.setFixedWidth(theme.px(110))
        self.edit.setMinimumHeight(theme.px(34))
        self._name = ElidedLabel("no camera", 13, role="text_dim")
        row(self.edit, grow(self._name), on=self, spacing=10)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(lambda _text: self._show())
        self.edit.editingFinished.connect(self._tidy)

    def setAccessibleName(self, name: str) -> None:
        """Names the field inside, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """The cameras that can be meant."""
        self._cameras = cameras
        self._show()

    def set_camera(self, camera: Camera | None) -> None:
        """Show this camera."""
        if camera is not None and camera not in self._cameras:
            self._cameras = [*self._cameras, camera]
        self.edit.setText(camera.number if camera is not None else "")
        self._show()

    @property
    def camera(self) -> Camera | None:
        """The camera meant by what was typed; None when nothing was, or nothing fits."""
        typed = self.edit.text().strip()
        if not typed:
            return None
        found = find_by_number(self._cameras, typed)
        if found is None:
            fitting = [each for each in self._cameras if matches(each, typed)]
            found = fitting[0] if len(fitting) == 1 else None
        return found

    @property
    def is_unknown(self) -> bool:
        """True when something was typed that names no single camera."""
        return bool(self.edit.text().strip()) and self.camera is None

    def _show(self) -> None:
        camera = self.camera
        if camera is not None:
            self._name.set_text(camera.name, "text")
        elif self.is_unknown:
            self._name.set_text("no such camera", "alarm")
        else:
            self._name.set_text("no camera", "text_faint")
        self.changed.emit()

    def _tidy(self) -> None:
        if self.camera is not None and self.edit.text() != self.camera.number:
            self.edit.setText(self.camera.number)
