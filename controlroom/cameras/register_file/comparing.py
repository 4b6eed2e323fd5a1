"""Compares the rows of a file with the register: what is new, what differs and how, and what cannot be."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from enum import Enum
from typing import Any

from controlroom.cameras import rules
from controlroom.cameras.records import Camera, NewCamera, Place
from controlroom.cameras.register_file.columns import BY_FIELD, NUMBER, PASSWORD
from controlroom.cameras.register_file.fields import MASK
from controlroom.cameras.register_file.records import (
    Change,
    ComparedRow,
    Fault,
    Preview,
    ReadFile,
    ReadRow,
    RowState,
)
from controlroom.errors import InvalidInput

SAME_DEGREES = 1e-9  # a tenth of a millimetre: a spreadsheet keeps fifteen digits
_PLACE = tuple(each.name for each in fields_of(Place))
_TAKEN = tuple(each.name for each in fields_of(NewCamera) if each.name not in ("place", PASSWORD))
HasPassword = Callable[[int, str], bool]
"""(camera's id, password) -> True when the register holds that password for it."""


def compare(file: ReadFile, registered: Sequence[Camera], has_password: HasPassword) -> Preview:
    """Compare a file with the register, cameras out of use included."""
    found = Register(registered)
    wards = {each.place.ward for each in registered} - {""}
    rows = tuple(
        _with_ward_note(_compared(row, found, file.letters, has_password), wards, file.letters)
        for row in file.rows
    )
    named = {row.camera_id for row in rows} | {
        camera.id for row in file.rows if (camera := found.find(row.number)) is not None
    }
    unnamed = tuple(each.number for each in registered if each.active and each.id not in named)
    return Preview(file.source, rows, unnamed, file.ignored, file.notes)


def _with_ward_note(row: ComparedRow, wards: Collection[str], letters: Mapping[str, str]) -> ComparedRow:
    """A ward that no camera of the register stands in may be mistyped."""
    ward = row.given.get("ward")
    if not ward or not wards or ward in wards:
        return row
    return replace(
        row, notes=(*row.notes, f"{letters.get('ward', '')}{row.line}: new ward “{ward}”: typed right?")
    )


class Register:
    """Finds cameras by number as people write it: 14 for 014, h3 for H03."""

    def __init__(self, cameras: Iterable[Camera]) -> None:
        self._exact: dict[str, Camera] = {}
        self._alike: dict[tuple[str, str], list[Camera]] = {}
        for each in cameras:
            self.add(each)

    def add(self, camera: Camera) -> None:
        self._exact[camera.number] = camera
        if (identity := rules.number_identity(camera.number)) is not None:
            self._alike.setdefault(identity, []).append(camera)

    def find(self, number: str) -> Camera | None:
        """The camera of that number; where two could be meant only the one written so."""
        alike = self._alike.get(rules.number_identity(number) or ("", ""), [])
        return self._exact.get(number) or (alike[0] if len(alike) == 1 else None)


def merged(camera: Camera | None, given: Mapping[str, Any]) -> NewCamera:
    """The camera as it would stand on the register: what the file gives over what is there; its password apart.

    Raises InvalidInput, naming the field, for what the register does not take. An address nobody tried says so.
    """
    base: dict[str, Any] = {} if camera is None else {name: getattr(camera, name) for name in _TAKEN}
    place = Place("", "", "") if camera is None else camera.place
    base |= {"number": "", "name": ""} if camera is None else {}
    base |= {name: value for name, value in given.items() if name in _TAKEN}
    if camera is not None:
        base[NUMBER] = camera.number
    made = NewCamera(
        **base,
        place=replace(place, **{name: value for name, value in given.items() if name in _PLACE}),
        password=given.get(PASSWORD, ""),
    )
    rules.check_new_camera(made)
    made = rules.completed(made)
    old_places = set() if camera is None else rules.places(camera)
    moved = not rules.places(made) <= old_places
    if moved and camera is not None and camera.username and PASSWORD not in given:
        raise InvalidInput(
            "The address is another one, so the password has to be given again.",
            "The one stored is for the device at the old address.",
            "Fill in the password in the file, or change this camera on the page.",
            field="host" if "host" in given else "main_stream",
        )
    return replace(made, untried=True, certificate="", stream_certificate="") if moved else made


def changes(camera: Camera, after: NewCamera, *, password: bool) -> tuple[Change, ...]:
    """What of a camera would change, by the file's columns."""
    found = []
    for field, column in BY_FIELD.items():
        if field == PASSWORD:
            continue
        old, new = _value(camera, field), _value(after, field)
        if old != new and not _same_degrees(old, new):
            found.append(Change(column.heading, _words(old), _words(new)))
    if password:
        found.append(Change(BY_FIELD[PASSWORD].heading, MASK, "entered anew"))
    return tuple(found)


def _compared(
    row: ReadRow, register: Register, letters: Mapping[str, str], has_password: HasPassword
) -> ComparedRow:
    camera = register.find(row.number)
    name = str(row.given.get("name") or (camera.name if camera else ""))
    compared = ComparedRow(
        row.line,
        camera.number if camera and not row.faults else row.number,
        name,
        RowState.FAULTY,
        row.faults,
        row.notes,
        given=row.given,
        texts=row.texts,
        camera_id=camera.id if camera else None,
        seen=camera.version if camera else None,
    )
    if camera is not None and not camera.active:
        remedy = "Bring it back on the page, or delete the row."
        fault = _fault(row, letters, NUMBER, "the camera is out of use.", remedy)
        compared = replace(compared, faults=(*row.faults, fault))
    if camera is None and not name and not any(each.column == "name" for each in row.faults):
        remedy = "Name the street and what it looks at."
        fault = _fault(row, letters, "name", "the name of a new camera is missing.", remedy)
        compared = replace(compared, faults=(*compared.faults, fault))
    if compared.faults:
        return compared
    try:
        after = merged(camera, row.given)
    except InvalidInput as error:
        what, remedy = error.what, " ".join(filter(None, (error.meaning, error.remedy)))
        return replace(compared, faults=(_fault(row, letters, error.field or NUMBER, what, remedy),))
    if camera is None:
        return replace(compared, state=RowState.NEW)
    notes = row.notes
    if row.number != camera.number:
        notes = (
            *notes,
            f"{letters.get(NUMBER, '')}{row.line}: {row.number} is camera {camera.number} of the register.",
        )
    password = PASSWORD in row.given and not has_password(camera.id, row.given[PASSWORD])
    told = changes(camera, after, password=password)
    return replace(compared, state=RowState.DIFFERS if told else RowState.SAME, changes=told, notes=notes)


def _fault(row: ReadRow, letters: Mapping[str, str], field: str, what: str, remedy: str) -> Fault:
    """A fault of the cell of a field, or of the number where the file has no such column."""
    column = BY_FIELD.get(field, BY_FIELD[NUMBER])
    place = letters.get(field, letters.get(NUMBER, ""))
    value = row.texts.get(column.field, "")
    return Fault(column.field, f"{place}{row.line}", column.heading, value, what, remedy)


def _value(camera: Camera | NewCamera, field: str) -> Any:
    return getattr(camera.place if field in _PLACE else camera, field)


def _same_degrees(old: Any, new: Any) -> bool:
    return isinstance(old, float) and isinstance(new, float) and abs(old - new) < SAME_DEGREES


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value.value if isinstance(value, Enum) else value)
