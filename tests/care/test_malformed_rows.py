"""Rows that hold what the program never writes: the check names them and goes on with the rest."""

from pathlib import Path

import pytest

from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.records import Finding, Health
from controlroom.incidents.records import IncidentAction
from controlroom.settings import Settings
from tests.engines import tamper
from tests.incidents.desk import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_desk(tmp_path)
    desk.open()
    return desk


def found(desk: Desk) -> list[Finding]:
    room = desk.room
    return check(room.database, room.folder, AuditFiles.of(room.folder, Settings()))


def faults(desk: Desk) -> dict[str, str]:
    return {each.what: each.words for each in found(desk) if each.health is Health.FAULT}


def notes(desk: Desk, what: str) -> list[str]:
    return [each.words for each in found(desk) if each.health is Health.NOTE and each.what == what]


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
def test_numbers_that_were_drawn_and_never_issued_are_noted(desk: Desk):
    desk.open()
    assert notes(desk, "references") == []
    tamper(desk.room.folder, "UPDATE reference_counters SET last = 900 WHERE prefix = 'INC'")
    (words,) = notes(desk, "references")
    assert "898 numbers of INC-2026 up to 00900 were drawn and belong to no record" in words


@pytest.mark.both_engines
def test_a_step_that_searching_no_longer_finds_is_named(desk: Desk):
    watched = desk.act(desk.open(), IncidentAction.MONITOR)
    desk.act(watched, IncidentAction.CONCLUDE, reason="gone before the police came")
    tamper(desk.room.folder, "UPDATE log_texts SET words = 'nobody' WHERE step_id IS NOT NULL")
    (words,) = [said for said in faults(desk).values() if "searching" in said]
    assert "does not find incident step" in words


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("where", "name"), [("step_id IS NOT NULL", "incident step"), ("entry_id IS NOT NULL", "log entry 1")]
)
def test_a_record_found_by_words_it_does_not_say_is_named(desk: Desk, where: str, name: str):
    watched = desk.act(desk.open(), IncidentAction.MONITOR)
    desk.act(watched, IncidentAction.CONCLUDE, reason="gone before the police came")
    assert faults(desk) == {}
    tamper(desk.room.folder, f"UPDATE log_texts SET words = words || ' burglary' WHERE {where}")
    (words,) = faults(desk).values()
    assert f"searching finds {name}" in words
    assert "by words it does not say: burglary" in words


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
