"""Asks for the name of a preset, in the panel and beside the live picture: a new one, or one to rename or remove."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from controlroom.cameras.rules import LONGEST_PRESET_NAME
from controlroom.ui import theme
from controlroom.ui.pages.live.panel_parts import share_width
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column, grow, row
from controlroom.ui.widgets.text import label, note

REMOVE, REALLY_REMOVE = "Remove", "Remove for everybody?"
HOME, REALLY_HOME = "Make it home", "Home for everybody?"


class PresetForm(QFrame):
    """Hidden until it is opened; Enter saves, Esc closes."""

    saved = Signal(str)  # the name
    removed = Signal()
    home_wanted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._title = label("", theme.SMALL, theme.STRONG, "text_dim", wrap=True)
        self.edit = QLineEdit()
        self.edit.setMaxLength(LONGEST_PRESET_NAME)
        self.edit.setAccessibleName("Name of the preset")
        self.edit.returnPressed.connect(self._save)
        self.said = note("")
        self.save = KeyButton("Save", "Enter", "primary", bind=False, press=self._save)
        self.remove = KeyButton(REMOVE, kind="danger", press=self._remove)
        self.home = KeyButton(HOME, press=self._home)
        self.cancel = KeyButton("Cancel", "Esc", "quiet", bind=False, press=self.close_form)
        for button in (self.save, self.remove, self.home, self.cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
        column(
            self._title,
            self.edit,
            self.said,
            row(grow(self.save), grow(self.cancel), spacing=6),
            self.remove,
            self.home,
            on=self,
            spacing=8,
            margins=(12, 10, 12, 12),
        )
        self.hide()

    def open_new(self, camera: str, why_no_home: str) -> None:
        """Ask for the name of what the camera sees now."""
        self._open(f"Camera {camera}: keep this view as", "")
        self.save.allow(True)
        self.remove.hide()
        self.home.show()
        self.home.allow(not why_no_home, why_no_home)

    def open_for(self, name: str) -> None:
        """Ask what shall become of a stored preset; the camera drives there meanwhile."""
        self._open(f"“{name}”: another name, or remove it", name)
        self.edit.selectAll()
        for button in (self.save, self.remove):
            button.allow(True)
        self.remove.show()
        self.home.hide()

    def say(self, text: str) -> None:
        """Say beside the field what is wrong with it, or what goes on."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def wait(self, waits: bool) -> None:
        """While the camera is asked nothing more is."""
        for button in (self.save, self.remove, self.home):
            button.setEnabled(not waits)
        self.edit.setReadOnly(waits)

    def close_form(self) -> None:
        """Put it away."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _open(self, title: str, name: str) -> None:
        self.wait(False)
        self._title.setText(title)
        self.edit.setText(name)
        self.say("")
        self.remove.set_text(REMOVE)
        self.home.set_text(HOME)
        self.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        theme.tint(self.said, "alarm")

    def _save(self) -> None:
        if self.save.isEnabled():
            self.saved.emit(self.edit.text())

    def _remove(self) -> None:
        if self.remove.text() == REMOVE:
            self.remove.set_text(REALLY_REMOVE)
        else:
            self.removed.emit()

    def _home(self) -> None:
        if self.home.text() == HOME:
            self.home.set_text(REALLY_HOME)
        else:
            self.home_wanted.emit()
