"""Rows that hold what the program never writes: the check names them and goes on with the rest."""

from pathlib import Path

import pytest

from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.records import Health
from controlroom.incidents.records import IncidentAction
from controlroom.settings import Settings
from tests.engines import tamper
from tests.incidents.desk import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_desk(tmp_path)
    desk.open()
    return desk


def faults(desk: Desk) -> dict[str, str]:
    room = desk.room
    findings = check(room.database, room.folder, AuditFiles.of(room.folder, Settings()))
    return {each.what: each.words for each in findings if each.health is Health.FAULT}


@pytest.mark.both_engines
def test_a_reference_the_program_never_issues_is_named_and_hides_no_counter_set_back(desk: Desk):
    second = desk.open()
    odd = second.reference[:-5] + "zz"
    tamper(
        desk.room.folder,
        f"UPDATE incidents SET reference = '{odd}' WHERE id = {second.id}",
        "UPDATE reference_counters SET last = 0",
    )
    words = faults(desk)["counters"]
    assert f"{odd} is no reference that the program issues" in words
    assert "00001 was issued, but the counter stands at 0" in words


@pytest.mark.both_engines
def test_a_step_that_searching_no_longer_finds_is_named(desk: Desk):
    watched = desk.act(desk.open(), IncidentAction.MONITOR)
    desk.act(watched, IncidentAction.CONCLUDE, reason="gone before the police came")
    tamper(desk.room.folder, "UPDATE log_texts SET words = 'nobody' WHERE step_id IS NOT NULL")
    (words,) = [said for said in faults(desk).values() if "searching" in said]
    assert "does not find incident step" in words


@pytest.mark.parametrize(
    ("statement", "what", "said"),
    [
        (
            "UPDATE audit_entries SET at = 'never' WHERE sequence = 3",
            "audit chain",
            "entry 3 was written past the program",
        ),
        ("UPDATE log_texts SET text = 7, words = x'ff'", "words of the log", "what the program never writes"),
        (
            "UPDATE log_entries SET recorded_at = 'never'",
            "audit chain",
            "log entry 1: 'recorded at' was changed",
        ),
    ],
)
def test_a_row_that_nobody_can_read_is_named_and_stops_no_check(
    desk: Desk, statement: str, what: str, said: str
):
    desk.write()
    tamper(desk.room.folder, statement)
    assert said in faults(desk)[what]
