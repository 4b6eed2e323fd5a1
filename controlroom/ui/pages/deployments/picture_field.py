"""Asks a form for a picture: taken from the camera by a button, or chosen as a file, and shown before it is saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from controlroom.ui.background import Background
from controlroom.ui.kit.flow import Flow
from controlroom.ui.kit.picture import Picture
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column, empty
from controlroom.ui.widgets.text import note

TakePicture = Callable[[], Path]
NOT_HERE = "This unit has no camera in the register: choose a file."

IN_PANEL = 250  # px: as wide as the panel leaves it in the smallest window


class PictureField(QWidget):
    """`value` is the picture's file, None before there is one. `take` waits for the camera, in the background."""

    given = Signal(object)  # the file of a picture somebody took or chose

    def __init__(self, take: TakePicture | None, background: Background) -> None:
        super().__init__()
        self._take, self._background = take, background
        self._path: Path | None = None
        self.from_camera = KeyButton("Take from the camera", press=self.take_now)
        self.from_camera.setEnabled(take is not None)
        self.from_file = KeyButton("Choose a file…", press=self._ask_for_file)
        self.said = note("" if take is not None else NOT_HERE)
        self._shown = column(spacing=4)
        buttons = Flow()
        for button in (self.from_camera, self.from_file):
            buttons.add(button)
        column(buttons, self.said, self._shown, on=self, spacing=6)
        self.setFocusProxy(self.from_camera if take is not None else self.from_file)

    @property
    def value(self) -> Path | None:
        """The picture's file."""
        return self._path

    def set_value(self, path: Path | None) -> None:
        """Take a picture's file, and show it."""
        self._path = path
        empty(self._shown)
        if path is not None:
            self.said.setText(path.name)
            self._shown.addWidget(Picture(lambda: path, self._background, width=IN_PANEL))

    def take_now(self) -> None:
        """Take a picture from the camera; until it has come the button is off."""
        if self._take is None:
            return
        self.from_camera.setEnabled(False)
        self.said.setText("Waiting for the camera…")
        self._background.run(self._take, self._taken, self._not_taken, owner=self)

    def _taken(self, path: Path) -> None:
        self.from_camera.setEnabled(True)
        self._give(path)

    def _give(self, path: Path) -> None:
        self.set_value(path)
        self.given.emit(path)

    def _not_taken(self, error: Exception) -> None:
        self.from_camera.setEnabled(True)
        self.said.setText(str(error))

    def _ask_for_file(self) -> None:
        """Ask for a file, without stopping anything."""
        dialog = QFileDialog(self, "Choose the test picture", "", "Pictures (*.jpg *.jpeg *.png)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._give(Path(path)))
        dialog.show()
