"""Controls one camera's lens inside the control process: focus that stops with the hand, iris by steps.

The focus has the discipline of the head: a move that nobody refreshes becomes a Stop, and Stop has a thread and a
connection of its own. ONVIF gives a focus move no time-out, so nothing but that Stop ends it. Threads and connections
are made when a lens is first used; most never are.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from controlroom.cameras.control.steering import SteeringState, Velocity
from controlroom.cameras.control.stopper import Stopper, Tell
from controlroom.cameras.devices import CERTAIN, ControlEvent, ControlEventKind, DeviceFault, FaultKind
from controlroom.cameras.onvif.imaging import Lens, read_lens_options
from controlroom.cameras.onvif.session import CameraSession
from controlroom.errors import ControlRoomError

log = logging.getLogger(__name__)

MOST_WAITING = 8
READ_AGAIN_S = 1.0
LensWork = Callable[[Lens], Any]
Reply = Callable[[Any, ControlRoomError | None], None]
_OF_FOCUS = {
    ControlEventKind.STOPPED: ControlEventKind.FOCUS_STOPPED,
    ControlEventKind.STOP_UNCONFIRMED: ControlEventKind.FOCUS_UNCONFIRMED,
    ControlEventKind.STOP_OWED: ControlEventKind.FOCUS_UNCONFIRMED,
}


class ControlledLens:
    """One camera's lens. Public methods return at once; the work is done on its threads."""

    def __init__(self, camera_id: str, session: CameraSession, tell: Tell) -> None:
        self._camera_id, self._tell, self._camera_session = camera_id, tell, session
        self._steering = SteeringState()
        self._source: str | None = None
        self._lens: Lens | None = None
        self._session: CameraSession | None = None
        self._stopper: Stopper | None = None
        self._thread: threading.Thread | None = None
        self._questions: deque[tuple[LensWork, Reply]] = deque()
        self._told_failed = self._closing = False

    @property
    def may_be_moving(self) -> bool:
        """True while the focus may be moving because of an order of ours."""
        return self._steering.may_be_moving

    def learn(self, source: str) -> None:
        """Take the video source of a camera that was reached. What was read of its lens before is read again."""
        with self._steering.changed:
            self._source = source
            self._lens = None
            self._steering.changed.notify_all()

    def focus(self, speed: float) -> None:
        """Start or go on focusing at a speed of -1 (nearer) to 1 (farther); 0 is a Stop."""
        if not speed:
            self.stop()
            return
        self._start()
        if self._stopper is not None and not self._steering.may_be_moving:
            self._stopper.warm_up()
        self._steering.want((speed, 0.0, 0.0))

    def stop(self) -> None:
        """Stop the focus, whether or not a movement is known."""
        self._told_failed = False
        self._camera_session.login.allow_stop()
        self._start()
        self._steering.stop()

    def failed(self, fault: DeviceFault) -> None:
        """Report a focus that does not move, once for each press of a key."""
        if not self._told_failed:
            self._told_failed = True
            kind = ControlEventKind.FOCUS_FAILED
            self._tell(ControlEvent(self._camera_id, kind, str(fault), fault.kind))

    def ask(self, work: LensWork, reply: Reply) -> None:
        """Queue `work`, which is called with the lens when its turn comes."""
        title = self._camera_session.address.title
        with self._steering.changed:
            fits = len(self._questions) < MOST_WAITING and not self._closing
            if fits and self._source is not None:
                self._questions.append((work, reply))
                self._steering.changed.notify_all()
        if not fits:
            reply(None, DeviceFault(FaultKind.BUSY, f"{title} has too many questions waiting."))
        elif self._source is None:
            reply(None, DeviceFault(FaultKind.BUSY, f"{title} is still being connected."))
        else:
            self._start()

    def close(self) -> None:
        """Stop a moving focus, then end the threads; `join` waits for that."""
        with self._steering.changed:
            self._closing = True
            if self._stopper is not None:
                self._stopper.close()
            self._steering.changed.notify_all()

    def join(self, until: float) -> None:
        """Wait until the threads have ended, or until `until` (monotonic)."""
        if self._stopper is not None:
            self._stopper.join(until)

    def _start(self) -> None:
        with self._steering.changed:
            if self._thread is not None or self._closing:
                return
            self._session = self._camera_session.another()
            stop_session = self._camera_session.another()
            self._stopper = Stopper(f"{self._camera_id} focus", self._steering, stop_session, self._report)
            self._thread = threading.Thread(target=self._run, name=f"lens {self._camera_id}", daemon=True)
            self._thread.start()
            self._stopper.start()

    def _run(self) -> None:
        while (task := self._next_task()) is not None:
            try:
                task()
            except Exception:  # whatever it was, the lens must stay usable
                log.exception("camera %s: a task of its lens failed", self._camera_id)
        if self._session is not None:
            self._session.close()

    def _next_task(self) -> Callable[[], None] | None:
        steering = self._steering
        with steering.changed:
            while True:
                if self._source is not None and (velocity := steering.next_move(None)) is not None:
                    return lambda: self._send_move(velocity)
                if self._closing:
                    self._refuse_questions()
                    return None
                if self._questions:
                    work, reply = self._questions.popleft()
                    return lambda: self._answer(work, reply)
                if self._source is not None and self._lens is None and steering.may_be_moving:
                    return self._prepare_stop
                steering.changed.wait()

    def _send_move(self, velocity: Velocity) -> None:
        try:
            self._known().move(velocity[0])
        except DeviceFault as fault:
            self._steering.move_returned(velocity, taken=False, uncertain=fault.kind not in CERTAIN)
            self.failed(fault)
        except Exception:
            self._steering.move_returned(velocity, taken=False, uncertain=True)
            raise
        else:
            self._steering.move_returned(velocity, taken=True)

    def _answer(self, work: LensWork, reply: Reply) -> None:
        try:
            value = work(self._known())
        except DeviceFault as fault:
            reply(None, fault)
        except Exception as error:
            reply(None, DeviceFault(FaultKind.BUSY, "The control process failed.", str(error)))
            raise
        else:
            reply(value, None)

    def _prepare_stop(self) -> None:
        """Read the lens for a Stop that waits for it: one from before this process was started again."""
        try:
            self._known()
        except DeviceFault:
            with self._steering.changed:
                self._steering.changed.wait(READ_AGAIN_S)

    def _known(self) -> Lens:
        """The lens, read now if it was not yet. Raises DeviceFault; NOT_SUPPORTED where there is none."""
        lens, source, session = self._lens, self._source, self._session
        if lens is not None:
            return lens
        assert session is not None and self._stopper is not None
        options = read_lens_options(session, source or "")
        if options is None:
            self._stopper.learn(None)
            what = f"{session.address.title} has no lens that can be set from here."
            raise DeviceFault(FaultKind.NOT_SUPPORTED, what)
        lens = Lens(session, options)
        self._stopper.learn(lens)
        with self._steering.changed:
            if self._source == source:
                self._lens = lens
        return lens

    def _refuse_questions(self) -> None:
        title = self._camera_session.address.title
        while self._questions:
            what = f"{title} is no longer connected."
            self._questions.popleft()[1](None, DeviceFault(FaultKind.UNREACHABLE, what))

    def _report(self, event: ControlEvent) -> None:
        """Tell what the stopper of the focus says as being of the focus; long focusing needs no word."""
        kind = _OF_FOCUS.get(event.kind)
        if kind is not None:
            self._tell(replace(event, camera_id=self._camera_id, kind=kind))
