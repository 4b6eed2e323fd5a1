"""Lists stay quick after ten years: every page runs along an index and never reads a whole table of words."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from controlroom.incidents.records import IncidentFilter, IncidentState
from controlroom.log.records import LogFilter, Position
from tests.builders import FRIDAY_NIGHT


@pytest.fixture
def plans(desk):
    """Collects SQLite's plan of every SELECT the services send."""
    desk.submitted()
    found, engine = [], desk.room.database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def explain(connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            raw = connection.connection.driver_connection
            found.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    yield found
    event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize(
    "wanted",
    [
        LogFilter(),
        LogFilter(camera_number="014"),
        LogFilter(category="robbery"),
        LogFilter(author="Operator 07"),
        LogFilter(words="4417/12MAR"),
        LogFilter(since=FRIDAY_NIGHT - timedelta(days=30), until=FRIDAY_NIGHT),
    ],
)
def test_a_page_of_the_log_runs_along_an_index(desk, plans, wanted):
    desk.log.entries(desk.operator, wanted, after=Position(FRIDAY_NIGHT, 10))
    reads = [line for line in plans if "log_entries" in line and line.startswith(("SCAN", "SEARCH"))]
    assert reads
    assert all(" INDEX " in line or "PRIMARY KEY" in line for line in reads)
    assert not [line for line in plans if line.startswith("SCAN log_texts")]


@pytest.mark.parametrize(
    "wanted",
    [
        IncidentFilter(),
        IncidentFilter(states=frozenset({IncidentState.SUBMITTED})),
        IncidentFilter(words="INC-2026-00001"),
        IncidentFilter(camera_number="014"),
    ],
)
def test_a_page_of_incidents_runs_along_an_index(desk, plans, wanted):
    desk.incidents.incidents(desk.operator, wanted, after=Position(FRIDAY_NIGHT, 10))
    reads = [line for line in plans if "incidents" in line and line.startswith(("SCAN", "SEARCH"))]
    assert reads
    assert all(" INDEX " in line or "PRIMARY KEY" in line for line in reads)
    assert not [line for line in plans if line.startswith("SCAN log_texts")]
