"""What every use case of rapid deployment begins with: a transaction, and the permission to take part in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit.act import Act
from controlroom.database.unit_of_work import Database


@contextmanager
def reading(database: Database, actor: Actor) -> Iterator[Session]:
    """Opens a session for somebody who may read bids, meetings and deployments."""
    with database.read() as session:
        require(session, actor, Permission.READ_DEPLOYMENTS)
        yield session


@contextmanager
def writing(database: Database, actor: Actor, permission: Permission) -> Iterator[Act]:
    """Opens a unit of work for somebody who has the permission; it is committed at the end of the block."""
    with database.write() as work:
        require(work.session, actor, permission)
        yield Act.now(work, actor.handle)
