"""Serves the desk inside the control process: handles its messages, holds the cameras, and sends answers and events."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from controlroom.cameras.control.camera import ControlledCamera
from controlroom.cameras.control.hold_keeper import HoldKeeper
from controlroom.cameras.control.hold_line import DeskSecret
from controlroom.cameras.control.lease_renewer import LeaseRenewer
from controlroom.cameras.control.messages import STEERING, HoldWord, Message, Order, Question, fault_to_wire
from controlroom.cameras.control.questions import OF_A_HEAD, OF_A_LENS
from controlroom.cameras.control.steering import Velocity
from controlroom.cameras.devices import ControlEvent, DeviceAddress, DeviceFault, FaultKind
from controlroom.cameras.onvif.discovery import discover
from controlroom.cameras.onvif.probe import ask_once, check_health, probe
from controlroom.cameras.onvif.tours import start_tours
from controlroom.codec import from_plain, to_plain
from controlroom.errors import ControlRoomError

log = logging.getLogger(__name__)

CONNECTING_AT_ONCE = 16
PROBING_AT_ONCE = 8
CLOSE_S = 8.0  # the supervisor ends us earlier when the desk closes in good order


class ControlServer:
    """Holds all cameras of the control process. `handle` never waits for a camera."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._cameras: dict[str, ControlledCamera] = {}
        self._leaving: list[ControlledCamera] = []
        self._gate = threading.Semaphore(CONNECTING_AT_ONCE)
        self._probes = threading.Semaphore(PROBING_AT_ONCE)
        self._leases = LeaseRenewer(self._moving_cameras, self._owed_cameras, self._stopped_by_recorder)
        self._holds = HoldKeeper(self._cameras.get, send)

    def handle(self, message: Message) -> None:
        """Carry out a message; one that makes no sense is logged and skipped."""
        try:
            if "do" in message:
                self._obey(Order(message["do"]), message)
            else:
                self._ask(Question(message["ask"]), message)
        except Exception:  # one bad message must not cost the others their cameras
            log.exception("a message from the desk could not be handled")

    def close(self, seconds: float = CLOSE_S) -> None:
        """Stop every camera that moves and wait until they have acknowledged, for `seconds` at most."""
        cameras = [*self._cameras.values(), *self._leaving]
        for camera in cameras:
            camera.close()
        until = time.monotonic() + seconds
        for camera in cameras:
            if camera.may_be_moving:
                camera.join(until)
        self._leases.close()
        self._holds.close()

    def _moving_cameras(self) -> list[str]:
        """List the cameras that may be moving for this desk, including those being disconnected while they still
        move.
        """
        cameras = [*self._cameras.values(), *self._leaving]
        return [camera.camera_id for camera in cameras if camera.may_be_moving]

    def _owed_cameras(self) -> list[str]:
        """List the cameras that do not acknowledge Stop: the recorder stops them on its own line."""
        cameras = [*self._cameras.values(), *self._leaving]
        return [camera.camera_id for camera in cameras if camera.owes_stop]

    def _stopped_by_recorder(self, camera_id: str) -> None:
        for camera in [*self._cameras.values(), *self._leaving]:
            if camera.camera_id == camera_id:
                camera.stopped_by_recorder()

    def _obey(self, order: Order, message: Message) -> None:
        if self._obey_of_desk(order, message):
            return
        camera_id = str(message["camera"])
        if order is Order.CONNECT:
            self._connect(camera_id, message)
        elif order is Order.FORGET:
            self._leave(self._cameras.pop(camera_id, None))
        elif (camera := self._cameras.get(camera_id)) is None:
            log.warning("camera %s: %s before it was connected", camera_id, order.value)
        else:
            self._obey_of_camera(order, camera, message)

    def _obey_of_desk(self, order: Order, message: Message) -> bool:
        """Carry out what is about the desk and no camera; False for any other order."""
        if order is Order.LEASE_AT:
            desk = DeskSecret(str(message["desk"]), str(message["secret"]))
            self._leases.lease_at(message["end"], desk)
            self._holds.expect(message["end"], desk, expected=bool(message["expected"]))
        elif order is Order.PERSON:
            self._holds.set_person(str(message["handle"]))
        elif order is Order.PROOF:
            self._holds.take_proof([str(each) for each in message["facts"]], str(message["proof"]))
        else:
            return False
        return True

    def _obey_of_camera(self, order: Order, camera: ControlledCamera, message: Message) -> None:
        camera_id = camera.camera_id
        if order is Order.MOVE:
            self._move(camera, (float(message["pan"]), float(message["tilt"]), float(message["zoom"])))
        elif order is Order.FOCUS:
            self._focus(camera, float(message["speed"]))
        elif order is Order.STOP_FOCUS:
            camera.lens.stop()
        elif order is Order.HOLD:
            self._holds.say(camera_id, HoldWord(message["word"]))
        elif order is Order.START_TOURS:
            self._start_tours(camera, [str(each) for each in message["tours"]])
        elif order is Order.STOP_ALL:
            self._holds.stopped_all(camera_id)
            camera.stop_all(lambda: self._holds.keep_paused(camera_id))
            self._leases.moved()
        else:
            self._holds.stopped(camera_id)
            camera.stop(pressed=True, moved=bool(message["moved"]))
            self._leases.moved()

    def _move(self, camera: ControlledCamera, velocity: Velocity) -> None:
        """Three zeros are a Stop, which asks nobody."""
        if any(velocity):
            self._holds.move(camera.camera_id, velocity)
        else:
            self._holds.stopped(camera.camera_id)
            camera.stop(pressed=True)
        self._leases.moved()

    def _focus(self, camera: ControlledCamera, speed: float) -> None:
        """A key held down is repeated: where the hold has to be asked for first, its next repetition counts."""
        if not speed or self._holds.ready(camera.camera_id):
            camera.focus(speed)
        self._leases.moved()

    def _start_tours(self, camera: ControlledCamera, tours: list[str]) -> None:
        def note(_: Any, fault: ControlRoomError | None) -> None:
            if fault is not None:
                log.warning("camera %s: its tours do not go on: %s", camera.camera_id, fault)

        camera.ask(lambda head: start_tours(head, tours), note)

    def _connect(self, camera_id: str, message: Message) -> None:
        address = from_plain(DeviceAddress, message["address"])
        held, reverse = bool(message["held"]), (bool(message["reverse"][0]), bool(message["reverse"][1]))
        known = self._cameras.get(camera_id)
        if known is not None:
            if known.address == address and known.reverse == reverse and not known.refused:
                return
            self._leave(known)
        camera = ControlledCamera(
            camera_id,
            address,
            self._tell,
            self._gate,
            held=held,
            reverse=reverse,
            stop_refusals=int(message["stop_refusals"]),
            permitted=lambda: self._holds.permitted(camera_id),
        )
        self._cameras[camera_id] = camera
        camera.start()

    def _leave(self, camera: ControlledCamera | None) -> None:
        self._leaving = [each for each in self._leaving if each.may_be_moving]
        if camera is not None:
            camera.close()
            self._leaving.append(camera)

    def _ask(self, question: Question, message: Message) -> None:
        number = int(message["number"])
        if question is Question.PROBE:
            address = from_plain(DeviceAddress, message["address"])
            self._aside(number, lambda: self._probe(address))
        elif question is Question.CHECK_HEALTH:
            address, sign = from_plain(DeviceAddress, message["address"]), bool(message["sign"])
            self._aside(number, lambda: check_health(address, sign=sign))
        elif question is Question.DISCOVER:
            self._aside(number, discover)
        elif question is Question.ASK_ONCE:
            host, port = str(message["host"]), int(message["port"])
            self._aside(number, lambda: ask_once(host, port))
        elif (camera := self._cameras.get(str(message["camera"]))) is None:
            what = f"Camera {message['camera']} is not connected."
            self._answer(number, None, DeviceFault(FaultKind.UNREACHABLE, what, remedy="Connect it first."))
        else:
            self._ask_camera(camera, question, message)

    def _ask_camera(self, camera: ControlledCamera, question: Question, message: Message) -> None:
        """Ask a camera's head or lens; what moves it only while this desk holds it."""

        def reply(value: Any, fault: ControlRoomError | None) -> None:
            self._answer(int(message["number"]), value, fault)

        def ask() -> None:
            if question in OF_A_LENS:
                of_lens = OF_A_LENS[question]
                camera.ask_lens(lambda lens: of_lens(lens, message), reply)
            else:
                of_head = OF_A_HEAD[question]
                moves = question in STEERING
                camera.ask(lambda head: of_head(head, message, camera.reverse), reply, moves=moves)

        if question in STEERING:
            self._holds.when_held(camera.camera_id, ask, lambda fault: reply(None, fault))
        else:
            ask()

    def _aside(self, number: int, work: Callable[[], Any]) -> None:
        """Do work that belongs to no connected camera on a thread of its own."""

        def run() -> None:
            try:
                value = work()
            except ControlRoomError as fault:
                self._answer(number, None, fault)
            except Exception as error:  # the desk waits for an answer, whatever happened
                log.exception("a question failed")
                self._answer(number, None, ControlRoomError("The control process failed.", str(error)))
            else:
                self._answer(number, value, None)

        threading.Thread(target=run, name=f"question {number}", daemon=True).start()

    def _probe(self, address: DeviceAddress) -> Any:
        with self._probes:
            return probe(address)

    def _answer(self, number: int, value: Any, fault: ControlRoomError | None) -> None:
        if fault is not None:
            self._send({"answer": number, "fault": fault_to_wire(fault)})
        else:
            self._send({"answer": number, "value": to_plain(value)})

    def _tell(self, event: ControlEvent) -> None:
        self._send({"event": to_plain(event)})
