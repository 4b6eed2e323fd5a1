"""The upgrade of an old server, on which one group of writers stood for most roles of the room."""

import contextlib

import pytest
from alembic import command
from sqlalchemy import create_engine

from controlroom.database import migrations
from controlroom.database.server import upgrade
from controlroom.declaration import DELETE, INSERT, SELECT, UPDATE, all_tables
from controlroom.nouns import NOUNS
from tests import postgresql

pytestmark = pytest.mark.postgresql
BEFORE = "0012"  # the last revision that knew the group
ROLES = {  # role of the room → the groups of its people then
    "operator": ("readers", "writers"),
    "supervisor": ("readers", "writers", "supervisors", "auditors"),
    "coordinator": ("readers", "writers"),
    "administrator": ("readers", "writers", "auditors", "administrators"),
    "auditor": ("readers", "auditors"),
}
GROUPS = ("owner", "people", "readers", "writers", "supervisors", "auditors", "administrators")
VERBS = (SELECT, INSERT, UPDATE, DELETE)


@pytest.fixture
def old():
    """A room as the former version left it: its tables, groups, and one person of each role."""
    server = postgresql.server()
    name = server.create(name="old_room")
    engine = create_engine(server.url(name))
    with engine.begin() as connection:
        command.upgrade(migrations.config_for(connection), BEFORE)
        run = connection.exec_driver_sql
        for group in GROUPS:
            run(f"CREATE ROLE old_room_{group} NOLOGIN")
        to = ", ".join(f"old_room_{group}" for group in ("readers", "writers", "auditors"))
        run(f"CREATE ROLE old_room_recorder LOGIN BYPASSRLS IN ROLE {to}")
        run("CREATE ROLE old_room_desk LOGIN")
        run("GRANT CONNECT ON DATABASE old_room TO old_room_writers")
        run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO old_room_readers")
        run("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO old_room_writers")
        run(
            "CREATE FUNCTION controlroom_put_person(person text, verifier text, roles text[], active boolean) "
            "RETURNS text LANGUAGE sql AS 'SELECT person'"
        )
        for key, (role, groups) in enumerate(ROLES.items(), start=1):
            run(
                "INSERT INTO users (id, login, handle, password_hash, active, created_at, version, epoch, last_desk, "
                f"off_reason, database_role) VALUES ({key}, '{role}', 'The {role}', '', true, now(), 1, 0, '', '', "
                f"'{role}@old_room')"
            )
            run(f"INSERT INTO user_roles VALUES ({key}, '{role}')")
            into = ", ".join(f"old_room_{group}" for group in groups)
            run(f"CREATE ROLE \"{role}@old_room\" LOGIN PASSWORD '{postgresql.PASSWORD}' IN ROLE {into}")
    engine.dispose()
    yield name
    server.drop(name)


def test_the_upgrade_puts_people_into_their_roles_groups_and_nobody_keeps_more(old):
    server = postgresql.server()
    upgrade(server.url(old), NOUNS)
    member = (
        "SELECT person.rolname, array_agg(belongs.rolname::text ORDER BY belongs.rolname) FROM pg_auth_members "
        "JOIN pg_roles AS person ON person.oid = member JOIN pg_roles AS belongs ON belongs.oid = roleid "
        "WHERE person.rolname LIKE '%old_room%' AND person.rolname <> 'old_room_people' GROUP BY 1"
    )
    with contextlib.closing(server.connect(old)) as connection:
        assert (
            connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'old_room_writers'").fetchall() == []
        )
        assert dict(connection.execute(member).fetchall()) == {
            "old_room_recorder": ["old_room_readers"],
            **{f"{role}@old_room": sorted((f"old_room_{role}s", "old_room_readers")) for role in ROLES},
        }
        for role in ROLES:
            may = "SELECT has_table_privilege(%s, %s, %s)"
            for table in all_tables(NOUNS):
                for verb in VERBS:
                    granted = any(
                        verb in each.verbs and not each.columns and each.group in ("readers", f"{role}s")
                        for each in table.grants
                    )
                    found = connection.execute(may, (f"{role}@old_room", table.name, verb)).fetchone()
                    assert found == (granted,), (role, table.name, verb)
    for role in ROLES:  # with the password they had
        with contextlib.closing(server.connect(old, user=f"{role}@old_room")) as connection:
            assert connection.execute("SELECT controlroom_handle()").fetchone() == (f"The {role}",)
