"""What one person with a database client and their own password can do to a purge, and what is named afterwards."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from controlroom.accounts.sign_in import SignInService
from controlroom.accounts.step_keys import StepKeys, make_key
from controlroom.accounts.tables import UserKeyRow
from controlroom.audit import service as audit
from controlroom.audit import signed_steps
from controlroom.audit.act import Act
from controlroom.audit.signed_steps import Step
from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.purging import PurgeService
from controlroom.care.records import Health
from controlroom.errors import ControlRoomError, PermissionRefused, RuleBroken
from controlroom.incidents.links import IncidentLinks
from controlroom.log import vocabulary
from controlroom.log.records import NewLogEntry
from controlroom.log.service import LogService
from controlroom.log.snapshots import SnapshotStore
from controlroom.settings import Settings
from tests.builders import PASSWORD, Room, make_room
from tests.engines import tamper
from tests.log.writing import write_entry
from tests.step_keys import step_keys_of

LONG_AGO = datetime(2019, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
BEFORE = date(2020, 1, 1)
FORGED = "'2026-11-20 22:00:00.000000'"
PURGE = (
    "INSERT INTO purges (id, reference, state, cutoff, retention_months, reason, counted, proposed_by, proposed_at,"
    " expires_at, decided_by, answer, removed_log_texts, removed_audit_texts, removed_pictures)"
    " VALUES (7, 'PUR-2026-00007', 'proposed', '2030-01-01 00:00:00.000000', 72, 'r', '{\"log_texts\": 99}',"
    f" 'Supervisor 02', {FORGED}, '2030-01-01 00:00:00.000000', '', '', 0, 0, 0)"
)
APPROVE = f"UPDATE purges SET state = 'approved', decided_by = 'Administrator', decided_at = {FORGED}"
RUN = "UPDATE purges SET state = 'running'"
DELETE = "DELETE FROM log_texts"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = make_room(tmp_path, LONG_AGO)
    for words in ("a man in a green coat", "a woman in a blue coat", "a dog"):
        write_entry(log_of(made), made.operator, NewLogEntry(words))
    made.clock.at = NOW
    return made


def log_of(room: Room) -> LogService:
    return LogService(room.database, vocabulary.load(), store_of(room), IncidentLinks())


def store_of(room: Room) -> SnapshotStore:
    return SnapshotStore(room.folder / "snapshots")


def purges_of(room: Room, keys: StepKeys | None = None) -> PurgeService:
    return PurgeService(room.database, store_of(room), keys or step_keys_of(room))


def write(room: Room, *statements: str) -> None:
    """As somebody with a client of the database does: every trigger in its place."""
    with room.database.write() as work:
        for statement in statements:
            work.session.execute(text(statement))


def entries(room: Room, *steps: tuple[str, str]) -> None:
    """Audit entries in other people's names, hashed as they should be."""
    with room.database.write() as work:
        for actor, action in steps:
            audit.record(work, actor, action, "purge", "PUR-2026-00007")


def signed(room: Room, keys: StepKeys, *steps: tuple[str, str]) -> None:
    """Signatures made by the operator's own key, under other people's names."""
    key = keys.of("Operator 07")
    assert key is not None
    for who, step in steps:
        with room.database.write() as work:
            facts = Step("purge", "PUR-2026-00007", step, who, NOW, "0" * 64)
            signed_steps.add(Act.now(work, "Operator 07"), key.private, facts)


def faults(room: Room) -> list[str]:
    """What `audit verify` names; the same stands in `db check`."""
    with room.database.read() as session:
        found = list(audit.verify(session).faults)
    checked = check(room.database, room.folder, AuditFiles.of(room.folder, Settings()))
    (chain,) = [each for each in checked if each.what == "audit chain"]
    assert (chain.health is Health.FAULT) == bool(found)
    return found


def words_left(room: Room) -> int:
    with room.database.read() as session:
        return session.scalar(text("SELECT count(*) FROM log_texts")) or 0


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("noted", "hands"),
    [
        ((), ()),
        (("proposed", "approved", "started"), ()),
        (("proposed", "approved", "started"), ("proposed",)),
        ((), ("proposed", "approved")),
        (("proposed", "started"), ("proposed", "approved")),
        (("proposed", "approved", "started"), ("proposed", "approved")),
    ],
)
def test_nothing_is_deleted_under_a_purge_that_one_hand_made(room: Room, noted, hands):
    """A supervisor's purge and an administrator's approval, written by an operator, who holds one key."""
    keys = StepKeys()
    keys.open(room.database, room.operator.handle, PASSWORD)
    names = {"proposed": "Supervisor 02", "approved": "Administrator", "started": "Administrator"}
    before = words_left(room)
    with pytest.raises(ControlRoomError):
        write(room, PURGE, APPROVE, RUN)
        entries(room, *((names[step], f"purge.{step}") for step in noted))
        signed(room, keys, *((names[step], step) for step in hands))
        write(room, DELETE)
    assert words_left(room) == before


def test_on_a_file_signatures_made_up_for_two_people_let_texts_go_and_are_named(room: Room):
    """SQLite can check no signature: what it cannot refuse, `audit verify` and `db check` name."""
    step_keys_of(room)
    write(room, PURGE, APPROVE, RUN)
    entries(room, ("Supervisor 02", "purge.proposed"), ("Administrator", "purge.approved"))
    entries(room, ("Administrator", "purge.started"))
    for who, step, key in (("Supervisor 02", "proposed", "AAAA"), ("Administrator", "approved", "BBBB")):
        write(
            room,
            "INSERT INTO signed_steps (kind, subject, step, who, at, digest, public_key, signature) VALUES "
            f"('purge', 'PUR-2026-00007', '{step}', '{who}', {FORGED}, '{'0' * 64}', '{key}', 'CCCC')",
        )
    write(room, DELETE)
    found = faults(room)
    assert "PUR-2026-00007: proposed by Supervisor 02: its signature is not genuine" in found
    assert "PUR-2026-00007: approved by Administrator: its signature is not genuine" in found


def forged_key(room: Room, handle: str, *, by: str, approver: StepKeys | None = None) -> StepKeys:
    """A key under somebody's name, made by an operator who holds their own key and the database file."""
    with room.database.write() as work:
        key = make_key(work, handle, "another password", by=approver.of(by) if approver else None)
    held = StepKeys()
    held._open = {handle: key}
    return held


@pytest.mark.both_engines
def test_a_key_somebody_else_made_for_a_person_is_nobodys(room: Room):
    step_keys_of(room)
    own = StepKeys()
    own.open(room.database, room.operator.handle, PASSWORD)
    for approver in (None, own):
        forged_key(room, "Supervisor 02", by="Operator 07", approver=approver)
    found = faults(room)
    assert any("approved by nobody, though there was one before" in fault for fault in found)
    assert any("was not approved by Operator 07, or they might not" in fault for fault in found)


@pytest.mark.both_engines
def test_a_step_signed_with_a_forged_key_is_named(room: Room):
    proper = step_keys_of(room)
    forged = forged_key(room, "Supervisor 02", by="")
    purge = purges_of(room, forged).propose(room.supervisor, BEFORE, "forged")
    purges_of(room, proper).approve(room.administrator, purge.id)
    assert any("signed with another key than Supervisor 02 had then" in fault for fault in faults(room))


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE purges SET decided_by = 'Supervisor 03'", "without a signature|of something else"),
        ("UPDATE purges SET counted = '{}'", "shown otherwise"),
        ("UPDATE purges SET reason = 'another'", "shown otherwise"),
        ("UPDATE purges SET cutoff = '2021-01-01 00:00:00.000000'", "shown otherwise"),
        ("UPDATE purges SET proposed_by = 'Operator 07'", "of something else"),
        ("DELETE FROM signed_steps WHERE step = 'approved'", "approved by Administrator without a signature"),
        ("UPDATE signed_steps SET signature = 'AAAA' WHERE step = 'proposed'", "not genuine"),
        ("UPDATE signed_steps SET who = 'Operator 07' WHERE step = 'proposed'", "not genuine"),
        (
            "UPDATE user_keys SET handle = 'Operator 07' WHERE handle = 'Administrator'",
            "put in past the program",
        ),
    ],
)
def test_what_was_changed_in_a_done_purge_is_named(room: Room, change: str, said: str):
    done(room)
    assert faults(room) == []
    tamper(room.folder, change)
    with pytest.raises(AssertionError, match=said):
        assert " | ".join(faults(room)) == ""


def done(room: Room):
    purges = purges_of(room)
    purge = purges.approve(room.administrator, purges.propose(room.supervisor, BEFORE, "policy").id)
    return purges.execute(room.administrator, purge.id)


@pytest.mark.both_engines
def test_a_purge_takes_no_more_texts_than_both_people_were_shown(room: Room):
    purges = purges_of(room)
    purge = purges.approve(room.administrator, purges.propose(room.supervisor, BEFORE, "policy").id)
    assert purge.counted.numbers["log_texts"] == 3
    room.clock.at, now = LONG_AGO, room.clock.at
    write_entry(log_of(room), room.operator, NewLogEntry("one more, as old"))
    room.clock.at = now
    purges._start(room.administrator, purge.id)
    with pytest.raises(ControlRoomError):
        write(room, DELETE)
    assert purges.execute(room.administrator, purge.id).removed.numbers["log_texts"] == 3
    assert words_left(room) == 1
    assert faults(room) == []


@pytest.mark.both_engines
def test_without_an_open_key_nothing_is_proposed_or_approved(room: Room):
    with pytest.raises(PermissionRefused, match="signing key of Supervisor 02 is not open"):
        purges_of(room, StepKeys()).propose(room.supervisor, BEFORE, "policy")
    purge = purges_of(room).propose(room.supervisor, BEFORE, "policy")
    with pytest.raises(PermissionRefused, match="signing key of Administrator is not open"):
        purges_of(room, StepKeys()).approve(room.administrator, purge.id)


@pytest.mark.both_engines
def test_a_proposal_nobody_signed_is_not_approved(room: Room):
    write(room, PURGE)
    with pytest.raises(RuleBroken, match="bears no signature"):
        purges_of(room).approve(room.administrator, 7)


@pytest.mark.both_engines
def test_a_purge_from_before_people_had_keys_still_verifies(room: Room):
    write(room, PURGE)
    entries(room, ("Supervisor 02", "purge.proposed"))
    step_keys_of(room)
    assert [fault for fault in faults(room) if "past the program" not in fault] == []
    with room.database.read() as session:
        assert session.query(UserKeyRow).count() == 2


@pytest.mark.both_engines
def test_the_key_is_open_from_sign_in_to_sign_out_and_another_persons_goes_when_they_come(room: Room):
    keys = StepKeys()
    desk = SignInService(room.database, desk="desk 1", keys=keys)
    for login, handle in (("night", "Operator 11"), ("day", "Operator 12")):
        room.accounts.add(room.administrator, login, handle, PASSWORD, room.operator.roles)
    night = desk.sign_in("night", PASSWORD)
    assert keys.of("Operator 11") and not keys.of("Operator 12")
    desk.sign_in("day", PASSWORD)
    assert keys.of("Operator 12") and not keys.of("Operator 11")
    desk.sign_out(desk.sign_in("night", PASSWORD))
    assert not keys.of(night.handle) and not keys.of("Operator 12")
