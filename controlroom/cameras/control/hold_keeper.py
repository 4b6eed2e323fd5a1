"""Lets this desk's orders to move pass only while it holds the camera, and asks the recorder for holds.

Every order to move goes through here, and is looked at once more right before it leaves (`permitted`). Stop goes past
it: nobody is ever asked for a Stop. One thread asks the recorder (`hold_calls.py`), another waits for its news
(`hold_listener.py`); what is believed meanwhile is decided by `cameras/holds/guard.py`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from controlroom.cameras.control.camera import ControlledCamera
from controlroom.cameras.control.hold_calls import HoldCalls
from controlroom.cameras.control.hold_line import DeskSecret, HoldLine
from controlroom.cameras.control.hold_listener import HoldListener
from controlroom.cameras.control.hold_proofs import HoldProofs
from controlroom.cameras.control.hold_reports import HoldReports, fault_of
from controlroom.cameras.control.messages import HoldWord, Message
from controlroom.cameras.control.steering import DEAD_MAN_S, Velocity
from controlroom.cameras.devices import DeviceFault, FaultKind
from controlroom.cameras.holds.guard import Belief, HoldGuard
from controlroom.cameras.holds.records import (
    Claim,
    ClaimAnswer,
    GuardKind,
    Hold,
    HoldNews,
    HoldNotice,
    Verdict,
)
from controlroom.codec import from_plain
from controlroom.processes.pinned_https import PinnedEndpoint

RENEW_S = 0.6
KEEP_WARM_S = 8.0  # a connection nobody uses is closed by the recorder after 30 s
RETRY_S = 0.7  # a recorder that is away
QUIET_WITHIN_S = 4.0  # afterwards its lease has run out anyway

After = tuple[Callable[[], None], Callable[[DeviceFault], None]]


class HoldKeeper:
    """The holds of one desk. Public methods return at once, from any thread."""

    def __init__(
        self, camera: Callable[[str], ControlledCamera | None], send: Callable[[Message], None]
    ) -> None:
        self._camera, self._reports = camera, HoldReports(send)
        self._guard = HoldGuard()
        self._changed = threading.Condition(threading.RLock())
        self._line: HoldLine | None = None
        self._handle = ""
        self._proofs = HoldProofs(send)
        self._claiming: set[str] = set()
        self._asked: set[str] = set()
        self._wanted: dict[str, tuple[Velocity, float]] = {}
        self._after: dict[str, list[After]] = {}
        self._last: dict[str, Velocity] = {}
        self._leaving: dict[str, tuple[Belief, float]] = {}
        self._calls = HoldCalls(self._changed, self)
        self._listener = HoldListener(lambda: self._line, self._take_news, self._hurry)

    # -- from the desk ---------------------------------------------------------------------------------------

    def expect(self, end: dict[str, Any] | None, desk: DeskSecret, *, expected: bool) -> None:
        """Set where the recorder listens. `expected`: there is one, though nobody knows yet where."""
        with self._changed:
            self._guard.guarded = expected or end is not None
            if end is not None:
                known = from_plain(PinnedEndpoint, end)
                self._line = HoldLine(known, desk, self._entered, self._proofs.ask)
                self._line.set_person(self._handle)
                if self._calls.use(self._line):
                    self._listener.start()
        self.tell_seen()

    def take_proof(self, facts: list[str], proof: str) -> None:
        """The desk has signed for who sits there, or cannot."""
        self._proofs.take(tuple(facts), proof)

    def set_person(self, handle: str) -> None:
        """Steer in the name of the person who signed in; cameras held by somebody else at this desk are let go."""
        with self._changed:
            before, self._handle = self._handle, handle
            if before != handle:
                for camera_id in list(self._guard.beliefs):
                    self._let_go(camera_id)
                self._guard.warned.clear()
                self._asked.clear()
            if self._line is not None:
                self._line.set_person(handle)
            self._do(self.renew)

    def move(self, camera_id: str, velocity: Velocity) -> None:
        """Move the camera if this desk holds it; else ask for it first. The newest movement is the one that counts."""
        now = time.monotonic()
        with self._changed:
            camera = self._camera(camera_id)
            if camera is None:
                return
            if self._guard.may_move(camera_id, now):
                self._moved(camera_id, velocity, now)
                camera.move(*velocity)
                return
            if self._guard.away:
                self._reports.held_back(self._guard.held_back(camera_id))
                return
            self._wanted[camera_id] = velocity, now
            self._claim(camera_id, Claim.STEER)

    def ready(self, camera_id: str) -> bool:
        """True when this desk holds the camera; else the hold is asked for, and the next repetition of a key counts."""
        now = time.monotonic()
        with self._changed:
            if self._guard.may_move(camera_id, now):
                self._guard.moved(camera_id, now, counts=False)
                return True
            if self._guard.away:
                self._reports.held_back(self._guard.held_back(camera_id))
            else:
                self._claim(camera_id, Claim.STEER)
            return False

    def when_held(
        self, camera_id: str, do: Callable[[], None], refuse: Callable[[DeviceFault], None]
    ) -> None:
        """Do something that moves the camera once this desk holds it, or refuse it with the reason."""
        now = time.monotonic()
        with self._changed:
            held = self._guard.may_move(camera_id, now)
            if held:
                self._guard.moved(camera_id, now)
            elif not self._guard.away:
                self._after.setdefault(camera_id, []).append((do, refuse))
                self._claim(camera_id, Claim.STEER)
                return
        if held:
            do()
        else:
            refuse(fault_of(self._guard.held_back(camera_id)))

    def stopped(self, camera_id: str) -> None:
        """The hand let go, so a movement that waits for its hold is wanted no more."""
        with self._changed:
            self._wanted.pop(camera_id, None)
            self._last.pop(camera_id, None)
            self._reports.key_let_go(camera_id)

    def stopped_all(self, camera_id: str) -> None:
        """Everything was stopped: what waits for its hold is refused, too."""
        self.stopped(camera_id)
        with self._changed:
            waiting = self._after.pop(camera_id, [])
        for _, refuse in waiting:
            refuse(DeviceFault(FaultKind.BUSY, "The camera was stopped before that."))

    def keep_paused(self, camera_id: str) -> None:
        """A Stop paused the camera's patrol: it is held, if nobody else does, so that the patrol goes on afterwards."""
        with self._changed:
            if self._guard.guarded and not self._guard.away and camera_id not in self._guard.beliefs:
                self._claim(camera_id, Claim.STEER)

    def say(self, camera_id: str, word: HoldWord) -> None:
        """Carry out what the person said about a camera's hold."""
        with self._changed:
            if word is HoldWord.ANYWAY:
                if self._guard.away:
                    self._guard.warned.add(camera_id)
                self._reports.key_let_go(camera_id)
                self._reports.seen(self._guard)
            elif word is HoldWord.GIVE:
                self._give(camera_id)
            elif word is HoldWord.TAKE:
                self._claim(camera_id, Claim.TAKE)
            else:
                self._asked.add(camera_id)
                self._do(lambda line: self._ask(line, camera_id))

    def permitted(self, camera_id: str) -> bool:
        """True while an order to move may leave for that camera: asked right before each."""
        return self._guard.may_move(camera_id, time.monotonic())

    def close(self) -> None:
        """Give every hold back (trying for a moment), then end; the cameras have been stopped before."""
        with self._changed:
            for camera_id in list(self._guard.beliefs):
                self._let_go(camera_id)
        self._listener.close()
        self._calls.close()

    # -- with the condition held -----------------------------------------------------------------------------

    def _moved(self, camera_id: str, velocity: Velocity, now: float) -> None:
        self._guard.moved(camera_id, now, counts=self._last.get(camera_id) != velocity)
        self._last[camera_id] = velocity
        self._reports.key_let_go(camera_id)

    def _claim(self, camera_id: str, how: Claim) -> None:
        if how is Claim.STEER and camera_id in self._claiming:
            return
        self._claiming.add(camera_id)
        self._do(lambda line: self._ask_for(line, camera_id, how))

    def _do(self, job: Callable[[HoldLine], None]) -> None:
        if self._line is not None:
            self._calls.queue(job)

    def _give(self, camera_id: str) -> None:
        known = self._guard.seen.get(camera_id)
        asked = known is not None and known.asked_by and not self._guard.away
        if camera_id in self._guard.beliefs and asked:
            self._do(lambda line: self._tell_give(line, camera_id))
        else:
            self._let_go(camera_id)

    def _let_go(self, camera_id: str) -> None:
        """Believe in the hold no more, stop the camera, and release it once it stands."""
        belief = self._guard.lose(camera_id)
        self._wanted.pop(camera_id, None)
        camera = self._camera(camera_id)
        if camera is not None and camera.may_be_moving:
            camera.stop("somebody else has control now")
            if camera.lens.may_be_moving:
                camera.lens.stop()
        if belief is not None:
            self._leaving[camera_id] = belief, time.monotonic() + QUIET_WITHIN_S
            self._changed.notify_all()

    # -- from the thread that waits for news ------------------------------------------------------------------

    def _take_news(self, holds: tuple[Hold, ...], notices: tuple[HoldNotice, ...]) -> None:
        with self._changed:
            if self._guard.away:
                self._hurry()
            for camera_id in self._guard.lost_by(holds):
                self._let_go(camera_id)
            name = self._line.name if self._line is not None else ""
            for each in holds:
                ours = each.desk == name and not each.ending and each.camera_id in self._asked
                if ours and each.camera_id not in self._guard.beliefs:
                    self._claim(each.camera_id, Claim.STEER)
            for notice in notices:
                self._reports.notice(notice)
            self._reports.seen(self._guard)

    def _hurry(self) -> None:
        """Ask the recorder at once: that finds out whether it is away."""
        self._calls.due_in(0.0)

    # -- on the thread that asks ------------------------------------------------------------------------------

    @property
    def lets_go(self) -> bool:
        """True while a camera is still being let go."""
        return bool(self._leaving)

    @property
    def away(self) -> bool:
        """True while the recorder does not answer."""
        return self._guard.away

    def tell_seen(self) -> None:
        """Tell the desk every hold, where that is news."""
        with self._changed:
            self._reports.seen(self._guard)

    def lost_contact(self) -> None:
        """The recorder does not answer: what waited for it is told so."""
        with self._changed:
            self._guard.away, self._guard.busy = True, False
        self._put_off()

    def busy(self) -> None:
        """Note that the recorder is too busy for this desk, and tell whoever waits for a camera."""
        with self._changed:
            self._guard.told_busy()
        self._put_off()

    def _put_off(self) -> None:
        with self._changed:
            self._calls.due_in(RETRY_S)
            self._calls.forget()
            self._claiming.clear()
            waiting, self._wanted = list(self._wanted), {}
            after, self._after = self._after, {}
            for camera_id in waiting:
                self._reports.held_back(self._guard.held_back(camera_id))
        for camera_id, asked in after.items():
            for _, refuse in asked:
                refuse(fault_of(self._guard.held_back(camera_id)))
        self.tell_seen()

    def refused(self, reason: str) -> None:
        """The recorder refuses this desk or person: what waited is told why."""
        with self._changed:
            self._guard.answered()
            self._calls.due_in(KEEP_WARM_S)
            self._claiming.clear()
            waiting, self._wanted = list(self._wanted), {}
            after, self._after = self._after, {}
            for camera_id in waiting:
                self._reports.held_back(HoldNews(camera_id, GuardKind.REFUSED, reason=reason))
        for camera_id, asked in after.items():
            for _, refuse in asked:
                refuse(fault_of(HoldNews(camera_id, GuardKind.REFUSED, reason=reason)))

    def _entered(self) -> None:
        """The recorder knows this desk (again): claim what is believed, and say what was steered meanwhile."""
        with self._changed:
            line, guard = self._line, self._guard
            believed = {each: belief.number for each, belief in guard.beliefs.items()}
            meanwhile = sorted(guard.steered_unguarded)
            guard.warned.clear()
        if line is None:
            return
        if meanwhile:
            line.call("meanwhile", cameras=meanwhile)
            with self._changed:
                guard.steered_unguarded.difference_update(meanwhile)
        for camera_id, number in believed.items():
            self._ask_for(line, camera_id, Claim.RESUME, number)

    def renew(self, line: HoldLine) -> None:
        """Extend what is believed, and let go of what the recorder gives to somebody else."""
        asked_at = time.monotonic()
        with self._changed:
            beliefs = dict(self._guard.beliefs)
        holds = {
            each: (held.number, round(asked_at - held.moved_at, 3), held.moves)
            for each, held in beliefs.items()
        }
        paused = {each: tours for each in beliefs if (tours := self._tours_of(each))}
        answer = line.call("renew", holds=holds, paused=paused)
        with self._changed:
            self._guard.renewed(answer["kept"], asked_at)
            for camera_id in answer["lost"]:
                known = self._guard.beliefs.get(camera_id)
                if known is not None and known.number == beliefs[camera_id].number:
                    self._let_go(camera_id)
            passed_s = time.monotonic() - asked_at
            self._calls.due_in((RENEW_S if self._guard.beliefs else KEEP_WARM_S) - passed_s)
        for camera_id in paused:
            self._forget_tours(camera_id)
        line.prove_again(str(answer["nonce"]))

    def release_quiet(self, line: HoldLine) -> None:
        """Give back the holds of cameras that stand by now."""
        for camera_id, (belief, at_last) in list(self._leaving.items()):
            camera = self._camera(camera_id)
            late = time.monotonic() > at_last
            if camera is not None and camera.may_be_moving and not late:
                continue
            with self._changed:
                self._leaving.pop(camera_id, None)
            if not late:
                tours = self._tours_of(camera_id)
                line.call("release", camera=camera_id, number=belief.number, moves=belief.moves, paused=tours)
                self._forget_tours(camera_id)

    def _tell_give(self, line: HoldLine, camera_id: str) -> None:
        line.call("give", camera=camera_id)

    def _ask(self, line: HoldLine, camera_id: str) -> None:
        asked_at = time.monotonic()
        self._take_answer(camera_id, from_plain(ClaimAnswer, line.call("ask", camera=camera_id)), asked_at)

    def _ask_for(self, line: HoldLine, camera_id: str, how: Claim, number: int = 0) -> None:
        if camera_id in self._leaving:  # given back first: the new hold gets a number of its own
            self.release_quiet(line)
        asked_at = time.monotonic()
        answer = from_plain(ClaimAnswer, line.call("claim", camera=camera_id, how=how, number=number))
        self._take_answer(camera_id, answer, asked_at)

    def _take_answer(self, camera_id: str, answer: ClaimAnswer, asked_at: float) -> None:
        with self._changed:
            self._claiming.discard(camera_id)
            now, new = time.monotonic(), camera_id not in self._guard.beliefs
            kind = self._guard.take_answer(camera_id, answer, asked_at, now)
            camera = self._camera(camera_id)
            if kind is not GuardKind.OURS:
                self._not_ours(camera_id, answer, kind)
                return
            self._asked.discard(camera_id)
            left = self._leaving.get(camera_id)
            if left is not None and answer.hold is not None and left[0].number == answer.hold.number:
                del self._leaving[camera_id]  # taken up again before it was given back
            self._calls.due_in(RENEW_S, at_most=True)
            after = self._after.pop(camera_id, [])
            if new and camera is not None:
                if answer.hold is not None and answer.hold.stop_owed:
                    camera.stop("it may be moving for whoever had it before", pressed=True, moved=True)
                camera.hold_begins()
            velocity, wanted_at = self._wanted.pop(camera_id, (None, 0.0))
            if velocity is not None and camera is not None and now - wanted_at < DEAD_MAN_S:
                self._moved(camera_id, velocity, now)
                camera.move(*velocity)
            if after:
                self._guard.moved(camera_id, now)
        for do, _ in after:
            do()

    def _not_ours(self, camera_id: str, answer: ClaimAnswer, kind: GuardKind) -> None:
        camera = self._camera(camera_id)
        if camera is not None and camera.may_be_moving:
            camera.stop("somebody else has control")
        if answer.verdict is Verdict.WAIT:
            self._asked.add(camera_id)  # its movement goes out as soon as the one before has let go
            held = answer.hold
            name, desk = (held.name, held.desk) if held is not None else ("", "")
            self._reports.held_back(HoldNews(camera_id, GuardKind.COMING, name, desk))
            return
        if answer.hold is not None:
            self._guard.seen[camera_id] = answer.hold
        news = self._guard.held_back(camera_id)
        news = replace(news, guard=kind, may_take=answer.may_take, reason=answer.reason)
        self._wanted.pop(camera_id, None)
        self._reports.held_back(news)
        for _, refuse in self._after.pop(camera_id, []):
            refuse(fault_of(news))

    def _tours_of(self, camera_id: str) -> list[str]:
        camera = self._camera(camera_id)
        return camera.paused_tours if camera is not None else []

    def _forget_tours(self, camera_id: str) -> None:
        if (camera := self._camera(camera_id)) is not None:
            camera.forget_tours()
