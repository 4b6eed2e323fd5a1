"""Decides who holds which camera: the pure rules of the one arbiter, with its own monotonic seconds passed in.

A desk may move a camera only while it holds it. A hold is renewed; it ends when its desk releases it, or when its
lease runs out. Whoever is to have it next waits for that, so two desks never hold one camera: a desk believes in its
hold for less long than the arbiter waits (`BELIEVED_S` < `LEASE_S`), counted from before it asked.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from controlroom.cameras.holds.records import (
    Claim,
    ClaimAnswer,
    Hold,
    Holder,
    HoldNotice,
    NoticeKind,
    Rank,
    Verdict,
)

LEASE_S = 2.5  # the arbiter gives a silent desk's hold to nobody else before this
BELIEVED_S = 2.0  # a desk that has heard nothing moves the camera no more after this
GRACE_S = 3.0  # after the arbiter's restart: time for holders to say so
# After its lease a hold ends though its camera has not acknowledged Stop. One that can be reached has by then: the
# recorder waits no longer for an answer in its first attempts. One that cannot may be away for hours, and whoever takes
# it over may have a line to it.
STOP_OWED_S = 3.0
MEANWHILE_S = 120.0  # how long it is remembered who steered while the arbiter was away
MOST_HOLDS = 500
MOST_OF_A_DESK = 100
MOST_UNPROVEN = 300  # the rest is for people who are proven


class Ending(StrEnum):
    """How a hold ended."""

    RELEASED = "released"
    TAKEN = "taken over"
    GIVEN = "given"
    IDLE = "idle"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class HoldRules:
    """What the room chose: seconds without a movement, seconds for an answer, and what silence means."""

    idle_s: float = 15.0
    answer_s: float = 10.0
    silence_gives: bool = False


@dataclass(frozen=True)
class Held:
    """A hold as the arbiter keeps it; `moves` counts orders to move, as its desk told them."""

    camera_id: str
    number: int
    holder: Holder
    since: float
    until: float
    moved_at: float
    moves: int = 0
    ending: Ending | None = None
    successor: Holder | None = None
    asker: Holder | None = None
    asked_at: float = 0.0
    stop_owed: bool = False

    @property
    def shown(self) -> Hold:
        """The hold as every desk is told of it."""
        who, asker, heir = self.holder, self.asker, self.successor
        return Hold(
            self.camera_id,
            self.number,
            who.desk,
            who.name,
            who.rank,
            asker.name if asker else "",
            heir.name if heir else "",
            self.ending is not None,
            self.stop_owed,
        )


@dataclass(frozen=True)
class Ended:
    """A hold that is over since `at`; `free` when nobody has the camera after it."""

    held: Held
    how: Ending
    free: bool
    at: float


@dataclass
class HoldTable:
    """Every hold of the room. No I/O, no threads; `now` is the arbiter's monotonic clock."""

    rules: HoldRules = field(default_factory=HoldRules)
    last_number: int = 0
    version: int = 1
    """Rises with everything that desks are told."""
    held: dict[str, Held] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    """What ended since somebody last took these away."""
    notices: list[tuple[str, HoldNotice]] = field(default_factory=list)
    """What desks are to be told once, by desk, since somebody last took these away."""
    meanwhile: dict[str, dict[str, tuple[str, float]]] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    """Cameras whose hold ended before they acknowledged Stop, until they do."""
    may_inherit: Callable[[str, Holder], bool] = lambda _camera, _heir: True
    """Asked again when a hold goes to whoever was to have it next: are they still there, and may they still?"""

    def claim(self, camera_id: str, who: Holder, how: Claim, now: float, *, number: int = 0) -> ClaimAnswer:
        """Give the camera to `who`, or say who has it. `number` is that of the hold they go on with."""
        known = self.held.get(camera_id)
        if how is Claim.RESUME and not 0 <= number <= self.last_number:
            return ClaimAnswer(
                Verdict.REFUSED, known.shown if known else None, reason="There is no such hold."
            )
        if known is None:
            if self._full_for(who):
                return ClaimAnswer(Verdict.REFUSED, reason="Too many cameras are held at once.")
            return self._given(camera_id, who, now)
        if known.holder.desk == who.desk and known.ending is None:
            if known.holder == who and how is not Claim.TAKE:
                self._put(replace(known, until=now + LEASE_S, moved_at=now))
                return ClaimAnswer(Verdict.GIVEN, self.held[camera_id].shown)
            if known.holder.user_id != who.user_id or known.holder.name != who.name:
                self._end(known, Ending.RELEASED, now, free=False)
                return self._given(camera_id, who, now)
            self._put(replace(known, holder=who, until=now + LEASE_S, moved_at=now))
            return ClaimAnswer(Verdict.GIVEN, self.held[camera_id].shown)
        if known.holder.desk == who.desk and known.ending is Ending.IDLE and known.successor is None:
            self._end(known, Ending.IDLE, now, free=False)
            return self._given(camera_id, who, now)
        if known.successor is not None and known.successor.desk == who.desk:
            return ClaimAnswer(Verdict.WAIT, known.shown)
        above = _goes_before(who, known)
        if above and (how is Claim.TAKE or known.holder.rank is Rank.PATROL):
            self._begin_end(known, Ending.TAKEN, who)
            return ClaimAnswer(Verdict.WAIT, self.held[camera_id].shown)
        return ClaimAnswer(Verdict.HELD, known.shown, may_take=above)

    def renew(
        self, desk: str, holds: Mapping[str, tuple[int, float, int]], now: float
    ) -> tuple[list[str], list[str]]:
        """Extend a desk's holds: number, seconds since it last moved, moves so far. Returns those in force and lost."""
        kept: list[str] = []
        for camera_id, (number, idle_s, moves) in holds.items():
            known = self.held.get(camera_id)
            if known is None or known.holder.desk != desk or known.number != number:
                continue
            moved = max(known.moved_at, now - max(0.0, idle_s))
            known = replace(known, moved_at=moved, moves=max(known.moves, moves), stop_owed=False)
            if known.ending is None:
                known = replace(known, until=now + LEASE_S)
                kept.append(camera_id)
            self.held[camera_id] = known
        return kept, [each for each in holds if each not in kept]

    def release(self, camera_id: str, desk: str, number: int, moves: int, now: float) -> bool:
        """The desk holds the camera no more. False when it was not its hold (any more)."""
        known = self.held.get(camera_id)
        if known is None or known.holder.desk != desk or known.number != number:
            return False
        self._hand_on(replace(known, moves=max(known.moves, moves)), known.ending or Ending.RELEASED, now)
        return True

    def ask(self, camera_id: str, who: Holder, now: float) -> ClaimAnswer:
        """`who` asks the holder for the camera; nobody holds it: it is given at once."""
        known = self.held.get(camera_id)
        if known is None or known.holder.desk == who.desk:
            return self.claim(camera_id, who, Claim.STEER, now)
        if known.ending is None and known.asker is None:
            self._put(replace(known, asker=who, asked_at=now))
        return ClaimAnswer(Verdict.HELD, self.held[camera_id].shown, may_take=_goes_before(who, known))

    def give(self, camera_id: str, desk: str, now: float) -> bool:
        """The holder gives the camera to who asked for it. False when nobody did."""
        known = self.held.get(camera_id)
        if known is None or known.holder.desk != desk or known.asker is None or known.ending is not None:
            return False
        self._begin_end(known, Ending.GIVEN, known.asker)
        return True

    def steered_meanwhile(self, camera_id: str, who: Holder, now: float) -> None:
        """`who` steered that camera while the arbiter was away: everybody else who did is told, and so is `who`."""
        if camera_id not in self.meanwhile and len(self.meanwhile) >= MOST_HOLDS:
            return
        parties = self.meanwhile.setdefault(camera_id, {})
        known = self.held.get(camera_id)
        if known is not None:
            parties.setdefault(known.holder.desk, (known.holder.name, now))
        for desk, (name, _) in parties.items():
            if desk != who.desk and who.desk not in parties:
                self._notify(desk, camera_id, NoticeKind.STEERED_MEANWHILE, who.name, who.desk)
                self._notify(who.desk, camera_id, NoticeKind.STEERED_MEANWHILE, name, desk)
        parties[who.desk] = (who.name, now)

    def tick(self, now: float, *, stopping: Collection[str] = ()) -> None:
        """End what is idle, unanswered or lapsed.

        A camera in `stopping` goes to nobody before it acknowledged Stop, but no longer than `STOP_OWED_S` after the
        lease, whoever renews what: then all concerned are told that it may still be moving.
        """
        self.owed.intersection_update(stopping)
        for known in list(self.held.values()):
            if known.until <= now:
                if known.camera_id in stopping:
                    if now < known.until + STOP_OWED_S:
                        continue
                    self.owed.add(known.camera_id)
                    self._notify(known.holder.desk, known.camera_id, NoticeKind.STOP_OWED)
                self._hand_on(known, known.ending or Ending.LAPSED, now)
            elif known.ending is None and known.moved_at + self.rules.idle_s <= now:
                self._notify(known.holder.desk, known.camera_id, NoticeKind.IDLE)
                self._begin_end(known, Ending.IDLE, known.asker)
            elif (
                known.asker is not None
                and known.ending is None
                and known.asked_at + self.rules.answer_s <= now
            ):
                self._unanswered(known, known.asker)
        for camera_id, parties in list(self.meanwhile.items()):
            if all(at + MEANWHILE_S <= now for _, at in parties.values()):
                del self.meanwhile[camera_id]

    def restore(self, holds: Iterable[tuple[str, int, Holder]], now: float) -> None:
        """Take over what an arbiter before this one had written down; its holders have `GRACE_S` to say so."""
        for camera_id, number, holder in itertools.islice(holds, MOST_HOLDS):
            self.last_number = max(self.last_number, number)
            self.held[camera_id] = Held(camera_id, number, holder, now, now + GRACE_S, now)
        self.version += 1

    def leave(self, desk: str, now: float) -> None:
        """Another person sits at that desk, or nobody: what it asked for is forgotten."""
        for known in list(self.held.values()):
            if known.asker is not None and known.asker.desk == desk:
                self._put(replace(known, asker=None))
            known = self.held[known.camera_id]
            if known.successor is not None and known.successor.desk == desk:
                self._put(replace(known, successor=None))

    def know_as(self, who: Holder) -> None:
        """Give what somebody holds their rank of now, proven or not by now."""
        for known in list(self.held.values()):
            now = replace(known.holder, rank=who.rank, proven=who.proven)
            if known.holder.desk == who.desk and known.holder != now:
                self._put(replace(known, holder=now))

    def _full_for(self, who: Holder) -> bool:
        held = self.held.values()
        unproven = 0 if who.proven else sum(not each.holder.proven for each in held)
        of_desk = sum(each.holder.desk == who.desk for each in held)
        return len(held) >= MOST_HOLDS or of_desk >= MOST_OF_A_DESK or unproven >= MOST_UNPROVEN

    def _given(self, camera_id: str, who: Holder, now: float) -> ClaimAnswer:
        self.last_number += 1
        owed = camera_id in self.owed
        self._put(Held(camera_id, self.last_number, who, now, now + LEASE_S, now, stop_owed=owed))
        if owed:
            self._notify(who.desk, camera_id, NoticeKind.STOP_OWED)
        return ClaimAnswer(Verdict.GIVEN, self.held[camera_id].shown)

    def _begin_end(self, known: Held, how: Ending, successor: Holder | None) -> None:
        """The holder is told and has its lease's rest to let go; the hold is renewed no more."""
        if how is Ending.TAKEN and successor is not None:
            self._notify(known.holder.desk, known.camera_id, NoticeKind.TAKEN, successor.name, successor.desk)
        self._put(replace(known, ending=how, successor=successor, asker=None))

    def _hand_on(self, known: Held, how: Ending, now: float) -> None:
        heirs = (known.successor, known.asker if how is not Ending.LAPSED else None)
        heir = next((each for each in heirs if each and self.may_inherit(known.camera_id, each)), None)
        self._end(known, how, now, free=heir is None)
        if heir is not None:
            self._given(known.camera_id, heir, now)
            self._notify(heir.desk, known.camera_id, NoticeKind.GRANTED, known.holder.name, known.holder.desk)

    def _end(self, known: Held, how: Ending, now: float, *, free: bool) -> None:
        self.held.pop(known.camera_id, None)
        self.ended.append(Ended(known, how, free, now))
        self.version += 1

    def _unanswered(self, known: Held, asker: Holder) -> None:
        if self.rules.silence_gives:
            self._notify(known.holder.desk, known.camera_id, NoticeKind.GIVEN_UP, asker.name, asker.desk)
            self._begin_end(known, Ending.GIVEN, asker)
            return
        self._notify(asker.desk, known.camera_id, NoticeKind.UNANSWERED, known.holder.name, known.holder.desk)
        self._put(replace(known, asker=None))

    def _notify(self, desk: str, camera_id: str, kind: NoticeKind, name: str = "", other: str = "") -> None:
        self.notices.append((desk, HoldNotice(camera_id, kind, name, other)))
        self.version += 1

    def _put(self, held: Held) -> None:
        before = self.held.get(held.camera_id)
        self.held[held.camera_id] = held
        if before is None or before.shown != held.shown:
            self.version += 1


def _goes_before(who: Holder, known: Held) -> bool:
    """True when `who` may take the camera over from its holder, and from whoever is to have it next."""
    heir = known.successor
    return who.rank > known.holder.rank and (heir is None or who.rank > heir.rank)
