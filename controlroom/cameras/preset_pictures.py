"""Keeps the room's small pictures of presets: what the wall showed when a preset was saved or reached.

They are for recognising a place, not for looking at people: 240 by 135 pixels and 20 kB at most. They lie in the
database, so every desk shows them and a backup has them; nothing in their rows names what a preset is for. One goes
with its preset, all of a camera's go when it is taken out of use or another device takes its place.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading, require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.tables import CameraRow, PresetPictureRow
from controlroom.database.unit_of_work import Database, Work
from controlroom.errors import InvalidInput, NotFound
from controlroom.texts import takes_texts

WIDTH, HEIGHT = 240, 135
LARGEST = 20_000  # bytes of one picture; the table's own rule says the same
MOST = 300  # of one camera
UNLISTED = timedelta(days=1)
BEGINNING = b"\xff\xd8\xff"  # of every JPEG
KIND = "preset_picture"

_ROW = PresetPictureRow


@takes_texts
class PresetPictures:
    """A preset is known by its camera's token; another device at the same camera has presets of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, actor: Actor, camera_id: int, tokens: Collection[str]) -> Mapping[str, bytes]:
        """The pictures of the presets that a camera lists, by token; none whose bytes are not what was kept."""
        named = {digest(token): token for token in tokens}
        with reading(self._database, actor, Permission.WATCH_LIVE) as session:
            camera = session.get(CameraRow, camera_id)
            if camera is None or not camera.active:
                return {}
            query = select(_ROW).where(
                _ROW.camera_id == camera_id, _ROW.device == _device(camera), _ROW.preset.in_(named)
            )
            return {
                named[row.preset]: bytes(row.picture)
                for row in session.scalars(query)
                if hashlib.sha256(row.picture).hexdigest() == row.sha256
            }

    def keep(
        self, actor: Actor, camera_id: int, token: str, picture: bytes, *, listed: Collection[str]
    ) -> None:
        """Keep the picture of a preset in place of the one before.

        Those of presets that the camera does not list go once they are a day old: a younger one may be of a preset
        that was stored since the camera was asked.
        """
        if len(picture) > LARGEST or not picture.startswith(BEGINNING):
            raise InvalidInput("This is no small JPEG picture.", "The preset itself is stored in the camera.")
        with self._database.write() as work:
            require(work.session, actor, Permission.STEER_CAMERAS)
            camera = work.session.get(CameraRow, camera_id)
            if camera is None or not camera.active:
                raise NotFound("There is no such camera in use.")
            device, preset = _device(camera), digest(token)
            _drop_unlisted(work, camera_id, device, {preset, *map(digest, listed)})
            row = work.session.scalars(select(_ROW).filter_by(camera_id=camera_id, preset=preset)).first()
            if row is None:
                _check_room(work.session, camera_id)
                row = _ROW(camera_id=camera_id, preset=preset)
                work.session.add(row)
            row.device, row.picture, row.sha256 = device, picture, hashlib.sha256(picture).hexdigest()
            row.taken_at, row.taken_by = work.now, actor.handle
            work.announce(KIND, camera_id)

    def forget(self, actor: Actor, camera_id: int, token: str) -> None:
        """Delete the picture of a preset that was removed."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_CAMERAS)
            work.session.execute(delete(_ROW).filter_by(camera_id=camera_id, preset=digest(token)))
            work.announce(KIND, camera_id)


def forget_all(session: Session, camera_id: int) -> None:
    """Delete every picture of a camera's presets: it is out of use, or another device."""
    session.execute(delete(_ROW).filter_by(camera_id=camera_id))


def digest(token: str) -> str:
    """How a preset is named in the table, whatever letters a camera put into its token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _device(camera: CameraRow) -> str:
    return digest(f"{camera.host}:{camera.port}")


def _drop_unlisted(work: Work, camera_id: int, device: str, listed: Collection[str]) -> None:
    old = _ROW.taken_at < work.now - UNLISTED
    gone = (_ROW.device != device) | (old & _ROW.preset.not_in(listed))
    work.session.execute(delete(_ROW).where(_ROW.camera_id == camera_id, gone))


def _check_room(session: Session, camera_id: int) -> None:
    count = session.scalar(select(func.count()).select_from(_ROW).filter_by(camera_id=camera_id)) or 0
    if count >= MOST:
        raise InvalidInput(f"A camera keeps {MOST} pictures of presets at most.")
