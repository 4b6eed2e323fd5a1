"""Row operations on accounts in an open unit of work; callers check permissions and write the audit entries."""

import hashlib
from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from controlroom.accounts import passwords
from controlroom.accounts.access import roles_of
from controlroom.accounts.names import typed_login
from controlroom.accounts.records import Role
from controlroom.accounts.rules import keeps_an_administrator
from controlroom.accounts.tables import UserRoleRow, UserRow, WrongPasswordRow
from controlroom.database.unit_of_work import Work
from controlroom.errors import RuleBroken

FORGOTTEN_AFTER = timedelta(days=1)


def any_account(session: Session) -> bool:
    """True once the first account exists."""
    return bool(session.scalar(select(func.count()).select_from(UserRow)))


def add_row(
    work: Work,
    login: str,
    handle: str,
    password_hash: str,
    roles: frozenset[Role],
    *,
    at: datetime | None = None,
    expires_on: date | None = None,
) -> UserRow:
    """Insert an account created `at` (by default now), flushed, so that it has an id."""
    row = UserRow(
        login=login,
        handle=handle,
        password_hash=password_hash,
        active=True,
        created_at=at or work.now,
        roles=[UserRoleRow(role=role.value) for role in sorted(roles)],
        expires_on=expires_on,
    )
    work.session.add(row)
    work.session.flush()
    return row


def set_password(row: UserRow, password: str) -> None:
    """Give an account another password; whoever is signed in with the old one is out."""
    row.password_hash = passwords.hash_password(password, names=(row.login,))
    row.epoch += 1


def keep_by_role(row: UserRow, role: str) -> None:
    """Note the role on a database server that holds the password from now on: no hash of it lies in our tables."""
    if role:
        row.database_role, row.password_hash = role, ""


def switch_row_off(row: UserRow, reason: str, at: datetime) -> None:
    """Switch an account off; whoever is signed in with it is out."""
    row.active, row.off_since, row.off_reason = False, at, reason
    row.epoch += 1


def administrators(work: Work) -> list[UserRow]:
    """Every administrator's row, held until the transaction ends: two who switch each other off take turns."""
    holders = select(UserRow).join(UserRoleRow).where(UserRoleRow.role == Role.ADMINISTRATOR.value)
    query = holders.order_by(UserRow.id).with_for_update(of=UserRow)
    return list(work.session.scalars(query.execution_options(populate_existing=True)))


def keep_an_administrator(work: Work, before: list[UserRow]) -> None:
    """Raise RuleBroken when none of those who were administrators `before` could look after the room any more."""
    work.session.flush()
    if not keeps_an_administrator((row.active, row.expires_on, roles_of(row)) for row in before):
        raise RuleBroken(
            "This is the last administrator's account without an end date.",
            "Without one nobody could look after the room.",
            "Make another administrator first.",
        )


def name_key(login: str) -> str:
    """What wrong passwords are counted under: a hash too short to be turned back into what was typed."""
    name = typed_login(login) or login[:1000]
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:10]


def wrong_passwords(session: Session, now: datetime) -> dict[str, dict[str, list[datetime]]]:
    """Name key → desk → moments of wrong passwords, oldest first, as far back as they are stored."""
    query = select(WrongPasswordRow).where(WrongPasswordRow.at >= now - FORGOTTEN_AFTER)
    found: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(query.order_by(WrongPasswordRow.at, WrongPasswordRow.id)):
        found[row.name_key][row.desk].append(row.at)
    return found


def add_wrong_password(work: Work, login: str, desk: str) -> None:
    """Record that a wrong password was entered for this name at this desk; enough of them lock the name."""
    work.session.add(WrongPasswordRow(name_key=name_key(login), desk=desk, at=work.now))
    work.session.flush()


def forget_wrong_passwords(work: Work, login: str, *, desk: str | None = None) -> None:
    """Delete a name's wrong passwords, at one desk or at all of them."""
    mine = delete(WrongPasswordRow).where(WrongPasswordRow.name_key == name_key(login))
    work.session.execute(mine if desk is None else mine.where(WrongPasswordRow.desk == desk))


def forget_old_wrong_passwords(work: Work) -> None:
    """Delete everybody's wrong passwords that are over a day old."""
    work.session.execute(delete(WrongPasswordRow).where(WrongPasswordRow.at < work.now - FORGOTTEN_AFTER))
