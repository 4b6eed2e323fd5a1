"""The demonstration's accounts: role handles only, no real person."""

from datetime import timedelta

from controlroom.accounts.records import Role, User
from controlroom.accounts.service import hash_password
from controlroom.accounts.tables import UserRoleRow, UserRow
from controlroom.audit.service import PendingEntry, add
from controlroom.database.unit_of_work import Work

DEMO_PASSWORD = "demonstration only"  # noqa: S105 - printed by the demo; its folder is thrown away
ACCOUNTS: tuple[tuple[str, str, Role], ...] = (
    *((f"operator{number:02d}", f"Operator {number:02d}", Role.OPERATOR) for number in range(1, 13)),
    *((f"supervisor{number:02d}", f"Supervisor {number:02d}", Role.SUPERVISOR) for number in range(1, 4)),
    ("coordinator", "JAG coordinator", Role.COORDINATOR),
    ("administrator", "Administrator", Role.ADMINISTRATOR),
    ("auditor", "Auditor", Role.AUDITOR),
)
# Who sits down for `--user ROLE`.
DESK_OF: dict[Role, str] = {
    Role.OPERATOR: "operator07",
    Role.SUPERVISOR: "supervisor02",
    Role.COORDINATOR: "coordinator",
    Role.ADMINISTRATOR: "administrator",
    Role.AUDITOR: "auditor",
}


def write_people(work: Work) -> list[User]:
    """Add the demonstration's accounts, made fourteen months ago, all with DEMO_PASSWORD."""
    password_hash = hash_password(DEMO_PASSWORD)  # once: hashing is slow on purpose
    made_at = work.now - timedelta(days=425)
    rows = [
        UserRow(
            login=login,
            handle=handle,
            password_hash=password_hash,
            active=True,
            created_at=made_at,
            roles=[UserRoleRow(role=role.value)],
        )
        for login, handle, role in ACCOUNTS
    ]
    work.session.add_all(rows)
    work.session.flush()
    add(work, *(PendingEntry("Administrator", "user.added", "user", row.handle, at=made_at) for row in rows))
    return [
        User(row.id, row.login, row.handle, frozenset({role}))
        for row, (_, _, role) in zip(rows, ACCOUNTS, strict=True)
    ]
