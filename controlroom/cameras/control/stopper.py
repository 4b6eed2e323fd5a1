"""Stops one camera on a thread and a connection of its own, so that Stop never waits behind a slow move."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, Self

from controlroom.cameras.control.steering import MOST_DOUBLINGS, SteeringState, StopOrder
from controlroom.cameras.devices import (
    GONE,
    REFUSALS,
    REFUSED_LOGIN,
    ControlEvent,
    ControlEventKind,
    DeviceFault,
    FaultKind,
)
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service

log = logging.getLogger(__name__)

WARM_UP_S = 1.0
LAST_STOPS_S = 10.0  # how long a camera that is being forgotten is still told to stop
QUICK_STOPS = (
    3  # how often in a row a camera may refuse Stop and speed zero alike before it is said to owe it
)
UNWILLING_S = 1.0  # between attempts at such a camera: they lock no account, and it may be well at any moment
REFUSED_S = 1.0  # before the second attempt after a refused login, twice that before the third
# Beyond the login's allowance for Stop: seven more in an hour, since they count towards the account's lock.
FIRST_OWED_S, LONGEST_OWED_S = 15.0, 600.0

Tell = Callable[[ControlEvent], None]


class Stoppable(Protocol):
    """What can be stopped: a camera's head, or its lens."""

    @property
    def hold_s(self) -> float | None: ...

    def over(self, session: CameraSession) -> Self: ...

    def stands(self) -> bool: ...

    def stop(self, seconds: float) -> None: ...


class Stopper:
    """Sends Stop to a camera and repeats it until it is acknowledged, when the desk asks or a move is not refreshed.

    A camera that refuses it three times is told after longer pauses, for as long as it takes. Only its own word that it
    stands, once the last order has certainly run out, counts as much as an acknowledgement.
    """

    def __init__(self, camera_id: str, steering: SteeringState, session: CameraSession, tell: Tell) -> None:
        self._camera_id = camera_id
        self._steering = steering
        self._session = session
        self._tell = tell
        self._head: Stoppable | None = None
        self._cannot_steer = False
        self._cold = False
        self._closing = False
        self._refusals = 0
        self._owed = 0
        self._not_before = 0.0
        self._moved_before = False
        self._thread = threading.Thread(target=self._run, name=f"stop {camera_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def learn(self, head: Stoppable | None) -> None:
        """Take the head of a camera that was reached, None when it has none. A Stop that waited for it is sent."""
        self._head = head.over(self._session) if head is not None else None
        self._cannot_steer = head is None
        self._steering.retry_stop()

    @property
    def waits_for_head(self) -> bool:
        """True while a camera that was moved before this process began is to be stopped, and was not reached yet."""
        return self._moved_before and self._head is None and self._steering.may_be_moving

    def moved_before(self) -> None:
        """The camera may be moving from before this process began, or by another desk."""
        self._moved_before = True

    def taken_over(self, why: str) -> None:
        """The recorder has stopped the camera: nothing is owed any more."""
        order = self._steering.overdue_stop()
        if order is not None:
            self._acknowledged(order, why)

    def warm_up(self) -> None:
        """Open the connection when a movement starts, so that it exists before its Stop is needed."""
        self._cold = True

    def close(self) -> None:
        """Stop a moving camera, then end the thread."""
        with self._steering.changed:
            if self._steering.may_be_moving:
                self._steering.stop("the control process ends")
            self._closing = True
            self._steering.changed.notify_all()

    def join(self, until: float) -> None:
        """Wait until the thread has ended, or until `until` (monotonic)."""
        self._thread.join(max(0.0, until - time.monotonic()))

    def _run(self) -> None:
        while (task := self._next_task()) is not None:
            try:
                task()
            except Exception:  # nothing a camera answers may end this thread: the next Stop needs it
                log.exception("camera %s: the thread that stops it goes on", self._camera_id)
        self._session.close()

    def _next_task(self) -> Callable[[], None] | None:
        """Wait for something to do; None when there will be nothing any more."""
        steering = self._steering
        with steering.changed:
            while True:
                if (order := steering.next_stop()) is not None:
                    return partial(self._send, order)
                if steering.long_move():
                    return self._tell_of_long_move
                if self._cold:
                    return self._open_connection
                if self._closing and not steering.may_be_moving:
                    return None
                steering.changed.wait(steering.stop_thread_wakes_in())

    def _tell_of_long_move(self) -> None:
        self._report(ControlEventKind.MOVING_LONG, "It has been moving for over ten seconds.")

    def _send(self, order: StopOrder) -> None:
        if self._head is None:
            self._without_head(order)
            return
        if not (self._session.login.may_stop or self._may_look()):
            pause_s = max(UNWILLING_S, self._not_before - time.monotonic())
            self._steering.stop_returned(
                order, taken=False, give_up=self._too_late(order), pause_s=pause_s, owed=True
            )
            return
        try:
            self._head.stop(order.wait_s)
        except DeviceFault as fault:
            self._failed(order, fault)
        except Exception:  # whatever it was, the camera must still be stopped
            log.exception("camera %s: Stop failed", self._camera_id)
            self._steering.stop_returned(order, taken=False)
            if order.attempt == 0:
                self._report(ControlEventKind.STOP_UNCONFIRMED, "Its answer to Stop could not be read.")
        else:
            self._acknowledged(order, order.why)

    def _too_late(self, order: StopOrder) -> bool:
        return self._closing and time.monotonic() > order.asked_at + LAST_STOPS_S

    def _may_look(self) -> bool:
        """True when the pause is over before one more Stop of those that count towards the account's lock, and the
        camera answers what needs no login.
        """
        if time.monotonic() < self._not_before:
            return False
        try:
            self._session.call(Service.DEVICE, "GetSystemDateAndTime", signed=False, seconds=WARM_UP_S)
        except DeviceFault as fault:
            if fault.kind in GONE:
                return False
        self._session.login.allow_stop()
        return True

    def _acknowledged(self, order: StopOrder, why: str) -> None:
        self._refusals = self._owed = 0
        self._moved_before = False
        self._steering.stop_returned(order, taken=True)
        seconds = time.monotonic() - order.asked_at
        self._tell(ControlEvent(self._camera_id, ControlEventKind.STOPPED, why, seconds=seconds))

    def _failed(self, order: StopOrder, fault: DeviceFault) -> None:
        """Decide when to try again after a failed Stop. An attempt that never arrived is no refusal, nor is garbage."""
        login = self._session.login
        self._refusals = self._refusals + 1 if fault.kind in REFUSALS else 0
        refused = fault.kind in REFUSED_LOGIN
        owed = self._refusals >= QUICK_STOPS or (refused and not login.may_stop)
        if self._too_late(order):
            self._steering.stop_returned(order, taken=False, give_up=True)
            self._report(ControlEventKind.STOP_UNCONFIRMED, str(fault), fault.kind)
            return
        if owed and self._stands():
            self._acknowledged(order, "It says itself that it stands, and what it was told last has run out.")
            return
        pause_s = self._pause_s(refused, owed)
        if refused and owed:
            self._not_before = time.monotonic() + (pause_s or 0.0)
        self._steering.stop_returned(order, taken=False, pause_s=pause_s, owed=owed)
        if owed and not self._owed:
            self._report(ControlEventKind.STOP_OWED, str(fault), fault.kind)
        elif order.attempt == 0:
            self._report(ControlEventKind.STOP_UNCONFIRMED, str(fault), fault.kind)
        self._owed += owed

    def _pause_s(self, refused: bool, owed: bool) -> float | None:
        """Seconds before the next attempt, None for the usual."""
        if not refused:
            return UNWILLING_S if owed else None
        if owed:
            return min(LONGEST_OWED_S, FIRST_OWED_S * 2 ** min(self._owed, MOST_DOUBLINGS))
        return REFUSED_S * 2 ** (self._session.login.stops_refused - 1)

    def _stands(self) -> bool:
        head = self._head
        try:
            return head is not None and self._steering.run_out(head.hold_s) and head.stands()
        except DeviceFault:
            return False

    def _without_head(self, order: StopOrder) -> None:
        """Handle a Stop for a camera not reached yet: wait, since it may be moving from before a restart, unless
        nothing moves.
        """
        refused = self._session.login.refused
        if self._cannot_steer:
            self._acknowledged(order, "It has nothing that could be steered.")
            return
        void = self._closing or (refused and not self._moved_before)
        self._steering.stop_returned(order, taken=False, give_up=void, owed=refused)

    def _open_connection(self) -> None:
        self._cold = False
        try:
            self._session.call(Service.DEVICE, "GetSystemDateAndTime", signed=False, seconds=WARM_UP_S)
        except DeviceFault:
            log.debug("camera %s: no connection for Stop yet", self._camera_id)

    def _report(self, kind: ControlEventKind, detail: str, fault: FaultKind | None = None) -> None:
        self._tell(ControlEvent(self._camera_id, kind, detail, fault))
