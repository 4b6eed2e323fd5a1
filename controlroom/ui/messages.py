"""Carries what parts of the desk tell the person at it: over the foot of the page, and in the list of this session.

- Nothing said is lost, and nothing is said twice: the same words again count on in the same notice. Warnings and alarms
  then appear again only after a minute.
- What comes and goes (a camera that flaps) is told three times in ten minutes, then once that it goes on, then only
  listed. An alarm about something else is never held back by it.
- Alarms wait until someone acknowledges them; the notice holds who and when. Of what is on the screen alarms stand
  before errors, errors before warnings, warnings before news.
"""

import logging
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from PySide6.QtCore import QObject, Signal

from controlroom.clock import Clock, process_clock
from controlroom.errors import ControlRoomError

Kind = Literal["info", "done", "warn", "error", "alarm"]
PRIORITY: dict[Kind, int] = {"alarm": 0, "error": 1, "warn": 2, "done": 3, "info": 4}
MOST = 500
AGAIN_AFTER: dict[Kind, timedelta] = {
    "alarm": timedelta(seconds=60),
    "warn": timedelta(seconds=60),
    # Somebody who tries again wants an answer again; a timer that fails every second does not deserve one.
    "error": timedelta(seconds=3),
    "done": timedelta(0),
    "info": timedelta(0),
}
QUIET_AFTER, QUIET_WITHIN = 3, timedelta(minutes=10)
_CHANGING = re.compile(r"\d+[:.]\d[\d:.]*|\b\d+ ?(?:ms|s|min|h|d|%|seconds?|minutes?|hours?|days?|times)\b")


@dataclass(frozen=True)
class Message:
    """What is said: what happened, what it means, what to do; perhaps with one thing to press."""

    text: str
    kind: Kind = "info"
    meaning: str = ""
    remedy: str = ""
    action_text: str = ""
    action: Callable[[], None] | None = field(default=None, compare=False)
    topic: str = ""

    @property
    def lasting(self) -> bool:
        """True when it stays until someone closes it."""
        return self.kind in ("warn", "error", "alarm")

    @property
    def rest(self) -> str:
        """What it means and what to do, in one line."""
        return " ".join(part for part in (self.meaning, self.remedy) if part)

    @property
    def about(self) -> str:
        """What it is about: its topic, or its words without times and amounts."""
        return self.topic or _CHANGING.sub("#", self.text)


@dataclass(eq=False)
class Notice:
    """One message of this session, however often it was said."""

    number: int
    message: Message
    first_at: datetime
    at: datetime
    count: int = 1
    unread: bool = True
    popped_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    over: bool = False
    """What it said holds no more: it is history."""

    @property
    def kind(self) -> Kind:
        """Its message's kind."""
        return self.message.kind

    @property
    def waits(self) -> bool:
        """True for an alarm nobody has acknowledged."""
        return self.kind == "alarm" and self.acknowledged_at is None

    @property
    def urgency(self) -> tuple[int, int]:
        """Sorts the most urgent first, the newest of those first."""
        return (PRIORITY[self.kind], -self.number)


class NoticeBook:
    """The notices of one session."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._told: dict[str, deque[datetime]] = {}
        self._next = 1

    # -- reading ---------------------------------------------------------------------------------------------

    def newest_first(self, kind: Kind | None = None) -> list[Notice]:
        """The notices, perhaps of one kind only."""
        return [each for each in reversed(self._notices) if kind in (None, each.kind)]

    @property
    def unread(self) -> int:
        """How many nobody has looked at."""
        return sum(each.unread for each in self._notices)

    @property
    def waiting(self) -> list[Notice]:
        """Alarms nobody has acknowledged, the newest first."""
        return [each for each in reversed(self._notices) if each.waits]

    # -- saying ----------------------------------------------------------------------------------------------

    def say(self, message: Message, now: datetime) -> list[Notice]:
        """Store a message; returns what is to appear because of it: nothing, it, or that it goes on and on."""
        notice = self._same(message, now)
        if notice is None:
            notice = self._add(message, now)
        else:
            notice.count, notice.over = notice.count + 1, False
            notice.at, notice.unread, notice.message = now, message.kind != "done", message
            self._notices.remove(notice)
            self._notices.append(notice)
        last = notice.popped_at
        if last is not None and now - last < AGAIN_AFTER[message.kind]:
            return []
        return self._told_again(notice, now)

    def acknowledge(self, notice: Notice, now: datetime, who: str) -> bool:
        """Mark it as seen; True when it was an alarm that waited for this."""
        waited = notice.waits
        notice.unread = False
        if waited:
            notice.acknowledged_at, notice.acknowledged_by = now, who
        return waited

    def read(self) -> bool:
        """Mark all as seen, acknowledging none; True when any was not."""
        unread = bool(self.unread)
        for each in self._notices:
            each.unread = False
        return unread

    def clear(self) -> None:
        """Drop all but the alarms that wait."""
        self._notices = self.waiting[::-1]

    def take_back(self, topic: str) -> None:
        """What was said about a topic is history: nobody has to see it or can answer it, and said again it is news."""
        self._told.pop(topic, None)
        for each in self._notices:
            if each.message.topic == topic and each.kind != "alarm":
                each.over, each.unread, each.popped_at = True, False, None
                each.message = replace(each.message, action=None, action_text="")

    def forget_person(self) -> None:
        """Drop what was an answer to the person at the desk."""
        self._notices = [each for each in self._notices if each.kind in ("warn", "alarm")]

    # -- rules -----------------------------------------------------------------------------------------------

    def _same(self, message: Message, now: datetime) -> Notice | None:
        """The notice that says this already; an alarm acknowledged a while ago is another occurrence."""
        for each in reversed(self._notices):
            if each.message == message:
                answered = each.acknowledged_at
                old = answered is not None and now - answered >= AGAIN_AFTER["alarm"]
                return None if old and not self._flaps(each) else each
        return None

    def _flaps(self, notice: Notice) -> bool:
        return len(self._told.get(notice.message.about, ())) >= QUIET_AFTER

    def _add(self, message: Message, now: datetime) -> Notice:
        # What the person at the desk did themselves, and was told at once, is no news.
        notice = Notice(self._next, message, now, now, unread=message.kind != "done")
        self._next += 1
        self._notices.append(notice)
        if len(self._notices) > MOST:
            spare = next((each for each in self._notices if not each.waits), self._notices[0])
            self._notices.remove(spare)
        return notice

    def _told_again(self, notice: Notice, now: datetime) -> list[Notice]:
        message = notice.message
        if message.kind in ("warn", "alarm") or message.topic:
            told = self._told.setdefault(message.about, deque(maxlen=QUIET_AFTER + 1))
            while told and now - told[0] > QUIET_WITHIN:
                told.popleft()
            told.append(now)
            if len(told) > QUIET_AFTER:
                return self._goes_on(message, now)
        notice.popped_at = now
        return [notice]

    def _goes_on(self, message: Message, now: datetime) -> list[Notice]:
        """Once in ten minutes: that it comes and goes."""
        words = Message(
            f"Again and again: {message.text}",
            "warn",
            f"Told {QUIET_AFTER} times in ten minutes; from here on it is only kept under Notifications.",
            topic=f"again and again {message.about}",
        )
        known = next((each for each in self._notices if each.message.topic == words.topic), None)
        if known is not None and known.popped_at is not None and now - known.popped_at < QUIET_WITHIN:
            known.count, known.at = known.count + 1, now
            return []
        known = known or self._add(words, now)
        known.popped_at = now
        return [known]


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

    def take_back(self, topic: str) -> None:
        """What was said about a topic holds no more: it leaves the screen and stays in the history."""
        self.book.take_back(topic)
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
