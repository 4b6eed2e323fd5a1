"""Holds the pure rules of the register: what may be entered, and how cameras are found and sorted."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, replace
from urllib.parse import urlsplit

from controlroom.cameras.devices import place_of_stream, split_login
from controlroom.cameras.records import Camera, NewCamera, Place, Protocol, StreamTransport
from controlroom.codec import to_plain
from controlroom.errors import InvalidInput
from controlroom.folding import has_all_words, plain
from controlroom.hosts import read_host

LONGEST_PRESET_NAME = 64  # as ONVIF cameras take it
RETENTION_DAYS = (1, 365)
RTSP = ("rtsp://", "rtsps://")
ENCRYPTED = ("rtsps://", "https://")
_SHA256 = re.compile(r"([0-9a-f]{64})?")
NUMBER = re.compile(r"[A-Z]{0,4}-?[0-9]{1,4}")
_LINE_ENDS = re.compile("[\n-\r\x85\u2028\u2029]")


def check_new_camera(camera: NewCamera) -> None:
    """Raise InvalidInput for the first field that cannot be accepted."""
    if not NUMBER.fullmatch(camera.number):
        raise InvalidInput(
            f"'{camera.number}' is not a camera number.",
            remedy="Use figures, with letters before them if need be: 014, H03, RDC-04.",
            field="number",
        )
    if not camera.name.strip():
        remedy = "Name the street and what it looks at."
        raise InvalidInput("The camera has no name.", remedy=remedy, field="name")
    low, high = RETENTION_DAYS
    if not low <= camera.retention_days <= high:
        raise InvalidInput(
            f"Retention of {camera.retention_days} days is out of range.",
            remedy=f"Use {low} to {high}.",
            field="retention_days",
        )
    _check_lines(camera)
    _check_coordinates(camera.place)
    check_address(camera)


def _check_lines(camera: NewCamera) -> None:
    for record in (camera, camera.place):
        for each in fields(record):
            value = getattr(record, each.name)
            if isinstance(value, str) and each.name != "password" and _LINE_ENDS.search(value):
                raise InvalidInput("This is one line.", remedy="Take the line ends out.", field=each.name)


def _check_coordinates(place: Place) -> None:
    given = {"latitude": (place.latitude, 90.0), "longitude": (place.longitude, 180.0)}
    for name, (value, most) in given.items():
        if value is not None and not -most <= value <= most:
            raise InvalidInput(
                f"There is no {name} {value:g}.",
                remedy=f"It is in degrees, from -{most:g} to {most:g}; Croydon is at 51.37, -0.10.",
                field=name,
            )
    for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if given[name][0] is None and given[other][0] is not None:
            raise InvalidInput(f"The {name} is missing.", remedy="Give both, or neither.", field=name)


def check_address(camera: NewCamera) -> None:
    """Raise InvalidInput for an address at which no camera can be reached."""
    if camera.host:
        try:
            read_host(camera.host)
        except InvalidInput as error:
            raise InvalidInput(error.what, error.meaning, error.remedy, field="host") from error
    if not 1 <= camera.port <= 65535:
        raise InvalidInput(
            f"Port {camera.port} does not exist.",
            remedy="Use 1 to 65535; cameras often use 80.",
            field="port",
        )
    for certificate in (camera.certificate, camera.stream_certificate):
        check_certificate(certificate)
    by_rtsp = camera.protocol is Protocol.RTSP
    if by_rtsp and not camera.main_stream:
        raise InvalidInput(
            "A camera by RTSP only needs the address of its stream.",
            remedy="It looks like rtsp://10.0.0.5/live.",
            field="main_stream",
        )
    for name in ("main_stream", "sub_stream"):
        if address := getattr(camera, name):
            _check_stream(address, name, by_rtsp=by_rtsp)
    streams = (camera.main_stream, camera.sub_stream)
    if camera.stream_transport is StreamTransport.UDP and any(map(encrypted_rtsp, streams)):
        raise InvalidInput(
            "An encrypted stream comes by TCP alone.",
            remedy="Leave the transport automatic, or give the address that begins with rtsp.",
            field="stream_transport",
        )


def check_certificate(fingerprint: str) -> None:
    """Raise InvalidInput for what is no SHA-256; an empty one is of a camera that has not shown any."""
    if not _SHA256.fullmatch(fingerprint):
        raise InvalidInput("That is no certificate's fingerprint.", remedy="Ask the camera anew.")


def _check_stream(address: str, field: str, *, by_rtsp: bool) -> None:
    bare, user, password = split_login(address)
    if user or password or bare != address:
        raise InvalidInput(
            "The stream address has a user name or a password in it.",
            "Whoever reads the register would read them.",
            "Type them into their own fields, where they are stored encrypted.",
            field=field,
        )
    place_of_stream(address)
    if by_rtsp and not address.lower().startswith(RTSP):
        raise InvalidInput(
            "The stream of a camera by RTSP only begins with rtsp or rtsps.",
            remedy="It looks like rtsp://10.0.0.5/live.",
            field=field,
        )


def completed(camera: NewCamera) -> NewCamera:
    """Return the camera as it is stored: its host as it was read, by RTSP only that of its stream, and not steered.

    A certificate is known of cameras over HTTPS and of encrypted streams alone.
    """
    if camera.host and camera.host != (host := read_host(camera.host)):
        camera = replace(camera, host=host)
    if camera.protocol is not Protocol.ONVIF_HTTPS and camera.certificate:
        camera = replace(camera, certificate="")
    if camera.stream_certificate and not encrypted_stream(camera):
        camera = replace(camera, stream_certificate="")
    if camera.protocol is not Protocol.RTSP or not camera.main_stream:
        return camera
    host, port = place_of_stream(camera.main_stream)
    return replace(camera, host=host, port=port, has_ptz=False, abilities=())


def encrypted_rtsp(stream: str) -> bool:
    """True for an address that begins with rtsps."""
    return stream.lower().startswith("rtsps://")


def encrypted_stream(camera: Camera | NewCamera) -> str:
    """Return the address of its large stream, else of its small one, that is encrypted; "" where neither is."""
    return encrypted_one(camera.main_stream, camera.sub_stream)


def encrypted_one(*streams: str) -> str:
    """Return the first stream address that is encrypted; "" where none is."""
    return next((each for each in streams if each.lower().startswith(ENCRYPTED)), "")


def stream_places(camera: Camera | NewCamera) -> set[tuple[str, str, int]]:
    """Return the scheme, host and port of each of its streams."""
    found: set[tuple[str, str, int]] = set()
    for stream in filter(None, (camera.main_stream, camera.sub_stream)):
        with suppress(InvalidInput):  # of an old register
            found.add((urlsplit(stream).scheme.lower(), *place_of_stream(stream)))
    return found


def places(camera: Camera | NewCamera) -> set[tuple[str, str, int]]:
    """Return where the camera's password is sent: the scheme, host and port of its ONVIF service and of its streams."""
    found = stream_places(camera)
    if camera.host and camera.protocol is not Protocol.RTSP:
        scheme = "https" if camera.protocol is Protocol.ONVIF_HTTPS else "http"
        found.add((scheme, camera.host, camera.port))
    return found


def sends_elsewhere(before: Camera, after: NewCamera) -> bool:
    """True when a change would send the camera's password to a place it was not typed for.

    Streams of which nothing was known are the device's own where they are at its address.
    """
    added = places(after) - places(before)
    if not (before.main_stream or before.sub_stream):
        added = {each for each in added if each[0] not in ("rtsp", "rtsps") or each[1] != before.host}
    return bool(added)


def with_changes(camera: Camera, changes: NewCamera) -> Camera:
    """Return what the register would say of a camera after a change."""
    changed = completed(changes)
    names = {each.name for each in fields(camera)} & {each.name for each in fields(changed)}
    return replace(camera, **{name: getattr(changed, name) for name in names})


def suggested(device_name: str) -> tuple[str, str]:
    """Return the camera number and the name that a device's own name tells: `CCTV 041 London Road`; "" for neither."""
    number = re.match(
        r"\s*(?:(?:cctv|camera|cam)[\s_#-]*)?([a-z]{0,4}-?[0-9]{1,4})(?![\w.])", device_name, re.IGNORECASE
    )
    if number is None:
        return "", ""
    return number[1].upper(), device_name[number.end() :].strip(" ,:;_-")


def check_preset_name(name: str) -> None:
    """Raise InvalidInput for a name under which no preset can be found again."""
    if not name.strip():
        raise InvalidInput("The preset has no name.", remedy="Name what is seen there.", field="name")
    if len(name) > LONGEST_PRESET_NAME or "\n" in name or "\t" in name:
        raise InvalidInput(
            "A preset's name is one line.",
            remedy=f"Use {LONGEST_PRESET_NAME} characters at most.",
            field="name",
        )


def differences(before: Camera, after: Camera) -> dict[str, str]:
    """Say of each fact that differs what it was and what it is, by its name: `{"host": "10.0.0.5 → 10.0.0.6"}`."""
    old, new = _facts(before), _facts(after)
    return {name: f"{old[name]} → {new[name]}" for name in new if old[name] != new[name]}


def _facts(camera: Camera) -> dict[str, str]:
    facts = to_plain(camera)
    facts |= facts.pop("place")
    facts["abilities"] = ", ".join(camera.abilities).replace("_", " ")
    facts |= {name: "yes" if facts[name] else "no" for name in ("has_ptz", "untried")}
    left_out = ("id", "active", "version", "clock_drift_s")
    return {
        name: "—" if value in ("", None) else f"{value}"
        for name, value in facts.items()
        if name not in left_out
    }


def number_key(number: str) -> tuple[str, int, str]:
    """Return the sort key: permanent cameras by number first, then H…, RDC-…, by their numbers."""
    match = re.search(r"\d+", number)
    prefix = number[: match.start()] if match else number
    return (prefix, int(match.group()) if match else 0, number)


def find_by_number(cameras: Iterable[Camera], typed: str) -> Camera | None:
    """Find the camera meant by `typed`: in full, without leading zeros ("14", "h3"), or short for an RDC ("R4")."""
    wanted = number_identity(typed)
    if wanted is None:
        return None
    alike = [each for each in cameras if number_identity(each.number) == wanted]
    written_so = (each for each in alike if each.number == typed.strip().upper())
    return next(written_so, alike[0] if alike else None)


def number_identity(number: str) -> tuple[str, str] | None:
    """Return a number's letters and figures without what people leave out: 014 is 14; RDC-04 is rdc 4, R4 for short."""
    found = re.fullmatch(r"([A-Z]*)[- ]?0*(\d+)", plain(number).upper())
    if found is None:
        return None
    return ("RDC" if found[1] == "R" else found[1], found[2])


def matches(camera: Camera, words: str) -> bool:
    """Return True when every word of `words` is in the camera's number, name, street, area or ward."""
    place = camera.place
    return has_all_words(words, camera.number, camera.name, place.street, place.area, place.ward)
