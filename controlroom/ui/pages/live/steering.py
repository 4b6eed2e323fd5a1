"""Steers the selected camera: held keys and the pad become velocities, letting go becomes Stop.

While anything is held the order is repeated (the control process stops a camera whose orders cease). Stop is sent at
once when the last key is let go, and whenever the hand might have left: the focus goes elsewhere, the window is no
longer the active one, the page or the window closes, another camera is selected, or a release was lost.
"""

import time
from collections.abc import Callable

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
}


def mouse_is_down() -> bool:
    """True while the left button is held anywhere, as far as this program is told."""
    return bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)


class Steering(QObject):
    """One hand on one camera."""

    moving_changed = Signal(bool)
    steered = Signal(object)  # the Velocity asked for, STILL when let go

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
        return self._grip.velocity

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
        hold = KEYS.get(key)
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

    def stop(self) -> None:
        """Let go and stop now. Harmless when nothing moves."""
        self._grip.let_go()
        self._by_mouse = False
        self._repeat.stop()
        if self._moving is not None:
            camera_id, self._moving = self._moving, None
            self._control.stop(str(camera_id))
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
        if not self._grip.held:
            self.stop()
            return
        begun = self._moving is None
        self._moving = self._camera_id
        self._send()
        if begun:
            self._repeat.start()
            self.moving_changed.emit(True)

    def _send(self) -> None:
        asked = self._grip.velocity
        self._control.move(str(self._moving), asked.pan, asked.tilt, asked.zoom)
        self.steered.emit(asked)

    def _application_left(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.stop()
