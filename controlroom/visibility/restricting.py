"""Restricts one record to named people, and lifts that, inside an open unit of work; for any noun that declares how."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from controlroom.declaration import Restriction
from controlroom.visibility.hiding import forget_hidden


def restrict(
    session: Session,
    restriction: Restriction,
    key: int,
    user_ids: Collection[int],
    *,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Let only these accounts see the record from now on; whoever was named before is not any more."""
    lift(session, restriction, key)
    # The names before the restriction: from then on only those named can write here (row security).
    session.add_all(
        restriction.readers(**{restriction.key: key, "user_id": each}) for each in sorted(user_ids)
    )
    session.flush()
    row = {restriction.key: key, "reason": reason, "restricted_by": by, "restricted_at": at}
    session.add(restriction.restrictions(**row))
    session.flush()
    forget_hidden(session)


def lift(session: Session, restriction: Restriction, key: int) -> None:
    """Let everybody with the permission see the record again."""
    for row in (restriction.restrictions, restriction.readers):
        session.execute(delete(row).where(getattr(row, restriction.key) == key))
    session.expire_all()
    forget_hidden(session)
