"""The one door to the user: a strip over the foot of the page, never a box that stops the work."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Signal

from controlroom.errors import ControlRoomError

log = logging.getLogger(__name__)
Kind = Literal["info", "done", "warn", "alarm"]


@dataclass(frozen=True)
class Message:
    """What is said: what happened, what it means, what to do; perhaps with one thing to press."""

    text: str
    kind: Kind = "info"
    meaning: str = ""
    remedy: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = field(default=None, compare=False)

    @property
    def lasting(self) -> bool:
        """True when it stays until someone closes it."""
        return self.kind in ("warn", "alarm")


class Messages(QObject):
    """Takes what parts of the desk have to say; the main window shows it. Use on the window's thread."""

    shown = Signal(object)  # Message

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: Message | None = None

    def show(
        self,
        text: str,
        kind: Kind = "info",
        action: Callable[[], None] | None = None,
        action_text: str = "",
    ) -> None:
        """Say `text`; `info` and `done` go by themselves, `warn` and `alarm` stay until closed."""
        self._say(Message(text, kind, action=action, action_text=action_text))

    def error(self, error: Exception) -> None:
        """Say what failed. Errors of our own carry their three parts; anything else is a fault of the program."""
        if isinstance(error, ControlRoomError):
            self._say(Message(error.what, "alarm", error.meaning, error.remedy))
            return
        log.error("a fault reached the window", exc_info=error)
        self._say(
            Message(
                "Something in the program failed.",
                "alarm",
                "The last step may not have been done.",
                f"Try again; if it fails again, tell the administrator: {type(error).__name__}.",
            )
        )

    def _say(self, message: Message) -> None:
        self.last = message
        self.shown.emit(message)
