"""Reads a camera's media profiles and the addresses of their streams and snapshots."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit, urlunsplit

from controlroom.cameras.devices import (
    GONE,
    REFUSED_LOGIN,
    DeviceAddress,
    DeviceFault,
    StreamProfile,
    check_stream_url,
)
from controlroom.cameras.onvif.safe_xml import Node, local_name, number_of, text_of, tidy
from controlroom.cameras.onvif.session import OTHER_WAY_MAY_WORK, CameraSession
from controlroom.cameras.onvif.wsdl import Service
from controlroom.errors import InvalidInput
from controlroom.hosts import in_url

MOST_PROFILES = 128  # of one camera; the most seen in a recorded reply are 40
_SETUP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
_PORTS = re.compile(r":(\d{1,5})")


@dataclass(frozen=True)
class PtzConfiguration:
    """The part of a profile that says how its head is steered: tokens, and default spaces by element name."""

    token: str
    node_token: str
    defaults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MediaProfile:
    """A profile as read, with what later calls need to know."""

    record: StreamProfile
    source_token: str = ""
    ptz: PtzConfiguration | None = None


def read_profiles(session: CameraSession) -> tuple[Service, list[MediaProfile]]:
    """Return the profiles and the service they came from: Media2 if it describes pictures, else Media.

    Media names H.265 profiles wrongly or not at all; some Media2 services list bare tokens.
    """
    if session.offers(Service.MEDIA2):
        try:
            answer = session.call(Service.MEDIA2, "GetProfiles", Type=["All"])
        except DeviceFault as fault:
            if fault.kind in REFUSED_LOGIN or not session.offers(Service.MEDIA):
                raise
        else:
            profiles = _profiles(answer)
            if any(profile.record.width for profile in profiles) or not session.offers(Service.MEDIA):
                return Service.MEDIA2, profiles
    return Service.MEDIA, _profiles(session.call(Service.MEDIA, "GetProfiles"))


def source_of(profiles: "list[MediaProfile]") -> str:
    """Return the token of the video source, on which the imaging service works; empty where none is told."""
    return next((profile.source_token for profile in profiles if profile.source_token), "")


def with_addresses(
    session: CameraSession, service: Service, profile: MediaProfile
) -> tuple[MediaProfile, str]:
    """Return the profile with its stream and snapshot addresses, and a warning or "".

    A profile without a stream causes the warning; raises DeviceFault when the camera is gone or refuses.
    """
    warning = ""
    stream = snapshot = ""
    try:
        stream = _address(session, _ask_stream(session, service, profile.record.token))
    except InvalidInput as error:
        warning = f"Profile {profile.record.name or profile.record.token} is left out. {error}"
    except DeviceFault as fault:
        if session.login.refused or fault.kind in GONE:
            raise
        warning = f"No stream address for profile {profile.record.name or profile.record.token}. {fault.what}"
    try:
        answer = session.call(service, "GetSnapshotUri", ProfileToken=profile.record.token)
        snapshot = _address(session, text_of(answer, ".//{*}Uri"))
    except InvalidInput:
        snapshot = ""
    except DeviceFault as fault:  # many cameras have none, and some refuse it to users who may watch
        if fault.kind in GONE:
            raise
    record = replace(profile.record, stream_url=stream, snapshot_url=snapshot)
    return replace(profile, record=record), warning


def at_typed_host(uri: str, typed: DeviceAddress, inner_port: int | None) -> str:
    """Return a stream or snapshot address with the typed host, without login; raises InvalidInput.

    The address's own port stays, the last one where a camera writes two (`host:80:554`); a web port that is the
    camera's own inner service port becomes the typed one, as behind NAT.
    """
    uri = check_stream_url(uri)
    parts = urlsplit(uri)
    place = parts.netloc.rsplit("@", 1)[-1]
    ports = _PORTS.findall(place.rsplit("]", 1)[-1])
    port = int(ports[-1]) if ports else None
    if parts.scheme.lower() == "http" and inner_port is not None and (port or 80) == inner_port:
        port = typed.port
    host = in_url(typed.host)
    return urlunsplit((parts.scheme.lower(), f"{host}:{port}" if port else host, parts.path, parts.query, ""))


def _ask_stream(session: CameraSession, service: Service, token: str) -> str:
    """Ask where the stream is, and ask the other media service when this one does not know."""
    try:
        return _ask_stream_of(session, service, token)
    except DeviceFault as fault:
        other = Service.MEDIA if service is Service.MEDIA2 else Service.MEDIA2
        if fault.kind not in OTHER_WAY_MAY_WORK or not session.offers(other):
            raise
        return _ask_stream_of(session, other, token)


def _ask_stream_of(session: CameraSession, service: Service, token: str) -> str:
    if service is Service.MEDIA2:
        answer = session.call(service, "GetStreamUri", Protocol="RTSP", ProfileToken=token)
    else:
        answer = session.call(service, "GetStreamUri", StreamSetup=_SETUP, ProfileToken=token)
    return text_of(answer, ".//{*}Uri")


def _address(session: CameraSession, uri: str) -> str:
    return at_typed_host(uri, session.address, session.inner_port) if uri else ""


def _profiles(answer: Node) -> list[MediaProfile]:
    return [_profile(node) for node in answer.iter("{*}Profiles") if node.get("token")]


def _profile(node: Node) -> MediaProfile:
    """Read one profile; Media writes `VideoEncoderConfiguration`, Media2 `Configurations/VideoEncoder`."""
    parts = {local_name(part): part for part in node.iterfind("{*}Configurations/*")}
    encoder = _part(node, parts, "VideoEncoderConfiguration", "VideoEncoder")
    source = _part(node, parts, "VideoSourceConfiguration", "VideoSource")
    head = _part(node, parts, "PTZConfiguration", "PTZ")
    record = StreamProfile(
        token=node.get("token", ""),
        name=tidy(text_of(node, "{*}Name"), 64),
        encoding=_encoding(encoder),
        width=_whole(encoder, "{*}Resolution/{*}Width"),
        height=_whole(encoder, "{*}Resolution/{*}Height"),
        fps=_number(encoder, "{*}RateControl/{*}FrameRateLimit"),
        has_ptz=head is not None,
    )
    source_token = text_of(source, "{*}SourceToken") if source is not None else ""
    return MediaProfile(record, source_token, _configuration(head) if head is not None else None)


def _part(node: Node, parts: dict[str, Node], name: str, name2: str) -> Node | None:
    found = node.find(f"{{*}}{name}")
    return found if found is not None else parts.get(name2)


def _configuration(node: Node) -> PtzConfiguration:
    defaults = {
        local_name(part): part.text.strip()
        for part in node
        if isinstance(part.tag, str) and local_name(part).startswith("Default") and part.text
    }
    return PtzConfiguration(node.get("token", ""), text_of(node, "{*}NodeToken"), defaults)


def _encoding(encoder: Node | None) -> str:
    name = tidy(text_of(encoder, "{*}Encoding"), 20).upper() if encoder is not None else ""
    return {"H.264": "H264", "H.265": "H265", "HEVC": "H265", "MJPEG": "JPEG"}.get(name, name)


def _number(node: Node | None, path: str) -> float:
    return (number_of(node.findtext(path)) or 0.0) if node is not None else 0.0


def _whole(node: Node | None, path: str) -> int:
    return int(_number(node, path))
