"""Defines the settings of a simulated camera and of a fleet. Plain data: nothing heavy is imported here."""

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from controlroom.errors import InvalidInput


class Light(StrEnum):
    """How light the street is; AUTO follows the sun over London by the camera's own clock."""

    AUTO = "auto"
    NIGHT = "night"
    DUSK = "dusk"
    DAY = "day"


class Spaces(StrEnum):
    """The coordinates a camera uses for pan and tilt: ONVIF's generic −1…1, or degrees as some makes do."""

    GENERIC = "generic"
    DEGREES = "degrees"


@dataclass(frozen=True)
class StreamShape:
    """Size and rate of one stream."""

    name: str
    width: int
    height: int
    fps: int
    kilobits: int
    encoding: str = "H264"


MAIN = StreamShape("main", 1280, 720, 25, 3000)
SUB = StreamShape("sub", 640, 360, 15, 900)
OTHER_SHAPES = {
    "main": StreamShape("main", 960, 544, 25, 2000),
    "sub": StreamShape("sub", 480, 272, 15, 600),
}
"""What the streams become when a camera changes its format in mid-course."""
UPRIGHT_SHAPES = {
    "main": StreamShape("main", 544, 960, 25, 2000),
    "sub": StreamShape("sub", 272, 480, 15, 600),
}
"""What the streams become when somebody turns the camera on its side."""
SHAPES = {shape.name: shape for shape in (MAIN, SUB)}
STREAM_NUMBERS = {"main": 0, "sub": 1}


@dataclass(frozen=True)
class PtzQuirks:
    """How a camera's pan, tilt and zoom deviate from the standard, as real ones do."""

    fitted: bool = True
    pan_tilt: bool = True
    """False: only the lens zooms."""
    zoom: bool = True
    home: bool = True
    ignore_timeout: bool = False
    """ContinuousMove runs on until Stop or the end of the road."""
    refuse_timeout: bool = False
    """A ContinuousMove that names a Timeout is a fault (Bosch)."""
    stop_unsupported: bool = False
    """Stop is a fault; only zero velocity stops the camera."""
    absolute: bool = True
    relative: bool = True
    fov: bool = True
    """RelativeMove is also taken in shares of the field of view (TranslationSpaceFov)."""
    one_axis_at_a_time: bool = False
    """PanTilt and Zoom in one request are a fault (a Sony)."""
    spaces: Spaces = Spaces.GENERIC
    move_status: bool = True
    """GetStatus tells MOVING or IDLE; some cameras leave it out."""
    stuck_moving: bool = False
    """MoveStatus says MOVING for ever once the camera has moved (Hikvision)."""
    preset_names_restricted: bool = False
    """SetPreset takes only letters, digits, `_`, `.` and `-`."""
    max_presets: int = 64
    tours: int = 0
    """How many preset tours the camera can keep; with one or more it has one of its own (`patrol.py`)."""
    touring: bool = False
    """Its own tour runs from the start."""
    auxiliary: tuple[str, ...] = (
        "tt:Wiper|On",
        "tt:Wiper|Off",
        "tt:Washer|On",
        "tt:IRLamp|Auto",
        "tt:IRLamp|On",
        "tt:IRLamp|Off",
    )


@dataclass(frozen=True)
class LensQuirks:
    """What a camera's lens can be told by the imaging service, and how it deviates, as real ones do."""

    fitted: bool = True
    """False: there is no imaging service."""
    focus: bool = True
    iris: bool = True
    manual_first: bool = False
    """Move is a fault while the camera focuses by itself."""


@dataclass(frozen=True)
class CameraSettings:
    """One simulated camera. `number` is what operators call it; `seed` decides its street."""

    number: str
    name: str
    seed: int = 0
    make: str = "Sandpiper"
    model: str = "SP-720 PTZ"
    firmware: str = "4.1.7"
    username: str = "operator"
    password: str = field(default="simulated", repr=False)
    clock_offset_s: float = 0.0
    """The camera's clock runs this far ahead of the computer's (negative: behind)."""
    token_window_s: float = 10.0
    """A login is fresh for this long around the camera's own clock. Hikvision and Axis refuse 5–20 s."""
    sign_everything: bool = False
    """Even GetSystemDateAndTime wants a login (Vivotek, Panasonic)."""
    http_digest_only: bool = False
    """UsernameToken is refused, only HTTP Digest is taken (some Hikvision)."""
    https_only: bool = False
    """It answers at its ONVIF port over TLS alone, with a certificate it made itself."""
    lock_after_refusals: int = 0
    """After so many refused logins every login is refused for `lock_for_s`; 0 is never."""
    lock_for_s: float = 1800.0
    ptz: PtzQuirks = field(default_factory=PtzQuirks)
    lens: LensQuirks = field(default_factory=LensQuirks)

    @property
    def has_ptz(self) -> bool:
        """True unless this is a fixed camera."""
        return self.ptz.fitted


@dataclass(frozen=True)
class FleetOptions:
    """A simulator process: its cameras and how it serves them."""

    cameras: list[CameraSettings]
    host: str = "127.0.0.1"
    base_port: int = 0
    """RTSP of every camera is here, camera n's ONVIF at base_port + n, its own RTSP at base_port + cameras + n;
    0 lets the system choose every port."""
    loops: bool = False
    footage: str = ""
    light: Light = Light.AUTO
    send_log: str = ""
    control_port: int | None = None
    """Port of the control API on loopback; 0 lets the system choose, None is no control API."""
    discovery: bool = True
    threads: int = 4
    prepare: bool = True
    """Paint the cameras' streets right after the start, so that the first picture is quick."""
    faults: dict[int, str] = field(default_factory=dict)
    """Faults from the start, by the camera's place in the list (from 1)."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, passwords included: for the pipe to the child, never for a log."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read what `to_json` returned; raises InvalidInput for anything unknown."""
        known = {each.name for each in fields(cls)}
        if unknown := set(values) - known:
            raise InvalidInput(f"The simulator does not know the option {sorted(unknown)[0]!r}.")
        cameras = [camera_from_json(each) for each in values["cameras"]]
        faults = {int(place): str(kind) for place, kind in values.get("faults", {}).items()}
        light = Light(values.get("light", Light.AUTO))
        return cls(**{**values, "cameras": cameras, "faults": faults, "light": light})


def camera_from_json(values: dict[str, Any]) -> CameraSettings:
    """Read one camera from JSON values; raises InvalidInput for a field it does not have."""
    given = dict(values)
    try:
        quirks = dict(given.pop("ptz", {}))
        if "spaces" in quirks:
            quirks["spaces"] = Spaces(quirks["spaces"])
        if "auxiliary" in quirks:
            quirks["auxiliary"] = tuple(quirks["auxiliary"])
        lens = LensQuirks(**given.pop("lens", {}))
        return CameraSettings(ptz=PtzQuirks(**quirks), lens=lens, **given)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"A simulated camera cannot be described so: {error}.") from error


# Streets of the demonstration borough (positions and pictures are invented).
STREETS = (
    "North End north",
    "North End, Whitgift",
    "High Street",
    "George Street, station",
    "George Street, arcade",
    "Surrey Street market",
    "Church Street, tram",
    "Wellesley Road",
    "Park Lane underpass",
    "Poplar Walk",
    "Katharine Street",
    "East Croydon station",
    "West Croydon station",
    "London Road, Broad Green",
    "Brigstock Road",
    "Thornton Heath Pond",
)


def numbered_cameras(
    count: int,
    *,
    username: str = "operator",
    password: str = "simulated",  # noqa: S107  guards nothing but simulated cameras
) -> list[CameraSettings]:
    """Return `count` cameras 001, 002, … in the demonstration borough's streets, each with a street of its own."""
    return [
        CameraSettings(
            number=f"{place:03d}",
            name=STREETS[(place - 1) % len(STREETS)],
            seed=place,
            username=username,
            password=password,
        )
        for place in range(1, count + 1)
    ]


def checked_footage(path: str) -> Path:
    """Return the footage file; raises InvalidInput when it is missing."""
    file = Path(path)
    if not file.is_file():
        raise InvalidInput(f"There is no video file at {path}.")
    return file
