"""What a hand can do with the selected camera beyond holding it: aim, wheel, home, focus, iris, extras.

It knows what the camera can do, so that keys and buttons say why they are off. What moves the camera goes to the
control process as an order or a question; what is held goes through `steering.py`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QPointF, Signal

from controlroom.cameras.aiming import LONGEST_TIMED_S, USUAL_DOME, Aim, AimWay
from controlroom.cameras.auxiliary import in_words
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.devices import ControlEvent, ControlEventKind, DeviceFault, FaultKind, PtzAbilities
from controlroom.cameras.lens import NO_LENS, LensState
from controlroom.cameras.records import Camera
from controlroom.cameras.steering import Hold
from controlroom.ui.kit.context import PageContext
from controlroom.ui.pages.live.aim_frame import AimFrame
from controlroom.ui.pages.live.steering import Steering
from controlroom.ui.pages.live.wall import Wall

KIND = ControlEventKind
TURNS = (Hold.LEFT, Hold.RIGHT, Hold.UP, Hold.DOWN)
ZOOMS = (Hold.CLOSER, Hold.WIDER)
FOCUSES = (Hold.NEARER, Hold.FARTHER)
NO_TURN, NO_ZOOM = "This camera does not turn.", "This camera has no zoom."
NO_FOCUS, NO_IRIS = "Its focus cannot be set from here.", "Its iris cannot be set from here."
NO_HAND = "No camera that you may steer is on the selected tile."
HOW = {
    AimWay.ESTIMATED: "Aimed by estimate: this camera does not tell its field of view",
    AimWay.TIMED: "Aimed by a short movement, by estimate",
}


@dataclass(frozen=True)
class Able:
    """What is known of a camera's abilities; None: not asked yet, or it did not say."""

    head: PtzAbilities | None = None
    lens: LensState | None = None


UNKNOWN = Able()


class Hands(QObject):
    """Follows the camera in hand. `changed` tells that what it can do is known, or how its lens is set."""

    changed = Signal()
    stopped = Signal()  # by the key that stops everything
    said = Signal(str)  # how well an aim was known, or what was carried out, for the panel's line

    def __init__(
        self,
        wall: Wall,
        steering: Steering,
        control: ControlClient,
        steered: Callable[[], Camera | None],
        context: PageContext,
    ) -> None:
        """`steered` is the selected camera if this person may steer it."""
        super().__init__(wall)
        self._wall, self._steering, self._control, self._steered = wall, steering, control, steered
        self._background, self._messages = context.background, context.messages
        self._known: dict[int, Able] = {}
        self.frame = AimFrame(wall)
        self.frame.chosen.connect(self.aim)
        self.frame.wheel_turned.connect(steering.turn_wheel)
        wall.wheel_turned.connect(self._wheel)
        wall.aim_wanted.connect(self._aim_from)
        steering.refused.connect(lambda why: self._messages.show(why, kind="info"))

    @property
    def able(self) -> Able:
        """What is known of the camera in hand."""
        camera = self._steered()
        return self._known.get(camera.id, UNKNOWN) if camera is not None else UNKNOWN

    def follow(self, _camera: object = None) -> None:
        """Another camera is in hand, or it is there again: ask what it can do."""
        self.frame.leave()
        self._show()
        camera = self._steered()
        if camera is not None:
            self._ask(camera, self._control.abilities(str(camera.id)), self._take_head, None)
            self._ask(camera, self._control.lens(str(camera.id)), self._take_lens, NO_LENS)

    def take_event(self, event: ControlEvent) -> None:
        """What the control process says of a focus, and that a camera is there again."""
        camera = self._steered()
        mine = camera is not None and str(camera.id) == event.camera_id
        if event.kind is KIND.REACHABLE and mine:
            self.follow()
        elif event.kind is KIND.FOCUS_FAILED and mine:
            self._messages.show(f"The focus did not move. {event.detail}", kind="warn")
        elif event.kind is KIND.FOCUS_UNCONFIRMED:
            text = "A focus may still be moving: the camera has not confirmed its Stop, which is sent again."
            self._messages.show(f"{text} {event.detail}".strip(), kind="alarm")

    # -- why not ---------------------------------------------------------------------------------------------

    def why_not_aim(self) -> str:
        """Why the camera cannot be aimed at a place in its picture; empty when it can."""
        return self._why_not_head(lambda head: head.aims is not AimWay.NONE, NO_TURN)

    def why_not_home(self) -> str:
        return self._why_not_head(lambda head: head.home, "This camera has no home position.")

    def why_not_focus(self) -> str:
        return self._why_not_lens(lambda lens: lens.focus, NO_FOCUS)

    def why_not_autofocus(self) -> str:
        return self._why_not_lens(lambda lens: lens.autofocus, "Its focus has one way of being set only.")

    def why_not_iris(self) -> str:
        return self._why_not_lens(lambda lens: lens.iris, NO_IRIS)

    def why_not_auto_iris(self) -> str:
        return self._why_not_lens(lambda lens: lens.auto_iris, NO_IRIS)

    def why_not_extras(self) -> str:
        return "" if self.extras else "This camera has no wiper, lights or other extras."

    @property
    def extras(self) -> Sequence[str]:
        """The auxiliary commands of the camera in hand."""
        head = self.able.head
        return head.auxiliary if head is not None else ()

    # -- what is done ----------------------------------------------------------------------------------------

    def why_not_stop(self) -> str:
        return NO_HAND if self._steered() is None else ""

    def stop(self) -> None:
        """Stop the camera in hand whatever moves it: keys, a preset drive, an aim, its own patrol. It asks nobody."""
        camera = self._steered()
        if camera is not None:
            self._control.stop_all(str(camera.id))
            self._steering.stop()
            self.stopped.emit()

    def toggle_frame(self) -> None:
        """Let a place be shown in the selected picture, or no more."""
        if self.frame.on_tile:
            self.frame.leave()
        elif not self.why_not_aim():
            self._steering.stop()
            self.frame.lie_on(self._wall.selected)

    def aim(self, aim: Aim) -> None:
        """Look at a place in the picture of the camera in hand."""
        camera = self._steered()
        if camera is None or self.why_not_aim():
            return
        head = self.able.head
        if head is not None and not head.zoom:
            aim = Aim(aim.x, aim.y)
        self._steering.stop()
        if head is not None and head.aims is AimWay.TIMED:
            self._aimed(camera, aim, AimWay.TIMED)
            return
        future = self._control.aim(str(camera.id), aim)
        self._background.follow(future, lambda way: self._aimed(camera, aim, way), owner=self)

    def _aimed(self, camera: Camera, aim: Aim, way: AimWay) -> None:
        """Say how well the camera aims; one that can only be moved for a while is moved now, if still in hand."""
        if way is AimWay.TIMED:
            if self._steered() != camera:
                return
            velocity, seconds = USUAL_DOME.timed(aim)
            self._steering.pulse(velocity, seconds, LONGEST_TIMED_S)
        self.said.emit(HOW.get(way, ""))

    def go_home(self) -> None:
        camera = self._steered()
        if camera is not None:
            self._background.follow(self._control.go_home(str(camera.id)), owner=self)

    def do_extra(self, command: str) -> None:
        """Carry out an auxiliary command of the camera in hand."""
        camera = self._steered()
        if camera is not None:
            done = f"Camera {camera.number}: {in_words(command).text.lower()}."
            asked = self._control.auxiliary(str(camera.id), command)
            self._background.follow(asked, lambda _: self.said.emit(done), owner=self)

    def toggle_autofocus(self) -> None:
        auto = not (self.able.lens or NO_LENS).focuses_itself
        self._set_lens(lambda key: self._control.set_autofocus(key, auto))

    def turn_iris(self, steps: int) -> None:
        self._set_lens(lambda key: self._control.turn_iris(key, steps))

    def set_auto_iris(self) -> None:
        self._set_lens(self._control.set_auto_iris)

    # -- inside ----------------------------------------------------------------------------------------------

    def _why_not_head(self, able: Callable[[PtzAbilities], bool], why: str) -> str:
        if self._steered() is None:
            return NO_HAND
        head = self.able.head
        return why if head is not None and not able(head) else ""

    def _why_not_lens(self, able: Callable[[LensState], bool], why: str) -> str:
        if self._steered() is None:
            return NO_HAND
        lens = self.able.lens
        return why if lens is not None and not able(lens) else ""

    def _set_lens(self, ask: "Callable[[str], Future[LensState]]") -> None:
        camera = self._steered()
        if camera is not None:
            take = self._take_lens
            self._background.follow(ask(str(camera.id)), lambda lens: take(camera, lens), owner=self)

    def _ask(
        self, camera: Camera, future: "Future[Any]", take: Callable[[Camera, Any], None], without: object
    ) -> None:
        """Take an answer; `without` where the camera has no such thing. Other failures leave what is known."""

        def fail(error: Exception) -> None:
            if isinstance(error, DeviceFault) and error.kind is FaultKind.NOT_SUPPORTED:
                take(camera, without)

        self._background.follow(future, lambda value: take(camera, value), fail, owner=self)

    def _take_head(self, camera: Camera, head: PtzAbilities | None) -> None:
        self._known[camera.id] = Able(head, self._known.get(camera.id, UNKNOWN).lens)
        self._show()

    def _take_lens(self, camera: Camera, lens: LensState) -> None:
        self._known[camera.id] = Able(self._known.get(camera.id, UNKNOWN).head, lens)
        self._show()

    def _show(self) -> None:
        head, limits = self.able.head, dict[Hold, str]()
        if head is not None and not head.pan_tilt:
            limits |= dict.fromkeys(TURNS, NO_TURN)
        if head is not None and not head.zoom:
            limits |= dict.fromkeys(ZOOMS, NO_ZOOM)
        if self._steered() is not None and (why := self.why_not_focus()):
            limits |= dict.fromkeys(FOCUSES, why)
        self._steering.set_limits(limits)
        self.changed.emit()

    def _wheel(self, index: int, notches: float) -> None:
        if index == self._wall.selected.index and self._steered() is not None:
            self._steering.turn_wheel(notches)

    def _aim_from(self, index: int, at: QPointF) -> None:
        """Ctrl and the left button went down on the selected tile."""
        if index == self._wall.selected.index and not self.why_not_aim():
            self._steering.stop()
            self.frame.lie_on(self._wall.selected, at)
