"""Submitting and approving an incident is signed by two people: what one hand makes up is refused, or named."""

import contextlib
import sqlite3

import pytest

from controlroom.accounts.records import Actor
from controlroom.accounts.step_keys import OpenKey, StepKeys, make_key
from controlroom.audit import service as audit
from controlroom.audit.act import Act
from controlroom.audit.records import Verification
from controlroom.audit.signing import AuditFiles
from controlroom.care.checking import check
from controlroom.care.records import Health
from controlroom.errors import ControlRoomError, PermissionRefused
from controlroom.incidents import signatures
from controlroom.incidents import work as incident_work
from controlroom.incidents.records import IncidentAction, Step
from controlroom.incidents.tables import IncidentRow, IncidentStepRow
from controlroom.settings import Settings
from tests.engines import tamper
from tests.incidents.desk import ROAD, Desk
from tests.step_keys import open_keys

_A = IncidentAction


def verified(desk: Desk) -> Verification:
    """What `audit verify` says; the same faults stand in `db check`."""
    room = desk.room
    with room.database.read() as session:
        found = audit.verify(session)
    checked = check(room.database, room.folder, AuditFiles.of(room.folder, Settings()))
    (chain,) = [each for each in checked if each.what == "audit chain"]
    assert (chain.health is Health.FAULT) == bool(found.faults)
    return found


def approved(desk: Desk):
    return desk.act(desk.submitted(), _A.APPROVE, desk.supervisor)


def moved_by_one_hand(desk: Desk, key: int, action: IncidentAction, who: str, keys: StepKeys | None = None):
    """A step in somebody else's name, entered in the chain with all its digests, as the program's own code does it."""
    mine = keys.of(desk.operator.handle) if keys is not None else None
    with desk.room.database.write() as work:
        row, act = work.session.get_one(IncidentRow, key), Act.now(work, who)
        incident_work.move(
            act, row, Step(action), desk.incidents.vocabulary, sign=lambda step: sign_as(act, row, step, mine)
        )


def sign_as(act: Act, row: IncidentRow, step: IncidentStepRow, key: OpenKey | None) -> None:
    """With that key, whoever's it is; with none where there is none."""
    if key is not None:
        keys = StepKeys()
        keys._open = {act.who: key}
        signatures.sign_step(act, keys, row, step)


@pytest.mark.both_engines
def test_an_incident_that_two_people_signed_verifies(desk: Desk):
    approved(desk)
    outcome = verified(desk)
    assert outcome.faults == ()
    assert any(
        "signed by Supervisor 02 with a first key that nobody approved" in note for note in outcome.notes
    )


@pytest.mark.both_engines
def test_without_an_open_key_nothing_is_submitted_or_approved(desk: Desk):
    incident = desk.submitted()
    desk.keys._open.clear()
    with pytest.raises(PermissionRefused, match="signing key of Supervisor 02 is not open"):
        desk.incidents.act(desk.supervisor, incident.id, Step(_A.APPROVE))
    desk.act(incident, _A.RETURN, desk.supervisor, reason="say more")
    with pytest.raises(PermissionRefused, match="signing key of Operator 07 is not open"):
        desk.incidents.act(desk.operator, incident.id, Step(_A.SUBMIT))


@pytest.mark.both_engines
def test_the_database_moves_nothing_there_without_a_signature(desk: Desk):
    incident = desk.submitted()
    with pytest.raises(ControlRoomError):
        moved_by_one_hand(desk, incident.id, _A.APPROVE, desk.supervisor.handle)
    assert desk.incidents.incident(desk.operator, incident.id).incident.state == "submitted"


def test_an_approval_that_one_hand_made_up_on_a_file_is_named(desk: Desk):
    """The operator holds the file, their own key and the program's code; triggers stand in their place."""
    incident = desk.submitted()
    moved_by_one_hand(desk, incident.id, _A.APPROVE, desk.supervisor.handle, desk.keys)
    found = " | ".join(verified(desk).faults)
    assert f"{incident.reference}: approved by Supervisor 02: it is signed with another key than" in found
    assert "signed by the same hand" in found


def test_an_approval_without_any_signature_is_named(desk: Desk):
    incident = desk.submitted()
    tamper(desk.room.folder, "DROP TRIGGER IF EXISTS incidents_needs_step", put_back=False)
    moved_by_one_hand(desk, incident.id, _A.APPROVE, desk.supervisor.handle)
    assert f"{incident.reference}: approved by Supervisor 02 without a signature" in verified(desk).faults


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE incident_steps SET author = 'Supervisor 03' WHERE to_state = 'approved'",
        "UPDATE incident_steps SET detail = 'other' WHERE to_state = 'monitoring'",
        "UPDATE incident_steps SET result = 'no trace' WHERE result <> ''",
        "UPDATE log_entries SET text_hash = 'other'",
        "UPDATE incident_signatures SET who = 'Supervisor 03'",
    ],
)
def test_what_was_changed_under_a_signature_is_named(desk: Desk, change: str):
    approved(desk)
    tamper(desk.room.folder, change)
    assert any("its signature is not genuine" in fault for fault in verified(desk).faults)


@pytest.mark.both_engines
def test_what_is_added_after_a_signature_leaves_it_genuine(desk: Desk):
    incident = approved(desk)
    desk.incidents.add_addendum(desk.operator, incident.id, "more", "the coat was blue")
    desk.act(incident, _A.REOPEN, desk.supervisor, reason="more is known")
    desk.incidents.link_entry(desk.operator, incident.id, desk.write("seen again").id)
    for action in (_A.MONITOR, _A.CONCLUDE, _A.SUBMIT):
        desk.act(incident, action)
    desk.act(incident, _A.APPROVE, desk.supervisor)
    assert verified(desk).faults == ()


def test_steps_from_before_they_were_signed_are_said_as_such(desk: Desk):
    """An approved incident of a room that is brought up to date afterwards; the next one is signed."""
    tamper(desk.room.folder, put_back=False)
    incident = desk.open()
    for action in (_A.MONITOR, _A.CONCLUDE, _A.SUBMIT):
        moved_by_one_hand(desk, incident.id, action, desk.operator.handle)
    with desk.room.database.write() as work:
        signatures.begin(work.session, (), work.now)
    moved_by_one_hand(desk, incident.id, _A.APPROVE, desk.supervisor.handle)
    approved(desk)
    with desk.room.database.write() as work:  # done again: nothing more is excused
        signatures.begin(work.session, (), work.now)
    outcome = verified(desk)
    assert [fault for fault in outcome.faults if "signature" in fault] == [
        f"{incident.reference}: approved by Supervisor 02 without a signature"
    ]
    assert any(
        "signed since entry" in note and "1 such steps are from before" in note for note in outcome.notes
    )


def test_an_entry_that_excuses_steps_after_the_first_signature_is_named(desk: Desk):
    approved(desk)
    with desk.room.database.write() as work:
        audit.add(work, signatures.begin_entry(work.now))
    assert any("was made up" in fault for fault in verified(desk).faults)


def test_an_incident_that_is_approved_without_any_step_is_named(desk: Desk):
    """The program's own code on a file without that trigger: chain and digests are in order."""
    incident = desk.submitted()
    tamper(desk.room.folder, "DROP TRIGGER IF EXISTS incidents_needs_step", put_back=False)
    with desk.room.database.write() as work:
        work.session.get_one(IncidentRow, incident.id).state = "approved"
        audit.record(work, "Supervisor 02", "incident.moved", "incident", incident.reference, to="approved")
    assert verified(desk).faults == (
        f"{incident.reference} is approved, but its newest step left it submitted",
    )


def approved_without_triggers(desk: Desk, key: int, who: Actor, mine: OpenKey | None, *before: str) -> None:
    """Approved in a file whose triggers are away meanwhile, by the program's own code with a genuine key of theirs."""
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    with contextlib.closing(sqlite3.connect(desk.room.folder / "room.db")) as file:
        made = file.execute(triggers).fetchall()
    tamper(desk.room.folder, *before, put_back=False)
    with desk.room.database.write() as work:
        row, act = work.session.get_one(IncidentRow, key), Act.now(work, who.handle)
        incident_work.move(
            act,
            row,
            Step(_A.APPROVE),
            desk.incidents.vocabulary,
            sign=lambda step: sign_as(act, row, step, mine),
        )
    tamper(desk.room.folder, *(each for _, each in made), put_back=False)


def test_one_person_with_two_keys_is_named(desk: Desk):
    incident, alone = desk.open(), desk.supervisor
    for action in ROAD:
        incident = desk.act(incident, action, alone)
    with desk.room.database.write() as work:
        another = make_key(work, alone.handle, "Another password 77", by=desk.keys.of(alone.handle))
    approved_without_triggers(desk, incident.id, alone, another)
    (fault,) = verified(desk).faults
    assert (
        fault
        == f"{incident.reference}: approved by Supervisor 02, who had submitted it: two people are needed"
    )


def test_an_approval_of_what_nobody_submitted_is_named(desk: Desk):
    incident = desk.open()
    for action in (_A.MONITOR, _A.CONCLUDE):
        incident = desk.act(incident, action, desk.supervisor)
    mine = open_keys(desk.keys, desk.room.database, desk.supervisor).of(desk.supervisor.handle)
    submitted = "UPDATE incidents SET state = 'submitted', submitted_by = 'Operator 07'"
    approved_without_triggers(desk, incident.id, desk.supervisor, mine, submitted)
    found = verified(desk).faults
    assert f"{incident.reference}: approved by Supervisor 02, though nobody had submitted it" in found


def test_an_approval_by_somebody_who_does_not_review_is_named(desk: Desk):
    incident = desk.open()
    for action in ROAD:
        incident = desk.act(incident, action, desk.supervisor)
    mine = open_keys(desk.keys, desk.room.database, desk.operator).of(desk.operator.handle)
    approved_without_triggers(desk, incident.id, desk.operator, mine)
    (fault,) = verified(desk).faults
    assert fault == f"{incident.reference}: approved by Operator 07, who did not review incidents then"
