"""A purge that was open when purges began to be signed is closed by the upgrade, which is no fault."""

import json
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from controlroom.audit import service as audit
from controlroom.audit.chain import FIRST_HASH, link_hash
from controlroom.audit.row_lists import ROWS
from controlroom.database.digests import digested_tables, list_digest
from controlroom.database.engine import sqlite_url
from controlroom.database.migrations import config_for
from controlroom.database.opening import open_database
from controlroom.database.server import upgrade
from controlroom.nouns import NOUNS
from tests import engines
from tests.audit.test_earlier_rows import insert
from tests.builders import FRIDAY_NIGHT
from tests.clock import SetClock

pytestmark = pytest.mark.both_engines
BEFORE = "0016"  # rows had digests, and purges were not signed yet
AT = datetime(2026, 3, 1, tzinfo=UTC)
PURGE = {
    "id": 1,
    "reference": "PUR-2026-00001",
    "cutoff": datetime(2020, 1, 1, tzinfo=UTC),
    "retention_months": 72,
    "reason": "policy",
    "counted": "{}",
    "proposed_by": "Supervisor 02",
    "proposed_at": AT,
    "expires_at": datetime(2026, 3, 15, tzinfo=UTC),
    "decided_by": "",
    "answer": "",
    "removed": "",
    "removed_log_texts": 0,
    "removed_audit_texts": 0,
    "removed_pictures": 0,
    "decided_at": None,
    "started_at": None,
    "finished_at": None,
}
LINK = {
    "sequence": 1,
    "at": AT,
    "actor": "Supervisor 02",
    "action": "purge.proposed",
    "subject_kind": "purge",
    "subject": "PUR-2026-00001",
    "text_hash": "",
    "previous_hash": FIRST_HASH,
}
STEPS = {
    "proposed": {},
    "approved": {"decided_by": "Administrator", "decided_at": AT},
    "running": {"started_at": AT},
}
"""The states on the road of a purge, each with what the step there changes."""


@pytest.fixture
def address(tmp_path, engine_kind):
    server = engines.need_postgresql() if engine_kind == "postgresql" else None
    name = server.create() if server else ""
    yield server.url(name) if server else sqlite_url(tmp_path / "old.db")
    if server:
        server.drop(name)


def write_old_room(address: str, until: str, reason: str = "policy") -> None:
    """A room of then with one purge, and its digest in the chain; another `reason` was put there past the program."""
    engine = create_engine(address)
    with engine.begin() as connection:
        command.upgrade(config_for(connection), BEFORE)
        purge = {**PURGE, "state": "proposed"}
        insert(connection, "purges", {**purge, "reason": reason})
        for state, step in list(STEPS.items())[1 : list(STEPS).index(until) + 1]:
            purge |= {"state": state, **step}
            values = {name: plain(connection, value) for name, value in {"state": state, **step}.items()}
            sets = ", ".join(f"{name} = :{name}" for name in values)
            connection.execute(text(f"UPDATE purges SET {sets}"), values)
        row = digested_tables(NOUNS)["purges"].of(purge)
        link = {**LINK, "detail": json.dumps({ROWS: list_digest([row])})}
        insert(connection, "audit_entries", {**link, "hash": link_hash(**link)})
        insert(connection, "audit_rows", {"sequence": 1, **vars(row)})
        connection.execute(
            text("UPDATE audit_head SET sequence = 1, hash = :hash"), {"hash": link_hash(**link)}
        )
    engine.dispose()


def plain(connection, value):
    """As SQLite stores it, which has no zone."""
    if connection.dialect.name == "sqlite" and isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value


def upgraded(address: str, engine_kind: str):
    """What verification says after the upgrade, and how the purge stands."""
    if engine_kind == "postgresql":
        upgrade(address, NOUNS)
    database = open_database(address, SetClock(FRIDAY_NIGHT), NOUNS)
    with database.read() as session:
        found = audit.verify(session).faults
        state = session.scalar(text("SELECT state FROM purges"))
    database.close()
    return found, state


@pytest.mark.parametrize(
    ("until", "after"), [("proposed", "expired"), ("approved", "expired"), ("running", "done")]
)
def test_a_purge_that_was_open_at_the_upgrade_is_no_fault(
    address: str, engine_kind: str, until: str, after: str
):
    write_old_room(address, until)
    assert upgraded(address, engine_kind) == ((), after)


def test_what_was_changed_in_it_by_hand_before_still_is(address: str, engine_kind: str):
    write_old_room(address, "proposed", reason="another")
    (fault,), _state = upgraded(address, engine_kind)
    assert "purge PUR-2026-00001" in fault and "'reason'" in fault
