"""Declares accounts: the people of the room, their roles, and wrong passwords."""

from controlroom.accounts.tables import UserRoleRow, UserRow, WrongPasswordRow
from controlroom.declaration import (
    DELETE,
    INSERT,
    READ,
    SELECT,
    UPDATE,
    Noun,
    RowPolicy,
    Table,
    all_but,
    allow,
)

# What people may change in their own row: that they signed in, and their password.
OWN_COLUMNS = (
    "password_hash",
    "epoch",
    "one_time_until",
    "last_sign_in_at",
    "last_desk",
    "version",
    "database_role",
)
_ALL = "USING (true) WITH CHECK (true)"
_MINE = "FOR UPDATE USING (database_role = session_user) WITH CHECK (database_role = session_user)"
_MANAGED = (*READ, *allow("people", SELECT))

USER = Noun(
    kind="user",
    words="accounts",
    tables=(
        Table(
            UserRow,
            (
                *_MANAGED,
                *allow("administrators", INSERT),
                *allow(
                    "administrators", UPDATE, columns=all_but(UserRow, "id", "login", "handle", "created_at")
                ),
                *allow("readers", UPDATE, columns=OWN_COLUMNS),
                *allow("desk", SELECT, columns=("id",)),  # whether there are accounts at all
            ),
            policies=(
                RowPolicy("read", "FOR SELECT USING (true)"),
                RowPolicy("own_account", _MINE, "readers"),
                RowPolicy("accounts", _ALL, "administrators"),
            ),
            server_triggers=("no_own_change", "no_other_role"),
            digested=True,
            undigested=("last_sign_in_at", "last_desk"),
            called="account {handle}",
        ),
        Table(
            UserRoleRow,
            (*_MANAGED, *allow("administrators", INSERT, DELETE)),
            server_triggers=("no_own_change",),
            digested=True,
            called="the role {role} of account {user_id}",
        ),
        Table(WrongPasswordRow, (*READ, *allow("readers", INSERT, DELETE), *allow("desk", SELECT, INSERT))),
    ),
    changes=("user",),
    audit_group="People",
    actions={
        "user.added": "Account added",
        "user.roles": "Roles changed",
        "user.off": "Account switched off",
        "user.on": "Account switched on",
        "user.last-day": "Last day set",
        "user.unlocked": "Account unlocked",
        "user.password-reset": "One-time password handed out",
        "user.password-changed": "Own password changed",
        "sign-in": "Signed in",
        "sign-out": "Signed out",
        "sign-in.refused": "Sign-in refused",
        "sign-in.locked": "Name locked after wrong passwords",
        "sign-in.remembered": "Signed in while the database was away",
        "desk.locked": "Desk locked",
    },
)
