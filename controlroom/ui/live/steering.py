"""Steering the selected camera: held keys and the pad become velocities, letting go becomes Stop.

While anything is held the order is repeated (the control process stops a camera whose orders cease); Stop is sent at
once when the last key is let go, and whenever the hand might have left: focus lost, page left, window inactive, another
camera selected, desk closing.
"""

from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

REPEAT_EVERY_MS = 250
FIRST_SPEED = 0.5

DIRECTIONS: dict[Qt.Key, tuple[float, float, float]] = {
    Qt.Key.Key_Left: (-1, 0, 0),
    Qt.Key.Key_Right: (1, 0, 0),
    Qt.Key.Key_Up: (0, 1, 0),
    Qt.Key.Key_Down: (0, -1, 0),
    Qt.Key.Key_Plus: (0, 0, 1),
    Qt.Key.Key_Equal: (0, 0, 1),
    Qt.Key.Key_PageUp: (0, 0, 1),
    Qt.Key.Key_Minus: (0, 0, -1),
    Qt.Key.Key_PageDown: (0, 0, -1),
}


class Control(Protocol):
    """What steering needs of the control process."""

    def move(self, camera_id: str, pan: float, tilt: float, zoom: float) -> None: ...
    def stop(self, camera_id: str) -> None: ...


class Steering(QObject):
    """One hand on one camera. Velocities are -1 to 1 (right, up, in), scaled by `speed`."""

    moving_changed = Signal(bool)

    def __init__(self, control: Control, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._camera_id: int | None = None
        self._held: set[Qt.Key] = set()
        self._aim = (0.0, 0.0, 0.0)
        self._moving = False
        self.speed = FIRST_SPEED
        self._repeat = QTimer(self)
        self._repeat.timeout.connect(self._send)

    @property
    def moving(self) -> bool:
        """True from the first order to the Stop."""
        return self._moving

    def set_camera(self, camera_id: int | None) -> None:
        """Take another camera in hand; the one before is stopped."""
        if camera_id != self._camera_id:
            self.stop()
            self._camera_id = camera_id

    def press(self, key: Qt.Key) -> bool:
        """A key went down; True when it steers."""
        if key not in DIRECTIONS or self._camera_id is None:
            return False
        self._held.add(key)
        self._begin()
        return True

    def release(self, key: Qt.Key) -> bool:
        """A key went up; True when it had been steering."""
        if key not in self._held:
            return False
        self._held.discard(key)
        if self._held or self._aim != (0.0, 0.0, 0.0):
            self._send()
        else:
            self.stop()
        return True

    def aim(self, pan: float, tilt: float, zoom: float = 0.0) -> None:
        """The pad or a zoom button is held, pointing there (before the speed's share); zeros let go."""
        self._aim = (pan, tilt, zoom)
        if (pan, tilt, zoom) == (0.0, 0.0, 0.0) and not self._held:
            self.stop()
        elif self._camera_id is not None:
            self._begin()

    def stop(self) -> None:
        """Stop now. Harmless when nothing moves."""
        self._held.clear()
        self._aim = (0.0, 0.0, 0.0)
        self._repeat.stop()
        if self._moving and self._camera_id is not None:
            self._moving = False
            self._control.stop(str(self._camera_id))
            self.moving_changed.emit(False)

    def velocity(self) -> tuple[float, float, float]:
        """What is asked of the camera now."""
        sums = [self._aim, *(DIRECTIONS[key] for key in self._held)]
        pan, tilt, zoom = (max(-1.0, min(1.0, sum(axis))) * self.speed for axis in zip(*sums, strict=True))
        return pan, tilt, zoom

    def _begin(self) -> None:
        if not self._moving:
            self._moving = True
            self.moving_changed.emit(True)
        self._send()
        self._repeat.start(REPEAT_EVERY_MS)

    def _send(self) -> None:
        if self._camera_id is not None:
            self._control.move(str(self._camera_id), *self.velocity())
