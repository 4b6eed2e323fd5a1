"""The window closes: what becomes of the recorder, asked unless it is settled."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from controlroom.ui.shell.closing_panel import ClosingPanel

if TYPE_CHECKING:
    from controlroom.app.desk import Desk

REMEMBERED = "recorder.after_close"
GOES_ON, ENDS = "goes on", "ends"


class Leaving(QObject):
    """Asks once; a signal from the system is never kept waiting by a question (`at_once`)."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self._desk = desk
        self._decided = False
        self.panel = ClosingPanel(desk.window)
        self.panel.answered.connect(self._take)
        desk.window.may_close = self.may_close

    def at_once(self) -> None:
        """Close without a question; the recorder goes on unless it was settled that it ends."""
        if not self._decided:
            self._decided = True
            self._settle(self._settled or GOES_ON)
        self._desk.window.close()

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
        keeper = self._desk.room.recorder
        shared = bool(self._desk.neighbours.known)
        return keeper is not None and keeper.asks and not shared

    @property
    def _settled(self) -> str:
        """What was chosen in the settings, or remembered here; "" to ask."""
        chosen = self._desk.room.services.settings.recorder_after_close
        return chosen if chosen != "ask" else str(self._desk.state.get(REMEMBERED, ""))

    def _take(self, goes_on: bool, remember: bool) -> None:
        answer = GOES_ON if goes_on else ENDS
        if remember:
            self._desk.state.set(REMEMBERED, answer)
        self._decided = True
        self._settle(answer)
        self._desk.window.close()

    def _settle(self, answer: str) -> None:
        keeper = self._desk.room.recorder
        if keeper is not None and self._concerns_us:
            keeper.end_with_desk = answer == ENDS
