"""Persons on a PostgreSQL server: what each role may do there, tried with plain SQL under that very role."""

import contextlib

import psycopg
import pytest
from psycopg import errors

from controlroom.accounts.records import Actor, PasswordDue, Role
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.database.opening import open_database
from controlroom.database.people import people_of
from controlroom.database.server import upgrade
from controlroom.declaration import ROOM_ROLES
from controlroom.errors import PermissionRefused
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import NewIncident
from controlroom.incidents.restrictions import RestrictionService
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.nouns import NOUNS
from controlroom.settings import Settings
from tests import engines, postgresql
from tests.builders import FRIDAY_NIGHT, PASSWORD
from tests.clock import SetClock
from tests.database.own_logins import secret_of

pytestmark = pytest.mark.postgresql


def desk_url(folder):
    engines.database_url(folder)  # makes the roles
    return engines.url_as(folder, engines.ROOM.of("desk"), secret_of("desk"))


@pytest.fixture
def room(tmp_path):
    """The room as its administrator first makes it: one administrator, one operator, one auditor."""
    database = open_database(engines.administrators_url(tmp_path), SetClock(FRIDAY_NIGHT), NOUNS)
    accounts = AccountService(database, people_of(database))
    chief = accounts.add_first("chief", "Administrator", PASSWORD)
    accounts.add(chief, "operator", "Operator 07", PASSWORD, {Role.OPERATOR})
    accounts.add(chief, "supervisor", "Supervisor 02", PASSWORD, {Role.SUPERVISOR})
    accounts.add(chief, "auditor", "Auditor", PASSWORD, {Role.AUDITOR})
    yield accounts, chief
    database.close()


@pytest.fixture
def desk(room, tmp_path):
    """A desk's own sign-in service, nobody signed in."""
    database = open_database(desk_url(tmp_path), SetClock(FRIDAY_NIGHT), NOUNS)
    yield SignInService(database, people_of(database), desk="desk 1")
    database.close()


@contextlib.contextmanager
def line(folder, login, password=PASSWORD):
    """A plain connection as a person, past the program: what psql would do."""
    name = engines._Now.databases[folder]
    connection = engines.need_postgresql().connect(name, user=engines.ROOM.person(login), password=password)
    with contextlib.closing(connection):
        yield connection


def value(connection, query):
    row = connection.execute(query).fetchone()
    return row and row[0]


def whoami(accounts):
    with accounts._database.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT session_user").scalar()


def test_signing_in_connects_as_that_person_and_leaving_goes_back(desk):
    assert whoami(desk) == engines.ROOM.of("desk")
    operator = desk.sign_in("operator", PASSWORD)
    assert whoami(desk) == engines.ROOM.person("operator")
    desk.sign_out(operator)
    assert whoami(desk) == engines.ROOM.of("desk")


def test_switching_operators_changes_the_person_the_server_sees(desk):
    desk.sign_in("operator", PASSWORD)
    desk.sign_in("supervisor", PASSWORD)
    assert whoami(desk) == engines.ROOM.person("supervisor")


@pytest.mark.parametrize(
    ("login", "password"), [("operator", "not the password"), ("nobody", PASSWORD), ("", "")]
)
def test_a_wrong_sign_in_leaves_whoever_sat_there_and_is_in_the_audit(desk, room, login, password, tmp_path):
    desk.sign_in("supervisor", PASSWORD)
    with pytest.raises(PermissionRefused, match="name or the password is not right"):
        desk.sign_in(login, password)
    assert whoami(desk) == engines.ROOM.person("supervisor")
    with line(tmp_path, "auditor") as connection:
        newest = "SELECT action FROM audit_entries ORDER BY sequence DESC LIMIT 1"
        assert value(connection, newest) == "sign-in.refused"


def test_a_desk_nobody_sits_at_can_note_a_refused_sign_in_and_nothing_else(desk, room, tmp_path):
    with pytest.raises(PermissionRefused, match="not right"):
        desk.sign_in("operator", "not the password")
    assert not desk.is_empty()
    secret = secret_of("desk")
    name = engines._Now.databases[tmp_path]
    with contextlib.closing(
        engines.need_postgresql().connect(name, user=engines.ROOM.of("desk"), password=secret)
    ) as connection:
        for table in ("log_texts", "incidents", "cameras", "audit_entries", "log_entries", "user_roles"):
            refused(connection, f"SELECT * FROM {table}")
        refused(connection, "SELECT login FROM users")
        forged = "INSERT INTO audit_entries SELECT 9, now(), 'Operator 07', 'log.written', 'log', '1', '{}', '', '', ''"
        refused(connection, forged)
        refused(connection, "SELECT controlroom_put_person('chief', NULL)")


def test_a_locked_name_is_refused_even_with_the_right_password(desk):
    for _attempt in range(Settings().lockout_wrong_passwords):
        with pytest.raises(PermissionRefused):
            desk.sign_in("operator", "not the password")
    with pytest.raises(PermissionRefused, match="locked here until"):
        desk.sign_in("operator", PASSWORD)
    assert whoami(desk) == engines.ROOM.of("desk")


def test_an_account_switched_off_cannot_even_connect(desk, room, tmp_path):
    accounts, chief = room
    operator = next(each for each in accounts.accounts(chief) if each.user.login == "operator")
    accounts.switch_off(chief, operator.id, "left the council")
    with pytest.raises(PermissionRefused):
        desk.sign_in("operator", PASSWORD)
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"), line(tmp_path, "operator"):
        pass


def test_a_one_time_password_is_changed_before_anything_else(desk, room):
    accounts, chief = room
    operator = next(each for each in accounts.accounts(chief) if each.user.login == "operator")
    once = accounts.reset_password(chief, operator.id)
    with pytest.raises(PasswordDue):
        desk.sign_in("operator", once.password)
    assert whoami(desk) == engines.ROOM.of("desk")
    actor = desk.choose_password("operator", once.password, "four quite other words")
    assert actor.handle == "Operator 07"
    assert whoami(desk) == engines.ROOM.person("operator")
    again = desk.change_password(actor, "four quite other words", "and now five other words")
    assert again.handle == "Operator 07"
    desk.sign_out(again)
    with pytest.raises(PermissionRefused):
        desk.sign_in("operator", once.password)
    desk.sign_in("operator", "and now five other words")


def test_no_password_and_no_hash_of_one_lies_in_the_database(room, tmp_path):
    stored = engines.everything_stored(tmp_path)
    assert PASSWORD.encode() not in stored
    assert b"$argon2" not in stored
    assert (
        b"SCRAM-SHA-256$" not in stored
    )  # the server's own list of roles holds it, which only a superuser reads
    assert PASSWORD not in engines.need_postgresql().log()


def refused(connection, statement):
    with pytest.raises((errors.InsufficientPrivilege, errors.RaiseException)):
        connection.execute(statement)


@pytest.mark.parametrize("login", ["operator", "supervisor", "chief"])
def test_nobody_changes_what_may_only_grow_or_the_schema(room, tmp_path, login):
    with line(tmp_path, login) as connection:
        for table in ("log_entries", "log_addenda", "incident_steps", "audit_entries", "jag_decisions"):
            refused(connection, f"UPDATE {table} SET {key(connection, table)} = {key(connection, table)}")
            refused(connection, f"DELETE FROM {table}")
            refused(connection, f"TRUNCATE {table} CASCADE")
            refused(connection, f"DROP TRIGGER {table}_no_delete ON {table}")
            refused(connection, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        refused(connection, "DELETE FROM log_texts")
        refused(connection, "DELETE FROM audit_texts")
        refused(connection, "CREATE TABLE purges_too (id integer)")
        # A table of one's own under the name of ours leads no trigger astray (a set-up room allows none at all).
        connection.execute("CREATE TEMPORARY TABLE purges AS SELECT 'running' AS state")
        refused(connection, "DELETE FROM log_texts")
        refused(connection, "SET session_replication_role = replica")
        refused(connection, f'SET ROLE "{engines.ROOM.of("owner")}"')


def key(connection, table):
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1"
    return connection.execute(query, (table,)).fetchone()[0]


def audit_kinds(connection):
    """The kinds of record of which the audit can be read."""
    return {row[0] for row in connection.execute("SELECT subject_kind FROM audit_entries")}


def test_an_operator_cannot_become_somebody_else_or_more(room, tmp_path):
    with line(tmp_path, "operator") as connection:
        refused(
            connection,
            "INSERT INTO user_roles SELECT id, 'administrator' FROM users WHERE login = 'operator'",
        )
        refused(connection, "SELECT controlroom_put_person('chief', NULL)")
        refused(
            connection, f'GRANT "{engines.ROOM.of("administrators")}" TO "{engines.ROOM.person("operator")}"'
        )
        refused(connection, f'ALTER ROLE "{engines.ROOM.person("chief")}" PASSWORD NULL')
        refused(connection, f'SET SESSION AUTHORIZATION "{engines.ROOM.person("chief")}"')
        changed = connection.execute("UPDATE users SET password_hash = 'x' WHERE login = 'chief'")
        assert changed.rowcount == 0
        refused(connection, "UPDATE users SET database_role = 'chief@room' WHERE login = 'operator'")
        assert audit_kinds(connection) == set()
        # Their own password, and no role that was not theirs.
        connection.execute("SELECT controlroom_put_person('operator', NULL)")
        assert audit_kinds(connection) == set()
        refused(connection, "SELECT controlroom_put_person('operator', 'in the clear')")


def test_a_password_of_ones_own_given_past_the_program_is_told_at_the_next_sign_in(room, desk, tmp_path):
    desk.sign_out(desk.sign_in("operator", PASSWORD))  # has a signing key now, sealed with that password
    with line(tmp_path, "operator") as connection:
        own = engines.ROOM.person("operator")
        connection.execute(f"ALTER ROLE \"{own}\" PASSWORD 'some other dull words'".encode())
    desk.sign_in("operator", "some other dull words")
    accounts, _chief = room
    with accounts._database.read() as session:
        told = [(each.action, each.actor) for each in audit.newest(session, 3)]
    assert ("user.key-closed", "Operator 07") in told


def test_an_auditor_reads_everything_and_changes_nothing(room, tmp_path):
    with line(tmp_path, "auditor") as connection:
        assert value(connection, "SELECT count(*) > 0 FROM audit_entries")
        connection.execute("SELECT * FROM incidents")
        for table in ("incidents", "cameras", "bids", "log_entries", "site_settings"):
            refused(connection, f"INSERT INTO {table} DEFAULT VALUES")


def test_who_steered_what_is_for_those_who_read_the_audit_and_preset_pictures_bear_ones_own_name(
    room, tmp_path
):
    make = (
        "INSERT INTO preset_pictures (camera_id, preset, device, taken_at, taken_by, sha256, picture) "
        "SELECT min(id), repeat('0', 64), repeat('0', 64), now(), '{}', repeat('0', 64), '\\xffd8ff00' FROM cameras"
    )
    for login in ("supervisor", "auditor", "chief"):
        with line(tmp_path, login) as connection:
            assert value(connection, "SELECT count(*) FROM camera_holds") == 0
    with line(tmp_path, "operator") as connection:
        refused(connection, "SELECT count(*) FROM camera_holds")
        refused(connection, make.format("Supervisor 02"))
    for login in ("auditor", "chief"):
        with line(tmp_path, login) as connection:
            refused(connection, make.format("Auditor"))


def test_only_administrators_write_words_of_lists_and_in_their_own_name(room, tmp_path):
    row = (
        "INSERT INTO list_words (list_name, word, others, marked, retired, place, what, changed_at, changed_by) "
        "VALUES ('incident_sources', 'pigeon', '', false, false, 9, 'added', now(), '{}')"
    )
    with line(tmp_path, "operator") as connection:
        refused(connection, row.format("Operator 07"))
    with line(tmp_path, "chief") as connection:
        refused(connection, row.format("Operator 07"))
        connection.execute(row.format("Administrator"))
        refused(connection, "UPDATE list_words SET word = 'dove'")
        refused(connection, "DELETE FROM list_words")
    with line(tmp_path, "operator") as connection:
        assert value(connection, "SELECT word FROM list_words") == "pigeon"


def test_the_roles_can_be_settled_again_and_again(room, desk, tmp_path):
    """`db upgrade` may be run at any time; nobody loses their place. Its room is named after the database."""
    own = postgresql.private_server()
    try:
        name = own.create(name="night_room")
        upgrade(own.url(name), NOUNS)
        upgrade(own.url(name), NOUNS)
        with contextlib.closing(own.connect(name)) as connection:
            rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'night\\_room\\_%'")
            assert {row[0] for row in rows} == {
                f"night_room_{each}"
                for each in (
                    "owner",
                    "people",
                    "readers",
                    *ROOM_ROLES,
                    "recorder",
                    "desk",
                )
            }
            owners = connection.execute(
                "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            assert owners == [("night_room_owner",)]
            query = "SELECT has_database_privilege('night_room_readers', 'night_room', 'TEMPORARY')"
            assert not value(connection, query)
    finally:
        own.remove()


def test_only_a_superuser_can_set_a_room_up(room, tmp_path):
    with pytest.raises(PermissionRefused):
        upgrade(engines.url_as(tmp_path, engines.ROOM.person("chief"), PASSWORD), NOUNS)


@pytest.fixture
def restricted(room, tmp_path):
    """An incident of three rows and more that only the operator and the supervisor see; its id."""
    accounts, chief = room
    database = accounts._database
    people = {each.user.login: each.user for each in accounts.accounts(chief)}
    accounts.add(chief, "colleague", "Operator 11", PASSWORD, {Role.OPERATOR})
    accounts.add(chief, "second", "Supervisor 03", PASSWORD, {Role.SUPERVISOR})
    actors = {
        name: Actor(user.id, user.handle, user.roles, accounts_epoch(database, user.id), name)
        for name, user in people.items()
    }
    incidents = IncidentService(
        LogService(database, vocabulary.load(), SnapshotStore(tmp_path / "pictures"), IncidentLinks())
    )
    incident = incidents.open_incident(
        actors["operator"], NewIncident("robbery", "A kingfisher in the arcade")
    )
    incidents.add_addendum(actors["operator"], incident.id, "more", "kingfisher words")
    RestrictionService(database).restrict(
        actors["supervisor"], incident.id, [actors["operator"].user_id], "kingfisher operation"
    )
    return incident


def accounts_epoch(database, user_id):
    with database.read() as session:
        return session.get_one(UserRow, user_id).epoch


TABLES = (
    "incidents",
    "incident_steps",
    "incident_entries",
    "incident_restrictions",
    "incident_readers",
    "log_entries",
    "log_texts",
)


@pytest.mark.parametrize("login", ["colleague", "auditor", "chief"])
def test_plain_sql_of_somebody_not_named_finds_nothing_of_a_restricted_incident(restricted, tmp_path, login):
    with line(tmp_path, login) as connection:
        for table in TABLES:
            assert value(connection, f"SELECT count(*) FROM {table}") == 0, table
        for statement in (
            "SELECT id FROM log_texts WHERE text LIKE '%kingfisher%' OR words LIKE '%kingfisher%'",
            "SELECT 1 FROM incidents JOIN incident_steps ON incident_id = incidents.id",
            "SELECT reltuples FROM pg_class WHERE false UNION SELECT 1 FROM incidents",
        ):
            assert connection.execute(statement).fetchall() == []
        with contextlib.suppress(errors.InsufficientPrivilege):
            assert connection.execute("UPDATE incidents SET category = 'noise'").rowcount == 0


def test_an_auditor_not_named_reads_the_links_but_no_words(restricted, tmp_path):
    with line(tmp_path, "auditor") as connection:
        links = f"SELECT count(*) > 0 FROM audit_entries WHERE subject = '{restricted.reference}'"
        assert value(connection, links)
        assert connection.execute("SELECT * FROM audit_texts WHERE text LIKE '%kingfisher%'").fetchall() == []


@pytest.mark.parametrize("login", ["operator", "supervisor"])
def test_plain_sql_of_those_named_finds_it(restricted, tmp_path, login):
    with line(tmp_path, login) as connection:
        assert value(connection, "SELECT count(*) FROM incidents") == 1
        assert value(connection, "SELECT count(*) FROM log_texts WHERE words LIKE '%kingfisher%'") == 2


def test_nobody_names_themselves(restricted, tmp_path):
    with line(tmp_path, "colleague") as connection:
        own = "SELECT id FROM users WHERE login = 'colleague'"
        refused(connection, f"INSERT INTO incident_readers SELECT {restricted.id}, id FROM ({own}) AS me")
        refused(connection, f"DELETE FROM incident_restrictions WHERE incident_id = {restricted.id}")
    with line(tmp_path, "second") as connection:
        # A supervisor who is not named may write such rows, but none about what they do not see.
        own = "SELECT id FROM users WHERE login = 'second'"
        refused(connection, f"INSERT INTO incident_readers SELECT {restricted.id}, id FROM ({own}) AS me")
        assert connection.execute("DELETE FROM incident_restrictions").rowcount == 0
        assert value(connection, "SELECT count(*) FROM incidents") == 0


def test_the_recorder_sees_what_it_has_to_look_after(restricted, tmp_path):
    name = engines._Now.databases[tmp_path]
    connection = engines.need_postgresql().connect(
        name, user=engines.ROOM.of("recorder"), password=secret_of("recorder")
    )
    with contextlib.closing(connection):
        assert value(connection, "SELECT count(*) FROM incidents") == 1
