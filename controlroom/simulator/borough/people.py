"""Creates the demonstration's accounts: role handles only, no real person."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from controlroom.accounts.passwords import hash_password
from controlroom.accounts.records import Role, User
from controlroom.accounts.step_keys import make_key
from controlroom.accounts.tables import UserRow
from controlroom.accounts.work import add_row, switch_row_off
from controlroom.audit.service import PendingEntry, add
from controlroom.clock import local_date
from controlroom.database.unit_of_work import Work

DEMO_PASSWORD = "demonstration only"  # noqa: S105 - printed by the demo; its folder is thrown away
ADMINISTRATOR = "Administrator"
ACCOUNTS: tuple[tuple[str, str, Role], ...] = (
    *((f"operator{number:02d}", f"Operator {number:02d}", Role.OPERATOR) for number in range(1, 15)),
    *((f"supervisor{number:02d}", f"Supervisor {number:02d}", Role.SUPERVISOR) for number in range(1, 4)),
    ("coordinator", "JAG coordinator", Role.COORDINATOR),
    ("administrator", ADMINISTRATOR, Role.ADMINISTRATOR),
    ("auditor", "Auditor", Role.AUDITOR),
)
# The first twelve make four teams; the last two are on no rota: one has left, one is from an agency.
SWITCHED_OFF, OFF_REASON = "operator13", "Left the council's service; the pass was handed in."
AGENCY, AGENCY_DAYS_LEFT = "operator14", 6
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
    agency_ends = local_date(work.now) + timedelta(days=AGENCY_DAYS_LEFT)
    rows = [
        add_row(
            work,
            login,
            handle,
            password_hash,
            frozenset({role}),
            at=made_at,
            expires_on=agency_ends if login == AGENCY else None,
        )
        for login, handle, role in ACCOUNTS
    ]
    given = {row.handle: {"roles": [role]} for row, (_, _, role) in zip(rows, ACCOUNTS, strict=True)}
    add(
        work,
        *(
            PendingEntry(ADMINISTRATOR, "user.added", "user", handle, detail, at=made_at)
            for handle, detail in given.items()
        ),
    )
    _hand_out_keys(work, list(given))
    return [
        User(row.id, row.login, row.handle, frozenset({role}))
        for row, (_, _, role) in zip(rows, ACCOUNTS, strict=True)
    ]


def _hand_out_keys(work: Work, handles: Sequence[str]) -> None:
    """Give everybody a signing key, approved by the administrator's."""
    approver = make_key(work, ADMINISTRATOR, DEMO_PASSWORD, by=None)
    for handle in handles:
        if handle != ADMINISTRATOR:
            make_key(work, handle, DEMO_PASSWORD, by=approver)


def switch_off_one(work: Work) -> None:
    """Disable one account as of last month, after all it did before."""
    row = work.session.scalars(select(UserRow).filter_by(login=SWITCHED_OFF)).one()
    at = work.now - timedelta(days=26)
    switch_row_off(row, OFF_REASON, at)
    add(work, PendingEntry(ADMINISTRATOR, "user.off", "user", row.handle, text=OFF_REASON, at=at))
