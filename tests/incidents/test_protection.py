"""What was written cannot be changed, removed or replaced, by whatever hand."""

import pytest
from sqlalchemy import text

from controlroom.errors import ControlRoomError
from controlroom.incidents.records import IncidentAction
from tests.log.writing import write_addendum

pytestmark = pytest.mark.both_engines

GROW_ONLY = (
    "log_entries",
    "log_addenda",
    "log_texts",
    "incident_cameras",
    "incident_entries",
    "incident_steps",
)
# Each engine has one more way to be rid of rows, that fires no DELETE trigger.
REPLACE = {"sqlite": "INSERT OR REPLACE INTO {0} SELECT * FROM {0}", "postgresql": "TRUNCATE {0} CASCADE"}
COLUMN = {"log_texts": "text", "incident_cameras": "camera_number", "incident_entries": "linked_by"}


@pytest.fixture
def filled(desk):
    incident = desk.submitted()
    entry = desk.incidents.incident(desk.operator, incident.id).timeline[1].entry
    write_addendum(desk.log, desk.operator, entry.id, "more", "more words")
    desk.act(incident, IncidentAction.APPROVE, desk.supervisor)
    return desk


def attempt(desk, statement):
    with pytest.raises(ControlRoomError, match=r"clashes|does not allow"), desk.room.database.write() as work:
        work.session.execute(text(statement))


@pytest.mark.parametrize("table", GROW_ONLY)
def test_rows_can_be_neither_changed_nor_deleted_nor_replaced(filled, engine_kind, table):
    attempt(filled, f"UPDATE {table} SET {COLUMN.get(table, 'author')} = 'someone else'")
    attempt(filled, f"DELETE FROM {table}")
    attempt(filled, REPLACE[engine_kind].format(table))


def test_an_approved_incident_changes_only_by_being_reopened(filled, engine_kind):
    attempt(filled, "UPDATE incidents SET category = 'noise'")
    attempt(filled, "UPDATE incidents SET state = 'monitoring'")
    attempt(filled, "DELETE FROM incidents")
    if engine_kind == "sqlite":
        attempt(filled, REPLACE[engine_kind].format("incidents"))
    incident = filled.incidents.incidents(filled.operator).records[0]
    filled.act(incident, IncidentAction.REOPEN, filled.supervisor, reason="a witness came forward")


def test_what_names_an_incident_never_changes(desk):
    desk.open()
    attempt(desk, "UPDATE incidents SET reference = 'INC-2026-00099'")
    attempt(desk, "UPDATE incidents SET opened_by = 'nobody'")
