"""Asks, when the window is closed, whether the recorder shall keep running, unless the person chose before.

A signal from the system is never kept waiting by a question: it closes the window with `at_once`.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.ui import theme
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.widgets.key_button import KeyButton
from controlroom.ui.widgets.layout import SPRING, column, row
from controlroom.ui.widgets.overlay import Overlay
from controlroom.ui.widgets.text import heading, label, note
from controlroom.ui.window_state import WindowState

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


REMEMBERED = "recorder.after_close"
GOES_ON, ENDS = "goes on", "ends"


class Closing(QObject):
    """Closes one window and, by `setting`, the recorder. `shared` tells whether other desks use this folder."""

    def __init__(
        self,
        window: MainWindow,
        recorder: RecorderSupervisor | None,
        state: WindowState,
        *,
        setting: str,
        shared: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._window, self._recorder, self._state = window, recorder, state
        self._setting, self._shared = setting, shared
        self._decided = False
        self.panel = ClosingPanel(window)
        self.panel.answered.connect(self._take)
        self.panel.closed.connect(window.to_page)
        window.may_close = self.may_close

    def at_once(self) -> None:
        """Close without a question; the recorder goes on unless it was settled that it ends."""
        if not self._decided:
            self._decided = True
            self._settle(self._settled or GOES_ON)
        self._window.close()

    def may_close(self) -> bool:
        """True when nothing has to be asked; otherwise the question is shown."""
        if self._decided or not self._concerns_us:
            return True
        if self._settled:
            self._decided = True
            self._settle(self._settled)
            return True
        self.panel.ask()
        return False

    @property
    def _concerns_us(self) -> bool:
        """A recorder that runs here, and that no other desk of this folder needs."""
        return self._recorder is not None and self._recorder.asks and not self._shared()

    @property
    def _settled(self) -> str:
        """What was chosen in the settings, or remembered here; "" to ask."""
        return self._setting if self._setting != "ask" else str(self._state.get(REMEMBERED, ""))

    def _take(self, goes_on: bool, remember: bool) -> None:
        answer = GOES_ON if goes_on else ENDS
        if remember:
            self._state.set(REMEMBERED, answer)
        self._decided = True
        self._settle(answer)
        self._window.close()

    def _settle(self, answer: str) -> None:
        if self._recorder is not None and self._concerns_us:
            self._recorder.end_with_desk = answer == ENDS
