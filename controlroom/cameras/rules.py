"""Pure rules of the register: what may be entered, and how cameras are found and ordered."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from controlroom.cameras.records import Camera, NewCamera
from controlroom.errors import InvalidInput

STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
RETENTION_DAYS = (1, 365)
_NUMBER = re.compile(r"[A-Z]{0,4}-?\d{1,4}")


def check_new_camera(camera: NewCamera) -> None:
    """Raise InvalidInput for the first thing that cannot be entered."""
    if not _NUMBER.fullmatch(camera.number):
        raise InvalidInput(
            f"'{camera.number}' is not a camera number.",
            remedy="Use figures, with letters before them if need be: 014, H03, RDC-04.",
        )
    if not camera.name.strip():
        raise InvalidInput(
            "The camera has no name.", remedy="Name the street and what it looks at."
        )
    low, high = RETENTION_DAYS
    if not low <= camera.retention_days <= high:
        raise InvalidInput(
            f"Retention of {camera.retention_days} days is out of range.",
            remedy=f"Use {low} to {high}.",
        )
    if not 1 <= camera.port <= 65535:
        raise InvalidInput(
            f"Port {camera.port} does not exist.",
            remedy="Use 1 to 65535; cameras often use 80.",
        )
    for address in (camera.main_stream, camera.sub_stream):
        check_stream_address(address)


def check_stream_address(address: str) -> None:
    """Raise InvalidInput unless `address` is empty, rtsp(s) or http(s) with a host.

    Anything else would make the decoder open local files or run filters.
    """
    if not address:
        return
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host, parts = None, None
    if parts is None or parts.scheme.lower() not in STREAM_SCHEMES or not host:
        raise InvalidInput(
            "The stream address is refused: it does not begin with rtsp://, rtsps://, http:// or https://.",
            "Only such addresses lead to a camera.",
            "Check the address, or ask the camera for it again.",
        )


def number_key(number: str) -> tuple[str, int, str]:
    """Sort key: permanent cameras by number first, then H…, RDC-…, in their numbers' order."""
    match = re.search(r"\d+", number)
    prefix = number[: match.start()] if match else number
    return (prefix, int(match.group()) if match else 0, number)


def find_by_number(cameras: Iterable[Camera], typed: str) -> Camera | None:
    """The camera someone means by `typed`: in full, without leading zeros ("14", "h3"), or short for an RDC ("R4")."""
    wanted = re.fullmatch(r"([A-Z]*)-?0*(\d+)", typed.strip().upper())
    if wanted is None:
        return None
    prefix = "RDC" if wanted[1] == "R" else wanted[1]
    for camera in cameras:
        number = re.fullmatch(r"([A-Z]*)-?0*(\d+)", camera.number.upper())
        if number is not None and (number[1], number[2]) == (prefix, wanted[2]):
            return camera
    return None


def matches(camera: Camera, words: str) -> bool:
    """True when every word of `words` is in the camera's number, name, street, area or ward."""
    place = camera.place
    text = " ".join(
        (camera.number, camera.name, place.street, place.area, place.ward)
    ).casefold()
    return all(word in text for word in words.casefold().split())
