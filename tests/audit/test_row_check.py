"""The audit's verification compares the records themselves: each change past the program is named in plain words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.records import Health
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.nouns import NOUNS
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


def test_text_where_the_program_writes_moments_is_a_fault_and_no_crash(night):
    if night.database.engine.dialect.name != "sqlite":
        pytest.skip("a server's columns hold only what they are made for")
    engines.tamper(night.folder, "UPDATE log_entries SET occurred_at = 'yesterday' WHERE id = 1")
    assert "a row of log_entries holds what the program never writes" in " ".join(verified(night).faults)
