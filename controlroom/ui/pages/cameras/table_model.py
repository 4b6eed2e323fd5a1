"""The register's rows and columns."""

from dataclasses import dataclass

from controlroom.cameras.devices import DRIFT_WARNING_S
from controlroom.cameras.records import Camera, Owner
from controlroom.cameras.rules import number_key
from controlroom.ui import theme
from controlroom.ui.kit.record_list import Chip
from controlroom.ui.kit.table_model import Column
from controlroom.video.records import StreamState, StreamStatus

_MARKS = {
    StreamState.LIVE: "live",
    StreamState.CONNECTING: "idle",
    StreamState.STALLED: "warn",
    StreamState.OFFLINE: "alarm",
    StreamState.REFUSED: "alarm",
    StreamState.STOPPED: "idle",
}
_ORDER = {"alarm": 0, "warn": 1, "live": 2, "idle": 3}


@dataclass(frozen=True)
class CameraLine:
    """A camera, what is known of its picture now (`status` None while nobody watches it), and how it stands.

    `trouble` is the recorder's word on a camera that is not as it should be ("offline since 03:12"), with its mark.
    """

    camera: Camera
    status: StreamStatus | None = None
    trouble: str = ""
    trouble_mark: str = "idle"
    trouble_detail: str = ""

    @property
    def mark(self) -> str:
        """The theme's state for its mark."""
        if self._watched is not None:
            return _MARKS[self._watched.state]
        return self.trouble_mark if self.trouble else "idle"

    @property
    def word(self) -> str:
        """Its state in a word or two."""
        if self._watched is not None:
            return self._watched.state.value
        if self.trouble:
            return self.trouble
        return "not watched" if self.camera.has_address else "no address"

    @property
    def detail(self) -> str:
        """More about it: of the picture where it is watched, else of the camera."""
        return self._watched.detail if self._watched is not None else self.trouble_detail

    @property
    def _watched(self) -> StreamStatus | None:
        stopped = self.status is not None and self.status.state is StreamState.STOPPED
        return None if stopped else self.status

    @property
    def troubled(self) -> bool:
        """True when its picture is not as it should be."""
        return self.mark in ("warn", "alarm")


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
        Column("Make", _make, width=150, role="text_dim"),
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
        Column("Address", _address, width=160, role="text_dim", hidden=True),
    ]


CHIPS: tuple[Chip, ...] = (
    ("All", None),
    ("With address", lambda line: line.camera.has_address),
    ("In trouble", lambda line: line.troubled),
    ("PTZ", lambda line: line.camera.has_ptz),
    ("RDC", lambda line: line.camera.owner == Owner.RAPID_DEPLOYMENT),
    ("Housing", lambda line: line.camera.owner == Owner.HOUSING),
)


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


def _make(line: CameraLine) -> str:
    return f"{line.camera.make} {line.camera.model}".strip()


def _address(line: CameraLine) -> str:
    return f"{line.camera.host}:{line.camera.port}" if line.camera.host else ""
