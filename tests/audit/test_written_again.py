"""A row that may only grow has one digest: an entry that vouches for it once more, or as removed, is named."""

import pytest
from sqlalchemy import select

from controlroom.audit import service as audit
from controlroom.audit.service import PendingEntry, append
from controlroom.database.digests import digested_tables
from controlroom.nouns import NOUNS
from tests.engines import tamper
from tests.incidents.desk import Desk, make_desk

pytestmark = pytest.mark.both_engines
LOG = digested_tables(NOUNS)["log_entries"]


def vouch(desk: Desk, key: int, who: str) -> None:
    """One more entry, which vouches for a log entry as it stands now, or as gone."""
    with desk.room.database.write() as work:
        row = work.session.execute(select(LOG.table).where(LOG.table.c.id == key)).one_or_none()
        digest = LOG.of(row._asdict()) if row else LOG.gone(LOG.key({"id": key}))
        append(work.session, [PendingEntry(who, "log.written", "log", str(key))], work.now, [digest])


def verified(desk: Desk):
    with desk.room.database.read() as session:
        return audit.verify(session)


@pytest.mark.parametrize("who", ["Control Room", "Operator 07"])
def test_a_changed_entry_that_one_more_audit_entry_vouches_for_is_named(tmp_path, who):
    desk = make_desk(tmp_path)
    entry = desk.write("Police told at once")
    tamper(desk.room.folder, f"UPDATE log_entries SET author = 'Supervisor 02' WHERE id = {entry.id}")
    vouch(desk, entry.id, who)
    assert any("is never changed, but audit entry" in fault for fault in verified(desk).faults)


@pytest.mark.parametrize("who", ["Control Room", "Operator 07"])
def test_a_removed_entry_that_one_more_audit_entry_vouches_for_is_named(tmp_path, who):
    desk = make_desk(tmp_path)
    entry = desk.write("Police told at once")
    tamper(
        desk.room.folder,
        f"DELETE FROM log_texts WHERE entry_id = {entry.id}",
        f"DELETE FROM log_entries WHERE id = {entry.id}",
    )
    vouch(desk, entry.id, who)
    assert any("is never removed, but audit entry" in fault for fault in verified(desk).faults)
