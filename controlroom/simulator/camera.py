"""Represents one simulated camera: its account, clock, head and streams, as its ONVIF and RTSP servers see it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from controlroom.clock import Clock, process_clock
from controlroom.simulator.condition import Condition
from controlroom.simulator.lens import VirtualLens
from controlroom.simulator.login_checker import LoginChecker
from controlroom.simulator.media.hub import Hub
from controlroom.simulator.ptz_head import VirtualPtzHead
from controlroom.simulator.settings import OTHER_SHAPES, UPRIGHT_SHAPES, CameraSettings, StreamShape


@dataclass
class VirtualCamera:
    """What the two servers need to know. `place` counts from 1 and is the camera's name in stream addresses."""

    place: int
    settings: CameraSettings
    head: VirtualPtzHead
    shapes: dict[str, StreamShape]
    onvif_port: int = 0
    rtsp_port: int = 0
    hubs: dict[str, Hub] = field(default_factory=dict)
    condition: Condition = field(default_factory=Condition)
    fault: str = ""
    """The fault that has befallen it, in words; see `faults`."""
    answers_discovery: bool = True
    take_snapshot: Callable[[str], bytes] | None = None
    on_reboot: Callable[[], None] | None = None
    clock: Clock = field(default_factory=process_clock)
    """The right time, from which its own may differ."""

    def __post_init__(self) -> None:
        self._agreed_shapes = dict(self.shapes)
        self.set_clock_ahead(self.settings.clock_offset_s)
        self.logins = LoginChecker(self.settings, self.now)
        self.lens = VirtualLens()
        number = uuid.uuid5(
            uuid.NAMESPACE_URL, f"simulated-camera/{self.settings.number}/{self.settings.seed}"
        )
        self.endpoint = f"urn:uuid:{number}"
        self.serial = f"{number.hex[:10].upper()}"

    def now(self) -> datetime:
        """Return the time of the camera's own clock."""
        return self.clock.now() + self._ahead

    def set_clock(self, moment: datetime) -> None:
        """Set the camera's clock to a moment (aware)."""
        self._ahead = moment - self.clock.now()

    def set_clock_ahead(self, seconds: float) -> None:
        """Set the camera's clock so many seconds ahead of the right time (negative: behind)."""
        self._ahead = timedelta(seconds=seconds)

    @property
    def scopes(self) -> list[str]:
        """Return the scopes by which discovery finds it."""
        root = "onvif://www.onvif.org"
        return [
            f"{root}/type/video_encoder",
            f"{root}/type/ptz" if self.settings.has_ptz else f"{root}/type/video_analytics",
            f"{root}/Profile/Streaming",
            f"{root}/name/{quote(self.settings.number)}%20{quote(self.settings.name)}",
            f"{root}/hardware/{quote(self.settings.model)}",
            f"{root}/location/{quote(self.settings.name)}",
        ]

    def stream_url(self, stream: str, host: str) -> str:
        """Return the address of a stream, without login."""
        return f"rtsp://{host}:{self.rtsp_port}/{self.place}/{stream}"

    def snapshot(self, stream: str) -> bytes:
        """Draw a JPEG of this moment; it takes a while."""
        if self.take_snapshot is None:
            raise RuntimeError("this camera takes no snapshots")
        return self.take_snapshot(stream)

    def want_key(self, stream: str) -> None:
        """Ask for a key frame."""
        self.hubs[stream].source.want_key()

    @property
    def can_change_format(self) -> bool:
        """True when the streams can be made another size."""
        return all(hub.source.can_reshape for hub in self.hubs.values())

    def apply_format(self) -> None:
        """Give the streams the sizes that fit the camera's condition."""
        if not self.can_change_format:
            return
        for name, hub in self.hubs.items():
            shape = OTHER_SHAPES[name] if self.condition.other_format else self._agreed_shapes[name]
            if self.condition.upright:
                shape = UPRIGHT_SHAPES[name]
            if self.condition.h265:
                shape = replace(shape, encoding="H265")
            if shape != hub.shape:
                self.shapes[name] = hub.shape = shape
                hub.source.reshape(shape)

    def restart_streams(self) -> None:
        """Let every client start again at a key frame."""
        for hub in self.hubs.values():
            hub.restart()

    def reboot(self) -> None:
        """Be unreachable for a while, then come back."""
        if self.on_reboot is not None:
            self.on_reboot()

    def state(self) -> dict[str, Any]:
        """Return what tests and the control API ask about a camera."""
        position = self.head.position()
        return {
            "place": self.place,
            "number": self.settings.number,
            "pan": position.pan,
            "tilt": position.tilt,
            "zoom": position.zoom,
            "fault": self.fault,
            "moving": self.head.is_moving(),
            "touring": self.head.patrol.running,
            "orders": self.head.orders(),
            "lens": self.lens.state(),
            "extras": dict(self.head.extras),
            "logins_accepted": self.logins.accepted,
            "logins_refused": self.logins.refused,
            "locked": self.logins.locked,
            "watchers": {name: hub.watchers for name, hub in self.hubs.items()},
            "pictures": {name: hub.pictures for name, hub in self.hubs.items()},
        }
