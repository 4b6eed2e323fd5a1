"""Shows what can be told to a camera's lens and its extras: focus, iris, wiper, lights. Off with the reason if not."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from controlroom.cameras.auxiliary import in_words
from controlroom.cameras.lens import LensState
from controlroom.cameras.steering import Hold
from controlroom.ui import theme
from controlroom.ui.kit.action import Action, ActionButton
from controlroom.ui.kit.flow import FlowLayout
from controlroom.ui.pages.live.panel_parts import ZoomButton, share_width
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import column, discard, grow, row
from controlroom.ui.widgets.text import caption, heading

NEAR, FAR = "Near", "Far"


class LensRow(QWidget):
    """Focus and iris under one another. `aimed` tells what a held focus button asks for."""

    aimed = Signal(object)  # Velocity

    def __init__(self, autofocus: Action, close: Action, open_: Action, auto_iris: Action) -> None:
        super().__init__()
        self.near = ZoomButton(Hold.NEARER, NEAR, "Focus nearer", ",")
        self.far = ZoomButton(Hold.FARTHER, FAR, "Focus farther", ".")
        self.autofocus = ActionButton(autofocus, parent=self)
        self.close_iris, self.open_iris = ActionButton(close, parent=self), ActionButton(open_, parent=self)
        self.auto_iris = ActionButton(auto_iris, parent=self)
        self._focus_words, self._iris_words = caption("Focus"), caption("Iris")
        for button in self.buttons:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            share_width(button)
            button.setMinimumWidth(theme.px(36))
        for button in (self.near, self.far):
            button.aimed.connect(self.aimed)
        focus = row(grow(self.near), grow(self.far), grow(self.autofocus, 2), spacing=6)
        iris = row(grow(self.close_iris), grow(self.open_iris), grow(self.auto_iris, 2), spacing=6)
        column(
            column(self._focus_words, focus, spacing=4),
            column(self._iris_words, iris, spacing=4),
            on=self,
            spacing=8,
        )

    @property
    def buttons(self) -> Sequence[KeyButton]:
        """In the order they stand."""
        return self.near, self.far, self.autofocus, self.close_iris, self.open_iris, self.auto_iris

    def show_lens(self, lens: LensState | None, why_no_focus: str) -> None:
        """Show how the lens is set; `why_no_focus` is why its focus cannot be moved, empty when it can."""
        for button in (self.near, self.far):
            button.allow(not why_no_focus, why_no_focus)
        self._focus_words.setText(_set("Focus", lens.focuses_itself if lens else None))
        self._iris_words.setText(_set("Iris", lens.exposes_itself if lens else None))


class Extras(QWidget):
    """The auxiliary commands of a camera as buttons; hidden for a camera without any."""

    chosen = Signal(str)  # the command as the camera lists it

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[KeyButton] = []
        self._commands: Sequence[str] = ()
        inside = QWidget()
        self._flow = FlowLayout(inside, gap=6)
        column(heading("Extras"), inside, on=self, spacing=8)
        self.hide()

    def show_commands(self, commands: Sequence[str]) -> None:
        """Show these, known ones in plain words."""
        if tuple(commands) == self._commands:
            return
        self._commands = tuple(commands)
        while self._flow.count():
            self._flow.takeAt(0)
        for button in self.buttons:
            discard(button)
        self.buttons = [self._button(command) for command in commands]
        self.setVisible(bool(commands))

    def _button(self, command: str) -> KeyButton:
        words = in_words(command)
        button = KeyButton(words.text, icon_name=words.icon, press=lambda: self.chosen.emit(command))
        button.setToolTip(command)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._flow.addWidget(button)
        return button


def _set(what: str, itself: bool | None) -> str:
    return what if itself is None else f"{what}, {'by itself' if itself else 'by hand'}"
