"""Every table, every role, every verb, in one's own and in another's name: tried with real logins on PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import MetaData, create_engine
from sqlalchemy import Table as Reflected

from controlroom.accounts.records import Role
from controlroom.accounts.work import name_key
from controlroom.database.roles import CALLED_BY, PUT
from controlroom.declaration import DELETE, INSERT, SELECT, UPDATE, Table, all_tables
from controlroom.nouns import NOUNS
from tests import engines
from tests.database.own_logins import PROCESSES, make_people

pytestmark = pytest.mark.postgresql
LOGINS = (*(role.value for role in Role), *PROCESSES)
ANOTHER = "Somebody else"
VALUES = {
    int: 1,
    str: "x",
    bool: False,
    float: 1.0,
    bytes: b"picture",
    datetime: datetime(2026, 11, 20, 22, 41, tzinfo=UTC),
    date: date(2026, 11, 20),
}


@pytest.fixture(scope="module")
def kept():
    """The room as it was first made, and its database."""
    return []


@pytest.fixture
def people(tmp_path, kept, tmp_path_factory):
    """The room, with one row in every table; none of them is restricted."""
    if not kept:
        first = tmp_path_factory.mktemp("first")
        made = make_people(first)
        made.database.close()
        fill(first)
        kept[:] = [made, engines.keep(first)]
    made, database = kept
    return made.in_copy_of(database, tmp_path)


def fill(folder):
    engine = create_engine(engines.administrators_url(folder))
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in (each for each in all_tables(NOUNS) if each.name != "incident_restrictions"):
            reflected = Reflected(table.name, MetaData(), autoload_with=connection, resolve_fks=False)
            if connection.execute(reflected.select().limit(1)).first() is None:
                row = {each.name: value_for(each) for each in reflected.columns}
                connection.execute(reflected.insert(), row)
    engine.dispose()


def value_for(column):
    if column.name == "state":
        return "proposed"
    if column.nullable:
        return None
    return VALUES[getattr(column.type, "impl", column.type).python_type]


def groups_of(login):
    if login in PROCESSES:
        return {"desk"} if login == "desk" else {"readers", "recorder"}
    return {"readers", f"{login}s"}


def declared(table: Table, login: str, verb: str, column: str = "") -> bool:
    """Whether the declarations grant it to one of the groups of this login."""
    if login == "recorder" and verb == SELECT:
        return True  # it backs them up
    return any(
        grant.group in groups_of(login)
        and verb in grant.verbs
        and (not grant.columns or column in grant.columns)
        for grant in table.grants
    )


def outcome(connection: psycopg.Connection, statement: str, *values: object) -> str:
    """What came of a statement, which is taken back: done, no grant for it, or what refused it."""
    try:
        with connection.transaction(force_rollback=True):
            touched = connection.execute(statement.encode(), values or None).rowcount
    except psycopg.errors.InsufficientPrivilege as error:
        said = str(error).splitlines()[0]
        return "no grant" if said.startswith("permission denied") else said
    except psycopg.Error as error:
        return f"past the grant: {str(error).splitlines()[0]}"
    return "done" if touched or not values else "no row there"


def verbs_of(table: Table) -> Iterator[tuple[str, str, str]]:
    """Each verb, the column it is for, and a statement that needs just that right."""
    columns = [each.name for each in table.row.__table__.columns]
    for column in columns:
        yield SELECT, column, f"SELECT {column} FROM {table.name} LIMIT 0"
        yield UPDATE, column, f"UPDATE {table.name} SET {column} = NULL WHERE false"
    names = ", ".join(columns)
    nothing = ", ".join("NULL" for _ in columns)
    yield INSERT, "", f"INSERT INTO {table.name} ({names}) SELECT {nothing} WHERE false"
    yield DELETE, "", f"DELETE FROM {table.name} WHERE false"
    yield "TRUNCATE", "", f"TRUNCATE {table.name} CASCADE"


def test_each_role_may_do_to_each_table_what_is_declared_and_nothing_else(people, record_property):
    tried, wrong = 0, []
    for login in LOGINS:
        with people.line(login) as connection:
            for table in all_tables(NOUNS):
                for verb, column, statement in verbs_of(table):
                    tried += 1
                    came = outcome(connection, statement)
                    if (came != "no grant") != declared(table, login, verb, column):
                        wrong.append(f"{login}: {statement}: {came}")
    record_property("combinations", tried)
    print(f"{tried} combinations of table, role, verb and column")
    assert not wrong, "\n".join(wrong)
    assert tried > 2000


def insert_as(connection, table, column, name):
    row = {
        each.name: name if each.name == column else "" if each.name in table.by else value_for(each)
        for each in table.row.__table__.columns
        if each.name != "id"
    }
    places = ", ".join("%s" for _ in row)
    return outcome(
        connection, f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({places})", *row.values()
    )


def test_nobody_writes_in_the_name_of_another(people, record_property):
    tried, wrong = 0, []
    everybody = {*people.handles.values(), "nobody", ANOTHER}
    for login in LOGINS:
        own = people.handles.get(login, "")
        with people.line(login) as connection:
            for table in (each for each in all_tables(NOUNS) if each.by):
                for column in table.by:
                    for name in sorted(everybody - {own}):
                        update = f"UPDATE {table.name} SET {column} = %s"
                        for verb, came in (
                            (INSERT, insert_as(connection, table, column, name)),
                            (UPDATE, outcome(connection, update, name)),
                        ):
                            tried += 1
                            program = login == "recorder" and name in {"nobody", ANOTHER}
                            if not (came == "no grant" or "in the name of" in came) and not program:
                                wrong.append(f"{login} as {name}: {verb} {table.name}.{column}: {came}")
                    tried += 1
                    mine = insert_as(connection, table, column, own)
                    if declared(table, login, INSERT) and "in the name of" in mine:
                        wrong.append(f"{login} in their own name: {table.name}.{column}: {mine}")
    record_property("combinations", tried)
    print(f"{tried} combinations of table, role, verb and name")
    assert not wrong, "\n".join(wrong)
    assert tried > 500


def test_the_chain_is_appended_to_in_ones_own_name_alone(people):
    append = "SELECT controlroom_append(%s)"
    for login in LOGINS:
        own = people.handles.get(login, "nobody")
        with people.line(login) as connection:
            own_entry = entry(own, "bid.edited") if login != "desk" else refused_sign_in()
            assert outcome(connection, append, own_entry) == "done", login
            for name in {*people.handles.values(), "nobody", "chief"} - {own}:
                if login == "recorder" and name in {"nobody", "chief"}:
                    continue  # the program's own names, of no account
                came = outcome(connection, append, entry(name, "bid.edited"))
                assert "in the name of" in came, (login, name, came)
                if own != "nobody":
                    assert "in the name of" in outcome(connection, append, entry(name, "purge.approved"))


def refused_sign_in():
    said = entry("nobody", "sign-in.refused", desk="desk 1", why="wrong").obj
    return Jsonb([{**said[0], "subject_kind": "user", "subject": "unknown"}])


def test_what_is_written_for_another_says_who_was_connected(people):
    with people.line("operator") as connection:
        connection.execute(
            "SELECT controlroom_append(%s)", (entry("Supervisor 02", "sign-out", desk="desk 1"),)
        )
        lie = entry("Operator 07", "sign-out", brought_in_by="Auditor")
        assert "in the name of" in outcome(connection, "SELECT controlroom_append(%s)", lie)
    with people.line("auditor") as connection:
        newest = "SELECT actor, detail::jsonb FROM audit_entries ORDER BY sequence DESC LIMIT 1"
        assert connection.execute(newest).fetchone() == (
            "Supervisor 02",
            {"desk": "desk 1", "brought_in_by": "Operator 07"},
        )


def entry(actor, action, **detail):
    said = {"at": "2026-11-20T22:41:07+00:00", "actor": actor, "action": action, "subject_kind": "log"}
    return Jsonb([{**said, "subject": "1", "detail": json.dumps(detail), "salt": "", "words": ""}])


def test_each_function_is_called_by_those_who_need_it(people):
    query = (
        "SELECT oid::regprocedure::text, has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'controlroom_')"
    )
    with people.administrator() as connection:
        for login in LOGINS:
            user = engines.ROOM.of(login) if login in PROCESSES else engines.ROOM.person(login)
            callable_ones = tuple(name for group in groups_of(login) for name in CALLED_BY.get(group, ()))
            for function, may in connection.execute(query, (user,)).fetchall():
                wanted = function.startswith(callable_ones) or (
                    function == PUT and "readers" in groups_of(login)
                )
                assert may == wanted, (login, function)


def test_nobody_lists_what_is_hidden(people):
    with people.administrator() as connection:
        lists = (
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND starts_with(proname, 'controlroom_') AND (proretset OR prorettype::regtype::text LIKE '%[]')"
        )
        found = {row[0] for row in connection.execute(lists)}
    # A purge takes texts that are hidden from who carries it out: those who do, and nobody else, are told which.
    purging = {name for name in found if name.startswith("controlroom_purge_")}
    assert found == purging
    with people.administrator() as connection:
        called = "SELECT proname FROM pg_proc WHERE proname = ANY (%s) "
        callable_by = called + "AND has_function_privilege(%s, oid, 'EXECUTE')"
        for login in ("operator", "coordinator", "auditor", "desk"):
            user = engines.ROOM.of(login) if login in PROCESSES else engines.ROOM.person(login)
            assert connection.execute(callable_by, (list(purging), user)).fetchall() == [], login


def test_an_administrator_decides_nothing_about_their_own_account(people):
    with people.line("administrator") as connection:
        own = "WHERE login = 'administrator'"
        for change in (
            "expires_on = NULL",
            "expires_on = '2030-01-01'",
            "active = false",
            "off_reason = 'x'",
        ):
            said = outcome(connection, f"UPDATE users SET {change} {own}")
            assert said == "done" if change == "expires_on = NULL" else "own account" in said, change
        assert "own account" in outcome(
            connection, f"INSERT INTO user_roles SELECT id, 'supervisor' FROM users {own}"
        )
        assert "own account" in outcome(
            connection, f"DELETE FROM user_roles WHERE user_id = (SELECT id FROM users {own})"
        )
        taken = (
            "UPDATE users SET database_role = (SELECT database_role FROM users WHERE login = 'administrator')"
        )
        assert "is refused" in outcome(connection, f"{taken} WHERE login = 'supervisor'")
        assert (
            outcome(connection, "UPDATE users SET expires_on = '2030-01-01' WHERE login = 'operator'")
            == "done"
        )


def test_counters_of_references_only_rise(people):
    with people.line("operator") as connection:
        assert outcome(connection, "UPDATE reference_counters SET last = last + 1") == "done"
        assert "is refused" in outcome(connection, "UPDATE reference_counters SET last = 0")
        for ahead in (
            "UPDATE reference_counters SET last = 2147483647",
            "UPDATE reference_counters SET last = last + 2",
            "INSERT INTO reference_counters (prefix, year, last) VALUES ('INC', 2027, 2)",
        ):
            assert "drawn ahead is refused" in outcome(connection, ahead), ahead


def test_wrong_passwords_are_forgotten_by_their_person_and_those_who_unlock(people):
    with people.administrator() as connection:
        connection.execute("DELETE FROM wrong_passwords")
        for login in ("operator", "administrator"):
            counted = "INSERT INTO wrong_passwords (name_key, desk, at) VALUES (%s, 'desk 1', now())"
            connection.execute(counted, (name_key(login),))
    gone = {
        login: number_of(people, login, "DELETE FROM wrong_passwords")
        for login in (*LOGINS, "chief")
        if login not in PROCESSES
    }
    everybodys = dict.fromkeys(("supervisor", "administrator", "chief"), 2)
    assert gone == {**dict.fromkeys(("coordinator", "auditor"), 0), "operator": 1, **everybodys}


def test_numbers_are_drawn_by_those_who_write_and_large_objects_by_nobody(people):
    drawn = (
        "SELECT owner.relname, sequence.oid::regclass::text FROM pg_class AS sequence "
        "JOIN pg_depend ON objid = sequence.oid "
        "JOIN pg_class AS owner ON owner.oid = refobjid WHERE sequence.relkind = 'S' AND deptype = 'a'"
    )
    with people.administrator() as connection:
        sequences = dict(connection.execute(drawn).fetchall())
    tables = {table.name: table for table in all_tables(NOUNS)}
    assert len(sequences) > 10
    for login in LOGINS:
        with people.line(login) as connection:
            for call in ("lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')"):
                assert outcome(connection, f"SELECT {call}") == "no grant", (login, call)
            for table, sequence in sequences.items():
                came = outcome(connection, f"SELECT nextval('{sequence}')")
                assert (came != "no grant") == declared(tables[table], login, INSERT), (login, sequence, came)


def test_the_recorder_changes_no_account(people):
    with people.line("recorder") as connection:
        for change in (
            "password_hash = 'x'",
            "database_role = ''",
            "one_time_until = NULL",
            "epoch = epoch + 1",
        ):
            assert outcome(connection, f"UPDATE users SET {change}") == "no grant", change
        for statement in ("DELETE FROM wrong_passwords", "DELETE FROM user_roles"):
            assert outcome(connection, statement) == "no grant", statement


def number_of(people, login, statement):
    """How many rows a statement touches, which is taken back."""
    with people.line(login) as connection, connection.transaction(force_rollback=True):
        return connection.execute(statement).rowcount


def test_another_password_for_somebody_is_an_entry_of_whoever_gave_it(people):
    with people.line("administrator") as connection:
        verifier = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
        with people.administrator() as server:
            (known,) = server.execute(verifier, (engines.ROOM.person("administrator"),)).fetchone()
        for whose in ("operator", "administrator"):
            connection.execute("SELECT controlroom_put_person(%s, %s)", (whose, known))
        given = "SELECT actor, subject FROM audit_entries WHERE action = 'user.password-given'"
        assert connection.execute(given).fetchall() == [("Administrator 05", "Operator 07")]


def test_an_entry_vouches_for_no_row_but_those_its_own_transaction_wrote(people):
    with people.administrator() as connection:
        # What a person cannot do, the server's administrator can: a row changed, and one taken away.
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE users SET active = true WHERE login = 'operator'")
        connection.execute(
            "DELETE FROM user_roles WHERE user_id = (SELECT id FROM users WHERE login = 'operator')"
        )
        (key,) = connection.execute("SELECT id FROM users WHERE login = 'operator'").fetchone()
    append = "SELECT controlroom_append(%s)"
    for login in (each for each in LOGINS if each != "desk"):
        for table, row_key, digest in (
            ("users", f"{key:012d}", "0" * 64),
            ("user_roles", f"{key:012d}/operator", ""),
            ("log_entries", "000000000099", ""),
            ("log_entries", "000000000099", "0" * 64),
            ("camera_health", "000000000001", ""),
        ):
            rows = [{"table_name": table, "row_key": row_key, "digest": digest, "marks": ""}]
            said = entry(people.handles[login], "log.exported", rows_written="x")
            said.obj[0]["rows"] = rows
            with people.line(login) as connection:
                came = outcome(connection, append, said)
            may = login == "administrator" and table == "user_roles"  # one who may take roles away
            assert ("vouching" in came) != may, (login, table, came)
