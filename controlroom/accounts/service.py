"""Signing in, and the permission check every use case makes as its second beat."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlroom.accounts.permissions import Permission, permissions_of
from controlroom.accounts.records import Actor, Role, User
from controlroom.accounts.tables import UserRoleRow, UserRow
from controlroom.audit import service as audit
from controlroom.database.unit_of_work import Database
from controlroom.errors import InvalidInput, PermissionRefused

SHORTEST_PASSWORD = 12  # characters; NCSC advice is length before complexity
_HASHER = PasswordHasher()
# Checked when the login is unknown, so that an unknown name takes as long as a wrong password.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$c0cWoNxQ0bBxi4JBSqR8mZ5sKl1ZlXgx9HRsW1bbEuo"


def require(session: Session, actor: Actor, permission: Permission) -> User:
    """The acting user, read afresh; raises PermissionRefused when the account is off or its roles do not allow it."""
    row = session.get(UserRow, actor.user_id)
    if row is None or not row.active:
        raise PermissionRefused(
            f"{actor.handle} is no longer allowed to work here.",
            remedy="Ask the administrator.",
        )
    user = _user(row)
    if permission not in permissions_of(user.roles):
        roles = ", ".join(sorted(user.roles)) or "no role"
        raise PermissionRefused(
            f"{user.handle} ({roles}) may not {permission.value}.",
            remedy="Someone with the right role has to do it.",
        )
    return user


class AccountService:
    """Use cases about accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign_in(self, login: str, password: str) -> Actor:
        """Who this is; raises PermissionRefused with one answer for every way of being wrong."""
        with self._database.write() as work:
            row = work.session.scalars(select(UserRow).filter_by(login=login.strip().lower())).one_or_none()
            right = _matches(row.password_hash if row else _NOBODY, password)
            if row is None or not right or not row.active:
                audit.record(
                    work,
                    "nobody",
                    "sign-in.refused",
                    "user",
                    row.handle if row else "unknown",
                )
                actor = None
            else:
                if _HASHER.check_needs_rehash(row.password_hash):
                    row.password_hash = _HASHER.hash(password)
                actor = _actor(row)
                audit.record(work, actor.handle, "sign-in", "user", actor.handle)
        if actor is None:
            raise PermissionRefused(
                "The name or the password is not right.",
                remedy="Try again, or ask the administrator.",
            )
        return actor

    def sign_out(self, actor: Actor) -> None:
        """Note that `actor` left the desk."""
        with self._database.write() as work:
            audit.record(work, actor.handle, "sign-out", "user", actor.handle)

    def is_empty(self) -> bool:
        """True until the first account exists."""
        with self._database.read() as session:
            return not session.scalar(select(func.count()).select_from(UserRow))

    def users(self) -> list[User]:
        """Every account by handle."""
        with self._database.read() as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.handle))]

    def add_first(self, login: str, handle: str, password: str) -> Actor:
        """Make the first account, an administrator; refused once any account exists."""
        with self._database.write() as work:
            if work.session.scalar(select(func.count()).select_from(UserRow)):
                raise PermissionRefused("There are accounts already.", remedy="Sign in as an administrator.")
            row = _add(work.session, login, handle, password, {Role.ADMINISTRATOR})
            row.created_at = work.now
            work.session.flush()
            audit.record(
                work,
                row.handle,
                "user.added",
                "user",
                row.handle,
                roles=["administrator"],
            )
            return _actor(row)

    def add(self, actor: Actor, login: str, handle: str, password: str, roles: set[Role]) -> User:
        """Add an account."""
        with self._database.write() as work:
            require(work.session, actor, Permission.MANAGE_USERS)
            row = _add(work.session, login, handle, password, roles)
            row.created_at = work.now
            work.session.flush()
            audit.record(
                work,
                actor.handle,
                "user.added",
                "user",
                row.handle,
                roles=sorted(roles),
            )
            work.announce("user", row.id)
            return _user(row)


def hash_password(password: str) -> str:
    """Argon2id hash of a password; raises InvalidInput when it is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            f"The password is too short: {len(password)} characters.",
            remedy=f"Use at least {SHORTEST_PASSWORD}; three random words do well.",
        )
    return _HASHER.hash(password)


def _add(session: Session, login: str, handle: str, password: str, roles: set[Role]) -> UserRow:
    name = login.strip().lower()
    if not name or not handle.strip():
        raise InvalidInput("The account needs a name to sign in with and a handle.")
    if not roles:
        raise InvalidInput("The account has no role.", remedy="Choose at least one.")
    if session.scalars(select(UserRow).filter_by(login=name)).first():
        raise InvalidInput(f"There is an account named {name} already.", remedy="Choose another name.")
    row = UserRow(
        login=name,
        handle=handle.strip(),
        password_hash=hash_password(password),
        active=True,
        roles=[UserRoleRow(role=role.value) for role in sorted(roles)],
    )
    session.add(row)
    return row


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _user(row: UserRow) -> User:
    return User(
        row.id,
        row.login,
        row.handle,
        frozenset(Role(each.role) for each in row.roles),
        row.active,
    )


def _actor(row: UserRow) -> Actor:
    return Actor(row.id, row.handle, _user(row).roles)
