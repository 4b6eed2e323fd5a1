"""The dual-controlled purge: two people, once, only what is over its retention; and the chain verifies afterwards."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from controlroom.audit import service as audit
from controlroom.audit.signing import AuditFiles
from controlroom.audit.verification import verify
from controlroom.care.checking import check
from controlroom.care.purge_records import Purge, PurgeState, latest_cutoff
from controlroom.care.purging import PurgeService
from controlroom.care.records import Health
from controlroom.errors import Conflict, ControlRoomError, InvalidInput, PermissionRefused, RuleBroken
from controlroom.incidents.links import IncidentLinks
from controlroom.incidents.records import NewIncident
from controlroom.incidents.service import IncidentService
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.settings import Settings
from tests.builders import Room, make_room
from tests.log.writing import write_addendum, write_entry
from tests.step_keys import step_keys_of

pytestmark = pytest.mark.both_engines

LONG_AGO = datetime(2019, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
BEFORE = date(2020, 1, 1)


class Desk:
    """A room with old and new entries, an old open incident, and the purge service over it."""

    def __init__(self, folder: Path) -> None:
        self.room: Room = make_room(folder, LONG_AGO)
        self.store = SnapshotStore(folder / "snapshots")
        self.log = LogService(self.room.database, vocabulary.load(), self.store, IncidentLinks())
        self.purges = PurgeService(self.room.database, self.store, step_keys_of(self.room))
        camera, operator = self.room.add_camera(), self.room.operator
        picture = folder / "picture.jpg"
        picture.write_bytes(b"a picture of someone")
        self.old = write_entry(self.log, operator, NewLogEntry("a man in a green coat", snapshot=picture))
        write_addendum(self.log, operator, self.old.id, "colour", "the coat was blue")
        self.open = IncidentService(self.log).open_incident(
            operator, NewIncident(category="burglary", camera_id=camera.id, text="a bag was taken")
        )
        with self.room.database.write() as work:
            audit.record(work, "Operator 07", "note", "camera", "014", text="a name")
        self.room.clock.at = NOW
        self.new = write_entry(self.log, operator, NewLogEntry("a woman in a red coat"))

    def proposed(self) -> Purge:
        return self.purges.propose(self.room.supervisor, BEFORE, "retention policy 2026")

    def done(self) -> Purge:
        purge = self.purges.approve(self.room.administrator, self.proposed().id)
        return self.purges.execute(self.room.administrator, purge.id)

    def delete(self, table: str) -> None:
        with self.room.database.write() as work:
            work.session.execute(text(f"DELETE FROM {table}"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_purge_takes_what_is_over_its_retention_and_nothing_else(desk: Desk):
    assert desk.proposed().counted.words == "2 texts of the log, 1 texts of the audit trail, 1 pictures"
    purge = desk.purges.approve(desk.room.administrator, 1)
    done = desk.purges.execute(desk.room.administrator, purge.id)
    assert (done.state, done.removed) == (PurgeState.DONE, done.counted)
    old = desk.log.entry(desk.room.operator, desk.old.id)
    assert old.text == "[purged on 20 Nov 2026 by Supervisor 02 and Administrator (PUR-2026-00001)]"
    assert old.addenda[0].text == old.text
    assert desk.log.entry(desk.room.operator, desk.new.id).text == "a woman in a red coat"
    kept = desk.log.entries(desk.room.operator).records
    assert "a bag was taken" in [entry.text for entry in kept]
    assert not [path for path in desk.store.folder.rglob("*") if path.is_file()]


def test_after_a_purge_everything_verifies_and_says_who_purged(desk: Desk):
    desk.done()
    with desk.room.database.read() as session:
        assert verify(session).fault == ""
        (noted,) = [each for each in audit.newest(session, 50) if each.action == "note"]
        actions = [each.action for each in audit.newest(session, 50) if each.subject_kind == "purge"]
    assert (noted.text, noted.removed[:9]) == ("", "purged on")
    assert actions == ["purge.done", "purge.batch", "purge.started", "purge.approved", "purge.proposed"]
    findings = check(desk.room.database, desk.room.folder, AuditFiles.of(desk.room.folder, Settings()))
    assert [each.line for each in findings if each.health is Health.FAULT] == []


def test_nobody_approves_or_declines_their_own_purge(desk: Desk):
    purge = desk.proposed()
    for decide in (
        lambda: desk.purges.approve(desk.room.supervisor, purge.id),
        lambda: desk.purges.decline(desk.room.supervisor, purge.id, "not yet"),
    ):
        with pytest.raises(RuleBroken, match="two people"):
            decide()


def test_the_database_itself_wants_two_people_and_an_approved_purge(desk: Desk):
    for table in ("log_texts", "audit_texts"):
        with pytest.raises(ControlRoomError):
            desk.delete(table)
    purge = desk.proposed()
    for statement in (
        "UPDATE purges SET state = 'running'",
        "UPDATE purges SET state = 'approved', decided_by = proposed_by",
        "UPDATE purges SET cutoff = '2026-01-01 00:00:00.000000'",
        "DELETE FROM purges",
    ):
        with pytest.raises(ControlRoomError), desk.room.database.write() as work:
            work.session.execute(text(statement))
    desk.purges.approve(desk.room.administrator, purge.id)
    with pytest.raises(ControlRoomError):
        desk.delete("log_texts")


def test_a_running_purge_lets_nothing_through_that_it_does_not_cover(desk: Desk):
    purge = desk.purges.approve(desk.room.administrator, desk.proposed().id)
    desk.purges._start(desk.room.administrator, purge.id)
    query = text("SELECT count(*) FROM log_texts")
    with desk.room.database.read() as session:
        before = session.scalar(query)
    with pytest.raises((Conflict, ControlRoomError)):
        desk.delete("log_texts")  # new entries and the open incident are among them
    with desk.room.database.read() as session:
        assert session.scalar(query) == before


def test_it_is_done_once_and_not_without_approval(desk: Desk):
    purge = desk.proposed()
    with pytest.raises(RuleBroken, match="proposed"):
        desk.purges.execute(desk.room.administrator, purge.id)
    desk.purges.approve(desk.room.administrator, purge.id)
    desk.purges.execute(desk.room.administrator, purge.id)
    with pytest.raises(RuleBroken, match="done"):
        desk.purges.execute(desk.room.administrator, purge.id)


def test_one_cut_short_goes_on_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("controlroom.care.purging.BATCH", 1)
    purge = desk.purges.approve(desk.room.administrator, desk.proposed().id)
    told: list[int] = []

    def pull_the_plug(removed: object) -> None:
        told.append(1)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.purges.execute(desk.room.administrator, purge.id, pull_the_plug)
    (halfway,) = desk.purges.purges(desk.room.auditor)
    assert halfway.state is PurgeState.RUNNING and 0 < halfway.removed.total < halfway.counted.total
    done = desk.purges.execute(desk.room.administrator, purge.id)
    assert done.removed == done.counted
    with desk.room.database.read() as session:
        assert verify(session).fault == ""


def test_a_proposal_nobody_answers_lapses(desk: Desk):
    purge = desk.proposed()
    desk.room.clock.advance(timedelta(days=15))
    assert [each.state for each in desk.purges.purges(desk.room.auditor)] == [PurgeState.EXPIRED]
    with pytest.raises(RuleBroken, match="expired"):
        desk.purges.approve(desk.room.administrator, purge.id)
    assert desk.proposed().reference == "PUR-2026-00002"


def test_declined_and_withdrawn_purges_take_nothing(desk: Desk):
    desk.purges.decline(desk.room.administrator, desk.proposed().id, "the audit is still going on")
    desk.purges.withdraw(desk.room.supervisor, desk.proposed().id)
    assert [each.state.value for each in desk.purges.purges(desk.room.auditor)] == ["withdrawn", "declined"]
    assert desk.log.entry(desk.room.operator, desk.old.id).text == "a man in a green coat"


def test_one_purge_at_a_time(desk: Desk):
    desk.proposed()
    with pytest.raises(RuleBroken, match="already"):
        desk.proposed()


def test_nothing_within_its_retention_can_be_proposed(desk: Desk):
    with pytest.raises(InvalidInput, match="within its retention"):
        desk.purges.propose(desk.room.supervisor, date(2020, 11, 21), "too early")
    with pytest.raises(InvalidInput, match="needs a reason"):
        desk.purges.propose(desk.room.supervisor, BEFORE, " ")


def test_only_those_whose_role_allows_it_purge(desk: Desk):
    with pytest.raises(PermissionRefused):
        desk.purges.propose(desk.room.operator, BEFORE, "no right to")


@pytest.mark.parametrize(
    ("day", "months", "latest"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), 72, date(2020, 11, 20)),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), 1, date(2026, 2, 28)),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), 2, date(2025, 11, 30)),
    ],
)
def test_retention_is_counted_in_calendar_months(day: datetime, months: int, latest: date):
    assert latest_cutoff(day, months) == latest
