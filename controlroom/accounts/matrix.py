"""Writes the permission matrix as a page of the documentation, from the table every service reads."""

from controlroom.accounts.permissions import PERMISSIONS, Permission
from controlroom.accounts.records import Role
from controlroom.accounts.use_cases import OPEN, USE_CASES

_HEAD = """# Who may do what
Status: made from the code by `controlroom user matrix`; a test fails when it is not what the code says. Another test
tries every use case below as every role, against a room on each database engine, and finds it refused exactly where a
box is empty.

A person may hold several roles; then everything any of them permits is permitted. Roles are read afresh at every use
case: a change holds from the next step on. An account that is switched off, past its last day, or has been given
another password is out at its next step, and its desk shows the sign-in page within a second of the change.

## Permissions
"""
_RULES = """
## Rules beside the table
- Nobody changes the roles of, resets, ends or switches off their own account. One's own password is changed with the
  old one.
- The last administrator's account without an end date can be neither switched off, nor stripped, nor given an end.
- A handle is never changed: log, records and audit name people by it. Whoever is to be called otherwise gets another
  account.
- Accounts are never deleted; they are switched off with a reason.
- A log entry half typed at a desk stays its writer's when somebody else takes the desk: it is kept in memory, is back
  when they are, and is never read or sent by anybody else. A form half filled in is closed at a switch, not at a lock;
  what was typed into it comes back when its writer opens it again for the same record.
- Wrong passwords lock a name at one desk only: five within 15 minutes for a minute, each further one twice as long,
  up to 15 minutes (settings). Twenty at several desks together lock it everywhere, as briefly. Names nobody has are
  treated alike. So nobody at one desk can shut the room out, and a person shut out uses another desk, waits, or is
  unlocked by the supervisor or administrator; whoever is signed in stays so.
- A locked desk goes on showing its wall (a setting) and nothing else; keys and mouse do nothing until a password is
  given, by the same person or by somebody who takes the desk over.
"""


def as_markdown() -> str:
    """The text of `docs/permissions.md`."""
    roles = list(Role)
    head = f"| | {' | '.join(role.value for role in roles)} |\n| --- |{' :-: |' * len(roles)}\n"
    lines = [f"| {each.value} | {_boxes(each, roles)} |\n" for each in Permission]
    cases = [
        f"| `{case}` | {'anybody signed in' if permission is None else permission.value} |\n"
        for case, permission in sorted(USE_CASES.items())
    ]
    opened = [f"| `{case}` | {why} |\n" for case, why in sorted(OPEN.items())]
    return (
        f"{_HEAD}{head}{''.join(lines)}{_RULES}\n## Use cases\n| use case | needs the permission to |\n| --- | --- |\n"
        f"{''.join(cases)}\n## Use cases that need nobody\n| use case | why |\n| --- | --- |\n{''.join(opened)}"
    )


def _boxes(permission: Permission, roles: list[Role]) -> str:
    return " | ".join("yes" if permission in PERMISSIONS[role] else "" for role in roles)
