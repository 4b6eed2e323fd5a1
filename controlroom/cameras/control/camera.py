"""Controls one camera inside the control process: a thread connects to it, moves it and asks it questions.

Stopping has a thread of its own (`stopper.py`), so that it never waits behind the work done here.
"""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from controlroom.cameras.control.lens import ControlledLens, LensWork
from controlroom.cameras.control.steering import SteeringState, Velocity
from controlroom.cameras.control.stopper import Stopper, Tell
from controlroom.cameras.devices import (
    CERTAIN,
    GONE,
    HELD,
    STOP_REFUSALS,
    ControlEvent,
    ControlEventKind,
    DeviceAddress,
    DeviceFault,
    FaultKind,
)
from controlroom.cameras.onvif.media import source_of
from controlroom.cameras.onvif.probe import read_basics
from controlroom.cameras.onvif.ptz import PtzHead
from controlroom.cameras.onvif.ptz_capabilities import read_ptz_capabilities
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.tours import pause_tours
from controlroom.cameras.onvif.wsdl import Service
from controlroom.errors import ControlRoomError

log = logging.getLogger(__name__)

CHECK_EVERY_S = 60.0  # is it still there, and what time is it there
FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 60.0
# Between attempts with a login that a camera may have refused: five in half an hour, when some lock the account.
FIRST_LOOK_S, LONGEST_LOOK_S = 60.0, 1800.0
FIRST_OWED_LOOK_S = 15.0  # the same while a Stop waits for it
MOST_WAITING = 16
QUEUE_S = 0.3  # how soon to look again when too many cameras connect at once, or this one moves
LOST = (ControlEventKind.UNREACHABLE, ControlEventKind.REFUSED)


Work = Callable[[PtzHead], Any]
Reply = Callable[[Any, ControlRoomError | None], None]
"""Called with the value or the failure."""


@dataclass(frozen=True)
class Asked:
    """A question that waits for its turn; `moves`: it moves the camera, so a Stop takes it back."""

    work: Work
    reply: Reply
    moves: bool


class ControlledCamera:
    """One camera as the control process handles it. Public methods return at once; the work is done on its threads."""

    def __init__(
        self,
        camera_id: str,
        address: DeviceAddress,
        tell: Tell,
        gate: threading.Semaphore,
        *,
        held: bool = False,
        reverse: tuple[bool, bool] = (False, False),
        stop_refusals: int = STOP_REFUSALS,
        permitted: Callable[[], bool] = lambda: True,
    ) -> None:
        """`permitted` is asked right before an order to move leaves: True while this desk holds the camera."""
        self.address = address
        self._permitted = permitted
        self._pause_due = False
        self._paused_tours: list[str] = []
        self._stops = 0  # of everything
        self._paused_by_stop: Callable[[], None] | None = None
        self.reverse = reverse
        self.camera_id = camera_id
        self._tell = tell
        self._gate = gate
        self._steering = SteeringState()
        self._session = CameraSession(address)
        self._session.login.stop_refusals = stop_refusals
        self._head: PtzHead | None = None
        self._connected = False
        self._failure = DeviceFault(FaultKind.BUSY, f"{address.title} is still being connected.")
        self._told: ControlEventKind | None = None
        if held:
            self._session.login.hold()
            self._failure = self._session.write.refused(None)
            self._told = ControlEventKind.REFUSED
        self._told_move_failed = False
        self._failures = self._looks = 0
        self._suspect = False
        self._next_contact_at = 0.0
        self._questions: deque[Asked] = deque()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name=f"camera {camera_id}", daemon=True)
        self._stopper = Stopper(camera_id, self._steering, self._session.another(), tell)
        self.lens = ControlledLens(camera_id, self._session, tell)

    @property
    def refused(self) -> bool:
        """True once the camera has refused the login."""
        return self._session.login.refused

    @property
    def may_be_moving(self) -> bool:
        """True while the camera or its focus may be moving because of an order of ours."""
        return self._steering.may_be_moving or self.lens.may_be_moving

    def start(self) -> None:
        self._thread.start()
        self._stopper.start()

    def move(self, pan: float, tilt: float, zoom: float) -> None:
        """Start or continue a movement at speeds of -1 to 1; three zeros are a Stop."""
        if not any((pan, tilt, zoom)):
            self.stop()
            return
        obstacle = self._obstacle()
        if obstacle is not None:
            self._move_failed(obstacle)
            return
        if not self._steering.may_be_moving:
            self._stopper.warm_up()
        turned = (-pan if self.reverse[0] else pan, -tilt if self.reverse[1] else tilt, zoom)
        self._steering.want(turned)

    def stop(self, why: str = "", *, pressed: bool = False, moved: bool = False) -> None:
        """Stop the camera, whether or not a movement is known.

        `pressed`: a person or the recorder wants it, which makes one call more, whatever was refused before. `moved`:
        somebody else, or a process before this one, has moved it.
        """
        self._told_move_failed = False
        if pressed:
            self._session.login.allow_stop()
        if moved:
            self._stopper.moved_before()
        self._steering.stop(why)

    @property
    def owes_stop(self) -> bool:
        """True while the camera has not acknowledged Stop for long."""
        return self._steering.overdue_stop() is not None

    def stopped_by_recorder(self) -> None:
        """The recorder has stopped the camera, and it has acknowledged that."""
        self._stopper.taken_over("The recorder has stopped it.")

    def stop_all(self, paused: Callable[[], None]) -> None:
        """Stop whatever moves the camera, and take back what waits to move it.

        Its own tours are paused; `paused` is called, on another thread, where there were any.
        """
        self.stop(pressed=True)
        if self.lens.may_be_moving:
            self.lens.stop()
        with self._steering.changed:
            self._stops += 1
            taken = [each for each in self._questions if each.moves]
            self._questions = deque(each for each in self._questions if not each.moves)
            self._pause_due, self._paused_by_stop = True, paused
            self._steering.changed.notify_all()
        for each in taken:
            each.reply(None, DeviceFault(FaultKind.BUSY, f"{self.address.title} was stopped before that."))

    def hold_begins(self) -> None:
        """Pause the camera's own tours before it is moved the next time."""
        with self._steering.changed:
            self._pause_due = True
            self._steering.changed.notify_all()

    @property
    def paused_tours(self) -> list[str]:
        """The camera's own tours that were paused since they were last taken away."""
        return list(self._paused_tours)

    def forget_tours(self) -> None:
        """Somebody else sees to it that they go on."""
        self._paused_tours = []

    def ask(self, work: Work, reply: Reply, *, moves: bool = False) -> None:
        """Queue a question: `work` is called with the camera's PTZ head in turn. `moves`: it moves the camera."""
        with self._steering.changed:
            if len(self._questions) < MOST_WAITING and not self._closing:
                self._questions.append(Asked(work, reply, moves))
                self._steering.changed.notify_all()
                return
        what = f"{self.address.title} has too many questions waiting."
        reply(None, DeviceFault(FaultKind.BUSY, what, remedy="Try again in a moment."))

    def focus(self, speed: float) -> None:
        """Start or go on focusing at a speed of -1 (nearer) to 1 (farther)."""
        if speed and self._told in LOST:
            self.lens.failed(self._failure)
        else:
            self.lens.focus(speed)

    def ask_lens(self, work: LensWork, reply: Reply) -> None:
        """Queue `work`, which is called with the camera's lens when its turn comes."""
        if self._told in LOST:
            reply(None, self._failure)
        else:
            self.lens.ask(work, reply)

    def close(self) -> None:
        """Stop a moving camera, then end both threads; `join` waits for that."""
        with self._steering.changed:
            self._closing = True
            self._stopper.close()
        self.lens.close()

    def join(self, until: float) -> None:
        """Wait until both threads have ended, or until `until` (monotonic)."""
        self._thread.join(max(0.0, until - time.monotonic()))
        self._stopper.join(until)
        self.lens.join(until)

    def _work(self) -> None:
        while (task := self._next_task()) is not None:
            try:
                task()
            except Exception:  # whatever it was, the camera must stay steerable
                log.exception("camera %s: a task failed", self.camera_id)
                self._next_contact_at = time.monotonic() + FIRST_RETRY_S
        self._session.close()

    def _next_task(self) -> Callable[[], None] | None:
        steering = self._steering
        with steering.changed:
            while True:
                if self._pause_due and self._head is not None:
                    self._pause_due = False
                    if self._head.capabilities.abilities.tours:
                        return self._pause_tours
                hold_s = self._head.hold_s if self._head is not None else None
                if self._head is not None and (velocity := steering.next_move(hold_s)) is not None:
                    return lambda: self._send_move(velocity)
                if self._closing:
                    self._refuse_questions()
                    return None
                if self._questions:
                    asked, stops = self._questions.popleft(), self._stops
                    return lambda: self._answer(asked, stops)
                now = time.monotonic()
                contacts = not self.refused or self._session.login.looks_again or self._stopper.waits_for_head
                if now >= self._next_contact_at and contacts:
                    if self.refused:
                        return self._look_again
                    return self._check if self._connected else self._connect
                waits = [self._next_contact_at - now] if contacts else []
                if self._head is not None and (wait := steering.move_thread_wakes_in(hold_s)) is not None:
                    waits.append(wait)
                steering.changed.wait(max(0.0, min(waits)) if waits else None)

    def _connect(self) -> None:
        """Read what the camera is and can do.

        Few cameras connect at once, lest a site that comes back be flooded with requests.
        """
        if self._steering.may_be_moving or self._questions:
            self._connect_now()
        elif self._gate.acquire(blocking=False):
            try:
                self._connect_now()
            finally:
                self._gate.release()
        else:
            self._next_contact_at = time.monotonic() + QUEUE_S * random.uniform(0.5, 1.5)

    def _connect_now(self) -> None:
        try:
            basics = read_basics(self._session)
            capabilities = read_ptz_capabilities(self._session, basics.profiles, basics.make)
        except DeviceFault as fault:
            self._lost(fault)
            return
        except Exception as error:  # an answer nobody foresaw is a fault of this camera, told as one
            log.exception("camera %s: its answers cannot be read", self.camera_id)
            self._lost(self._session.write.not_onvif(f"{type(error).__name__} in its answers"))
            return
        self._head = PtzHead(self._session, capabilities) if capabilities is not None else None
        self._stopper.learn(self._head)
        self.lens.learn(source_of(basics.profiles))
        self._reached()

    def _look_again(self) -> None:
        """Try a refused login once more, if the camera answers what needs none."""
        try:
            self._session.call(Service.DEVICE, "GetSystemDateAndTime", signed=False)
        except DeviceFault as fault:
            if fault.kind in GONE:
                self._lost(fault)
                return
        self._session.login.look_again()
        self._connect_now()

    def _check(self) -> None:
        if self._steering.may_be_moving and not self._suspect:
            self._next_contact_at = time.monotonic() + QUEUE_S
            return
        try:
            self._session.read_clock()
        except DeviceFault as fault:
            self._lost(fault)
        else:
            self._reached()

    def _reached(self) -> None:
        self._connected, self._suspect, self._failures, self._looks = True, False, 0, 0
        self._next_contact_at = time.monotonic() + CHECK_EVERY_S * random.uniform(0.8, 1.2)
        self._tell_once(ControlEventKind.REACHABLE, "")

    def _lost(self, fault: DeviceFault) -> None:
        self._connected, self._failure = False, fault
        if fault.kind in HELD:
            self._session.login.hold()
        if self.refused:
            first = FIRST_OWED_LOOK_S if self._stopper.waits_for_head else FIRST_LOOK_S
            pause = min(LONGEST_LOOK_S, first * 2**self._looks)
            self._looks = min(self._looks + 1, 10)
        else:
            pause = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**self._failures)
            self._failures = min(self._failures + 1, 10)
        self._next_contact_at = time.monotonic() + pause * random.uniform(0.8, 1.2)
        kind = ControlEventKind.REFUSED if self.refused else ControlEventKind.UNREACHABLE
        self._tell_once(kind, str(fault), fault.kind)

    def _send_move(self, velocity: Velocity) -> None:
        head = self._head
        assert head is not None
        if not self._permitted():
            self._steering.move_returned(velocity, taken=False)
            return
        try:
            head.move(*velocity)
        except DeviceFault as fault:
            self._steering.move_returned(velocity, taken=False, uncertain=fault.kind not in CERTAIN)
            self._note_failure(fault)
            self._move_failed(fault)
        except Exception:
            self._steering.move_returned(velocity, taken=False, uncertain=True)
            raise
        else:
            self._steering.move_returned(velocity, taken=True)

    def _pause_tours(self) -> None:
        head = self._head
        assert head is not None
        with self._steering.changed:
            told, self._paused_by_stop = self._paused_by_stop, None
        try:
            paused = pause_tours(head)
        except DeviceFault as fault:
            self._note_failure(fault)
            log.warning("camera %s: its tours could not be paused: %s", self.camera_id, fault)
            if told is not None:
                what = f"Its patrol could not be paused, and may drive on: {fault}"
                self._tell(ControlEvent(self.camera_id, ControlEventKind.STOP_UNCONFIRMED, what, fault.kind))
            return
        self._paused_tours += paused
        if paused and told is not None:
            self._steering.stop("its patrol may have driven on meanwhile")
            told()

    def _answer(self, asked: Asked, stops: int) -> None:
        """Ask the camera; a movement that a Stop overtook on its way is followed by another Stop."""
        reply = asked.reply
        if not self._connected and not self.refused:
            self._connect_now()
        head, obstacle = self._head, self._obstacle()
        if obstacle is not None or head is None:
            reply(None, obstacle or self._failure)
            return
        try:
            value = asked.work(head)
        except DeviceFault as fault:
            self._note_failure(fault)
            reply(None, fault)
        except Exception as error:
            reply(None, DeviceFault(FaultKind.BUSY, "The control process failed.", str(error)))
            raise
        else:
            reply(value, None)
        finally:
            if asked.moves and self._stops != stops:
                self._steering.stop("a movement came back late")

    def _obstacle(self) -> DeviceFault | None:
        """Return why the camera cannot be steered, as far as is known.

        None when it can, or is still being connected.
        """
        if self._told in LOST:
            return self._failure
        if self._connected and self._head is None:
            return DeviceFault(FaultKind.NOT_SUPPORTED, f"{self.address.title} cannot be steered.")
        return None

    def _move_failed(self, fault: DeviceFault) -> None:
        """Report a failed move, once for each press of a key; a camera that was lost is then tried again at once."""
        if self._told_move_failed:
            return
        self._told_move_failed = True
        self._tell(ControlEvent(self.camera_id, ControlEventKind.MOVE_FAILED, str(fault), fault.kind))
        with self._steering.changed:
            self._next_contact_at = 0.0
            self._steering.changed.notify_all()

    def _note_failure(self, fault: DeviceFault) -> None:
        """React to a failed call: check a camera that stopped answering soon; report a refused login."""
        if fault.kind in GONE:
            self._suspect, self._next_contact_at = True, 0.0
        elif self.refused:
            self._lost(fault)

    def _refuse_questions(self) -> None:
        while self._questions:
            what = f"{self.address.title} is no longer connected."
            self._questions.popleft().reply(None, DeviceFault(FaultKind.UNREACHABLE, what))

    def _tell_once(self, kind: ControlEventKind, detail: str, fault: FaultKind | None = None) -> None:
        if kind is self._told:
            return
        self._told = kind
        drift = self._session.login.clock.drift_s
        self._tell(ControlEvent(self.camera_id, kind, detail, fault, clock_drift_s=drift))
