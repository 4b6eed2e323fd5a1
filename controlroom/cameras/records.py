"""Defines cameras as pages and other services see them."""

from dataclasses import dataclass, field
from enum import StrEnum

from controlroom.cameras.devices import DeviceAddress
from controlroom.texts import AsTyped


class Owner(StrEnum):
    """Who owns the camera."""

    PUBLIC_REALM = "public realm"
    HOUSING = "housing"
    RAPID_DEPLOYMENT = "rapid deployment"
    VEHICLE = "vehicle"


class Migration(StrEnum):
    """How far the camera is on the way from analogue to digital."""

    ANALOGUE = "analogue"
    ENCODER = "analogue through encoder"
    DIGITAL = "digital"


class Transport(StrEnum):
    """What carries the picture to the room."""

    FIBRE = "fibre"
    COPPER = "copper"
    WIRELESS = "wireless"
    FOUR_G = "4G"


class Protocol(StrEnum):
    """How the program talks to the camera; by RTSP alone there is a picture, and nothing to ask or steer."""

    ONVIF = "ONVIF"
    ONVIF_HTTPS = "ONVIF over HTTPS"
    RTSP = "RTSP only"


class StreamTransport(StrEnum):
    """How a camera's stream is asked for: automatic is TCP, and UDP where the camera refuses it."""

    AUTOMATIC = "automatic"
    TCP = "TCP"
    UDP = "UDP"


@dataclass(frozen=True)
class Place:
    """Where a camera looks: `area` is the block it is listed under, coordinates are WGS 84 degrees."""

    street: str
    area: str
    ward: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, kw_only=True)
class CameraFacts:
    """What the register holds of a camera besides its name and address."""

    owner: Owner = Owner.PUBLIC_REALM
    make: str = ""
    model: str = ""
    migration: Migration = Migration.DIGITAL
    transport: Transport = Transport.FIBRE
    retention_days: int = 31
    main_stream: str = ""
    sub_stream: str = ""
    has_ptz: bool = False
    abilities: tuple[str, ...] = ()
    clock_drift_s: float | None = None
    protocol: Protocol = Protocol.ONVIF
    untried: bool = False
    """True for an address that was saved though nothing answered there, until the camera answers."""
    certificate: str = ""
    """The one it showed first over HTTPS, as its SHA-256 in hexadecimal figures; empty before that."""
    stream_certificate: str = ""
    """The same of its encrypted streams, where a camera may show another."""
    stream_transport: StreamTransport = StreamTransport.AUTOMATIC


@dataclass(frozen=True)
class Camera(CameraFacts):
    """A camera of the register, without its password.

    `number` is what everyone calls it ("014", "H03", "RDC-04"). Host and port are those of its ONVIF service, or of
    its main stream where it is reached by RTSP only.
    """

    id: int
    number: str
    name: str
    place: Place
    host: str = ""
    port: int = 80
    username: str = ""
    active: bool = True
    version: int = 0
    """Rises with every change: who changes a camera says which they have seen."""

    @property
    def has_address(self) -> bool:
        """True when the program can reach it; other cameras are only on the register."""
        return bool(self.host and (self.main_stream or self.sub_stream))

    @property
    def why_no_picture(self) -> str:
        """Why it has none to show; empty when it has."""
        if self.has_address:
            return ""
        if not self.host:
            return "The camera has no address yet."
        return "Its streams are not known yet: they are read once it answers and takes its login."

    @property
    def steerable(self) -> bool:
        """True when the program can move it."""
        return self.has_ptz and self.has_address and self.protocol is not Protocol.RTSP


@dataclass(frozen=True)
class NewCamera(CameraFacts):
    """What a person fills in to add a camera; the rest is asked of the camera itself.

    One by RTSP only needs no host and port: those of its main stream are stored.
    """

    number: str
    name: str
    place: Place
    host: str = ""
    port: int = 80
    username: str = ""
    password: AsTyped = field(default="", repr=False)


@dataclass(frozen=True)
class CameraLogin:
    """How to reach a camera: given to the processes that talk to it, never shown.

    With `trouble` (the site key does not open its password) nobody may try to log in: a guess could lock the
    account.
    """

    camera_id: int
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    main_stream: str = ""
    sub_stream: str = ""
    trouble: str = ""
    protocol: Protocol = Protocol.ONVIF
    certificate: str = ""
    stream_certificate: str = ""
    stream_transport: StreamTransport = StreamTransport.AUTOMATIC

    def address(self, name: str = "") -> DeviceAddress:
        """Where its ONVIF service is reached; `name` is what messages call it."""
        secure = self.protocol is Protocol.ONVIF_HTTPS
        return DeviceAddress(
            self.host, self.port, self.username, self.password, name, secure, self.certificate
        )
