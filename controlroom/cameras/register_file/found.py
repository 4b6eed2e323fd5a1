"""Turns devices that were found on the network into rows, with a number and a name proposed for each."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.records import Camera, Protocol
from controlroom.cameras.register_file.columns import NUMBER
from controlroom.cameras.register_file.records import ReadFile, ReadRow
from controlroom.cameras.register_file.rows import with_twins
from controlroom.cameras.rules import number_identity
from controlroom.texts import LENGTHS, as_seen

_NUMBER_IN_NAME = re.compile(r"\b(?:camera|cam|cctv)[\s_.#-]*([0-9]{1,4})\b", re.IGNORECASE)
_WANTS_LOGIN = (
    "It tells make and model only with a login: enter it on the page once the camera is on the register."
)


def found_file(devices: Sequence[DiscoveredDevice], registered: Iterable[Camera], source: str) -> ReadFile:
    """Return a row for each device; one whose address is on the register already bears that camera's number."""
    cameras = list(registered)
    at = {(each.host.casefold(), each.port): each for each in cameras if each.host}
    taken = {number_identity(each.number) for each in cameras}
    free = _free_numbers(taken)
    rows = []
    for line, device in enumerate(devices, 1):
        known = at.get((device.host.casefold(), device.port))
        if known is not None:
            rows.append(ReadRow(line, known.number, {NUMBER: known.number}, texts=_texts(device)))
            continue
        number = _number_of(device, taken) or next(free)
        taken.add(number_identity(number))
        name = _short(device.name or device.hardware or device.host, "name")
        given = {NUMBER: number, "name": name, "host": device.host, "port": device.port}
        told = {"make": _short(device.make, "make"), "model": _short(device.hardware, "model")}
        given |= {field: text for field, text in told.items() if text}
        given |= {"protocol": Protocol.ONVIF_HTTPS} if device.secure else {}
        notes = () if device.hardware else (_WANTS_LOGIN,)
        rows.append(ReadRow(line, number, given, notes=notes, texts=_texts(device)))
    return ReadFile(source, rows, {})


def renamed(file: ReadFile, line: int, number: str, name: str) -> ReadFile:
    """Return the rows with another number and name for one of them."""
    number = number.strip().upper()
    rows = [
        replace(row, number=number, given={**row.given, NUMBER: number, "name": name.strip()}, faults=())
        if row.line == line
        else replace(row, faults=())
        for row in file.rows
    ]
    return replace(file, rows=with_twins(rows, ""))


def _number_of(device: DiscoveredDevice, taken: set[tuple[str, str] | None]) -> str:
    """The number in a device's own name ("Camera 41"), unless a camera has it already."""
    found = _NUMBER_IN_NAME.search(device.name)
    number = f"{int(found[1]):03}" if found else ""
    return number if number and number_identity(number) not in taken else ""


def _free_numbers(taken: set[tuple[str, str] | None]) -> Iterator[str]:
    """Numbers that no camera has, counted on from the highest without letters; those taken meanwhile are left out."""
    highest = max((int(each[1]) for each in taken if each and not each[0]), default=0)
    for number in range(highest + 1, 10_000):
        if number_identity(f"{number:03}") not in taken:
            yield f"{number:03}"


def _short(text: str, field: str) -> str:
    return as_seen(text)[: LENGTHS[field]]


def _texts(device: DiscoveredDevice) -> dict[str, str]:
    told = {"host": device.host, "port": str(device.port), "make": device.make, "model": device.hardware}
    return {field: as_seen(text)[:80] for field, text in ({"name": device.name} | told).items() if text}
