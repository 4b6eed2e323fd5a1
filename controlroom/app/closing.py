"""Asks, when the window is closed, whether the recorder shall keep running, unless the person chose before.

A signal from the system is never kept waiting by a question: it closes the window with `at_once`.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject

from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.ui.shell.closing_panel import ClosingPanel
from controlroom.ui.shell.main_window import MainWindow
from controlroom.ui.window_state import WindowState

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
