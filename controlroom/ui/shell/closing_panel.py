"""Asks, when the window is closed, whether the recorder shall keep running; the pictures run on beneath."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, column, row
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.text import heading, label, note

WIDTH = 460


class ClosingPanel(Overlay):
    """Emits `answered(goes_on, remember)`; Esc or Stay leaves everything as it is."""

    answered = Signal(bool, bool)

    def __init__(self, ground: QWidget) -> None:
        super().__init__("Close the desk", ground)
        self.setFixedWidth(theme.px(WIDTH))
        self.go_on = KeyButton(
            "Leave it running", "Alt+L", "primary", press=lambda: self._answer(goes_on=True)
        )
        self.end = KeyButton("End it too", "Alt+E", press=lambda: self._answer(goes_on=False))
        self.stay = KeyButton("Stay", "Esc", "quiet", bind=False, press=self.close_panel)
        self.remember = QCheckBox("Do the same next time, without asking")
        does = (
            "The recorder watches over the cameras' health, raises the daily alerts and makes the nightly backup "
            "while nobody sits here. It needs no window."
        )
        column(
            heading("Close the desk: shall the recorder go on?"),
            label(does, 13, wrap=True),
            note("Ended, all of that waits until a desk is opened again, and is then caught up."),
            self.remember,
            row(self.go_on, self.end, SPRING, self.stay, spacing=8),
            on=self,
            spacing=12,
            margins=(20, 16, 20, 18),
        )

    def ask(self) -> None:
        """Open in the middle of the window."""
        self.come_up(self.go_on)

    def place(self) -> None:
        self.adjustSize()
        ground = self.ground.rect()
        self.move((ground.width() - self.width()) // 2, max(12, (ground.height() - self.height()) // 3))

    def _answer(self, *, goes_on: bool) -> None:
        self.hide()
        self.answered.emit(goes_on, self.remember.isChecked())
