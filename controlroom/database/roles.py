"""Writes the SQL that makes a room's roles on a PostgreSQL server and what each may do; `server.py` runs it.

What they may do to tables stands in the nouns' declarations; what rows they see in `row_security.py`.
Roles belong to the whole server, so each room's carry its name: `controlroom_desk`, and `night.07@controlroom` for
the person who signs in as `night.07`. The names of tables and columns are the program's own; the room's name and all
else is quoted.

- owner        owns everything, signs in nowhere
- people       makes and changes the roles of persons, through one function; signs in nowhere
- readers      everybody: reads the records (not the audit), appends to the audit in their own name
- operators, supervisors, coordinators, administrators, auditors: the roles of the room, each with what it needs
- recorder     the recorder process: reads everything, writes what the clock and the cameras bring
- desk         a workstation nobody has signed in at
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import LiteralString, cast

from psycopg import sql

from controlroom.database.tables import NAME_OF_ROOM
from controlroom.declaration import ROOM_ROLES, Grant, Nouns, all_tables
from controlroom.errors import InvalidInput

GROUPS = ("owner", "people", "readers", *ROOM_ROLES)
LOGINS = ("recorder", "desk")
FORMER_GROUP = "writers"  # before each role of the room had its own
CALLED_BY = {
    "readers": (
        "controlroom_append(",
        "controlroom_handle(",
        "controlroom_noted(",
        "controlroom_role_of(",
        "controlroom_shows_",
        "controlroom_writes_as(",
    ),
    "operators": ("controlroom_bring_in(",),
    "supervisors": ("controlroom_bring_in(", "controlroom_purge_"),
    "coordinators": ("controlroom_bring_in(",),
    "administrators": ("controlroom_purge_",),
    "desk": ("controlroom_append(",),
    "people": ("controlroom_append(", "controlroom_handle("),
}
"""How the functions begin that a group may call; the recorder is one of the readers."""
_NUMBERS = """
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT sequence.oid::regclass AS named, member FROM pg_class AS sequence
        JOIN pg_depend ON pg_depend.objid = sequence.oid AND deptype = 'a', unnest({groups}) AS member
        WHERE sequence.relkind = 'S' AND sequence.relnamespace = 'public'::regnamespace
        AND has_table_privilege(member, refobjid, 'INSERT') LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', each.named, each.member);
    END LOOP;
END $$
"""
"""Whoever inserts into a table draws its numbers, and nobody else."""
REVISION = "alembic_version"  # the migrations' own table: no noun's


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
            yield do(f"CREATE ROLE {{}} {login} NOSUPERUSER NOCREATEDB INHERIT", names.of(group))
    yield do("ALTER ROLE {} CREATEROLE", names.of("people"))
    yield do("ALTER ROLE {} BYPASSRLS", names.of("recorder"))  # pg_dump refuses to back up half of a table
    for group in ("readers", *ROOM_ROLES):
        yield do("GRANT {} TO {} WITH ADMIN OPTION", names.of(group), names.of("people"))
    yield do("GRANT {} TO {}", names.of("readers"), names.of("recorder"))
    for group in ROOM_ROLES:
        yield do("REVOKE {} FROM {}", names.of(group), names.of("recorder"))
    if (before := names.of(FORMER_GROUP)) in known:
        yield do("DROP OWNED BY {}", before)
        yield do("DROP ROLE {}", before)


def own_everything(names: RoleNames, tables: list[str], functions: list[str]) -> Iterator[sql.Composable]:
    """The owner's tables and functions; functions look for tables in our schema alone, temporary ones last."""
    owner = names.of("owner")
    for table in tables:
        yield do("ALTER TABLE {} OWNER TO {}", table, owner)
    for function in functions:
        yield sql.SQL("ALTER FUNCTION {} OWNER TO {}").format(words(function), sql.Identifier(owner))
        yield sql.SQL("ALTER FUNCTION {} SET search_path = public, pg_temp").format(words(function))


def grant(names: RoleNames, database: str, tables: Collection[str], nouns: Nouns) -> Iterator[sql.Composable]:
    """What each role may do. Begins by taking everything away, so that it can be run after every upgrade.

    Grants follow the nouns' declarations; a table of the database that none declares belongs to nobody.
    """
    everybody = (*(names.of(group) for group in GROUPS), *(names.of(login) for login in LOGINS))
    # Also temporary tables, which could shadow ours.
    yield do("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in everybody:
        yield do("GRANT CONNECT ON DATABASE {} TO {}", database, role)
        yield do("GRANT USAGE ON SCHEMA public TO {}", role)
        if role != names.of("owner"):
            yield do("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", role)
            yield do("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}", role)
    for group in ("readers", "desk", "recorder"):
        yield do(f"GRANT SELECT ON {REVISION} TO {{}}", names.of(group))
    for table in all_tables(nouns):
        if table.name in tables:
            yield do("GRANT SELECT ON {} TO {}", table.name, names.of("recorder"))  # it backs them up
            for each in table.grants:
                yield do(f"GRANT {_verbs(each)} ON {{}} TO {{}}", table.name, names.of(each.group))
    yield do("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", names.of("recorder"))  # backed up too
    yield words(_NUMBERS).format(groups=_array([role for role in everybody if role != names.of("owner")]))
    # One that somebody made would be theirs, and no backup could read it.
    for function in ("lo_create(oid)", "lo_creat(integer)", "lo_from_bytea(oid, bytea)"):
        yield words(f"REVOKE ALL ON FUNCTION pg_catalog.{function} FROM PUBLIC")


def _array(values: Collection[str]) -> sql.Composable:
    return sql.SQL("ARRAY[{}]::text[]").format(sql.SQL(", ").join(map(sql.Literal, values)))


def grant_functions(names: RoleNames, functions: Collection[str]) -> Iterator[sql.Composable]:
    """Who may call which of the program's functions. Nobody calls a trigger's."""
    for function in functions:
        yield words(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for group, callable_ones in CALLED_BY.items():
        for function in functions:
            if function.startswith(callable_ones):
                yield words(f"GRANT EXECUTE ON FUNCTION {function} TO {{}}").format(
                    sql.Identifier(names.of(group))
                )


def _verbs(given: Grant) -> str:
    columns = f" ({', '.join(given.columns)})" if given.columns else ""
    return ", ".join(f"{verb}{columns}" for verb in given.verbs)


def words(statement: str) -> sql.SQL:
    """SQL of the program's own: every name from outside is put in by `format`, quoted."""
    return sql.SQL(cast(LiteralString, statement))


def do(statement: str, *identifiers: str) -> sql.Composed:
    """A statement with these names in its places, quoted."""
    return words(statement).format(*map(sql.Identifier, identifiers))


PUT_PERSON = """
CREATE OR REPLACE FUNCTION controlroom_put_person(person text, verifier text, at timestamptz DEFAULT now())
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE
    whose text := person || '@' || {room};
    own text := controlroom_handle();
    account users%ROWTYPE;
    wanted text[];
    each_group text;
BEGIN
    IF session_user <> whose AND NOT pg_has_role(session_user, {administrators}, 'MEMBER') THEN
        RAISE EXCEPTION 'only an administrator changes the role of somebody else' USING ERRCODE = '42501';
    END IF;
    IF octet_length(whose) > 63 THEN
        RAISE EXCEPTION 'the sign-in name is too long for a role on this server';
    END IF;
    IF verifier IS NOT NULL AND verifier !~ '^SCRAM-SHA-256\\$[0-9]+:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$'
    THEN
        RAISE EXCEPTION 'a password is handed over as a SCRAM verifier only';
    END IF;
    SELECT * INTO account FROM users WHERE login = person;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no account of that name' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = whose) THEN
        EXECUTE format('CREATE ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT NOLOGIN', whose);
    ELSIF NOT pg_has_role(whose, {readers}, 'MEMBER') THEN
        RAISE EXCEPTION 'there is a role of that name on this server that is not of this room';
    END IF;
    IF verifier IS NOT NULL THEN
        EXECUTE format('ALTER ROLE %I PASSWORD %L', whose, verifier);
    END IF;
    IF session_user = whose THEN
        RETURN whose;  -- one's own password, nothing else
    END IF;
    IF verifier IS NOT NULL AND own IS NOT NULL THEN
        -- Whoever gives another a password, by the program or past it, is named by the server itself.
        PERFORM controlroom_append(jsonb_build_array(jsonb_build_object(
            'at', at, 'actor', own, 'action', 'user.password-given', 'subject_kind', 'user',
            'subject', account.handle, 'detail', '{{}}', 'salt', '', 'words', '')));
    END IF;
    EXECUTE format('ALTER ROLE %I %s', whose, CASE WHEN account.active THEN 'LOGIN' ELSE 'NOLOGIN' END);
    wanted := ARRAY(SELECT {prefix} || role || 's' FROM user_roles WHERE user_id = account.id);
    EXECUTE format('GRANT %I TO %I', {readers}, whose);
    FOREACH each_group IN ARRAY {groups} LOOP
        IF each_group = ANY (wanted) THEN
            EXECUTE format('GRANT %I TO %I', each_group, whose);
        ELSE
            EXECUTE format('REVOKE %I FROM %I', each_group, whose);
        END IF;
    END LOOP;
    RETURN whose;
END $body$
"""
PUT = "controlroom_put_person(text,text,timestamp with time zone)"


def put_person(names: RoleNames) -> Iterator[sql.Composable]:
    """The one function that makes and changes roles of persons, who may call it, and everybody's role as it is now."""
    groups = _array([names.of(group) for group in ROOM_ROLES])
    facts = {each: sql.Literal(names.of(each)) for each in ("readers", "administrators")}
    for before in ("text, text", "text, text, text[], boolean"):
        yield words(f"DROP FUNCTION IF EXISTS controlroom_put_person({before})")
    yield sql.SQL(PUT_PERSON).format(
        room=sql.Literal(names.room), prefix=sql.Literal(names.of("")), groups=groups, **facts
    )
    yield sql.SQL(f"ALTER FUNCTION {PUT} OWNER TO {{}}").format(sql.Identifier(names.of("people")))
    yield sql.SQL(f"REVOKE ALL ON FUNCTION {PUT} FROM PUBLIC")
    yield sql.SQL(f"GRANT EXECUTE ON FUNCTION {PUT} TO {{}}").format(sql.Identifier(names.of("readers")))
    yield sql.SQL(
        "DO $$ BEGIN PERFORM controlroom_put_person(login, NULL) FROM users WHERE database_role <> ''; END $$"
    )
