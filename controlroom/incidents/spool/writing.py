"""Writing what a desk kept into the database: once, with its own times, marked, and audited."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.tables import UserRow
from controlroom.audit import service as audit
from controlroom.audit.tables import AuditEntryRow
from controlroom.database.unit_of_work import Work
from controlroom.incidents import rules, writing
from controlroom.incidents.incident_queries import get_row, to_incident
from controlroom.incidents.log_service import LogService
from controlroom.incidents.spool.records import Kept, KeptKind, Written
from controlroom.incidents.tables import LogEntryRow

AT_ONCE = timedelta(minutes=1)  # an entry saved later than this after it was accepted is marked as kept first

_NOTES = {
    KeptKind.SIGN_IN: ("sign-in.remembered", "user"),
    KeptKind.SIGN_OUT: ("sign-out", "user"),
    KeptKind.CLOSED: ("log.refused-entry-closed", "log"),
}


class KeptWriter:
    """The one road from a spool into the log. Permissions are checked afresh, as of the moment of writing."""

    def __init__(self, log: LogService) -> None:
        self._log = log

    def write(self, kept: Kept) -> Written:
        """Write it, or find that it was written before. Raises ControlRoomError."""
        with self._log.database.write() as work:
            if kept.kind is not KeptKind.ENTRY:
                return self._note(work, kept)
            row = work.session.scalars(select(LogEntryRow).filter_by(entry_key=kept.key)).one_or_none()
            if row is None:
                row = self._entry(work, kept)
            return Written(kept, row.id, row.recorded_at)

    def _entry(self, work: Work, kept: Kept) -> LogEntryRow:
        session, new = work.session, kept.entry
        spooled = kept.away or work.now - kept.accepted_at >= AT_ONCE
        actor = self._as_now(work, kept.actor) if spooled else kept.actor
        require(session, actor, Permission.WRITE_LOG)
        self._log.vocabulary.check_category(new.category, of_incident=False)
        self._log.vocabulary.check_source(new.source)
        incident = None
        if new.incident_id is not None:
            require(session, actor, Permission.OPEN_INCIDENTS)
            incident = get_row(session, new.incident_id, lock=True)
            rules.check_writable(to_incident(session, incident))
        keeping = writing.Keeping(kept.key, kept.accepted_at, spooled=spooled)
        row = writing.write_entry(
            work,
            kept.actor.handle,
            new,
            kept.snapshot,
            incident=incident,
            late_after=self._log.late_after,
            keeping=keeping,
        )
        session.flush()
        return row

    def _as_now(self, work: Work, actor: Actor) -> Actor:
        """A password changed since an entry was accepted does not make the entry wrong."""
        row = work.session.get(UserRow, actor.user_id)
        return actor if row is None else replace(actor, epoch=row.epoch)

    def _note(self, work: Work, kept: Kept) -> Written:
        action, subject_kind = _NOTES[kept.kind]
        # A note has no row of its own: its key in the chain says whether it was written before.
        detail = {"accepted_at": kept.accepted_at.isoformat(), "key": kept.key}
        written = select(AuditEntryRow.sequence).where(
            AuditEntryRow.action == action, AuditEntryRow.detail.contains(kept.key)
        )
        if work.session.scalars(written).first() is None:
            entry = audit.PendingEntry(
                kept.actor.handle, action, subject_kind, kept.actor.handle, detail, kept.entry.text
            )
            audit.add(work, entry)
        return Written(kept, 0, work.now)
