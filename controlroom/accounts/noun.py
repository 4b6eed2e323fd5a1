"""Declares accounts: the people of the room, their roles, and wrong passwords."""

from typing import Any

from controlroom.accounts.entry_confirmation import confirmed_entries
from controlroom.accounts.key_trust import CONFIRMED, KeyTrust, confirmed
from controlroom.accounts.permissions import PERMISSIONS, Permission
from controlroom.accounts.tables import SealedKeyRow, UserKeyRow, UserRoleRow, UserRow, WrongPasswordRow
from controlroom.audit.confirmed_entries import CONFIRMED as ENTRY_CONFIRMED
from controlroom.declaration import (
    DELETE,
    INSERT,
    READ,
    ROOM_ROLES,
    SELECT,
    UPDATE,
    Noun,
    Proof,
    RowPolicy,
    Table,
    all_but,
    allow,
    grows,
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
# Whose wrong passwords are counted, as `work.name_key` says it.
_MY_NAME_KEY = (
    "(SELECT left(encode(sha256(convert_to(login, 'UTF8')), 'hex'), 10) FROM users "
    "WHERE controlroom_role_of(login) = session_user)"
)
_UNLOCK = tuple(f"{role}s" for role, may in PERMISSIONS.items() if Permission.UNLOCK_USERS in may)
_MANAGED = (*READ, *allow("people", SELECT))
_PEOPLE = " ".join(ROOM_ROLES)
# One's own keys: the public half everybody reads, the sealed private half only its person.
_MY_KEY = "EXISTS (SELECT 1 FROM users WHERE users.handle = user_keys.handle AND users.database_role = session_user)"
_MY_SEALED_KEY = (
    "EXISTS (SELECT 1 FROM user_keys JOIN users ON users.handle = user_keys.handle "
    "WHERE user_keys.id = sealed_keys.key_id AND users.database_role = session_user)"
)


def keys_are_approved(session: Any) -> tuple[list[str], list[str]]:
    """Every key is somebody's: their first, or approved by the one before it or an administrator."""
    trust = KeyTrust(session)
    return trust.faults, trust.notes


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
                *allow(
                    _PEOPLE, UPDATE, columns=OWN_COLUMNS
                ),  # people's own row; no policy binds the recorder
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
        grows(
            UserKeyRow,
            (*READ, *allow(_PEOPLE, INSERT)),
            "id",
            "public_key",
            policies=(
                RowPolicy("read", "FOR SELECT USING (true)"),
                RowPolicy("own_key", f"FOR INSERT WITH CHECK ({_MY_KEY})", "readers"),
                RowPolicy("keys_handed_out", "FOR INSERT WITH CHECK (true)", "administrators"),
            ),
        ),
        grows(
            SealedKeyRow,
            allow(_PEOPLE, SELECT, INSERT),
            "key_id",
            uncovered="nobody but its person reads one; one that was changed opens nothing, which is audited",
            policies=(
                RowPolicy("read_own", f"FOR SELECT USING ({_MY_SEALED_KEY})"),
                RowPolicy("own_key", f"FOR INSERT WITH CHECK ({_MY_SEALED_KEY})", "readers"),
                RowPolicy("keys_handed_out", "FOR INSERT WITH CHECK (true)", "administrators"),
            ),
        ),
        Table(
            UserRoleRow,
            (*_MANAGED, *allow("administrators", INSERT, DELETE)),
            server_triggers=("no_own_change",),
            digested=True,
            called="the role {role} of account {user_id}",
        ),
        Table(
            WrongPasswordRow,
            (*READ, *allow(_PEOPLE, INSERT, DELETE), *allow("desk", SELECT, INSERT)),
            policies=(
                RowPolicy("read", "FOR SELECT USING (true)"),
                RowPolicy("counted", "FOR INSERT WITH CHECK (true)"),
                RowPolicy("own_name", f"FOR DELETE USING (name_key = {_MY_NAME_KEY})", "readers"),
                *(RowPolicy(f"unlocked_by_{each}", "FOR DELETE USING (true)", each) for each in _UNLOCK),
            ),
            uncovered="they count for minutes; a refusal, a lock and an unlocking are audited themselves",
        ),
    ),
    changes=("user",),
    audit_group="People",
    confirms=confirmed,
    excuses=confirmed_entries,
    proofs=(Proof("keys of people", keys_are_approved),),
    entered_by=dict.fromkeys(("user.added", "user.roles", CONFIRMED, ENTRY_CONFIRMED), ("administrators",)),
    actions={
        "user.added": "Account added",
        "user.roles": "Roles changed",
        "user.off": "Account switched off",
        "user.on": "Account switched on",
        "user.last-day": "Last day set",
        "user.unlocked": "Account unlocked",
        "user.password-reset": "One-time password handed out",
        "user.password-given": "Password given on the database server",
        "user.password-changed": "Own password changed",
        "user.key-made": "Signing key made",
        CONFIRMED: "Signing key confirmed",
        ENTRY_CONFIRMED: "Audit entry confirmed as it stands",
        "user.key-closed": "Signing key did not open with the password",
        "sign-in": "Signed in",
        "sign-out": "Signed out",
        "sign-in.refused": "Sign-in refused",
        "sign-in.locked": "Name locked after wrong passwords",
        "sign-in.remembered": "Signed in while the database was away",
        "desk.locked": "Desk locked",
    },
)
