"""What parts of the desk say to the person at it: it appears over the foot of the page and in this session's list.

Nothing said is lost and nothing is said twice: `ui/shell/notices.py` decides what appears, what only counts on, and
what waits until someone acknowledges it.
"""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from controlroom.clock import Clock, process_clock
from controlroom.errors import ControlRoomError
from controlroom.ui.shell.notices import Kind, Message, Notice, NoticeBook

__all__ = ["Kind", "Message", "Messages"]
log = logging.getLogger(__name__)


class Messages(QObject):
    """Takes what parts of the desk have to say; the main window shows it. Use on the window's thread."""

    shown = Signal(object)  # Message: everything said
    popped = Signal(object)  # Notice: what is to appear now, or to count on where it stands
    changed = Signal()  # the history is another than before

    def __init__(self, parent: QObject | None = None, clock: Clock | None = None) -> None:
        super().__init__(parent)
        self.last: Message | None = None
        self.book = NoticeBook()
        self.who: Callable[[], str] = str  # the handle at the desk; empty for nobody
        self.take_fault: Callable[[BaseException, str], None] | None = None  # faults of the program go there
        self._clock = clock or process_clock()

    def show(
        self,
        text: str,
        kind: Kind = "info",
        action: Callable[[], None] | None = None,
        action_text: str = "",
        *,
        meaning: str = "",
        remedy: str = "",
        topic: str = "",
    ) -> None:
        """Say `text`; `info` and `done` go by themselves, the others stay, an `alarm` until it is acknowledged.

        `topic` ("camera 031") binds messages about one thing: what comes and goes all the time is kept quiet.
        """
        self._say(Message(text, kind, meaning, remedy, action_text, action, topic))

    def keep(
        self,
        text: str,
        kind: Kind,
        meaning: str = "",
        remedy: str = "",
        action: Callable[[], None] | None = None,
        action_text: str = "",
    ) -> None:
        """Only into the history: something else on the screen says it already."""
        self.book.say(Message(text, kind, meaning, remedy, action_text, action), self._clock.now())
        self.changed.emit()

    def error(self, error: Exception) -> None:
        """Say what failed. Errors of our own carry their three parts; anything else is a fault of the program."""
        if isinstance(error, ControlRoomError):
            self._say(Message(error.what, "error", error.meaning, error.remedy))
            return
        if self.take_fault is not None:
            self.take_fault(error, "work in the background")
            return
        log.error("a fault reached the window", exc_info=error)
        self._say(
            Message(
                "Something in the program failed.",
                "error",
                "The last step may not have been done.",
                f"Try again; if it fails again, tell the administrator: {type(error).__name__}.",
            )
        )

    def acknowledge(self, notice: Notice) -> None:
        """Somebody at the desk has seen it: closed on the strip, or answered in the panel."""
        if self.book.acknowledge(notice, self._clock.now(), self.who()):
            log.info("notice %d of kind %s acknowledged", notice.number, notice.kind)
        self.changed.emit()

    def read(self) -> None:
        """Everything in the history has been seen."""
        if self.book.read():
            self.changed.emit()

    def clear(self) -> None:
        """Empty the history; alarms nobody acknowledged stay."""
        self.book.clear()
        self.changed.emit()

    def forget_person(self) -> None:
        """Somebody else sits down: what was told to the one before goes, warnings and alarms stay."""
        self.book.forget_person()
        self.changed.emit()

    def _say(self, message: Message) -> None:
        self.last = message
        said = self.book.say(message, self._clock.now())
        self.shown.emit(message)
        for notice in said:
            self.popped.emit(notice)
        self.changed.emit()
