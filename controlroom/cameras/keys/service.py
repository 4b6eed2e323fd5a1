"""Holds the use cases of the site key: what state it is in, and how to repair or replace it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.cameras.records import Camera
from controlroom.cameras.rules import number_key
from controlroom.cameras.service import to_record
from controlroom.cameras.tables import CameraRow
from controlroom.database.unit_of_work import Database
from controlroom.errors import ControlRoomError, InvalidInput, NotFound, RuleBroken, Unavailable
from controlroom.site_key import SiteKey, open_from_travel, put_in_place
from controlroom.texts import AsTyped, takes_texts


def sealed_passwords(database: Database) -> list[str] | None:
    """Read every encrypted password, to see whether a key fits; None where nobody may read them before signing in."""
    try:
        with database.read() as session:
            query = select(CameraRow.password_sealed).where(CameraRow.active, CameraRow.password_sealed != "")
            return list(session.scalars(query))
    except ControlRoomError:
        return None


@dataclass(frozen=True)
class SiteKeyState:
    """The state of the site key: `trouble` is None when all is well; the `fingerprint` tells keys apart."""

    trouble: ControlRoomError | None
    fingerprint: str
    unreadable: tuple[Camera, ...] = ()


@takes_texts
class SiteKeyService:
    """The use cases of one desk's site key, its file, and the passwords encrypted with it."""

    def __init__(self, database: Database, key: SiteKey, path: Path) -> None:
        self._database, self._key, self._path = database, key, path

    @property
    def trouble(self) -> Unavailable | None:
        """What is wrong with the key, None when nothing is."""
        return self._key.trouble

    def standing(self, actor: Actor) -> SiteKeyState:
        """Return the key's state and the cameras whose password cannot be read with it."""
        with self._database.read() as session:
            require(session, actor, Permission.MANAGE_CAMERAS)
            rows = session.scalars(select(CameraRow).where(CameraRow.active, CameraRow.password_sealed != ""))
            closed = [to_record(row) for row in rows if not self._opens(row.password_sealed)]
        closed.sort(key=lambda camera: number_key(camera.number))
        return SiteKeyState(self._key.trouble, self._key.fingerprint, tuple(closed))

    def make_new(self, actor: Actor) -> str:
        """Make a new key, set the old file aside, and return the fingerprint.

        Refused while the present key is in order.
        """
        if self._key.trouble is None:
            raise RuleBroken(
                "The site key is in order.", remedy="A new one would make every password unreadable."
            )
        with self._database.write() as work:
            require(work.session, actor, Permission.CHANGE_SETTINGS)
            if self._path.exists():
                self._path.rename(
                    self._path.with_name(f"{self._path.name}.set-aside-{work.now:%Y%m%dT%H%M%S}")
                )
            made = SiteKey.make(self._path)
            audit.record(
                work,
                actor.handle,
                "site-key.made",
                "site key",
                made.fingerprint,
                because=str(self._key.trouble),
            )
        self._key.take(made)
        return made.fingerprint

    def provide(self, actor: Actor) -> bool:
        """Make the first key of a room that has encrypted nothing yet; True when made. Raises PermissionRefused.

        On a database server only someone signed in can learn that nothing is encrypted, so `for_room` could not
        make it.
        """
        with self._database.read() as session:
            require(session, actor, Permission.CHANGE_SETTINGS)
        if self._key.trouble is None or self._path.exists() or sealed_passwords(self._database) != []:
            return False
        self.make_new(actor)
        return True

    def bring_back(self, actor: Actor, text: str, passphrase: AsTyped) -> str:
        """Import an exported key; returns its fingerprint. Refused when it opens none of the encrypted passwords."""
        with self._database.read() as session:
            require(session, actor, Permission.CHANGE_SETTINGS)
        key = open_from_travel(text, passphrase)
        if not key.fits(sealed_passwords(self._database) or ()):
            raise InvalidInput(
                "This key opens none of the camera passwords of this database.",
                "Nothing was changed.",
                "Export the key at a desk that shows these cameras.",
            )
        with self._database.write() as work:
            require(work.session, actor, Permission.CHANGE_SETTINGS)
            put_in_place(key, self._path, work.now, replace=True)
            audit.record(work, actor.handle, "site-key.imported", "site key", key.fingerprint)
            work.announce("camera", "site key")
        self._key.take(key)
        return key.fingerprint

    def enter_login(self, actor: Actor, camera_id: int, username: str, password: AsTyped) -> Camera:
        """Replace a camera's user name and password. The audit entry records that it was done, never the values."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_CAMERAS)
            row = work.session.get(CameraRow, camera_id)
            if row is None or not row.active:
                raise NotFound("There is no such camera.")
            row.username, row.password_sealed = username, self._key.seal(password)
            audit.record(work, actor.handle, "camera.login-entered", "camera", row.number)
            work.announce("camera", row.id)
            return to_record(row)

    def _opens(self, sealed: str) -> bool:
        try:
            self._key.open(sealed)
        except Unavailable:
            return False
        return True
