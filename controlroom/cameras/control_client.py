"""Lets the desk use the control process: ask about cameras, steer them, and receive their events.

Nothing here speaks to a camera or imports what does. A move works like a dead man's switch: whoever holds the key
calls `move` again at least every 0.3 s (a timer of the window does), otherwise the camera is stopped after 0.6 s.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from controlroom.cameras.aiming import Aim, AimWay
from controlroom.cameras.control.messages import ANSWERS, HoldWord, Message, Order, Question, fault_from
from controlroom.cameras.devices import (
    STOP_REFUSALS,
    ControlEvent,
    ControlEventKind,
    DeviceAddress,
    DeviceReport,
    DiscoveredDevice,
    HealthReport,
    Preset,
    PtzAbilities,
    PtzStatus,
)
from controlroom.cameras.holds.records import HoldNews, HoldsSeen
from controlroom.cameras.lens import LensState
from controlroom.codec import from_plain, to_plain
from controlroom.errors import Unavailable
from controlroom.processes.pinned_https import PinnedEndpoint
from controlroom.processes.supervised import SupervisedProcess
from controlroom.processes.supervisor import Supervisor

MODULE = "controlroom.cameras.control"
Prove = Callable[[str, str, str], str]
"""Signs for the person who sits here: takes the recorder's fingerprint, the desk's name and a nonce; returns the
signature, "" if there is none.
"""


@dataclass
class _Pending:
    question: Question
    message: Message
    future: "Future[Any]"
    sent: bool = False


class ControlClient:
    """The desk's client of the control process. Every method may be called from any thread and returns at once.

    Futures fail with DeviceFault or Unavailable. Their callbacks, and `on_event`, run on the thread that reads
    from the control process.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        on_event: Callable[[ControlEvent], None] = lambda _: None,
        *,
        stop_refusals: int = STOP_REFUSALS,
    ) -> None:
        """`stop_refusals`: how often a camera may refuse the login of Stop before that waits for a hand."""
        self._stop_refusals = stop_refusals
        self.on_event = on_event
        self.on_holds: Callable[[HoldsSeen], None] = lambda _: None
        self.on_hold_news: Callable[[HoldNews], None] = lambda _: None
        self._lock = threading.RLock()
        self._connected: dict[str, Message] = {}
        self._refused: set[str] = set()
        self._moving: set[str] = set()
        self._moved: set[str] = set()
        self._focusing: set[str] = set()
        self._pending: dict[int, _Pending] = {}
        self._last_number = 0
        self._leases: Message | None = None
        self._end: PinnedEndpoint | None = None
        self._secret = secrets.token_urlsafe(32)  # tells this desk from every other, whatever its name
        self._person: tuple[str, Prove] | None = None
        self._process = SupervisedProcess(
            "control",
            MODULE,
            self._take,
            on_up=self._up,
            on_down=self._down,
            urgent=lambda: bool(self._moving or self._focusing),
        )
        supervisor.add(self._process)

    def connect(
        self,
        camera_id: str,
        address: DeviceAddress,
        *,
        reverse_pan: bool = False,
        reverse_tilt: bool = False,
    ) -> None:
        """Connect to that camera and stay connected. Calling it again tries a refused login once more."""
        with self._lock:
            self._refused.discard(camera_id)
            self._connected[camera_id] = {
                "do": Order.CONNECT,
                "camera": camera_id,
                "address": to_plain(address),
                "reverse": [reverse_pan, reverse_tilt],
                "stop_refusals": self._stop_refusals,
            }
            self._send_connect(camera_id)

    def forget(self, camera_id: str) -> None:
        """Disconnect from the camera; a moving one is stopped first."""
        with self._lock:
            self._connected.pop(camera_id, None)
            self._refused.discard(camera_id)
            self._moving.discard(camera_id)
            self._moved.discard(camera_id)
            self._focusing.discard(camera_id)
            self._process.send({"do": Order.FORGET, "camera": camera_id})

    def move(self, camera_id: str, pan: float, tilt: float, zoom: float) -> None:
        """Start or continue a movement at speeds of -1 to 1 (right, up, in). The latest wins; repeat it every 0.3 s."""
        with self._lock:
            self._moving.add(camera_id)
            if camera_id not in self._refused:
                self._moved.add(camera_id)
            self._process.send(
                {"do": Order.MOVE, "camera": camera_id, "pan": pan, "tilt": tilt, "zoom": zoom}
            )

    def stop(self, camera_id: str, *, moved: bool = False) -> None:
        """Stop the camera before anything else, until it has acknowledged. A STOPPED event tells how long that took.

        `moved`: somebody else has moved it, so that even a login that was refused is tried again, with long pauses.
        """
        with self._lock:
            self._moving.add(camera_id)  # until it is acknowledged, whatever happens to the process meanwhile
            if moved:
                self._moved.add(camera_id)
            self._process.send({"do": Order.STOP, "camera": camera_id, "moved": moved})

    def stop_all(self, camera_id: str) -> None:
        """Stop whatever moves the camera, whoever began it: a preset drive, an aim, its patrol, its focus.

        It asks nobody, goes before anything else, and takes back what still waits to move the camera.
        """
        with self._lock:
            self._moving.add(camera_id)
            self._process.send({"do": Order.STOP_ALL, "camera": camera_id})

    def focus(self, camera_id: str, speed: float) -> None:
        """Start or go on focusing at a speed of -1 (nearer) to 1 (farther). Repeat it every 0.3 s, as `move`."""
        with self._lock:
            self._focusing.add(camera_id)
            self._process.send({"do": Order.FOCUS, "camera": camera_id, "speed": speed})

    def stop_focus(self, camera_id: str) -> None:
        """Stop the focus before anything else, until it has acknowledged. A FOCUS_STOPPED event tells so."""
        with self._lock:
            self._focusing.add(camera_id)
            self._process.send({"do": Order.STOP_FOCUS, "camera": camera_id})

    def lease_at(self, end: PinnedEndpoint | None, desk: str, *, expected: bool = False) -> None:
        """Lease and hold the cameras that this desk moves at the recorder at `end` from now on.

        None: there is no recorder, so nobody arbitrates; or, with `expected`, nobody knows yet where it is.
        """
        with self._lock:
            told = to_plain(end) if end is not None else None
            self._leases = {
                "do": Order.LEASE_AT,
                "end": told,
                "desk": desk,
                "secret": self._secret,
                "expected": expected,
            }
            self._end = end
            self._process.send(self._leases)

    def sit_down(self, handle: str, prove: Prove = lambda _recorder, _desk, _nonce: "") -> None:
        """Steer in this person's name from now on; `prove` signs whenever the recorder wants to know that they do."""
        with self._lock:
            self._person = handle, prove
            self._send_person()

    def say(self, camera_id: str, word: HoldWord) -> None:
        """Take a camera over, ask for it, give it away, or steer it although the recorder is silent."""
        with self._lock:
            self._process.send({"do": Order.HOLD, "camera": camera_id, "word": word})

    def start_tours(self, camera_id: str, tours: Sequence[str]) -> None:
        """Let the camera's own tours go on."""
        with self._lock:
            self._process.send({"do": Order.START_TOURS, "camera": camera_id, "tours": list(tours)})

    def probe(self, address: DeviceAddress) -> "Future[DeviceReport]":
        """Ask a camera for everything about it, trying its login once. Failures arrive within five seconds."""
        return self._ask(Question.PROBE, address=to_plain(address))

    def check_health(self, address: DeviceAddress, *, sign: bool) -> "Future[HealthReport]":
        """Ask whether the camera answers and what its clock says; with `sign`, try the login once.

        Fails within ten seconds.
        """
        return self._ask(Question.CHECK_HEALTH, address=to_plain(address), sign=sign)

    def discover(self) -> "Future[list[DiscoveredDevice]]":
        """Search the networks of this computer for about three seconds."""
        return self._ask(Question.DISCOVER)

    def ask_once(self, host: str, port: int) -> "Future[DiscoveredDevice | None]":
        """Ask whatever is at an address who it is, once and without a login; None when no camera answers."""
        return self._ask(Question.ASK_ONCE, host=host, port=port)

    def presets(self, camera_id: str) -> "Future[list[Preset]]":
        return self._ask(Question.PRESETS, camera=camera_id)

    def goto_preset(self, camera_id: str, token: str) -> "Future[None]":
        """Move the camera to a stored position; done when the camera has accepted the order."""
        return self._ask(Question.GOTO_PRESET, camera=camera_id, token=token)

    def set_preset(self, camera_id: str, name: str) -> "Future[Preset]":
        """Store the present position; the result is the preset as the camera lists it."""
        return self._ask(Question.SET_PRESET, camera=camera_id, name=name)

    def rename_preset(self, camera_id: str, token: str, name: str) -> "Future[Preset]":
        """Give a stored position another name; the camera must stand at it. The result is the preset as listed."""
        return self._ask(Question.RENAME_PRESET, camera=camera_id, token=token, name=name)

    def remove_preset(self, camera_id: str, token: str) -> "Future[None]":
        """Forget a stored position; done when the camera no longer lists it."""
        return self._ask(Question.REMOVE_PRESET, camera=camera_id, token=token)

    def go_home(self, camera_id: str) -> "Future[None]":
        return self._ask(Question.GO_HOME, camera=camera_id)

    def set_home(self, camera_id: str) -> "Future[None]":
        """Make the present position home."""
        return self._ask(Question.SET_HOME, camera=camera_id)

    def abilities(self, camera_id: str) -> "Future[PtzAbilities]":
        """What the camera's head can do; fails for a camera without one."""
        return self._ask(Question.ABILITIES, camera=camera_id)

    def aim(self, camera_id: str, aim: Aim) -> "Future[AimWay]":
        """Look at a place in the camera's picture; the result says how well the way there was known."""
        return self._ask(Question.AIM, camera=camera_id, x=aim.x, y=aim.y, closer=aim.closer)

    def auxiliary(self, camera_id: str, command: str) -> "Future[None]":
        """Carry out an auxiliary command (wiper, lights) as the camera lists it."""
        return self._ask(Question.AUXILIARY, camera=camera_id, command=command)

    def lens(self, camera_id: str) -> "Future[LensState]":
        """What the camera's lens can be told, and how it is set; fails for a camera without one."""
        return self._ask(Question.LENS, camera=camera_id)

    def set_autofocus(self, camera_id: str, auto: bool) -> "Future[LensState]":
        return self._ask(Question.AUTOFOCUS, camera=camera_id, auto=auto)

    def turn_iris(self, camera_id: str, steps: int) -> "Future[LensState]":
        """Open the iris by so many steps; below 0 close it."""
        return self._ask(Question.IRIS, camera=camera_id, steps=steps)

    def set_auto_iris(self, camera_id: str) -> "Future[LensState]":
        return self._ask(Question.AUTO_IRIS, camera=camera_id)

    def status(self, camera_id: str) -> "Future[PtzStatus]":
        return self._ask(Question.STATUS, camera=camera_id)

    def _ask(self, question: Question, **fields: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # from here on nobody can cancel it under our hands
        with self._lock:
            self._last_number += 1
            message = {"ask": question, "number": self._last_number, **fields}
            pending = _Pending(question, message, future)
            self._pending[self._last_number] = pending
            pending.sent = self._process.send(message)
        return future

    def _send_person(self) -> None:
        if self._person is not None:
            self._process.send({"do": Order.PERSON, "handle": self._person[0]})

    def _prove(self, facts: list[str]) -> None:
        """Sign for the recorder that this desk knows, and for nobody but who sits here."""
        recorder, desk, nonce, handle = facts
        with self._lock:
            sitting, prove = self._person or ("", lambda *_: "")
            ours = self._end is not None and recorder == self._end.fingerprint and handle == sitting
            proof = prove(recorder, desk, nonce) if ours else ""
            self._process.send({"do": Order.PROOF, "facts": facts, "proof": proof})

    def _send_connect(self, camera_id: str) -> None:
        self._process.send({**self._connected[camera_id], "held": camera_id in self._refused})

    def _up(self) -> None:
        """Bring a (re)started process up to date: connect every camera, stop those that moved, send what waited."""
        with self._lock:
            self._send_person()
            if self._leases is not None:
                self._process.send(self._leases)
            for camera_id in self._connected:
                self._send_connect(camera_id)
            for camera_id in self._moving & self._connected.keys():
                moved = camera_id in self._moved
                self._process.send({"do": Order.STOP, "camera": camera_id, "moved": moved})
            for camera_id in self._focusing & self._connected.keys():
                self._process.send({"do": Order.STOP_FOCUS, "camera": camera_id})
            for pending in self._pending.values():
                if not pending.sent:
                    pending.sent = self._process.send(pending.message)

    def _down(self) -> None:
        with self._lock:
            lost, self._pending = self._pending, {}
        for pending in lost.values():
            pending.future.set_exception(
                Unavailable(
                    "The process that talks to cameras ended and is being started again.",
                    "What was asked of the camera may not have been done.",
                    "Try again in a few seconds.",
                )
            )

    def _take(self, message: Message) -> None:
        if "event" in message:
            self._take_event(from_plain(ControlEvent, message["event"]))
            return
        if "holds" in message:
            self.on_holds(from_plain(HoldsSeen, message["holds"]))
            return
        if "hold_news" in message:
            self.on_hold_news(from_plain(HoldNews, message["hold_news"]))
            return
        if "prove" in message:
            self._prove([str(each) for each in message["prove"]])
            return
        with self._lock:
            pending = self._pending.pop(message["answer"], None)
        if pending is None:
            return
        if "fault" in message:
            pending.future.set_exception(fault_from(message["fault"]))
        else:
            pending.future.set_result(from_plain(ANSWERS[pending.question], message["value"]))

    def _take_event(self, event: ControlEvent) -> None:
        with self._lock:
            if event.kind is ControlEventKind.REFUSED:
                self._refused.add(event.camera_id)
            if event.kind is ControlEventKind.REACHABLE:
                self._refused.discard(event.camera_id)
            if event.kind is ControlEventKind.STOPPED:
                self._moving.discard(event.camera_id)
                self._moved.discard(event.camera_id)
            if event.kind is ControlEventKind.FOCUS_STOPPED:
                self._focusing.discard(event.camera_id)
        self.on_event(event)
