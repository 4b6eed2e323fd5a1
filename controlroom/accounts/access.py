"""Checks the permission of the person who acts, before every use case; turns account rows into records."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor, Role, User
from controlroom.accounts.rules import has_ended
from controlroom.accounts.tables import UserRow
from controlroom.audit.act import Act
from controlroom.clock import local_date
from controlroom.database.rows import readable
from controlroom.database.unit_of_work import CLOCK, Database
from controlroom.errors import PermissionRefused
from controlroom.visibility.hiding import read_for


@contextmanager
def reading(database: Database, actor: Actor, permission: Permission) -> Iterator[Session]:
    """Opens a session for somebody who has the permission. Raises PermissionRefused as `require` does."""
    with database.read() as session:
        require(session, actor, permission)
        yield session


@contextmanager
def writing(database: Database, actor: Actor, permission: Permission) -> Iterator[Act]:
    """Opens a unit of work for somebody who has the permission; it is committed at the end of the block."""
    with database.write() as work:
        require(work.session, actor, permission)
        yield Act.now(work, actor.handle)


def require(session: Session, actor: Actor, permission: Permission) -> User:
    """The acting user, read afresh; raises PermissionRefused when the account is off or its roles do not allow it."""
    user = still_here(session, actor)
    read_for(session, user.id)
    if permission not in permissions_of(user.roles):
        roles = ", ".join(sorted(user.roles)) or "no role"
        raise PermissionRefused(
            f"{user.handle} ({roles}) may not {permission.value}.",
            remedy="Someone with the right role has to do it.",
        )
    return user


def still_here(session: Session, actor: Actor) -> User:
    """The acting user, read afresh; raises PermissionRefused when the account is off or they must sign in again."""
    row = session.get(UserRow, actor.user_id)
    if row is None or not row.active or has_ended(row.expires_on, local_date(session.info[CLOCK].now())):
        raise PermissionRefused(
            f"{actor.handle} is no longer allowed to work here.", remedy="Ask the administrator."
        )
    if row.epoch != actor.epoch:
        raise PermissionRefused(
            f"The password of {actor.handle} was changed since they signed in here.", remedy="Sign in again."
        )
    return user_of(row)


def user_of(row: UserRow) -> User:
    """The record of a row."""
    return User(row.id, row.login, row.handle, roles_of(row), row.active)


def roles_of(row: UserRow) -> frozenset[Role]:
    """The roles of a row."""
    return frozenset(Role(each.role) for each in readable(row.roles))


def actor_of(row: UserRow) -> Actor:
    """Who acts, from a row."""
    return Actor(row.id, row.handle, roles_of(row), row.epoch, row.login)
