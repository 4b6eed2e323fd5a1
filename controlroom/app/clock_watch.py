"""Watches this computer's clock: when somebody sets it, the room is told and the step entered in the audit trail.

Times in the log are the clock's, right or wrong when they were written; what order things came in is told by the
entries' numbers, which no clock moves. The entry of the step stands between those before and after it.
"""

import logging
import socket

from PySide6.QtCore import QObject, QTimer

from controlroom.audit import service as audit
from controlroom.clock import Clock, StepWatch, step_words
from controlroom.database.unit_of_work import Database
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages
from controlroom.ui.session import DeskSession

log = logging.getLogger(__name__)
LOOK_EVERY_MS = 1000


class ClockWatch(QObject):
    """Looks once a second, from its making until `stop`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        session: DeskSession,
        background: Background,
        messages: Messages,
        *,
        threshold_s: float,
        watch: StepWatch | None = None,
    ) -> None:
        super().__init__()
        self._database, self._session = database, session
        self._background, self._messages = background, messages
        self._watch = watch or StepWatch(clock, threshold_s)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_EVERY_MS)

    def look(self) -> None:
        """See whether the clock was changed, and say so."""
        step = self._watch.look()
        if step is None:
            return
        words = step_words(step)
        log.warning("the clock of this computer was changed %s", words)
        self._messages.show(
            f"The clock of this computer was changed {words}. Times before and after do not fit together; entries "
            "keep their order. See that a time service keeps it (Settings, This installation).",
            kind="warn",
        )
        if self._session.signed_in:
            who = self._session.actor.handle
            self._background.run(
                lambda: note_step(self._database, who, step), on_error=_not_noted, owner=self
            )

    def stop(self) -> None:
        """No more looks."""
        self._timer.stop()


def note_step(database: Database, who: str, seconds: float) -> None:
    """Enter the step in the audit trail, under whoever sits at the desk."""
    with database.write() as work:
        audit.record(
            work, who, "clock.changed", "desk", socket.gethostname()[:60], by_seconds=round(seconds, 1)
        )


def _not_noted(error: Exception) -> None:
    log.warning("the step of the clock could not be entered in the audit trail: %s", error)
