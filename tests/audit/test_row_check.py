"""The audit's verification compares the records themselves: each change past the program is named in plain words."""

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controlroom.audit import service as audit
from controlroom.audit.row_check import RowCheck
from controlroom.audit.signing import AuditFiles, sign_head
from controlroom.audit.tables import AuditEntryRow, AuditHeadRow, AuditRowRow, AuditSignatureRow, AuditTextRow
from controlroom.cameras.tables import CameraRow
from controlroom.care.checking import check
from controlroom.care.records import Health
from controlroom.database.digests import digested_tables
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.nouns import NOUNS
from controlroom.recording.tables import CameraHoldRow
from controlroom.settings import Settings
from tests import engines
from tests.audit.records_of_a_night import write_a_night
from tests.builders import FRIDAY_NIGHT
from tests.clock import SetClock

pytestmark = pytest.mark.both_engines

COPIED = (
    "occurred_at, recorded_at, late, 'Operator 01', camera_id, camera_number, place, ward, source, category, cad, "
    "snapshot_path, snapshot_sha256, text_hash, spooled"
)
INTO = COPIED.replace("'Operator 01'", "author")
PAST = {
    "the author of an entry": (
        "UPDATE log_entries SET author = 'Operator 01' WHERE id = 1",
        "log entry 1: 'author' was changed past the program",
    ),
    "when it happened": (
        "UPDATE log_entries SET occurred_at = '2026-11-20 20:00:00.000000' WHERE id = 1",
        "log entry 1: 'occurred at' was changed",
    ),
    "when it was written": (
        "UPDATE log_entries SET recorded_at = '2026-11-20 20:00:00.000000' WHERE id = 3",
        "log entry 3: 'recorded at' was changed",
    ),
    "that it was late": (
        "UPDATE log_entries SET late = NOT late WHERE id = 3",
        "log entry 3: 'late' was changed",
    ),
    "its camera": (
        "UPDATE log_entries SET camera_id = NULL, camera_number = '' WHERE id = 1",
        "log entry 1: 'camera id' and 'camera number' was changed",
    ),
    "an entry is taken away": (
        "DELETE FROM log_texts WHERE entry_id = 3; DELETE FROM log_addenda WHERE entry_id = 3; "
        "DELETE FROM log_entries WHERE id = 3",
        "log entry 3 is gone",
    ),
    "an entry is forged": (
        f"INSERT INTO log_entries (id, {INTO}) SELECT 99, {COPIED} FROM log_entries WHERE id = 3",
        "log entry 99 was put in past the program",
    ),
    "an addendum is taken away": (
        "DELETE FROM log_texts WHERE addendum_id = 1; DELETE FROM log_addenda WHERE id = 1",
        "addendum 1 to a log entry is gone",
    ),
    "an addendum is forged": (
        "INSERT INTO log_addenda (id, entry_id, written_at, author, text_hash) "
        "SELECT 99, entry_id, written_at, author, text_hash FROM log_addenda WHERE id = 1",
        "addendum 99 to a log entry was put in past the program",
    ),
    "police informed is taken away": (
        "DELETE FROM log_texts WHERE step_id IN (SELECT id FROM incident_steps WHERE agency <> '' OR action LIKE "
        "'%police%'); DELETE FROM incident_steps WHERE id = 3",
        "step 3 of an incident is gone",
    ),
    "when police were informed": (
        "UPDATE incident_steps SET at = '2026-11-20 20:00:00.000000' WHERE id = 3",
        "step 3 of an incident: 'at' was changed",
    ),
    "who approved": (
        "UPDATE incident_steps SET author = 'Operator 07' WHERE to_state = 'approved'",
        "of an incident: 'author' was changed",
    ),
    "a result": (
        "UPDATE incidents SET result = 'no action' WHERE id = 1",
        "incident INC-2026-00001: 'result' was changed",
    ),
    "an approved incident is open again": (
        "UPDATE incidents SET state = 'open' WHERE id = 1",
        "incident INC-2026-00001: 'state' was changed",
    ),
    "an entry is unlinked from its incident": (
        "DELETE FROM incident_entries WHERE entry_id = 1",
        "the link of log entry 1 to its incident is gone",
    ),
    "a camera is taken from an incident": (
        "DELETE FROM incident_cameras WHERE incident_id = 1",
        "camera 1 of incident 1 is gone",
    ),
    "an administrator made by themselves": (
        "INSERT INTO user_roles (user_id, role) VALUES (1, 'administrator')",
        "the role administrator of account 1 was put in past the program",
    ),
    "a role taken back is there again": (
        "INSERT INTO user_roles (user_id, role) SELECT id, 'coordinator' FROM users WHERE handle = 'Operator 09'",
        "was put back past the program",
    ),
    "a password of somebody else's": (
        "UPDATE users SET password_hash = 'mine' WHERE id = 4",
        "account Administrator: 'password hash' was changed",
    ),
    "an account switched on": (
        "UPDATE users SET active = NOT active WHERE id = 2",
        "account Supervisor 02: 'active' was changed",
    ),
    "a restriction lifted": (
        "DELETE FROM incident_readers; DELETE FROM incident_restrictions",
        "the restriction of incident 2 is gone",
    ),
    "a meeting's minutes": (
        "UPDATE jag_meetings SET minutes = 'nothing was decided'",
        "meeting 1: 'minutes' was changed",
    ),
    "a decision": ("UPDATE jag_decisions SET outcome = 'rejected'", "decision 1: 'outcome' was changed"),
    "a bid's score": (
        "UPDATE bid_scores SET given = 1 WHERE part = 'severity'",
        "part severity of the score of bid 1: 'given' was changed",
    ),
    "the end of a deployment": (
        "UPDATE deployment_periods SET ends_on = '2029-01-01'",
        "period 1 of deployment 1: 'ends on' was changed",
    ),
    "an incident is taken away": (
        "DELETE FROM incidents WHERE id = 2",
        "incident 2 is gone: audit entry",
    ),
    "what the room chose": (
        "UPDATE site_settings SET value = '\"Day room\"'",
        "the setting site_name: 'value' was changed",
    ),
}


@dataclass
class Night:
    """A copy of the night's database, and its folder."""

    folder: Path
    database: Database


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """The night by engine, written once."""
    return {}


@pytest.fixture
def night(tmp_path, written, engine_kind, tmp_path_factory):
    if engine_kind not in written:
        first = tmp_path_factory.mktemp("night")
        write_a_night(first).room.database.close()
        written[engine_kind] = engines.keep(first)
    database = open_database(engines.copy_of(written[engine_kind], tmp_path), SetClock(FRIDAY_NIGHT), NOUNS)
    engines.OPENED.append(database)
    return Night(tmp_path, database)


def verified(night):
    with night.database.read() as session:
        return audit.verify(session)


def chain_finding(night):
    files = AuditFiles.of(night.folder, Settings())
    (found,) = [each for each in check(night.database, night.folder, files) if each.what == "audit chain"]
    return found


def test_records_that_only_the_program_wrote_are_as_their_digests_say(night):
    outcome = verified(night)
    assert outcome.faults == ()
    assert outcome.rows > 40
    assert chain_finding(night).health is Health.GOOD


@pytest.mark.parametrize("what", PAST)
def test_a_change_past_the_program_is_named_by_both_checks(night, what):
    statements, said = PAST[what]
    engines.tamper(night.folder, *statements.split("; "))
    outcome = verified(night)
    assert [each for each in outcome.faults if said in each], outcome.faults
    found = chain_finding(night)
    assert found.health is Health.FAULT
    assert said in found.words


CAMERA = ", ".join(each.name for each in CameraRow.__table__.c if each.name not in ("id", "number"))
HOLD = ", ".join(each.name for each in CameraHoldRow.__table__.c if each.name != "id")
REGISTER = {
    "UPDATE cameras SET host = '10.9.9.9', protocol = 'rtsp', certificate = repeat64, active = NOT active, "
    "owner = 'tfl', retention_days = 1, password_sealed = 'of another' WHERE number = '014'": (
        "camera 014 (row 1): 'owner' and 'retention days' and 'host' and 'password sealed' and 'active' and "
        "'protocol' and 'certificate' was changed past the program after audit entry"
    ),
    "DELETE FROM cameras WHERE number = '015'": "camera ? (row 2) is gone",
    f"INSERT INTO cameras (id, number, {CAMERA}) SELECT 99, 'X99', {CAMERA} FROM cameras WHERE id = 1": (
        "camera X99 (row 99) was put in past the program"
    ),
    "UPDATE camera_holds SET handle = 'Operator 01', moves = 0 WHERE id = 1": (
        "hold 1 of a camera: 'handle' and 'moves' was changed past the program"
    ),
    "DELETE FROM camera_holds WHERE id = 2": "hold 2 of a camera is gone",
    f"INSERT INTO camera_holds (id, {HOLD}) SELECT 99, {HOLD} FROM camera_holds WHERE id = 3": (
        "hold 99 of a camera was put in past the program"
    ),
}


def test_a_camera_or_a_hold_changed_added_or_removed_past_the_program_is_named(night):
    engines.tamper(night.folder, *(each.replace("repeat64", f"'{'a' * 64}'") for each in REGISTER))
    faults = verified(night).faults
    for said in REGISTER.values():
        assert [each for each in faults if said in each], "\n".join(faults)
    assert len(faults) == len(REGISTER)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM audit_rows WHERE id = 1", "that entry 1 wrote were changed afterwards"),
        ("DELETE FROM audit_rows WHERE sequence = 1", "digests of the rows that entry 1 wrote are missing"),
        (
            "UPDATE audit_rows SET digest = 'x' WHERE sequence = 1",
            "that entry 1 wrote were changed afterwards",
        ),
        (
            "INSERT INTO audit_rows (id, sequence, table_name, row_key, digest, marks) "
            "SELECT 9999, 9999, table_name, row_key, digest, marks FROM audit_rows WHERE id = 1",
            "digests of rows stand under entry 9999, which is not there",
        ),
    ],
)
def test_the_digests_themselves_are_vouched_for_by_the_chain(night, statement, said):
    engines.tamper(night.folder, statement)
    assert any(said in each for each in verified(night).faults), verified(night).faults


VALUES = (
    "'never'",
    "x'ff00'",
    "CAST(x'ff41' AS TEXT)",  # no UTF-8
    "'0001-01-01 00:00:00.000000'",
    "'2026-11-20T20:00:00.000000'",  # a moment, written otherwise
    "'[1'",
    "9e99",
)


@contextmanager
def by_hand(night):
    """The file as somebody changes it who may drop its triggers; the constraints of its columns aside."""
    with closing(sqlite3.connect(night.folder / "room.db")) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        yield connection


def columns_of(night, tables):
    """By table that has rows: those of these columns that are no keys; the triggers are dropped."""
    found = {}
    with by_hand(night) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for name, columns in tables.items():
            if connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():
                found[name] = [each.name for each in columns if not each.primary_key]
    return {name: columns for name, columns in found.items() if columns}


@contextmanager
def holding(night, chosen):
    """The first row of each table with that value in that column."""
    with by_hand(night) as connection:
        before = []
        for table, (column, value) in chosen.items():
            key, was = connection.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid").fetchone()
            connection.execute(f"UPDATE {table} SET {column} = {value} WHERE rowid = {key}")
            before.append((f"UPDATE {table} SET {column} = ? WHERE rowid = {key}", (was,)))
    yield
    with by_hand(night) as connection:
        for statement, was in before:
            connection.execute(statement, was)


def only_a_file(night):
    if night.database.engine.dialect.name != "sqlite":
        pytest.skip("a server's columns hold only what they are made for")


def test_whatever_stands_in_whichever_column_its_row_is_named_and_so_are_the_others(night):
    only_a_file(night)
    tables = columns_of(night, {name: each.columns for name, each in digested_tables(NOUNS).items()})
    rows = verified(night).rows
    for turn in range(max(map(len, tables.values()))):
        chosen = {
            name: (columns[turn], VALUES[(turn + number) % len(VALUES)])
            for number, (name, columns) in enumerate(tables.items())
            if turn < len(columns)
        }
        with holding(night, chosen), night.database.read() as session:
            check = RowCheck(session)
            named = [each for each in check.faults() if "was changed past the program" in each]
            for proof in (each for noun in NOUNS for each in noun.proofs):
                proof.look(session)  # does not raise
        assert (len(named), check.rows) == (len(chosen), rows), (chosen, named)
    assert verified(night).faults == ()


CHAIN = (AuditEntryRow, AuditTextRow, AuditRowRow, AuditHeadRow, AuditSignatureRow)


def test_whatever_stands_in_the_chain_it_is_named_and_so_is_what_follows(night):
    only_a_file(night)
    sign_head(night.database, AuditFiles.of(night.folder, Settings()))
    tables = columns_of(night, {each.__tablename__: each.__table__.columns for each in CHAIN})
    assert len(tables) == len(CHAIN)
    every = [(name, column) for name, columns in tables.items() for column in columns]
    for number, (name, column) in enumerate(every):
        value = VALUES[number % len(VALUES)]
        with holding(night, {name: (column, value), "users": ("off_reason", "'x'")}):
            faults = verified(night).faults
        assert len(faults) > 1, (name, column, value)
        assert "account Operator 07: 'off reason' was changed" in " ".join(faults), (name, column, value)
    assert verified(night).faults == ()
