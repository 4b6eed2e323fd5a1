"""Decides in a desk's control process whether a camera may be moved now: what this desk believes about holds.

It does no I/O; `now` is this process's monotonic clock. A belief is counted from before the recorder was asked, and
is shorter than the recorder's lease, so it is over before anybody else is given the camera. A recorder that does not
answer takes nothing away: what was held stays held, everything else needs the person's word after a warning.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from controlroom.cameras.holds.records import ClaimAnswer, GuardKind, Hold, HoldNews, Verdict
from controlroom.cameras.holds.rules import BELIEVED_S


@dataclass(frozen=True)
class Belief:
    """A hold of this desk: its number, until when it is believed in, the last movement, and how many there were."""

    number: int
    until: float
    moved_at: float
    moves: int = 0


@dataclass
class HoldGuard:
    """What one desk knows of holds."""

    guarded: bool = False
    """A recorder is expected: without one, nobody arbitrates and everything moves."""
    away: bool = True
    """The recorder does not answer (or has not answered yet)."""
    busy: bool = False
    """The recorder answers, and has no time for this desk: nothing new may be moved, and nobody steers past it."""
    beliefs: dict[str, Belief] = field(default_factory=dict)
    seen: dict[str, Hold] = field(default_factory=dict)
    """Every hold the recorder told last, by camera."""
    warned: set[str] = field(default_factory=set)
    """Cameras that the person wants to steer although nobody can tell who holds them."""
    steered_unguarded: set[str] = field(default_factory=set)

    def may_move(self, camera_id: str, now: float) -> bool:
        """True while this desk may send orders to move to that camera."""
        if not self.guarded:
            return True
        belief = self.beliefs.get(camera_id)
        if belief is not None and now < belief.until:
            return True
        return self.away and (belief is not None or camera_id in self.warned)

    def answered(self) -> None:
        """The recorder has answered what it was asked."""
        self.away = self.busy = False

    def told_busy(self) -> None:
        """The recorder has no time; what it gave is believed in to its end, and no longer."""
        self.away, self.busy = False, True

    def moved(self, camera_id: str, now: float, *, counts: bool = True) -> None:
        """An order to move goes out; `counts` is False for the repetition of a held key."""
        belief = self.beliefs.get(camera_id)
        if belief is not None:
            self.beliefs[camera_id] = replace(belief, moved_at=now, moves=belief.moves + counts)
        elif self.guarded:
            self.steered_unguarded.add(camera_id)

    def take_answer(self, camera_id: str, answer: ClaimAnswer, asked_at: float, now: float) -> GuardKind:
        """Note what the recorder said to a claim."""
        self.answered()
        if answer.verdict is not Verdict.GIVEN or answer.hold is None:
            self.beliefs.pop(camera_id, None)
            return GuardKind.REFUSED if answer.verdict is Verdict.REFUSED else GuardKind.OTHERS
        known = self.beliefs.get(camera_id)
        until, number = asked_at + BELIEVED_S, answer.hold.number
        if known is not None and known.number == number:
            self.beliefs[camera_id] = replace(known, until=until)
        else:
            self.beliefs[camera_id] = Belief(number, until, now)
        self.seen[camera_id] = answer.hold
        return GuardKind.OURS

    def renewed(self, kept: Iterable[str], asked_at: float) -> None:
        """The recorder has extended these."""
        self.answered()
        for camera_id in kept:
            if (known := self.beliefs.get(camera_id)) is not None:
                self.beliefs[camera_id] = replace(known, until=max(known.until, asked_at + BELIEVED_S))

    def lose(self, camera_id: str) -> Belief | None:
        """Believe in that hold no more; returns what was believed."""
        return self.beliefs.pop(camera_id, None)

    def lost_by(self, holds: Iterable[Hold]) -> list[str]:
        """Take the recorder's list of all holds; returns the cameras that are ours no more, or not for long."""
        self.away = False
        self.seen = {each.camera_id: each for each in holds}

        def stands(camera_id: str, number: int) -> bool:
            known = self.seen.get(camera_id)
            return known is None or known.number < number or (known.number == number and not known.ending)

        return [each for each, belief in self.beliefs.items() if not stands(each, belief.number)]

    def held_back(self, camera_id: str) -> HoldNews:
        """Say why a movement is held back, with the holder as far as is known."""
        known = self.seen.get(camera_id)
        name, desk = (known.going_to or known.name, known.desk) if known is not None else ("", "")
        others = GuardKind.BUSY if self.busy else GuardKind.OTHERS
        return HoldNews(camera_id, GuardKind.UNGUARDED if self.away else others, name, desk)
