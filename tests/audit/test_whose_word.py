"""Entries that change who is believed count only where whoever wrote them might say so.

A server refuses them (`tests/audit/test_malformed_entries.py`); these stand in a room from before that, or in a file.
"""

import pytest

from controlroom.accounts.key_trust import KeyTrust, confirmation_facts
from controlroom.accounts.step_keys import make_key
from controlroom.audit import service as audit
from controlroom.audit.signatures import sign
from controlroom.audit.tables import AuditEntryRow
from controlroom.incidents.records import IncidentAction
from tests.builders import PASSWORD
from tests.incidents.desk import make_desk
from tests.step_keys import open_keys

pytestmark = pytest.mark.both_engines
LATER = 1_000_000


def enter(desk, actor, action, subject, kind="user", **said):
    with desk.room.database.write() as work:
        audit.record(work, actor, action, kind, subject, **said)


def verified(desk):
    with desk.room.database.read() as session:
        return audit.verify(session)


def test_nobody_makes_themselves_an_administrator_by_an_entry_and_confirms_keys(tmp_path):
    desk = make_desk(tmp_path)
    me, chief = desk.operator.handle, desk.room.administrator.handle
    open_keys(desk.keys, desk.room.database, desk.operator, desk.supervisor)
    enter(desk, me, "user.roles", me, roles=["administrator"])
    with desk.room.database.read() as session:
        made = session.query(AuditEntryRow).filter_by(action="user.key-made", subject="Supervisor 02").one()
        place, facts = made.sequence, confirmation_facts(made.sequence, made.hash, me)
    mine = desk.keys.require(me)
    said = {"entry": place, "key": mine.public, "signature": sign(mine.private, *facts)}
    enter(desk, me, "user.key-confirmed", str(place), "audit", **said)
    with desk.room.database.read() as session:
        trust = KeyTrust(session)
        assert not trust.confirmed
        assert not trust.is_administrator(me, LATER) and trust.is_administrator(chief, LATER)
    outcome = verified(desk)
    assert outcome.sound
    assert any(f"but {me}, who wrote it, might not" in note for note in outcome.notes)


def test_nobody_takes_the_administrators_role_from_them_by_an_entry(tmp_path):
    desk = make_desk(tmp_path)
    chief = desk.room.administrator
    open_keys(desk.keys, desk.room.database, chief)
    enter(desk, desk.operator.handle, "user.roles", chief.handle, roles=["operator"])
    with desk.room.database.write() as work:
        make_key(work, desk.operator.handle, PASSWORD, by=desk.keys.of(chief.handle), one_time=True)
    assert verified(desk).sound


def test_an_administrator_whose_role_was_taken_says_nothing_more(tmp_path):
    desk = make_desk(tmp_path)
    chief, second = desk.room.administrator.handle, desk.supervisor.handle
    enter(desk, chief, "user.roles", second, roles=["administrator"])
    enter(desk, chief, "user.roles", second, roles=["supervisor"])
    enter(desk, second, "user.roles", second, roles=["administrator"])
    with desk.room.database.read() as session:
        entry, trust = AuditEntryRow, KeyTrust(session)
        given = [
            row.sequence
            for row in session.query(entry).filter_by(action="user.roles").order_by(entry.sequence)
        ]
        assert [trust.is_administrator(second, place + 1) for place in given] == [True, False, False]


def test_since_when_steps_are_signed_and_rows_covered_is_nobodys_word(tmp_path):
    desk = make_desk(tmp_path)
    desk.act(desk.submitted(), IncidentAction.APPROVE, desk.supervisor)
    enter(desk, "Auditor", "incident.signing-begun", "steps", "incident")
    enter(desk, "Auditor", "audit.rows-entered", "rows", "audit", tables=["incidents"])
    outcome = verified(desk)
    assert outcome.sound
    assert not any("since entry" in note for note in outcome.notes)
