"""The register as a list: each camera with what is known of its picture and its health now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controlroom.cameras.records import Camera
from controlroom.cameras.service import CameraService
from controlroom.recording.records import CameraHealth
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import LocalList
from controlroom.ui.pages.cameras.health_words import health_mark, health_words
from controlroom.ui.pages.cameras.table_model import CHIPS, CameraLine, columns
from controlroom.ui.widgets.card import EmptyState
from controlroom.video.records import StreamStatus


class CameraList(LocalList[CameraLine]):
    """Reads the register; states of pictures and cameras are handed in as they come."""

    def __init__(self, context: PageContext, service: CameraService) -> None:
        self._service = service
        self.cameras: list[Camera] = []
        self._statuses: dict[int, StreamStatus] = {}
        self._health: dict[int, tuple[CameraHealth, str]] = {}
        super().__init__(
            context,
            "cameras",
            columns(),
            lambda line: line.camera.id,
            lambda _actor: (),
            chips=CHIPS,
            empty=EmptyState(
                "No camera on the register yet",
                "Press N, type a camera's address and login, and ask it about itself.",
                "video-camera",
            ),
            search_hint="Number, street, ward or make",
            sort_by="Number",
        )

    def reload(self) -> None:
        actor = self._context.session.actor
        self.run_reading(lambda: self._service.cameras(actor), self.take_cameras)

    def take_cameras(self, cameras: Sequence[Camera]) -> None:
        """Show these cameras."""
        self.cameras = list(cameras)
        self._show()

    def set_statuses(self, statuses: Mapping[int, StreamStatus]) -> None:
        """What is known of the pictures now, by camera id; cameras left out are not watched."""
        if dict(statuses) != self._statuses:
            self._statuses = dict(statuses)
            self._show()

    def set_health(self, troubled: Sequence[CameraHealth], now: datetime) -> None:
        """The cameras that are not as they should be, as the recorder sees them."""
        health = {each.camera_id: (each, health_words(each, now)) for each in troubled}
        if health != self._health:
            self._health = health
            self._show()

    def clear(self) -> None:
        self.cameras = []
        super().clear()

    def _show(self) -> None:
        self.set_records([self._line(each) for each in self.cameras])

    def _line(self, camera: Camera) -> CameraLine:
        status = self._statuses.get(camera.id)
        if camera.id not in self._health:
            return CameraLine(camera, status)
        health, words = self._health[camera.id]
        return CameraLine(camera, status, words, health_mark(health), health.detail)
