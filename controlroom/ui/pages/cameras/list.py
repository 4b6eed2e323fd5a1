"""Shows the register as a list: each camera with what is known of its picture and its health now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from controlroom.accounts.permissions import Permission
from controlroom.cameras.devices import DRIFT_WARNING_S
from controlroom.cameras.records import Camera, Owner
from controlroom.cameras.rules import number_key
from controlroom.cameras.service import CameraService
from controlroom.clock import local_date, show_moment, show_time
from controlroom.recording.records import CameraHealth, HealthState
from controlroom.ui import theme
from controlroom.ui.kit.context import PageContext
from controlroom.ui.kit.record_list import Chip, LocalList
from controlroom.ui.kit.table_model import Column
from controlroom.ui.widgets.card import EmptyState
from controlroom.video.records import StreamState, StreamStatus

_MARKS = {
    StreamState.LIVE: "live",
    StreamState.CONNECTING: "idle",
    StreamState.STALLED: "warn",
    StreamState.OFFLINE: "alarm",
    StreamState.REFUSED: "alarm",
    StreamState.STOPPED: "idle",
}
_HEALTH_MARKS = {
    HealthState.ONLINE: "live",
    HealthState.UNKNOWN: "idle",
    HealthState.REFUSED: "warn",
    HealthState.NOT_ONVIF: "warn",
    HealthState.CERTIFICATE_CHANGED: "alarm",
    HealthState.OFFLINE: "alarm",
    HealthState.SILENT: "alarm",
}
_ORDER = {"alarm": 0, "warn": 1, "live": 2, "idle": 3}


@dataclass(frozen=True)
class CameraLine:
    """A camera, what is known of its picture now (`status` None while nobody watches it), and how it stands.

    `health` is the recorder's report on a camera that is not as it should be, `trouble` that in words ("offline since
    03:12"); `answers` says that it answered the recorder. What the wall sees of a camera comes first.
    """

    camera: Camera
    status: StreamStatus | None = None
    health: CameraHealth | None = None
    trouble: str = ""
    answers: bool = False

    @property
    def mark(self) -> str:
        """The theme's state for its mark."""
        if self._watched is not None:
            return _MARKS[self._watched.state]
        if self.health is not None:
            return health_mark(self.health)
        return "live" if self.answers else "idle"

    @property
    def word(self) -> str:
        if self._watched is not None:
            return self._watched.state.value
        if not self.camera.active:
            return "out of use"
        if self.trouble or self.answers:
            return self.trouble or "answers"
        if self.camera.untried:
            return "not tried"
        return HealthState.UNKNOWN.value if self.camera.host else "no address"

    @property
    def detail(self) -> str:
        """More about it: of the picture where it is watched, else of the camera."""
        known = self._watched or self.health
        if known is None and self.camera.untried:
            return "Its address was saved though nothing answered there."
        if known is None and self.camera.host and not self.camera.has_address:
            return self.camera.why_no_picture
        return known.detail if known is not None else ""

    @property
    def _watched(self) -> StreamStatus | None:
        stopped = self.status is not None and self.status.state is StreamState.STOPPED
        return None if stopped else self.status

    @property
    def troubled(self) -> bool:
        """True when its picture is not as it should be."""
        return self.camera.active and self.mark in ("warn", "alarm")


def columns() -> list[Column[CameraLine]]:
    """The columns of the register."""
    return [
        Column(
            "State",
            lambda line: line.word,
            sort_key=lambda line: _ORDER[line.mark],
            state=lambda line: line.mark,
            role=lambda line: "text" if line.mark != "idle" else "text_dim",
            tip=lambda line: line.detail,
            width=170,
        ),
        Column(
            "Number",
            lambda line: line.camera.number,
            sort_key=lambda line: number_key(line.camera.number),
            weight=theme.NUMBER,
            width=92,
        ),
        Column("Name", lambda line: line.camera.name, width=220, stretch=True, weight=theme.MEDIUM),
        Column("Area", lambda line: line.camera.place.area, width=140, role="text_dim"),
        Column("Ward", lambda line: line.camera.place.ward, width=150, role="text_dim"),
        Column("Owner", lambda line: line.camera.owner.value, width=128, role="text_dim"),
        Column("Make", lambda line: make_of(line.camera), width=150, role="text_dim"),
        Column("Transport", lambda line: line.camera.transport.value, width=96, role="text_dim"),
        Column("PTZ", lambda line: "PTZ" if line.camera.has_ptz else "fixed", width=72, role="text_dim"),
        Column(
            "Kept, days",
            lambda line: str(line.camera.retention_days),
            sort_key=lambda line: line.camera.retention_days,
            align="right",
            width=104,
        ),
        Column(
            "Clock",
            lambda line: drift_words(line.camera.clock_drift_s),
            sort_key=lambda line: abs(line.camera.clock_drift_s or 0.0),
            role=lambda line: "warn" if drifts(line.camera.clock_drift_s) else "text_dim",
            width=110,
            hidden=True,
        ),
        Column(
            "Migration", lambda line: line.camera.migration.value, width=170, role="text_dim", hidden=True
        ),
        Column("Street", lambda line: line.camera.place.street, width=160, role="text_dim", hidden=True),
        Column("Address", lambda line: address_of(line.camera), width=160, role="text_dim", hidden=True),
    ]


IN_TROUBLE = "In trouble"


def _in_use(also: Callable[[Camera], bool]) -> Callable[[CameraLine], bool]:
    return lambda line: line.camera.active and also(line.camera)


CHIPS: tuple[Chip, ...] = (
    ("All", _in_use(lambda _camera: True)),
    ("With address", _in_use(lambda camera: bool(camera.host))),
    (IN_TROUBLE, lambda line: line.troubled),
    ("PTZ", _in_use(lambda camera: camera.has_ptz)),
    ("RDC", _in_use(lambda camera: camera.owner == Owner.RAPID_DEPLOYMENT)),
    ("Housing", _in_use(lambda camera: camera.owner == Owner.HOUSING)),
    ("Out of use", lambda line: not line.camera.active),
)


class RegisterList(LocalList[CameraLine]):
    """Reads the register; states of pictures and cameras are handed in as they come."""

    def __init__(self, context: PageContext, service: CameraService) -> None:
        self._service = service
        self.cameras: list[Camera] = []
        self._statuses: dict[int, StreamStatus] = {}
        self._health: Mapping[int, tuple[CameraHealth | None, str]] = {}
        self._answering = frozenset[int]()
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
                may=lambda: context.session.may(Permission.MANAGE_CAMERAS),
            ),
            search_hint="Number, street, ward or make",
            sort_by="Number",
        )

    def reload(self) -> None:
        actor, service = self._context.session.actor, self._service
        manages = self._context.session.may(Permission.MANAGE_CAMERAS)
        self.run_reading(
            lambda: [*service.cameras(actor), *(service.out_of_use(actor) if manages else ())],
            self.take_cameras,
        )

    def take_cameras(self, cameras: Sequence[Camera]) -> None:
        self.cameras = list(cameras)
        self._show()

    def set_statuses(self, statuses: Mapping[int, StreamStatus]) -> None:
        """What is known of the pictures now, by camera id; cameras left out are not on the wall in front."""
        if dict(statuses) != self._statuses:
            self._statuses = dict(statuses)
            self._show()

    def set_health(self, troubled: Sequence[CameraHealth], now: datetime) -> None:
        """The cameras that are not as they should be, as the recorder sees them."""
        health = {each.camera_id: (each, health_words(each, now)) for each in troubled}
        if health != self._health:
            self._health = health
            self._show()

    def set_answering(self, cameras: frozenset[int]) -> None:
        """The cameras that answered the recorder's last check."""
        if cameras != self._answering:
            self._answering = cameras
            self._show()

    def show_troubled(self) -> None:
        """Narrow the list to the cameras that are not as they should be."""
        self.chips.choose(next(number for number, (words, _) in enumerate(CHIPS) if words == IN_TROUBLE))

    def show_camera(self, camera_id: int) -> bool:
        """Select a camera, without a filter where that hides it; False when it is not on the register as read."""
        if self.table.select(camera_id):
            return True
        self.table.search.clear()
        self.chips.choose(0)
        return self.table.select(camera_id)

    def clear(self) -> None:
        self.cameras = []
        super().clear()

    def _show(self) -> None:
        well = (None, "")
        self.set_records(
            [
                CameraLine(
                    each,
                    self._statuses.get(each.id),
                    *self._health.get(each.id, well),
                    answers=each.id in self._answering and each.id not in self._health,
                )
                for each in self.cameras
            ]
        )


def health_mark(health: CameraHealth) -> str:
    """The theme's state for its mark."""
    return _HEALTH_MARKS[health.state]


def health_words(health: CameraHealth, now: datetime) -> str:
    """`offline since 03:12`, with the day where it was not today."""
    if health.state in (HealthState.ONLINE, HealthState.UNKNOWN):
        return health.state.value
    today = local_date(health.since) == local_date(now)
    return f"{health.state.value} since {show_time(health.since) if today else show_moment(health.since)}"


def drifts(seconds: float | None) -> bool:
    """True when a camera's clock is further off than the operator should put up with."""
    return seconds is not None and abs(seconds) > DRIFT_WARNING_S


def drift_words(seconds: float | None) -> str:
    """`0.4 s ahead`, `12 s behind`, `right`, or nothing where it is not known."""
    if seconds is None:
        return ""
    if abs(seconds) < 0.05:
        return "right"
    amount = abs(seconds)
    if amount >= 7200:
        words = f"{amount / 3600:.1f} h"
    elif amount >= 120:
        words = f"{amount / 60:.0f} min"
    else:
        words = f"{amount:.0f} s" if amount >= 10 else f"{amount:.1f} s"
    return f"{words} {'ahead' if seconds > 0 else 'behind'}"


def make_of(camera: Camera) -> str:
    """Make and model, as far as they are known."""
    return f"{camera.make} {camera.model}".strip()


def address_of(camera: Camera) -> str:
    """`10.0.0.5:80`, or nothing where the register has none."""
    return f"{camera.host}:{camera.port}" if camera.host else ""
