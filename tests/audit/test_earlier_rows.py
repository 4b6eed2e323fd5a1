"""A room that was there before the audit carried digests: one entry covers its rows as they stood at the upgrade."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from controlroom.audit import service as audit
from controlroom.audit.chain import FIRST_HASH, link_hash
from controlroom.database.engine import sqlite_url
from controlroom.database.migrations import config_for
from controlroom.database.opening import open_database
from controlroom.database.server import upgrade
from controlroom.nouns import NOUNS
from tests import engines
from tests.builders import FRIDAY_NIGHT
from tests.clock import SetClock

pytestmark = pytest.mark.both_engines

BEFORE, BEFORE_CAMERAS = "0012", "0041"
ACCOUNT = {
    "id": 1,
    "login": "chief",
    "handle": "Administrator",
    "password_hash": "x",
    "active": True,
    "created_at": datetime(2026, 3, 1, tzinfo=UTC),
    "version": 1,
    "epoch": 0,
    "last_desk": "",
    "off_reason": "",
    "database_role": "",
}
INCIDENT = {
    **dict.fromkeys(("place", "ward", "cad", "crime_reference", "outcome", "theme"), ""),
    **dict.fromkeys(("opened_at", "occurred_at", "changed_at"), datetime(2026, 3, 1, tzinfo=UTC)),
    "id": 1,
    "reference": "INC-2026-00001",
    "state": "approved",
    "category": "robbery",
    "source": "operator",
    "origin": "proactive",
    "result": "no trace",
    "opened_by": "Operator 07",
    "submitted_by": "Operator 07",
    "version": 3,
}
STEP = {
    **dict.fromkeys(("agency", "result", "outcome", "detail", "text_hash"), ""),
    **dict.fromkeys(("at", "recorded_at"), datetime(2026, 3, 1, tzinfo=UTC)),
    "incident_id": 1,
    "kind": "moved",
}
STEPS = (
    {
        "id": 1,
        "author": "Operator 07",
        "action": "Submit",
        "from_state": "concluded",
        "to_state": "submitted",
    },
    {
        "id": 2,
        "author": "Supervisor 02",
        "action": "Approve",
        "from_state": "submitted",
        "to_state": "approved",
    },
)
LINK = {
    "sequence": 1,
    "at": datetime(2026, 3, 1, tzinfo=UTC),
    "actor": "Administrator",
    "action": "user.added",
    "subject_kind": "user",
    "subject": "Administrator",
    "detail": "{}",
    "text_hash": "",
    "previous_hash": FIRST_HASH,
}


CAMERA = {
    **dict.fromkeys(
        ("street", "area", "ward", "make", "model", "password_sealed", "sub_stream", "abilities"), ""
    ),
    "id": 1,
    "number": "014",
    "name": "George Street",
    "owner": "public realm",
    "migration": "digital",
    "transport": "fibre",
    "retention_days": 31,
    "host": "10.0.0.5",
    "port": 80,
    "username": "room",
    "main_stream": "rtsp://10.0.0.5/main",
    "has_ptz": True,
    "active": True,
    "created_at": datetime(2026, 3, 1, tzinfo=UTC),
    "version": 1,
}
HOLD = {
    "id": 1,
    "camera_id": 1,
    "user_id": 1,
    "handle": "Administrator",
    "desk": "desk 1",
    "began_at": datetime(2026, 3, 1, 10, tzinfo=UTC),
    "ended_at": datetime(2026, 3, 1, 11, tzinfo=UTC),
    "moves": 12,
    "ending": "released",
}


def insert(connection, table, values):
    if connection.dialect.name == "sqlite":  # which stores no zone
        values = {
            name: f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
            for name, value in values.items()
        }
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"), values)


@pytest.fixture
def address(tmp_path, engine_kind):
    """An old room with one account, an administrator."""
    server = engines.need_postgresql() if engine_kind == "postgresql" else None
    name = server.create() if server else ""
    url = server.url(name) if server else sqlite_url(tmp_path / "old.db")
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(config_for(connection), BEFORE)
        insert(connection, "users", ACCOUNT)
        insert(connection, "user_roles", {"user_id": 1, "role": "administrator"})
        insert(connection, "incidents", INCIDENT)
        for step in STEPS:
            insert(connection, "incident_steps", {**STEP, **step})
        head = link_hash(**LINK)
        insert(connection, "audit_entries", {**LINK, "hash": head})
        connection.execute(text("UPDATE audit_head SET sequence = 1, hash = :hash"), {"hash": head})
        command.upgrade(config_for(connection), BEFORE_CAMERAS)
        insert(connection, "cameras", CAMERA)
        insert(connection, "camera_holds", HOLD)
    engine.dispose()
    yield url
    if server:
        server.drop(name)


@pytest.fixture
def database(address, engine_kind):
    if engine_kind == "postgresql":
        upgrade(address, NOUNS)
    opened = open_database(address, SetClock(FRIDAY_NIGHT), NOUNS)
    yield opened
    opened.close()


def verified(database):
    with database.read() as session:
        return audit.verify(session)


def test_the_upgrade_enters_earlier_rows_and_verification_says_since_when_they_are_covered(database):
    outcome = verified(database)
    assert outcome.faults == ()
    assert (outcome.entries, outcome.rows) == (3, 7)
    (note,) = [each for each in outcome.notes if "records are covered since entry 2" in each]
    assert "(camera_holds, cameras, " in note
    assert "user_roles, users) as they stood then" in note
    assert any(
        "signed since entry 3" in note and "2 such steps are from before" in note for note in outcome.notes
    )


def test_it_is_done_once(database, address, engine_kind):
    if engine_kind == "postgresql":
        upgrade(address, NOUNS)
    else:
        open_database(address, SetClock(FRIDAY_NIGHT), NOUNS).close()
    assert verified(database).entries == 3


def test_from_then_on_a_change_of_an_earlier_row_is_named(database):
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE users SET active = :off"), {"off": False})
        connection.execute(text("DELETE FROM user_roles"))
        connection.execute(text("UPDATE cameras SET host = '10.9.9.9'"))
        connection.execute(text("DELETE FROM camera_holds"))
    faults = " ".join(verified(database).faults)
    assert "account Administrator: 'active' was changed past the program after audit entry 2" in faults
    assert "the role administrator of account 1 is gone" in faults
    assert "camera 014 (row 1): 'host' was changed past the program after audit entry 2" in faults
    assert "hold 1 of a camera is gone: audit entry 2 wrote it" in faults
