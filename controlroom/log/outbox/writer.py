"""Writes items of an outbox into the database: once, with its own times, marked, and audited."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.audit.act import Act
from controlroom.audit.tables import AuditEntryRow
from controlroom.database.unit_of_work import Work
from controlroom.errors import NotFound
from controlroom.log import rules
from controlroom.log import work as log_work
from controlroom.log.outbox.bringing_in import BroughtIn
from controlroom.log.outbox.records import ItemKind, OutboxItem, Saved
from controlroom.log.records import NewAddendum
from controlroom.log.service import LogService
from controlroom.log.tables import LogAddendumRow, LogEntryRow

# Saved later than this after it was accepted, an entry is marked as having waited.
AT_ONCE = timedelta(minutes=1)

_NOTES = {
    ItemKind.SIGN_IN: ("sign-in.remembered", "user"),
    ItemKind.SIGN_OUT: ("sign-out", "user"),
    ItemKind.CLOSED: ("log.refused-entry-closed", "log"),
}


class OutboxWriter:
    """The only way from an outbox into the log. Permissions are checked afresh, as of the moment of writing."""

    def __init__(self, log: LogService, present: Callable[[], str] = lambda: "") -> None:
        """`present` says who sits at this desk, by handle; a server knows who is connected and is asked itself."""
        self._log, self._present = log, present

    def write(self, item: OutboxItem) -> Saved:
        """Write it, or find that it was written before. Raises ControlRoomError."""
        with self._log.database.write() as work:
            if item.addendum is not None:
                return self._addendum(work, item, item.addendum)
            if item.kind is not ItemKind.ENTRY:
                return self._note(work, item)
            row = work.session.scalars(select(LogEntryRow).filter_by(entry_key=item.key)).one_or_none()
            if row is None:
                row = self._entry(work, item)
            return Saved(item, row.id, row.recorded_at)

    def _entry(self, work: Work, item: OutboxItem) -> LogEntryRow:
        session, new = work.session, item.entry
        accepted = self._accepted(work, item)
        actor = self._allowed(work, item, accepted)
        new = rules.check_entry(new, item.accepted_at, self._log.vocabulary.with_retired)
        target = None
        if new.incident_id is not None:
            require(session, actor, Permission.OPEN_INCIDENTS)
            target = self._log.links.target(session, new.incident_id)
        row = log_work.write_entry(
            self._act(work, item.actor.handle),
            new,
            item.snapshot,
            target=target,
            late_after=self._log.late_after,
            accepted=accepted,
        )
        session.flush()
        return row

    def _addendum(self, work: Work, item: OutboxItem, new: NewAddendum) -> Saved:
        session, accepted = work.session, self._accepted(work, item)
        self._allowed(work, item, accepted)
        named = {"id": new.entry_id} if new.entry_id else {"entry_key": new.entry_key}
        entry = session.scalars(select(LogEntryRow).filter_by(**named)).one_or_none()
        if entry is None:
            raise NotFound(
                "The entry that this adds to is not in the log.",
                remedy="Look among the refused entries; when that one is saved, try this again.",
            )
        # An addendum has no key of its own in the database: its moment of acceptance is as good as one.
        same = {"entry_id": entry.id, "author": item.actor.handle, "written_at": item.accepted_at}
        if session.scalars(select(LogAddendumRow.id).filter_by(**same)).first() is None:
            reason, text = rules.check_addendum(new.reason, new.text)
            act = self._act(work, item.actor.handle)
            log_work.write_addendum(act, entry, reason, text, accepted)
            for link in self._log.links.of_entries(session, [entry.id]).values():
                act.announce("incident", link.incident_id)
        return Saved(item, entry.id, work.now)

    def _act(self, work: Work, writer: str) -> Act:
        """The writer's act; one that somebody else brings in, where they are connected."""
        here = self._here(work.session)
        if here in ("", writer):
            return Act.now(work, writer)
        return BroughtIn(work, writer, work.now, by=here)

    def _here(self, session: Session) -> str:
        if session.get_bind().dialect.name == "postgresql":
            return session.scalar(select(func.controlroom_handle())) or ""
        return self._present()

    def _accepted(self, work: Work, item: OutboxItem) -> log_work.Accepted:
        waited = item.away or work.now - item.accepted_at >= AT_ONCE
        return log_work.Accepted(item.key, item.accepted_at, spooled=waited)

    def _allowed(self, work: Work, item: OutboxItem, accepted: log_work.Accepted) -> Actor:
        """Who wrote it, if they may write in the log; a password changed while it waited does not make it wrong."""
        actor = item.actor
        if accepted.spooled and (row := work.session.get(UserRow, actor.user_id)) is not None:
            actor = replace(actor, epoch=row.epoch)
        require(work.session, actor, Permission.WRITE_LOG)
        return actor

    def _note(self, work: Work, item: OutboxItem) -> Saved:
        action, subject_kind = _NOTES[item.kind]
        # A note has no row of its own: its audit entry holds its key.
        detail = {"accepted_at": item.accepted_at.isoformat(), "key": item.key}
        if (here := self._here(work.session)) not in ("", item.actor.handle):
            detail |= {"brought_in_by": here}
        if not _is_noted(work.session, action, item.key, subject=item.actor.handle):
            entry = audit.PendingEntry(
                item.actor.handle, action, subject_kind, item.actor.handle, detail, item.entry.text
            )
            audit.add(work, entry)
        return Saved(item, 0, work.now)


def _is_noted(session: Session, action: str, key: str, *, subject: str) -> bool:
    """Whether the audit trail says that the item with this key was written before."""
    if session.get_bind().dialect.name == "postgresql":  # where not everybody reads the audit
        return bool(session.scalar(select(func.controlroom_noted(action, subject, key))))
    entry = AuditEntryRow
    query = select(entry.sequence).where(entry.action == action, entry.subject == subject)
    return session.scalars(query.where(entry.detail.contains(key))).first() is not None
