"""Use cases of a site key in trouble."""

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


def sealed_passwords(database: Database) -> list[str] | None:
    """Every sealed password, to see whether a key fits; None where nobody may read them before signing in."""
    try:
        with database.read() as session:
            query = select(CameraRow.password_sealed).where(CameraRow.active, CameraRow.password_sealed != "")
            return list(session.scalars(query))
    except ControlRoomError:
        return None


@dataclass(frozen=True)
class KeyStanding:
    """How the site key stands: `trouble` None when all is well; `fingerprint` tells keys apart."""

    trouble: ControlRoomError | None
    fingerprint: str
    unreadable: tuple[Camera, ...] = ()


class KeyKeeper:
    """One desk's site key, its file, and the passwords sealed with it."""

    def __init__(self, database: Database, key: SiteKey, path: Path) -> None:
        self._database, self._key, self._path = database, key, path

    @property
    def trouble(self) -> Unavailable | None:
        """What is wrong with the key, None when nothing is."""
        return self._key.trouble

    def standing(self, actor: Actor) -> KeyStanding:
        """The key, and the cameras whose password cannot be read with it."""
        with self._database.read() as session:
            require(session, actor, Permission.MANAGE_CAMERAS)
            rows = session.scalars(select(CameraRow).where(CameraRow.active, CameraRow.password_sealed != ""))
            closed = [to_record(row) for row in rows if not self._opens(row.password_sealed)]
        closed.sort(key=lambda camera: number_key(camera.number))
        return KeyStanding(self._key.trouble, self._key.fingerprint, tuple(closed))

    def make_new(self, actor: Actor) -> str:
        """A new key, the old file set aside; its fingerprint. Refused while the present key is in order."""
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
        """Make the first key of a room that has sealed nothing yet; True when made. Raises PermissionRefused.

        A database server tells only who has signed in that nothing is sealed: `for_room` could not know.
        """
        with self._database.read() as session:
            require(session, actor, Permission.CHANGE_SETTINGS)
        if self._key.trouble is None or self._path.exists() or sealed_passwords(self._database) != []:
            return False
        self.make_new(actor)
        return True

    def bring_back(self, actor: Actor, text: str, passphrase: str) -> str:
        """Import an exported key; its fingerprint. Refused when it opens none of the sealed passwords."""
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

    def enter_login(self, actor: Actor, camera_id: int, username: str, password: str) -> Camera:
        """A camera's user and password anew. The audit entry says that, never what."""
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
