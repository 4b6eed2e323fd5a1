"""Keeps who holds which camera: the one arbiter of the room, because it outlives every desk.

The rules are `cameras/holds/rules.py`. Here they are made safe for threads, written down for the recorder's next run
(who held what, the last number, the tours that were paused), and their outcomes handed to whoever acts on them.

No number is given twice: where nothing readable tells the last one, numbers begin with the moment in milliseconds,
which is above any that were counted up to.
"""

import logging
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from controlroom.cameras.holds.records import Claim, ClaimAnswer, Hold, Holder, HoldNotice, Verdict
from controlroom.cameras.holds.rules import MOST_HOLDS, Ended, HoldRules, HoldTable
from controlroom.codec import to_plain
from controlroom.errors import Unavailable
from controlroom.recording.storage_folder import write_private
from controlroom.small_files import read_json

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_NOTICES = 50  # waiting for one desk
MOST_ENDED = 5000  # waiting to be counted while the database is away
MOST_TOURS = 32
MOST_NUMBER = 2**53
UNREADABLE = ".unreadable"  # a file that nobody can read is kept under this ending

Permit = Callable[[str, Holder], str]
"""Why a person may not steer that camera now, "" when they may; asked wherever a hold is given. It must not wait."""


@dataclass(frozen=True)
class _Written:
    """What a recorder's next run has to know."""

    last_number: int = 0
    holds: tuple[tuple[str, int, Holder], ...] = ()
    paused: dict[str, tuple[str, ...]] = field(default_factory=dict)


class HoldBook:
    """Every hold of the room. Thread-safe; times by `monotonic` (seconds)."""

    def __init__(
        self,
        path: Path,
        monotonic: Callable[[], float],
        rules: Callable[[], HoldRules] = HoldRules,
        permit: Permit = lambda _camera, _who: "",
        moment: Callable[[], float] = time.time,
    ) -> None:
        self._path, self._monotonic, self._rules, self._permit = path, monotonic, rules, permit
        self._lock = threading.Lock()
        self._notices: dict[str, deque[HoldNotice]] = defaultdict(lambda: deque(maxlen=MOST_NOTICES))
        self._ended: deque[Ended] = deque(maxlen=MOST_ENDED)
        self._tours_due: dict[str, tuple[str, ...]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._heirs: Callable[[Holder], bool] = lambda _heir: True
        self._table = HoldTable(may_inherit=self._may_inherit)
        self.trouble = ""
        """What was wrong with what the last run wrote down."""
        before = self._read() or _Written(int(moment() * 1000))
        self._paused = dict(before.paused)
        self._table.last_number = before.last_number
        self._table.restore(before.holds, monotonic())
        # A tour whose hold was over already when the recorder was killed is started again.
        for camera_id in self._paused.keys() - self._table.held.keys():
            self._tours_due[camera_id] = self._paused.pop(camera_id)
        self._written = before

    def listen(self, changed: Callable[[], None]) -> None:
        """Call `changed`, on whichever thread, whenever desks have something to hear."""
        self._listeners.append(changed)

    def ask_heirs(self, is_there: Callable[[Holder], bool]) -> None:
        """Before a hold goes to whoever is to have it next, ask whether they are still there."""
        self._heirs = is_there

    def desks(self) -> dict[str, str]:
        """Name the desks that hold a camera or are to have one, with their keys."""
        with self._lock:
            parties = [
                who for each in self._table.held.values() for who in (each.asker, each.successor, each.holder)
            ]
        return {each.desk: each.key for each in parties if each is not None}

    def forget(self, desk: str) -> None:
        """That desk is gone: it asks for nothing, and is told nothing."""
        self.leave(desk)
        with self._lock:
            self._notices.pop(desk, None)

    def know_as(self, who: Holder) -> None:
        """Somebody's rank is another by now."""
        self._turn(lambda _: self._table.know_as(who))

    def claim(self, camera_id: str, who: Holder, how: Claim, number: int = 0) -> ClaimAnswer:
        """Give the camera, or say who has it; refused where the port refuses this person."""
        return self._asked(
            camera_id, who, lambda now: self._table.claim(camera_id, who, how, now, number=number)
        )

    def ask(self, camera_id: str, who: Holder) -> ClaimAnswer:
        """Ask the holder for the camera."""
        return self._asked(camera_id, who, lambda now: self._table.ask(camera_id, who, now))

    def give(self, camera_id: str, desk: str) -> bool:
        """The holder gives the camera to who asked for it."""
        return self._turn(lambda now: self._table.give(camera_id, desk, now))

    def renew(
        self, desk: str, holds: Mapping[str, tuple[int, float, int]], paused: Mapping[str, Sequence[str]]
    ) -> tuple[list[str], list[str]]:
        """Extend a desk's holds (number, idle seconds, moves); `paused` are tours it stopped. Returns kept, lost."""

        def renew(now: float) -> tuple[list[str], list[str]]:
            kept, lost = self._table.renew(desk, holds, now)
            for camera_id in paused.keys() & set(kept):
                self._paused.setdefault(camera_id, tuple(paused[camera_id])[:MOST_TOURS])
            return kept, lost

        return self._turn(renew)

    def release(self, camera_id: str, desk: str, number: int, moves: int, paused: Sequence[str] = ()) -> bool:
        """The desk holds the camera no more."""

        def release(now: float) -> bool:
            known = self._table.held.get(camera_id)
            if paused and known is not None and known.number == number and known.holder.desk == desk:
                self._paused.setdefault(camera_id, tuple(paused)[:MOST_TOURS])
            return self._table.release(camera_id, desk, number, moves, now)

        return self._turn(release)

    def steered_meanwhile(self, camera_id: str, who: Holder) -> None:
        """`who` steered the camera while this recorder was away."""
        self._turn(lambda now: self._table.steered_meanwhile(camera_id, who, now))

    def leave(self, desk: str) -> None:
        """Somebody else sits at that desk, or nobody."""
        self._turn(lambda now: self._table.leave(desk, now))

    def tick(self, stopping: Collection[str] = ()) -> None:
        """End what is idle, unanswered or lapsed; several times a second."""

        def tick(now: float) -> None:
            self._table.rules = self._rules()
            self._table.tick(now, stopping=stopping)

        self._turn(tick)

    @property
    def version(self) -> int:
        """Rises with everything that desks are told."""
        return self._table.version

    def current(self) -> list[Hold]:
        """List every hold, as desks are told of it."""
        with self._lock:
            return [each.shown for each in self._table.held.values()]

    def notices_for(self, desk: str) -> list[HoldNotice]:
        """Take away what that desk is to be told."""
        with self._lock:
            return list(self._notices.pop(desk, ()))

    def has_notices(self, desk: str) -> bool:
        """True when there is something to tell that desk."""
        return bool(self._notices.get(desk))

    def take_ended(self) -> list[Ended]:
        """Take away the holds that ended, to be counted."""
        with self._lock:
            ended = list(self._ended)
            self._ended.clear()
            return ended

    def put_back(self, ended: Sequence[Ended]) -> None:
        """Keep ended holds that could not be counted yet."""
        with self._lock:
            self._ended.extendleft(reversed(ended))

    def take_tours_due(self) -> dict[str, tuple[str, ...]]:
        """Take away the tours that have to go on, by camera, because nobody holds it any more."""
        with self._lock:
            due, self._tours_due = self._tours_due, {}
            return due

    def put_back_tours(self, camera_id: str, tours: Sequence[str]) -> None:
        """Tours that could not be started yet; one of a camera that is held again waits for that hold's end."""
        with self._lock:
            held = camera_id in self._table.held
            (self._paused if held else self._tours_due).setdefault(camera_id, tuple(tours))

    def _may_inherit(self, camera_id: str, heir: Holder) -> bool:
        return not self._permit(camera_id, heir) and self._heirs(heir)

    def _asked(self, camera_id: str, who: Holder, ask: Callable[[float], ClaimAnswer]) -> ClaimAnswer:
        reason = self._permit(camera_id, who)
        if reason:
            return ClaimAnswer(Verdict.REFUSED, reason=reason)
        return self._turn(ask)

    def _turn(self, work: Callable[[float], T]) -> T:
        """Let the table work, hand its outcomes on, write down what changed, and tell the listeners."""
        with self._lock:
            before = self._table.version
            outcome = work(self._monotonic())
            for ended in self._table.ended:
                self._ended.append(ended)
                tours = self._paused.pop(ended.held.camera_id, None) if ended.free else None
                if tours and len(self._tours_due) < MOST_HOLDS:
                    self._tours_due[ended.held.camera_id] = tours
            for desk, notice in self._table.notices:
                self._notices[desk].append(notice)
            self._table.ended.clear()
            self._table.notices.clear()
            changed = self._table.version != before
            self._write()
        if changed:
            for listener in self._listeners:
                listener()
        return outcome

    def _read(self) -> _Written | None:
        """What the last run wrote down; None where nothing can be read. Such a file is put aside, and that is said."""
        if not self._path.exists():
            return None
        try:
            found = read_json(self._path, _Written)
            numbers = [found.last_number, *(number for _, number, _ in found.holds)]
            if not all(0 <= each <= MOST_NUMBER for each in numbers):
                raise ValueError("a number in it was never given")
        except (OSError, ValueError) as error:
            aside = self._path.with_name(self._path.name + UNREADABLE)
            self.trouble = (
                f"The holds of the last run cannot be read ({error}); they are kept as {aside.name}."
            )
            log.error("%s", self.trouble)
            try:
                self._path.replace(aside)
            except OSError as refused:
                log.error("%s cannot be put aside: %s", self._path, refused)
            return None
        return found

    def _write(self) -> None:
        holds = tuple(sorted((key, held.number, held.holder) for key, held in self._table.held.items()))
        now = _Written(self._table.last_number, holds, {**self._paused, **self._tours_due})
        if now == self._written:
            return
        self._written = now
        try:
            write_private(self._path, to_plain(now))
        except Unavailable as error:  # a full disk must not cost the holds themselves
            log.warning("the holds cannot be written down: %s", error)
