"""Sends what the outbox holds to the database, in order, as soon as it answers."""

import logging
import threading
import time
from collections.abc import Callable, Collection

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from controlroom.errors import Conflict, ControlRoomError, PermissionRefused, RuleBroken, Unavailable
from controlroom.log.outbox.outbox import Outbox
from controlroom.log.outbox.records import OutboxItem, Saved

log = logging.getLogger(__name__)
RETRY_S = 1.0
ORPHANS_EVERY_S = 15.0
REFUSALS_TRIED = 5  # a second apart; then the item stands aside, so that those behind it are saved
FAILURES_BORNE = 3  # of one item with an error that passes, before the next is tried in its place
ASIDE_S = 30.0
# These end by themselves; any other error stays.
PASSING = (
    OperationalError,
    InterfaceError,
    InternalError,
    NoConnectionFree,
)


class Sender:
    """One thread: `run()` around `run_once()`."""

    def __init__(
        self,
        outbox: Outbox,
        write: Callable[[OutboxItem], Saved],
        *,
        here: Callable[[], bool] = lambda: True,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is tried, and nothing refused, unless `here()`: the database answers and somebody may write."""
        self._outbox, self._write, self._here, self._seconds = outbox, write, here, seconds
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._conflicts: dict[str, int] = {}
        self._refusals: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._aside: dict[str, float] = {}  # key → until when
        self._on_trial = ""  # the item at the head that stands aside while the next is tried
        self._thread = threading.Thread(target=self.run, name="outbox sender", daemon=True)
        outbox.listen(self._wake.set)

    def start(self) -> None:
        """Begin, with what a killed desk left."""
        self._thread.start()

    def wake(self) -> None:
        """The database may be back: look now."""
        self._wake.set()

    def close(self, timeout_s: float = 5.0) -> None:
        """Stop once everything is in the database, or it does not answer, or `timeout_s` are over."""
        self._stopping.set()
        self._wake.set()
        until = time.monotonic() + timeout_s
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        while time.monotonic() < until and not self._thread.is_alive() and self.run_once():
            pass

    def run(self) -> None:
        """Until closed: write what waits, look for orphans now and then, sleep."""
        since_orphans = ORPHANS_EVERY_S
        while not self._stopping.is_set():
            if since_orphans >= ORPHANS_EVERY_S:
                since_orphans = 0.0
                try:
                    self._outbox.look_for_orphans()
                except Exception:  # what lies in the folder must not stop what was accepted here
                    log.exception("the outbox folder could not be looked through")
            self._wake.clear()
            while not self._stopping.is_set() and self.run_once():
                pass
            self._wait_after_trouble() if self._outbox.waiting() else self._wake.wait(RETRY_S)
            since_orphans += RETRY_S

    def run_once(self) -> bool:
        """Write the oldest that waits; False when there is none, or the database does not take it now."""
        item = self._outbox.waiting(self._standing_aside())
        if item is None or not self._here():
            return False
        try:
            saved = self._write(item)
        except Conflict as error:
            # The next try finds the key if this item was written after all; a conflict that stays is reported.
            tries = self._conflicts[item.key] = self._conflicts.get(item.key, 0) + 1
            if tries > 1:
                self._outbox.refuse(item, error)
        except Unavailable as error:
            if error.__cause__ is None or isinstance(error.__cause__, PASSING):
                self._outbox.put_off(item, error)
                return self._tries_the_next(item)
            self._outbox.refuse(item, error)
        except PermissionRefused as error:
            # The server refuses while somebody is just signing in or out, or because the role lacks a right.
            tries = self._refusals[item.key] = self._refusals.get(item.key, 0) + 1
            if error.__cause__ is not None and tries < REFUSALS_TRIED:
                self._outbox.put_off(item, error)
                self._aside[item.key] = self._seconds() + RETRY_S
                return True
            self._outbox.refuse(item, error)
        except ControlRoomError as error:
            self._outbox.refuse(item, error)
        except Exception as error:
            log.exception("an entry of the outbox could not be saved")
            self._outbox.refuse(item, _fault(error))
        else:
            self._outbox.take_saved(saved)
        self._on_trial = ""
        return True

    def _standing_aside(self) -> Collection[str]:
        """The keys of items that are not tried for now, so that those behind them are saved."""
        now = self._seconds()
        self._aside = {key: until for key, until in self._aside.items() if until > now}
        return self._aside

    def _tries_the_next(self, item: OutboxItem) -> bool:
        """Whether another item is tried now that the database did not take this one.

        An item that failed several times stands aside while the next is tried. Fails that too, the database is away:
        everything waits in its order. Is it saved, the first one was at fault, and is tried again later.
        """
        if self._on_trial:
            self._aside.pop(self._on_trial, None)
            self._on_trial = ""
            return False
        tries = self._failures[item.key] = self._failures.get(item.key, 0) + 1
        if tries < FAILURES_BORNE or self._outbox.waiting({*self._aside, item.key}) is None:
            return False
        self._aside[item.key], self._on_trial = self._seconds() + ASIDE_S, item.key
        return True

    def _wait_after_trouble(self) -> None:
        self._stopping.wait(RETRY_S) if self._here() else self._wake.wait(RETRY_S)


def _fault(error: Exception) -> RuleBroken:
    return RuleBroken(
        f"Something in the program failed while the entry was being saved ({type(error).__name__}).",
        "The entry is kept on this desk.",
        "Try it again; if it fails again, tell the administrator and write it anew.",
    )
