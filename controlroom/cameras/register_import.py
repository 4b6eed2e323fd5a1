"""Holds the use cases that bring a register file into the register, and take the register out as one.

A file is compared first, and nothing is written; what was looked at is then written as one unit of work: all of it or
nothing. A camera that somebody else changed in between stops it, because the person decided on what they saw.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.cameras import rules
from controlroom.cameras.devices import DiscoveredDevice
from controlroom.cameras.records import Camera, NewCamera
from controlroom.cameras.register_file.columns import PASSWORD
from controlroom.cameras.register_file.comparing import Register, compare, merged
from controlroom.cameras.register_file.found import found_file
from controlroom.cameras.register_file.records import ComparedRow, Imported, Preview, ReadFile
from controlroom.cameras.service import columns_of, to_record, to_row
from controlroom.cameras.tables import CameraRow
from controlroom.database import rows as readable_rows
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import Conflict, InvalidInput, Unavailable
from controlroom.site_key import SiteKey
from controlroom.texts import LINE, clean, clean_record, judges_texts, takes_texts

MOST_CHANGES = 4_000  # cameras of one import: each has its entry in the audit (database/audit_bounds.py)
MANAGE = Permission.MANAGE_CAMERAS


@takes_texts
class RegisterImport:
    """Compares files with the register, writes what somebody accepted of them, and gives the register for an export."""

    def __init__(self, database: Database, site_key: SiteKey) -> None:
        self._database, self._site_key = database, site_key

    def registered(self, actor: Actor) -> list[Camera]:
        """The cameras in use as an export writes them: at the place of the register, wherever they hang now."""
        with reading(self._database, actor, MANAGE) as session:
            return [each for each in _registered(session) if each.active]

    @judges_texts
    def preview(self, actor: Actor, file: ReadFile) -> Preview:
        """Compare a file with the register; nothing is written."""
        with reading(self._database, actor, MANAGE) as session:
            query = select(CameraRow.id, CameraRow.password_sealed)
            sealed = {row.id: row.password_sealed for row in session.execute(query)}
            return compare(file, _registered(session), lambda key, typed: self._opens(sealed[key], typed))

    @judges_texts
    def preview_found(
        self, actor: Actor, devices: Sequence[DiscoveredDevice], source: str
    ) -> tuple[ReadFile, Preview]:
        """Compare devices found on the network with the register, a number and a name proposed for each."""
        with reading(self._database, actor, MANAGE) as session:
            cameras = _registered(session)
            file = found_file(devices, cameras, source)
            return file, replace(compare(file, cameras, lambda _key, _typed: False), unnamed=())

    @judges_texts
    def accept(self, actor: Actor, rows: Sequence[ComparedRow], source: str) -> Imported:
        """Write the rows that are new or differ, all of them or none; `source` names the file in the audit.

        Raises Conflict, naming them, when cameras were changed since they were compared, and InvalidInput.
        """
        source = clean(source, LINE, field="source")
        with self._database.write() as work:
            require(work.session, actor, MANAGE)
            wanted = _wanted(rows)
            known = {row.id: row for row in work.session.scalars(select(CameraRow))}
            _check_unchanged(wanted, known)
            added = [each for each in wanted if each.camera_id is None]
            audit.record(
                work,
                actor.handle,
                "camera.register-imported",
                "register",
                source,
                added=len(added),
                changed=len(wanted) - len(added),
            )
            register = Register(to_record(each) for each in known.values())
            for each in wanted:
                row = known.get(each.camera_id or 0)
                self._write(work, actor, each, row, register)
            return Imported(len(added), len(wanted) - len(added))

    def _write(
        self, work: Work, actor: Actor, wanted: ComparedRow, row: CameraRow | None, register: Register
    ) -> None:
        before = to_record(row) if row is not None else None
        camera = _checked(wanted, before)
        if row is None:
            if register.find(camera.number) is not None:
                raise Conflict(
                    f"There is a camera {camera.number} by now.",
                    "Nothing was written.",
                    "Compare the file again.",
                )
            row = to_row(camera, self._site_key, work.now)
            work.session.add(row)
            work.session.flush()
            register.add(to_record(row))
            audit.record(work, actor.handle, "camera.added", "camera", row.number, host=row.host)
        else:
            values, entered = columns_of(camera, self._site_key), PASSWORD in wanted.given
            if not entered or self._opens(row.password_sealed, wanted.given[PASSWORD]):
                del values["password_sealed"]
                entered = False
            for name, value in values.items():
                setattr(row, name, value)
            work.session.flush()
            told = rules.differences(before, to_record(row)) if before is not None else {}
            told |= {"password": "entered anew"} if entered else {}
            audit.record(work, actor.handle, "camera.changed", "camera", row.number, **told)
        work.announce("camera", row.id)

    def _opens(self, sealed: str, typed: str) -> bool:
        """True when this password is the one stored; one that cannot be read is none."""
        try:
            return self._site_key.open(sealed) == typed
        except Unavailable:
            return False


def _registered(session: Session) -> list[Camera]:
    found = [to_record(row) for row in readable_rows.readable(session.scalars(select(CameraRow)))]
    return sorted(found, key=lambda each: rules.number_key(each.number))


def _wanted(rows: Sequence[ComparedRow]) -> list[ComparedRow]:
    wanted = [each for each in rows if each.wanted]
    if not wanted:
        raise InvalidInput("Nothing in the file is new or differs.", "Nothing was written.")
    if len(wanted) > MOST_CHANGES:
        raise InvalidInput(
            f"{len(wanted):,} cameras would change at once.",
            "Nothing was written.",
            f"Divide the file: {MOST_CHANGES:,} are the most.",
        )
    twice = len(wanted) - len({each.camera_id or each.number for each in wanted})
    if twice:
        raise InvalidInput("A camera is named twice.", "Nothing was written.", "Compare the file again.")
    return wanted


def _check_unchanged(wanted: Sequence[ComparedRow], known: dict[int, CameraRow]) -> None:
    changed = [
        each.number
        for each in wanted
        if each.camera_id is not None
        and ((row := known.get(each.camera_id)) is None or row.version != each.seen or not row.active)
    ]
    if changed:
        told = ", ".join(changed[:10]) + (", …" if len(changed) > 10 else "")
        raise Conflict(
            f"Changed by somebody else since the file was compared: camera {told}.",
            "Nothing was written.",
            "Compare the file again, and look at what it would change now.",
        )


def _checked(wanted: ComparedRow, before: Camera | None) -> NewCamera:
    """The camera as it will be written; raises InvalidInput, naming its row, for what the register does not take."""
    try:
        return clean_record(merged(before, wanted.given))
    except InvalidInput as error:
        raise InvalidInput(
            f"Row {wanted.line}, camera {wanted.number}: {error.what}",
            f"Nothing was written. {error.meaning}".strip(),
            error.remedy,
        ) from error
