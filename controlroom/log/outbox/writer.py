"""Writes items of an outbox into the database: once, with its own times, marked, and audited."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.audit.act import Act
from controlroom.audit.tables import AuditEntryRow
from controlroom.database.unit_of_work import Work
from controlroom.log import rules
from controlroom.log import work as log_work
from controlroom.log.outbox.records import ItemKind, OutboxItem, Saved
from controlroom.log.service import LogService
from controlroom.log.tables import LogEntryRow

AT_ONCE = timedelta(
    minutes=1
)  # an entry saved later than this after it was accepted is marked as having waited

_NOTES = {
    ItemKind.SIGN_IN: ("sign-in.remembered", "user"),
    ItemKind.SIGN_OUT: ("sign-out", "user"),
    ItemKind.CLOSED: ("log.refused-entry-closed", "log"),
}


class OutboxWriter:
    """The one road from an outbox into the log. Permissions are checked afresh, as of the moment of writing."""

    def __init__(self, log: LogService) -> None:
        self._log = log

    def write(self, item: OutboxItem) -> Saved:
        """Write it, or find that it was written before. Raises ControlRoomError."""
        with self._log.database.write() as work:
            if item.kind is not ItemKind.ENTRY:
                return self._note(work, item)
            row = work.session.scalars(select(LogEntryRow).filter_by(entry_key=item.key)).one_or_none()
            if row is None:
                row = self._entry(work, item)
            return Saved(item, row.id, row.recorded_at)

    def _entry(self, work: Work, item: OutboxItem) -> LogEntryRow:
        session, new = work.session, item.entry
        spooled = item.away or work.now - item.accepted_at >= AT_ONCE
        actor = self._as_now(work, item.actor) if spooled else item.actor
        require(session, actor, Permission.WRITE_LOG)
        new = rules.check_entry(new, item.accepted_at, self._log.vocabulary)
        target = None
        if new.incident_id is not None:
            require(session, actor, Permission.OPEN_INCIDENTS)
            target = self._log.links.target(session, new.incident_id)
        accepted = log_work.Accepted(item.key, item.accepted_at, spooled=spooled)
        row = log_work.write_entry(
            Act.now(work, item.actor.handle),
            new,
            item.snapshot,
            target=target,
            late_after=self._log.late_after,
            accepted=accepted,
        )
        session.flush()
        return row

    def _as_now(self, work: Work, actor: Actor) -> Actor:
        """A password changed since an entry was accepted does not make the entry wrong."""
        row = work.session.get(UserRow, actor.user_id)
        return actor if row is None else replace(actor, epoch=row.epoch)

    def _note(self, work: Work, item: OutboxItem) -> Saved:
        action, subject_kind = _NOTES[item.kind]
        # A note has no row of its own: its key in the chain says whether it was written before.
        detail = {"accepted_at": item.accepted_at.isoformat(), "key": item.key}
        written = select(AuditEntryRow.sequence).where(
            AuditEntryRow.action == action, AuditEntryRow.detail.contains(item.key)
        )
        if work.session.scalars(written).first() is None:
            entry = audit.PendingEntry(
                item.actor.handle, action, subject_kind, item.actor.handle, detail, item.entry.text
            )
            audit.add(work, entry)
        return Saved(item, 0, work.now)
