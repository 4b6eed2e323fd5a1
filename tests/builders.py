"""Builders: a room with a database and one person per role, made the way the program makes them.

The room is on SQLite, or on PostgreSQL where the test is marked `both_engines` or `postgresql` (tests/engines.py).
"""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from controlroom.accounts.records import Actor, Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.tables import UserRoleRow, UserRow
from controlroom.cameras.records import Camera, NewCamera, Place
from controlroom.cameras.service import CameraService
from controlroom.changes import Changes
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.declaration import Nouns
from controlroom.nouns import NOUNS
from controlroom.site_key import SiteKey
from tests.clock import SetClock
from tests.engines import OPENED, database_url

FRIDAY_NIGHT = datetime(2026, 11, 20, 22, 41, 7, tzinfo=UTC)
PASSWORD = "three random words"


@dataclass
class Room:
    """A database on a temporary folder, the clock in the test's hand, and one actor per role."""

    folder: Path
    database: Database
    clock: SetClock
    changes: Changes
    site_key: SiteKey
    sign_in: SignInService
    accounts: AccountService
    cameras: CameraService
    operator: Actor
    supervisor: Actor
    coordinator: Actor
    administrator: Actor
    auditor: Actor

    def add_camera(self, number: str = "014", name: str = "George Street, station") -> Camera:
        """A camera of the register, without an address."""
        place = Place("George Street", "Town centre", "Fairfield", 51.3739, -0.0992)
        return self.cameras.add(self.supervisor, NewCamera(number, name, place))


def make_room(folder: Path, at: datetime = FRIDAY_NIGHT, nouns: Nouns = NOUNS) -> Room:
    """A room whose accounts all have PASSWORD (hashed never: nobody signs in unless a test adds a user)."""
    clock, changes = SetClock(at), Changes()
    database = open_database(database_url(folder), clock, nouns, changes)
    OPENED.append(database)
    site_key = SiteKey.load_or_create(folder / "site.key")
    actors = _actors(database)
    return Room(
        folder=folder,
        database=database,
        clock=clock,
        changes=changes,
        site_key=site_key,
        sign_in=SignInService(database),
        accounts=AccountService(database),
        cameras=CameraService(database, site_key),
        **actors,
    )


def copy_room(source: Path, folder: Path, at: datetime) -> Room:
    """A copy of a room in a folder, which no longer has it open: quicker than writing a large one again."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return make_room(folder, at)


def _actors(database: Database) -> dict[str, Actor]:
    """The people of the room, by role; they are written unless the room has them, as a copy does."""
    handles = {
        Role.OPERATOR: "Operator 07",
        Role.SUPERVISOR: "Supervisor 02",
        Role.COORDINATOR: "JAG coordinator",
        Role.ADMINISTRATOR: "Administrator",
        Role.AUDITOR: "Auditor",
    }
    known = {role.value for role in handles}
    with database.read() as session:
        rows = [row for row in session.scalars(select(UserRow)) if row.login in known]
        if rows:
            return {row.login: Actor(row.id, row.handle, frozenset({Role(row.login)})) for row in rows}
    with database.write() as work:
        rows = [
            UserRow(
                login=role.value,
                handle=handle,
                password_hash="nobody signs in with this",
                active=True,
                created_at=work.now,
                roles=[UserRoleRow(role=role.value)],
            )
            for role, handle in handles.items()
        ]
        work.session.add_all(rows)
        work.session.flush()
        return {
            role.value: Actor(row.id, row.handle, frozenset({role}))
            for role, row in zip(handles, rows, strict=True)
        }
