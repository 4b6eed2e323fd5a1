"""Shows who had control of which camera: the counted holds, for those who read the audit."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from controlroom.accounts.access import reading
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.cameras.holds.rules import Ending
from controlroom.cameras.rules import number_identity
from controlroom.cameras.tables import CameraRow
from controlroom.database.rows import readable
from controlroom.database.unit_of_work import Database
from controlroom.errors import NotFound
from controlroom.recording.records import PastHold
from controlroom.recording.tables import CameraHoldRow
from controlroom.texts import takes_texts

LATEST, MOST = 10, 1000


@takes_texts
class HoldHistory:
    """Reads only; the recorder counts (`hold_store.py`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_camera(self, actor: Actor, camera_id: int, limit: int = LATEST) -> list[PastHold]:
        """A camera's latest holds, the newest first."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            return _latest(session, CameraHoldRow.camera_id == camera_id, limit)

    def of_number(self, actor: Actor, number: str, limit: int = LATEST) -> list[PastHold]:
        """The same by the camera's number, in use or not; raises NotFound."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            wanted = number_identity(number)
            numbered = session.execute(select(CameraRow.id, CameraRow.number))
            found = [row.id for row in numbered if wanted and number_identity(row.number) == wanted]
            if not found:
                raise NotFound(f"There is no camera {number}.")
            (camera_id, *_) = found
            return _latest(session, CameraHoldRow.camera_id == camera_id, limit)

    def of_person(self, actor: Actor, user_id: int, limit: int = LATEST) -> list[PastHold]:
        """The latest holds of one person, the newest first."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            return _latest(session, CameraHoldRow.user_id == user_id, limit)


def _latest(session: Session, of: ColumnElement[bool], limit: int) -> list[PastHold]:
    query = (
        select(CameraHoldRow)
        .where(of)
        .order_by(CameraHoldRow.ended_at.desc(), CameraHoldRow.id.desc())
        .limit(min(max(1, limit), MOST))
    )
    rows = readable(session.scalars(query))
    numbers = _numbers(session, [row.camera_id for row in rows])
    return [
        PastHold(
            numbers.get(row.camera_id, ""),
            row.handle,
            row.desk,
            row.began_at,
            row.ended_at,
            row.moves,
            Ending(row.ending),
        )
        for row in rows
    ]


def _numbers(session: Session, ids: Sequence[int]) -> dict[int, str]:
    query = select(CameraRow.id, CameraRow.number).where(CameraRow.id.in_(ids))
    return {row.id: row.number for row in session.execute(query)}
