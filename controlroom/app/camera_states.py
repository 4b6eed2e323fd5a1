"""Tells pages every two seconds how the cameras are: pictures on the wall, and health as the recorder sees it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.ui.kit.context import PageContext
from controlroom.video.records import StreamStatus

LOOK_EVERY_MS = 2000


class CameraStates(QObject):
    """Pages connect to the signals they show something of."""

    pictures_seen = Signal(object)  # dict of camera id and StreamStatus; cameras left out are not watched
    health_heard = Signal(object, object)  # CameraHealth of troubled cameras, the moment (UTC)

    def __init__(self, context: PageContext, recorder: RecorderSupervisor | None) -> None:
        super().__init__()
        self._clock, self._recorder = context.clock, recorder
        self._wall: Callable[[], Mapping[int, StreamStatus]] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_EVERY_MS)
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
        self.health_heard.emit(heard.troubled if heard is not None else (), self._clock.now())
