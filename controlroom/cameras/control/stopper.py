"""Stops one camera on a thread and a connection of its own, so that Stop never waits behind a slow move."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol, Self

from controlroom.cameras.control.steering import SteeringState, StopOrder
from controlroom.cameras.devices import REFUSALS, ControlEvent, ControlEventKind, DeviceFault, FaultKind
from controlroom.cameras.onvif.session import CameraSession
from controlroom.cameras.onvif.wsdl import Service

log = logging.getLogger(__name__)

WARM_UP_S = 1.0
LAST_STOPS_S = 10.0  # how long a camera that is being forgotten is still told to stop
HOPELESS_STOPS = 3  # how often in a row a camera may refuse Stop and speed zero alike

Tell = Callable[[ControlEvent], None]


class Stoppable(Protocol):
    """What can be stopped: a camera's head, or its lens."""

    def over(self, session: CameraSession) -> Self: ...

    def stop(self, seconds: float) -> None: ...


class Stopper:
    """Sends Stop until the camera has acknowledged it, when the desk asks or when nobody refreshes a move."""

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
        self._thread = threading.Thread(target=self._run, name=f"stop {camera_id}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def learn(self, head: Stoppable | None) -> None:
        """Take the head of a camera that was reached, None when it has none. A Stop that waited for it is sent."""
        self._head = head.over(self._session) if head is not None else None
        self._cannot_steer = head is None
        self._steering.retry_stop()

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
            self._refusals = 0
            self._steering.stop_returned(order, taken=True)
            seconds = time.monotonic() - order.asked_at
            self._tell(ControlEvent(self._camera_id, ControlEventKind.STOPPED, order.why, seconds=seconds))

    def _failed(self, order: StopOrder, fault: DeviceFault) -> None:
        """Decide after a failed Stop: try again, except after a refused login, for a camera without Stop, or when
        closing. An attempt that never arrived is no refusal.
        """
        self._refusals = self._refusals + 1 if fault.kind in REFUSALS else 0  # garbage is no refusal
        unwilling = self._refusals >= HOPELESS_STOPS
        too_late = self._closing and time.monotonic() > order.asked_at + LAST_STOPS_S
        give_up = self._session.login.refused or unwilling or too_late
        if give_up:
            self._refusals = 0
        self._steering.stop_returned(order, taken=False, give_up=give_up)
        if order.attempt == 0 or give_up:
            self._report(ControlEventKind.STOP_UNCONFIRMED, str(fault), fault.kind)

    def _without_head(self, order: StopOrder) -> None:
        """Handle a Stop for a camera not reached yet: wait, since it may be moving from before a restart, unless
        nothing moves.
        """
        void = self._cannot_steer or self._closing or self._session.login.refused
        self._steering.stop_returned(order, taken=False, give_up=void)

    def _open_connection(self) -> None:
        self._cold = False
        try:
            self._session.call(Service.DEVICE, "GetSystemDateAndTime", signed=False, seconds=WARM_UP_S)
        except DeviceFault:
            log.debug("camera %s: no connection for Stop yet", self._camera_id)

    def _report(self, kind: ControlEventKind, detail: str, fault: FaultKind | None = None) -> None:
        self._tell(ControlEvent(self._camera_id, kind, detail, fault))
