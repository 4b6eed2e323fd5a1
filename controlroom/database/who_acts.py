"""Writes the SQL by which a PostgreSQL server knows who acts, and refuses whatever is written in another's name.

`session_user` is the role that signed in: nobody but a superuser can change it. The person of that role is the account
with its sign-in name, which never changes. The recorder writes in the program's own names, of no person. Whoever may
act as the owner (a superuser, when a room is set up or restored) writes in any name.
"""

from collections.abc import Iterator

from psycopg import sql

from controlroom.database.roles import RoleNames

_HANDLE = """
CREATE OR REPLACE FUNCTION controlroom_handle() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $body$
    SELECT handle FROM users WHERE active AND controlroom_role_of(login) = session_user
$body$
"""
_WRITES_AS = """
CREATE OR REPLACE FUNCTION controlroom_writes_as(name text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $body$ BEGIN
    IF pg_has_role(session_user, {owner}, 'MEMBER') THEN
        RETURN true;
    ELSIF session_user = {recorder} THEN
        RETURN NOT EXISTS (SELECT 1 FROM users WHERE handle = name);
    END IF;
    RETURN coalesce(name = controlroom_handle(), false);
END $body$
"""
_ROLE_OF = """
CREATE OR REPLACE FUNCTION controlroom_role_of(login text) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $body$ SELECT login || '@' || {room} $body$
"""
_IS_RECORDER = """
CREATE OR REPLACE FUNCTION controlroom_is_recorder() RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $body$ SELECT session_user = {recorder} $body$
"""
_IS_OWNER = """
CREATE OR REPLACE FUNCTION controlroom_is_owner() RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $body$ SELECT pg_has_role(session_user, {owner}, 'MEMBER') $body$
"""


def functions(names: RoleNames) -> Iterator[sql.Composable]:
    """What the triggers and the audit ask. They hold the room's name, so they are made at each upgrade."""
    facts = {
        "room": sql.Literal(names.room),
        "owner": sql.Literal(names.of("owner")),
        "recorder": sql.Literal(names.of("recorder")),
    }
    for statement in (_ROLE_OF, _HANDLE, _WRITES_AS, _IS_RECORDER, _IS_OWNER):
        yield sql.SQL(statement).format(**facts)
