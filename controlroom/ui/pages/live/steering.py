"""Steers the selected camera: held keys and the pad become velocities, letting go becomes Stop.

While anything is held the order is repeated (the control process stops a camera whose orders cease). Stop is sent at
once when the last key is let go, and whenever the hand might have left: the focus goes elsewhere, the window is no
longer the active one, the page or the window closes, another camera is selected, or a release was lost.
"""

import math
import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.steering import STILL, Grip, Hold, Velocity

REPEAT_EVERY_MS = 250
FIRST_SPEED = 0.5

# A key may come up under another name than it went down (Shift let go first), so several names mean one hold.
KEYS: dict[Qt.Key, Hold] = {
    Qt.Key.Key_Left: Hold.LEFT,
    Qt.Key.Key_Right: Hold.RIGHT,
    Qt.Key.Key_Up: Hold.UP,
    Qt.Key.Key_Down: Hold.DOWN,
    Qt.Key.Key_Plus: Hold.CLOSER,
    Qt.Key.Key_Equal: Hold.CLOSER,
    Qt.Key.Key_PageUp: Hold.CLOSER,
    Qt.Key.Key_Minus: Hold.WIDER,
    Qt.Key.Key_Underscore: Hold.WIDER,
    Qt.Key.Key_PageDown: Hold.WIDER,
    Qt.Key.Key_Comma: Hold.NEARER,
    Qt.Key.Key_Period: Hold.FARTHER,
}
# With Shift these are other keys, which set the iris; let go with Shift down, they are still the focus.
LET_GO_AS = KEYS | {Qt.Key.Key_Less: Hold.NEARER, Qt.Key.Key_Greater: Hold.FARTHER}

NOTCH_S, LONGEST_PULSE_S = (
    0.15,
    0.9,
)  # one notch of the wheel zooms for so long; many together, for this at most
WHEEL_SPEED = 0.6


def mouse_is_down() -> bool:
    """True while the left button is held anywhere, as far as this program is told."""
    return bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)


class Steering(QObject):
    """One hand on one camera."""

    moving_changed = Signal(bool)
    steered = Signal(object)  # the Velocity asked for, STILL when let go
    refused = Signal(str)  # why a key that steers does nothing on this camera

    def __init__(
        self,
        control: ControlClient,
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        mouse_down: Callable[[], bool] = mouse_is_down,
    ) -> None:
        super().__init__(parent)
        self._control, self._monotonic, self._mouse_down = control, monotonic, mouse_down
        self._camera_id: int | None = None
        self._moving: int | None = None
        self._by_mouse = False
        self._grip = Grip(FIRST_SPEED)
        self._limits: Mapping[Hold, str] = {}
        self._head_told = self._lens_told = False
        self._pulse = STILL
        self._pulse_end = QTimer(self)
        self._pulse_end.setSingleShot(True)
        self._pulse_end.setTimerType(Qt.TimerType.PreciseTimer)
        self._pulse_end.timeout.connect(self.end_pulse)
        self._repeat = QTimer(self)
        self._repeat.setInterval(REPEAT_EVERY_MS)
        self._repeat.timeout.connect(self.tend)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self.stop)
            app.applicationStateChanged.connect(self._application_left)
            app.aboutToQuit.connect(self.stop)

    @property
    def moving(self) -> bool:
        """True from the first order to the Stop."""
        return self._moving is not None

    @property
    def velocity(self) -> Velocity:
        return self._grip.velocity if self._grip.held else self._pulse

    def set_limits(self, limits: Mapping[Hold, str]) -> None:
        """What this camera cannot do, and why, by what would ask for it."""
        self._limits = limits

    def set_camera(self, camera_id: int | None) -> None:
        """Take another camera in hand; the one before is stopped."""
        if camera_id != self._camera_id:
            self.stop()
            self._camera_id = camera_id

    def set_speed(self, speed: float) -> None:
        """How fast a held key moves, 0 to 1."""
        self._grip.speed = speed
        if self.moving:
            self._send()

    def press(self, key: Qt.Key) -> bool:
        """A key went down; True when it steers."""
        hold = KEYS.get(key)
        if hold is None or self._camera_id is None:
            return False
        if why := self._limits.get(hold, ""):
            self.refused.emit(why)
            return True
        self.end_pulse()
        self._grip.press(hold, self._monotonic())
        self._follow()
        return True

    def repeated(self, key: Qt.Key) -> None:
        """The keyboard repeats a key: it is still held."""
        hold = KEYS.get(key)
        if hold is not None:
            self._grip.repeated(hold, self._monotonic())

    def release(self, key: Qt.Key) -> bool:
        """A key went up; True when it had been steering."""
        hold = LET_GO_AS.get(key)
        if hold is None or not self._grip.release(hold, self._monotonic()):
            return False
        self._follow()
        return True

    def aim(self, velocity: Velocity) -> None:
        """The pad or a zoom button is held and asks for this (before the speed's share); STILL lets go."""
        if self._camera_id is None and not velocity.still:
            return
        # Only a button that was seen to be down can be seen to be up.
        self._by_mouse = not velocity.still and self._mouse_down()
        self._grip.aim(velocity, self._monotonic())
        self._follow()

    def turn_wheel(self, notches: float) -> None:
        """Zoom by notches of the mouse's wheel: in above 0, out below, each for a moment."""
        if self._camera_id is None or self._grip.held or not notches:
            return
        if why := self._limits.get(Hold.CLOSER if notches > 0 else Hold.WIDER, ""):
            self.refused.emit(why)
            return
        same = self._pulse.zoom * notches > 0
        left = max(0, self._pulse_end.remainingTime()) / 1000 if same else 0.0
        self.pulse(Velocity(zoom=math.copysign(WHEEL_SPEED, notches)), left + abs(notches) * NOTCH_S)

    def pulse(self, velocity: Velocity, seconds: float, most: float = LONGEST_PULSE_S) -> None:
        """Move for so long, then stop, unless a hand takes over or stops it before."""
        if self._camera_id is not None and not self._grip.held:
            self._pulse = velocity
            self._pulse_end.start(round(min(seconds, most) * 1000))
            self._follow()

    def end_pulse(self) -> None:
        """The moment is over (the timer calls this)."""
        self._pulse_end.stop()
        if not self._pulse.still:
            self._pulse = STILL
            self._follow()

    def stop(self) -> None:
        """Let go and stop now. Harmless when nothing moves."""
        self._grip.let_go()
        self._pulse = STILL
        self._pulse_end.stop()
        self._by_mouse = False
        self._repeat.stop()
        if self._moving is not None:
            self._tell_stops(head=False, lens=False)
            self._moving = None
            self.steered.emit(STILL)
            self.moving_changed.emit(False)

    def tend(self) -> None:
        """Repeat the order while the hand is there (the timer calls this); stop when it is not."""
        if self._by_mouse and not self._mouse_down():
            self._by_mouse = False
            self._grip.aim(STILL, self._monotonic())
        self._grip.tend(self._monotonic())
        self._follow()

    def _follow(self) -> None:
        if not self._grip.held and self._pulse.still:
            self.stop()
            return
        begun = self._moving is None
        self._moving = self._camera_id
        self._send()
        if begun:
            self._repeat.start()
            self.moving_changed.emit(True)

    def _send(self) -> None:
        asked, camera_id = self.velocity, str(self._moving)
        head, lens = self._grip.on_head or not self._pulse.still, self._grip.on_lens
        if head:
            self._head_told = True
            self._control.move(camera_id, asked.pan, asked.tilt, asked.zoom)
        if lens:
            self._lens_told = True
            self._control.focus(camera_id, asked.focus)
        self._tell_stops(head=head, lens=lens)
        self.steered.emit(asked)

    def _tell_stops(self, *, head: bool, lens: bool) -> None:
        """Stop what was told to move and is held no more."""
        camera_id = str(self._moving)
        if self._head_told and not head:
            self._head_told = False
            self._control.stop(camera_id)
        if self._lens_told and not lens:
            self._lens_told = False
            self._control.stop_focus(camera_id)

    def _application_left(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.stop()
