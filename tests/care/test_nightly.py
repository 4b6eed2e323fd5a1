"""The night's care: each job's outcome, told and kept; old backups thinned out; a check that names what is wrong."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.manifests import backups, names_to_retain
from controlroom.care.nightly import OUTCOME_NAME, run_nightly
from controlroom.care.records import Backup, Finding, Health, Manifest, NightOutcome
from controlroom.codec import from_plain
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.settings import Settings
from tests.builders import Room, make_room
from tests.engines import tamper
from tests.log.writing import write_entry

pytestmark = pytest.mark.both_engines


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = make_room(tmp_path)
    room.add_camera()
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(b"a picture")
    log = LogService(room.database, vocabulary.load(), SnapshotStore(tmp_path / "snapshots"), IncidentLinks())
    write_entry(log, room.operator, NewLogEntry("two people by the entrance", snapshot=picture))
    return room


def faults(room: Room) -> dict[str, str]:
    findings = check(room.database, room.folder, AuditFiles.of(room.folder, Settings()))
    return {each.what: each.words for each in findings if each.health is Health.FAULT}


def test_a_night_signs_backs_up_checks_and_tidies(room: Room):
    outcome = run_nightly(room.database, room.folder, Settings())
    assert outcome.failed == (), outcome.words
    assert [job.job for job in outcome.jobs] == ["signed head", "backup", "old backups", "check", "tidying"]
    assert len(backups(room.folder / "backups")) == 1
    written = json.loads((room.folder / OUTCOME_NAME).read_text(encoding="utf-8"))
    assert from_plain(NightOutcome, written) == outcome
    with room.database.read() as session:
        entry = audit.newest(session, 1)[0]
    assert (entry.actor, entry.action, entry.detail) == ("nightly care", "care.night", {"failed": []})


def test_a_job_that_fails_is_told_and_keeps_no_other_from_running(room: Room):
    (room.folder / "backups").write_text("a file in the way")
    outcome = run_nightly(room.database, room.folder, Settings())
    assert [job.job for job in outcome.failed] == ["backup"]
    assert "not made" in outcome.words
    assert outcome.jobs[-1].good


def test_an_untouched_room_has_no_fault(room: Room):
    assert faults(room) == {}


@pytest.mark.parametrize(
    ("statement", "what", "said"),
    [
        ("UPDATE log_texts SET text = 'nobody there'", "words of the log", "were changed"),
        ("DELETE FROM log_texts", "words of the log", "no purge took them"),
        (
            "UPDATE log_entries SET text_hash = 'f00d'",
            "words of the log",
            "not the one the audit chain holds",
        ),
        (
            "UPDATE audit_entries SET actor = 'Operator 01' WHERE sequence = 1",
            "audit chain",
            "entry 1 was changed",
        ),
        ("UPDATE log_texts SET words = ''", "words of the log", "searching does not find log entry 1"),
        (
            "UPDATE log_texts SET words = 'nobody there'",
            "words of the log",
            "searching does not find log entry 1",
        ),
        (
            "INSERT INTO reference_counters (prefix, year, last) VALUES ('INC', 2026, 3)",
            "counters",
            "",
        ),
    ],
)
def test_what_was_changed_behind_the_programs_back_is_named(room: Room, statement: str, what: str, said: str):
    tamper(room.folder, statement)
    found = faults(room)
    if said:
        assert said in found[what]
    else:
        assert what not in found


def test_a_picture_changed_or_missing_is_named(room: Room):
    (path,) = [each for each in (room.folder / "snapshots").rglob("*") if each.is_file()]
    path.write_bytes(b"another picture")
    assert "was changed" in faults(room)["pictures"]
    path.unlink()
    assert "is missing" in faults(room)["pictures"]


def test_protection_taken_away_is_named(room: Room, engine_kind: str):
    where = "" if engine_kind == "sqlite" else " ON audit_entries"
    tamper(room.folder, f"DROP TRIGGER IF EXISTS audit_entries_no_delete{where}", put_back=False)
    assert "audit_entries_no_delete on audit_entries is missing" in faults(room)["protection"]


def nightly_backups(count: int) -> list[Backup]:
    first = datetime(2026, 11, 20, 3, tzinfo=UTC)
    moments = [first - timedelta(days=day) for day in range(count)]
    return [Backup(Path(f"{at:%Y-%m-%d}"), Manifest(at, "sqlite", "0001", {}, {}, 0, "")) for at in moments]


def test_daily_weekly_and_monthly_backups_are_kept():
    keep = names_to_retain(nightly_backups(400), daily=7, weekly=4, monthly=12)
    assert {f"2026-11-{day}" for day in range(14, 21)} <= keep
    assert {"2026-11-15", "2026-11-08", "2026-11-01"} <= keep  # Sundays, the newest of their weeks
    assert {"2026-10-31", "2026-09-30", "2025-12-31"} <= keep
    assert "2026-11-12" not in keep and "2025-11-30" not in keep
    assert len(keep) <= 7 + 4 + 12


def test_the_newest_backup_is_always_kept():
    assert names_to_retain(nightly_backups(3), daily=0, weekly=0, monthly=0) == {"2026-11-20"}


def test_findings_read_as_one_line():
    assert Finding("file", Health.GOOD, "whole").line == "good   file: whole"
