"""Holds the cameras for the whole desk: the register, read again when it changes, and their states."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from controlroom.accounts.permissions import Permission
from controlroom.cameras import rules as camera_rules
from controlroom.cameras.control_client import ControlClient
from controlroom.cameras.records import Camera, CameraLogin, Protocol
from controlroom.cameras.remembered import DeskCameras
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.ui.kit.context import PageContext
from controlroom.ui.timers import every
from controlroom.video.records import StreamStatus


class CameraRegister(QObject):
    """Reads the register again for every person, and whenever a camera was changed."""

    def __init__(self, context: PageContext, service: DeskCameras, control: ControlClient) -> None:
        super().__init__()
        self._context, self._session = context, context.session
        self._service, self._control = service, control
        self.cameras: list[Camera] = []
        self._connected: dict[int, CameraLogin] = {}
        context.session.actor_changed.connect(self.refresh)
        context.changes.changed.connect(self._changed)

    def find(self, camera_id: object) -> Camera | None:
        """The camera with that id."""
        return next((camera for camera in self.cameras if camera.id == camera_id), None)

    def find_by_number(self, typed: str) -> Camera | None:
        """The camera a person means by "14" or "R4"."""
        return camera_rules.find_by_number(self.cameras, typed)

    def refresh(self) -> None:
        """Read the camera register again, and the cameras' addresses and logins if this person may steer."""
        if not self._session.may(Permission.READ_CAMERAS):
            self.cameras = []
        if not self._session.signed_in:
            return
        if self._session.may(Permission.READ_CAMERAS):
            self._context.read(self._service.cameras, self._take_cameras, self)
        if self._session.may(Permission.STEER_CAMERAS):
            self._context.read(self._service.logins, self._take_logins, self)

    def _changed(self, kind: str, _key: str) -> None:
        if kind == "camera":
            self.refresh()

    def _take_cameras(self, cameras: list[Camera]) -> None:
        self.cameras = cameras

    def _take_logins(self, logins: dict[int, CameraLogin]) -> None:
        logins = {
            camera_id: login
            for camera_id, login in logins.items()
            if not login.trouble and login.protocol is not Protocol.RTSP
        }
        for camera_id in self._connected.keys() - logins.keys():
            self._control.forget(str(camera_id))
        for camera_id, login in logins.items():
            if self._connected.get(camera_id) != login:
                camera = self.find(camera_id)
                name = f"Camera {camera.number}" if camera is not None else ""
                self._control.connect(str(camera_id), login.address(name))
        self._connected = dict(logins)


LOOK_EVERY_MS = 2000


class CameraStates(QObject):
    """Pages connect to the signals they show something of."""

    pictures_seen = Signal(
        object
    )  # dict of camera id and StreamStatus; cameras left out are not on the wall in front
    answering = Signal(object)  # frozenset of ids: the cameras that answered the recorder's last check
    health_heard = Signal(object, object)  # CameraHealth of troubled cameras, the moment (UTC)

    def __init__(self, context: PageContext, recorder: RecorderSupervisor | None) -> None:
        super().__init__()
        self._clock, self._recorder = context.clock, recorder
        self._wall: Callable[[], Mapping[int, StreamStatus]] | None = None
        self._timer = every(self, LOOK_EVERY_MS, self._look)
        context.session.actor_changed.connect(self._look)

    def watch(self, wall: Callable[[], Mapping[int, StreamStatus]]) -> None:
        """Ask `wall` for the pictures' states from now on."""
        self._wall = wall

    def stop(self) -> None:
        """No more looks."""
        self._timer.stop()

    def _look(self) -> None:
        if self._wall is not None:
            self.pictures_seen.emit(dict(self._wall()))
        heard = self._recorder.link.state if self._recorder is not None else None
        self.answering.emit(frozenset(heard.online) if heard is not None else frozenset())
        self.health_heard.emit(heard.troubled if heard is not None else (), self._clock.now())
