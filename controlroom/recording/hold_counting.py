"""Decides when the holds that ended are written down: in batches, so that the audit is not flooded with steering."""

from collections.abc import Callable

from controlroom.errors import Unavailable
from controlroom.recording.hold_store import HoldStore
from controlroom.recording.holds import HoldBook

AT_MOST_EVERY_S = 60.0  # each batch is an entry of the audit: at most 1,440 a day, however busy the room


class HoldCounting:
    """The first hold that ends after a quiet minute is written at once, those after it a minute later, together.

    While the database is away they wait in memory, and so do those of the last minute: a killed recorder loses them.
    """

    def __init__(self, book: HoldBook, store: HoldStore, monotonic: Callable[[], float]) -> None:
        self._book, self._store, self._monotonic = book, store, monotonic
        self._next = monotonic()

    def run_once(self) -> None:
        """Write down what has ended, when it is time; every second or so."""
        if self._monotonic() >= self._next:
            self.finish()

    def finish(self) -> None:
        """Write down what has ended, now: the recorder ends."""
        ended = self._book.take_ended()
        if not ended:
            return
        now = self._monotonic()
        try:
            self._store.count(ended, now)
        except Unavailable:
            self._book.put_back(ended)
        else:
            self._next = now + AT_MOST_EVERY_S
