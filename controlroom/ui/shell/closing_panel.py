"""Asked when the window closes: shall the recorder go on? A panel over the window; the pictures run on beneath it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from controlroom.ui import theme
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.text import heading, label, note

WIDTH = 460


class ClosingPanel(QFrame):
    """Emits `answered(goes_on, remember)`; Esc or Stay leaves everything as it is."""

    answered = Signal(bool, bool)

    def __init__(self, ground: QWidget) -> None:
        super().__init__(ground)
        self._ground = ground
        self.setProperty("overlay", True)
        self.setAccessibleName("Close the desk")
        self.setFixedWidth(theme.px(WIDTH))
        self.go_on = KeyButton("Leave it running", "Alt+L", "primary")
        self.end = KeyButton("End it too", "Alt+E")
        self.stay = KeyButton("Stay", "Esc", "quiet", bind=False)
        self.remember = QCheckBox("Do the same next time, without asking")
        self._lay_out()
        self.go_on.clicked.connect(lambda _checked: self._answer(goes_on=True))
        self.end.clicked.connect(lambda _checked: self._answer(goes_on=False))
        self.stay.clicked.connect(lambda _checked: self.hide())
        self.hide()

    def ask(self) -> None:
        """Open in the middle of the window."""
        self.show()
        self.raise_()
        self.adjustSize()
        ground = self._ground.rect()
        self.move((ground.width() - self.width()) // 2, max(12, (ground.height() - self.height()) // 3))
        self.go_on.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _answer(self, *, goes_on: bool) -> None:
        self.hide()
        self.answered.emit(goes_on, self.remember.isChecked())

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(heading("Close the desk: shall the recorder go on?"))
        layout.addWidget(
            label(
                "The recorder watches over the cameras' health, raises the daily alerts and makes the nightly backup "
                "while nobody sits here. It needs no window.",
                13,
                wrap=True,
            )
        )
        layout.addWidget(
            note("Ended, all of that waits until a desk is opened again, and is then caught up.")
        )
        layout.addWidget(self.remember)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.go_on)
        row.addWidget(self.end)
        row.addStretch(1)
        row.addWidget(self.stay)
        layout.addLayout(row)
