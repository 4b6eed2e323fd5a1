"""Holds the pure rules of the register: what may be entered, and how cameras are found and sorted."""

import re
from collections.abc import Iterable

from controlroom.cameras.devices import check_stream_url
from controlroom.cameras.records import Camera, NewCamera
from controlroom.codec import to_plain
from controlroom.errors import InvalidInput
from controlroom.hosts import read_host

RETENTION_DAYS = (1, 365)
_NUMBER = re.compile(r"[A-Z]{0,4}-?[0-9]{1,4}")


def check_new_camera(camera: NewCamera) -> None:
    """Raise InvalidInput for the first field that cannot be accepted."""
    if not _NUMBER.fullmatch(camera.number):
        raise InvalidInput(
            f"'{camera.number}' is not a camera number.",
            remedy="Use figures, with letters before them if need be: 014, H03, RDC-04.",
        )
    if not camera.name.strip():
        raise InvalidInput("The camera has no name.", remedy="Name the street and what it looks at.")
    low, high = RETENTION_DAYS
    if not low <= camera.retention_days <= high:
        raise InvalidInput(
            f"Retention of {camera.retention_days} days is out of range.",
            remedy=f"Use {low} to {high}.",
        )
    if camera.host:
        read_host(camera.host)
    if not 1 <= camera.port <= 65535:
        raise InvalidInput(
            f"Port {camera.port} does not exist.",
            remedy="Use 1 to 65535; cameras often use 80.",
        )
    for address in (camera.main_stream, camera.sub_stream):
        if address:
            check_stream_url(address)


def differences(before: Camera, after: Camera) -> dict[str, str]:
    """Say of each fact that differs what it was and what it is, by its name: `{"host": "10.0.0.5 → 10.0.0.6"}`."""
    old, new = _facts(before), _facts(after)
    return {name: f"{old[name]} → {new[name]}" for name in new if old[name] != new[name]}


def _facts(camera: Camera) -> dict[str, str]:
    facts = to_plain(camera)
    facts |= facts.pop("place")
    facts["abilities"] = ", ".join(camera.abilities)
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
    """Return True when every word of `words` is in the camera's number, name, street, area or ward."""
    place = camera.place
    text = f"{camera.number} {camera.name} {place.street} {place.area} {place.ward}".casefold()
    return all(word in text for word in words.casefold().split())
