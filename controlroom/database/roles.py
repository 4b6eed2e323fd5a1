"""The roles of a room on a PostgreSQL server, and what each may do there. As SQL; run by `server.py`.

Roles belong to the whole server, so each room's carry its name: `controlroom_desk`, and `night.07@controlroom` for
the person who signs in as `night.07`. The names of tables and columns are the program's own; the room's name and all
else is quoted.

- owner        owns everything, signs in nowhere
- people       makes and changes the roles of persons, through one function; signs in nowhere
- readers      everybody: reads the records (not the audit), appends to the audit
- writers      who changes records; never what may only grow
- supervisors  restricts incidents to named people
- auditors     reads the audit
- administrators  changes accounts
- recorder     the recorder process: reads and writes, and sees restricted records
- desk         a workstation nobody has signed in at
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString, cast

from psycopg import sql

from controlroom.database.protection import expected
from controlroom.database.tables import NAME_OF_ROOM
from controlroom.errors import InvalidInput

GROUPS = ("owner", "people", "readers", "writers", "supervisors", "auditors", "administrators")
LOGINS = ("recorder", "desk")
PURGED = {"log_texts", "audit_texts"}  # deleted from under an approved purge alone: their triggers see to it
AUDIT = {"audit_entries", "audit_texts", "audit_signatures"}
ACCOUNTS = {"users", "user_roles"}
RESTRICTIONS = {"incident_restrictions", "incident_readers"}
APART = AUDIT | ACCOUNTS | RESTRICTIONS | {"audit_head", "alembic_version", "changes", "wrong_passwords"}
# What somebody's own row may get by their own hand: that they signed in, and a password of their own.
OWN_COLUMNS = "password_hash, epoch, one_time_until, last_sign_in_at, last_desk, version, database_role"
SEEN_BY_RECORDER = (
    "incidents",
    "incident_cameras",
    "incident_entries",
    "incident_steps",
    "incident_restrictions",
    "incident_readers",
    "log_entries",
    "log_addenda",
    "log_texts",
    "audit_texts",
)


@dataclass(frozen=True)
class RoleNames:
    """The roles of the room called `room`."""

    room: str

    def __post_init__(self) -> None:
        if not NAME_OF_ROOM.fullmatch(self.room):
            raise InvalidInput(
                f"A database called '{self.room}' cannot have roles of its own.",
                remedy="Use small letters, figures and _ in its name, up to 40.",
            )

    def of(self, group: str) -> str:
        """The name of a group or process: `controlroom_readers`."""
        return f"{self.room}_{group}"

    def person(self, login: str) -> str:
        """The name of a person's role: `night.07@controlroom`."""
        return f"{login}@{self.room}"

    @classmethod
    def of_desk(cls, user: str) -> "RoleNames | None":
        """The room whose desk role `user` is; None for any other role."""
        room = user.removesuffix("_desk")
        return cls(room) if room != user and NAME_OF_ROOM.fullmatch(room) else None


def make_roles(names: RoleNames, known: set[str]) -> Iterator[sql.Composable]:
    """The roles that are missing among `known`, and who belongs to whom."""
    for group in (*GROUPS, *LOGINS):
        if names.of(group) not in known:
            login = "LOGIN" if group in LOGINS else "NOLOGIN"
            yield _do(f"CREATE ROLE {{}} {login} NOSUPERUSER NOCREATEDB INHERIT", names.of(group))
    yield _do("ALTER ROLE {} CREATEROLE", names.of("people"))
    yield _do("ALTER ROLE {} BYPASSRLS", names.of("recorder"))  # pg_dump refuses to back up half of a table
    for group in ("readers", "writers", "supervisors", "auditors", "administrators"):
        yield _do("GRANT {} TO {} WITH ADMIN OPTION", names.of(group), names.of("people"))
    for group in ("readers", "writers", "auditors"):
        yield _do("GRANT {} TO {}", names.of(group), names.of("recorder"))


def own_everything(names: RoleNames, tables: list[str], functions: list[str]) -> Iterator[sql.Composable]:
    """The owner's tables and functions; functions look for tables in our schema alone, temporary ones last."""
    owner = names.of("owner")
    for table in tables:
        yield _do("ALTER TABLE {} OWNER TO {}", table, owner)
    for function in functions:
        yield sql.SQL("ALTER FUNCTION {} OWNER TO {}").format(_words(function), sql.Identifier(owner))
        yield sql.SQL("ALTER FUNCTION {} SET search_path = public, pg_temp").format(_words(function))


def grant(names: RoleNames, database: str, tables: list[str], revision: str) -> Iterator[sql.Composable]:
    """What each role may do. Begins by taking everything away, so that it can be run after every upgrade."""
    readers, writers = names.of("readers"), names.of("writers")
    everybody = (*(names.of(group) for group in GROUPS), *(names.of(login) for login in LOGINS))
    yield _do(
        "REVOKE ALL ON DATABASE {} FROM PUBLIC", database
    )  # also temporary tables, which could shadow ours
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in everybody:
        yield _do("GRANT CONNECT ON DATABASE {} TO {}", database, role)
        yield _do("GRANT USAGE ON SCHEMA public TO {}", role)
        if role != names.of("owner"):
            yield _do("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", role)
            yield _do("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}", role)
    for table in sorted(set(tables) - APART):
        yield _do("GRANT SELECT ON {} TO {}", table, readers)
        yield _do(f"GRANT {', '.join(_ways(table, revision))} ON {{}} TO {{}}", table, writers)
    yield from _grant_apart(names)


def _ways(table: str, revision: str) -> list[str]:
    """What writers may do to a table: nothing that its triggers refuse whoever asks."""
    refused = {trigger.name for trigger in expected("postgresql", revision) if trigger.table == table}
    update = "no_update" if f"{table}_no_update" in refused else ""
    delete = "no_delete" if f"{table}_no_delete" in refused and table not in PURGED else ""
    return ["INSERT", *([] if update else ["UPDATE"]), *([] if delete else ["DELETE"])]


def _grant_apart(names: RoleNames) -> Iterator[sql.Composable]:
    readers, auditors, desk = names.of("readers"), names.of("auditors"), names.of("desk")
    people, administrators = names.of("people"), names.of("administrators")
    for role in (readers, desk):
        yield _do("GRANT SELECT ON alembic_version TO {}", role)
        yield _do("GRANT SELECT, INSERT ON changes, wrong_passwords TO {}", role)
        yield _do("GRANT SELECT, UPDATE ON audit_head TO {}", role)
        yield _do("GRANT INSERT ON audit_entries TO {}", role)
    yield _do("GRANT DELETE ON changes, wrong_passwords TO {}", readers)
    yield _do("GRANT INSERT ON audit_texts TO {}", readers)
    yield _do("GRANT SELECT ON audit_entries, audit_texts, audit_signatures TO {}", auditors)
    yield _do("GRANT DELETE ON audit_texts TO {}", names.of("writers"))
    yield _do("GRANT INSERT ON audit_signatures TO {}", names.of("recorder"))
    for everything in ("TABLES", "SEQUENCES"):  # it backs them up
        yield _do(f"GRANT SELECT ON ALL {everything} IN SCHEMA public TO {{}}", names.of("recorder"))
    yield _do("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", names.of("recorder"))  # backed up too
    yield _do("GRANT SELECT ON users, user_roles TO {}", readers)
    yield _do("GRANT SELECT ON incident_restrictions, incident_readers TO {}", readers)
    yield _do(
        "GRANT INSERT, DELETE ON incident_restrictions, incident_readers TO {}", names.of("supervisors")
    )
    yield _do(f"GRANT UPDATE ({OWN_COLUMNS}) ON users TO {{}}", readers)
    yield _do("GRANT INSERT, UPDATE, DELETE ON users, user_roles TO {}", administrators)
    yield _do("GRANT SELECT ON users, user_roles TO {}", people)
    # A desk nobody sits at: whether there are accounts, and what the room is called.
    yield _do("GRANT SELECT (id) ON users TO {}", desk)
    yield _do("GRANT SELECT ON site_settings TO {}", desk)


def policies(names: RoleNames) -> Iterator[sql.Composable]:
    """Row security that needs the roles' names; what everybody's restricted records need is in migration 0008."""
    recorder, owner, desk = names.of("recorder"), names.of("owner"), names.of("desk")
    for table in SEEN_BY_RECORDER:
        yield from _policy("the_recorder", table, "USING (true) WITH CHECK (true)", recorder)
        if table not in ("incident_restrictions", "incident_readers"):
            yield from _policy("the_owner", table, "USING (true) WITH CHECK (true)", owner)
    for table in ("users", "audit_entries"):
        yield _do("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table)
    yield from _policy("read", "users", "FOR SELECT USING (true)")
    mine = "FOR UPDATE USING (database_role = session_user) WITH CHECK (database_role = session_user)"
    yield from _policy("own_account", "users", mine, names.of("readers"))
    yield from _policy("accounts", "users", "USING (true) WITH CHECK (true)", names.of("administrators"))
    for group in ("readers", "auditors"):
        yield from _policy(
            f"audit_{group}", "audit_entries", "USING (true) WITH CHECK (true)", names.of(group)
        )
    refused = "FOR INSERT WITH CHECK (actor = 'nobody' AND action LIKE 'sign-in.%')"
    yield from _policy("refused_sign_in", "audit_entries", refused, desk)


def _policy(name: str, table: str, rule: str, *roles: str) -> Iterator[sql.Composable]:
    yield _do("DROP POLICY IF EXISTS {} ON {}", name, table)
    verb, condition = _split(rule)
    to = sql.SQL(", ").join(map(sql.Identifier, roles)) if roles else sql.SQL("PUBLIC")
    yield sql.SQL("CREATE POLICY {} ON {} {} TO {} {}").format(
        sql.Identifier(name), sql.Identifier(table), _words(verb), to, _words(condition)
    )


def _split(rule: str) -> tuple[str, str]:
    """`FOR SELECT USING (…)` as its verb and its conditions: the roles stand between them."""
    if rule.startswith("FOR "):
        _for, verb, condition = rule.split(" ", 2)
        return f"FOR {verb}", condition
    return "", rule


def _words(statement: str) -> sql.SQL:
    """SQL of this file's own: every name from outside is put in by `format`, quoted."""
    return sql.SQL(cast(LiteralString, statement))


def _do(statement: str, *names: str) -> sql.Composable:
    return _words(statement).format(*map(sql.Identifier, names))


PUT_PERSON = """
CREATE OR REPLACE FUNCTION controlroom_put_person(person text, verifier text, roles text[], active boolean)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE
    whose text := person || '@' || {room};
    by_administrator boolean := pg_has_role(session_user, {administrators}, 'MEMBER');
    wanted text[] := ARRAY[{readers}::text];
    each_group text;
BEGIN
    IF NOT by_administrator AND session_user <> whose THEN
        RAISE EXCEPTION 'only an administrator changes the role of somebody else' USING ERRCODE = '42501';
    END IF;
    IF octet_length(whose) > 63 THEN
        RAISE EXCEPTION 'the sign-in name is too long for a role on this server';
    END IF;
    IF verifier IS NOT NULL AND verifier !~ '^SCRAM-SHA-256\\$[0-9]+:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$'
    THEN
        RAISE EXCEPTION 'a password is handed over as a SCRAM verifier only';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = whose) THEN
        EXECUTE format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT NOLOGIN', whose);
    ELSIF NOT pg_has_role(whose, {readers}, 'MEMBER') THEN
        RAISE EXCEPTION 'there is a role of that name on this server that is not of this room';
    END IF;
    IF verifier IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I PASSWORD %L', whose, verifier);
    END IF;
    IF NOT by_administrator THEN
        RETURN whose;  -- one's own password, nothing else
    END IF;
    EXECUTE format('ALTER ROLE %I %s', whose, CASE WHEN active THEN 'LOGIN' ELSE 'NOLOGIN' END);
    IF roles && ARRAY['operator', 'supervisor', 'coordinator', 'administrator'] THEN
        wanted := array_append(wanted, {writers}::text);
    END IF;
    IF 'supervisor' = ANY (roles) THEN
        wanted := array_append(wanted, {supervisors}::text);
    END IF;
    IF roles && ARRAY['supervisor', 'administrator', 'auditor'] THEN
        wanted := array_append(wanted, {auditors}::text);
    END IF;
    IF 'administrator' = ANY (roles) THEN
        wanted := array_append(wanted, {administrators}::text);
    END IF;
    FOREACH each_group IN ARRAY ARRAY[{readers}::text, {writers}, {supervisors}, {auditors}, {administrators}] LOOP
        IF each_group = ANY (wanted) THEN
            EXECUTE format('GRANT %I TO %I', each_group, whose);
        ELSE
            EXECUTE format('REVOKE %I FROM %I', each_group, whose);
        END IF;
    END LOOP;
    RETURN whose;
END $body$
"""


def put_person(names: RoleNames) -> Iterator[sql.Composable]:
    """The one function that makes and changes roles of persons, and who may call it."""
    groups = {group: sql.Literal(names.of(group)) for group in GROUPS}
    yield sql.SQL(PUT_PERSON).format(room=sql.Literal(names.room), **groups)
    signature = "controlroom_put_person(text, text, text[], boolean)"
    yield sql.SQL(f"ALTER FUNCTION {signature} OWNER TO {{}}").format(sql.Identifier(names.of("people")))
    yield sql.SQL(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    yield sql.SQL(f"GRANT EXECUTE ON FUNCTION {signature} TO {{}}").format(
        sql.Identifier(names.of("readers"))
    )
