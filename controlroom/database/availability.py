"""Tracks whether the database answers and since when not, so that no desk waits on one that does not.

A watch asks once a second on a thread of its own. While it gets no answer every read and write is refused at once
with the same plain words, so that no thread and no connection waits on a server that is gone or hangs; the first
answer ends this, without a restart.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.clock import Clock, show_time
from controlroom.database.server_engine import answers_within
from controlroom.errors import ControlRoomError, DatabaseAway

log = logging.getLogger(__name__)
ASK_EVERY_S = 1.0
ANSWER_WITHIN_S = 3.0  # longer than this and it counts as away
SLOW_AFTER_S = 0.5  # longer than this and it is said to be slow


@dataclass(frozen=True)
class Reach:
    """Whether and how fast the database answers. `since` (UTC) is when it stopped answering, None while it answers."""

    since: datetime | None = None
    reason: str = ""
    milliseconds: float | None = None  # the last answer's; None before the first
    asked_at: float | None = None  # monotonic, while an answer is being waited for

    @property
    def here(self) -> bool:
        return self.since is None

    def slow(self, now: float) -> bool:
        """True when an answer takes long, this one or the last; `now` is monotonic."""
        waiting = self.asked_at is not None and now - self.asked_at > SLOW_AFTER_S
        return waiting or (self.milliseconds or 0) > SLOW_AFTER_S * 1000


@dataclass(frozen=True)
class FailedSave:
    """When (UTC) saving began to fail, though the database answers, and why."""

    since: datetime
    what: str


class Availability:
    """Refuses work while there is no answer. Thread-safe; listeners hear of each change, and must return at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reach = Reach()
        self._listeners: list[Callable[[bool], None]] = []
        self._turn = threading.Lock()
        self.failed_save: FailedSave | None = None  # the disk took nothing, and nothing has been saved since
        self.suspected = threading.Event()  # somebody got no answer: the watch looks at once
        self.watched = False

    @property
    def here(self) -> bool:
        """True while it answers."""
        return self.reach.here

    def listen(self, listener: Callable[[bool], None]) -> None:
        """Call `listener(here)` when it stops answering and when it answers again."""
        self._listeners.append(listener)

    def require(self) -> None:
        """Raise DatabaseAway while a watch knows that there is no answer; without a watch it never raises."""
        reach = self.reach
        if self.watched and reach.since is not None:
            raise DatabaseAway(
                f"The database has not answered since {show_time(reach.since)}.",
                "Nothing was saved.",
                "Live pictures and steering go on, and the log line keeps what is written; "
                "this goes on by itself when the database is back.",
            )

    def save_failed(self, what: str) -> None:
        """Note that the disk under the database took nothing."""
        self.failed_save = self.failed_save or FailedSave(self._clock.now(), what)

    def saved(self) -> None:
        """Note that something was saved."""
        self.failed_save = None

    def asking(self) -> None:
        """Note that the watch waits for an answer from now on."""
        self.reach = replace(self.reach, asked_at=time.monotonic())

    def lost(self, reason: str) -> None:
        """Note that no answer came, and why."""
        with self._turn:
            was_here = self.reach.here
            since = self.reach.since or self._clock.now()
            self.reach = Reach(since, reason)
        if was_here:
            log.error("the database does not answer: %s", reason)
            self._tell(here=False)

    def answered(self, milliseconds: float) -> None:
        """Note that an answer came after so long."""
        with self._turn:
            was_here = self.reach.here
            self.reach = Reach(milliseconds=milliseconds)
        if not was_here:
            log.warning("the database answers again")
            self._tell(here=True)

    def _tell(self, *, here: bool) -> None:
        for listener in list(self._listeners):
            try:
                listener(here)
            except Exception:
                log.exception("a listener failed when the database %s", "came back" if here else "went away")


class DatabaseWatch:
    """Asks the database every second. `ready` is run before the first answer counts (a schema to be checked)."""

    def __init__(
        self, engine: Engine, availability: Availability, ready: Callable[[], None] | None = None
    ) -> None:
        self._engine, self._availability, self._ready = engine, availability, ready
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database watch", daemon=True)

    def start(self) -> None:
        """Begin; from now on reads and writes are refused at once while there is no answer."""
        self._availability.watched = True
        self._thread.start()

    def close(self, timeout_s: float = ANSWER_WITHIN_S + 3) -> None:
        """Stop asking; `require` raises no longer."""
        self._stopping.set()
        self._availability.suspected.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._availability.watched = False

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.ask()
            self._availability.suspected.wait(ASK_EVERY_S)
            if self._availability.suspected.is_set():
                self._availability.suspected.clear()
                self._stopping.wait(0.1)

    def ask(self) -> None:
        """Ask once, and note the outcome."""
        self._availability.asking()
        began = time.monotonic()
        try:
            with answers_within(ANSWER_WITHIN_S):
                with self._engine.connect() as connection:
                    connection.execute(text("SELECT version_num FROM alembic_version"))
                if self._ready is not None:
                    self._ready()
                    self._ready = None
        except ControlRoomError as error:
            self._availability.lost(str(error))
        except (SQLAlchemyError, OSError) as error:
            self._availability.lost(_short(error))
        else:
            self._availability.answered((time.monotonic() - began) * 1000)


def _short(error: BaseException) -> str:
    """The driver's own words, on one line, without the statement."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0][:200] if said else type(error).__name__
