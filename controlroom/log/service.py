"""Use cases of the log: write, add to, read, search. Nothing here changes what was written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from controlroom.accounts.access import require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.audit.act import Act
from controlroom.cameras.records import Camera
from controlroom.cameras.rules import number_key
from controlroom.cameras.service import to_record
from controlroom.cameras.tables import CameraRow
from controlroom.database.unit_of_work import Database
from controlroom.errors import NotFound
from controlroom.log import queries, rules
from controlroom.log import work as log_work
from controlroom.log.links import EntryLinks
from controlroom.log.records import (
    Addendum,
    LogEntry,
    LogFilter,
    LogPart,
    NewLogEntry,
    Position,
    Snapshot,
)
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.tables import LogEntryRow
from controlroom.log.vocabulary import Vocabulary

PAGE = 100  # entries a page
MOST_EXPORTED = 20_000  # rows in one file; a year of the room's log


class LogService:
    """The log of the room."""

    def __init__(
        self,
        database: Database,
        vocabulary: Vocabulary,
        snapshots: SnapshotStore,
        links: EntryLinks,
        *,
        late_after: Callable[[], timedelta] = lambda: rules.LATE_AFTER,
    ) -> None:
        """`late_after` says how long after what it tells of an entry counts as late; it is asked at every use."""
        self.database = database
        self.vocabulary = vocabulary
        self.snapshots = snapshots
        self.links = links
        self._late_after = late_after

    @property
    def late_after(self) -> timedelta:
        """How long after what it tells of an entry counts as late, as the room has set it now."""
        return self._late_after()

    def write(self, actor: Actor, new: NewLogEntry) -> LogEntry:
        """Write an entry; with `incident_id` it becomes part of that incident's timeline."""
        with self.kept(new.snapshot, new.occurred_at) as snapshot, self.database.write() as work:
            session = work.session
            require(session, actor, Permission.WRITE_LOG)
            new = rules.check_entry(new, work.now, self.vocabulary)
            target = None
            if new.incident_id is not None:
                require(session, actor, Permission.OPEN_INCIDENTS)
                target = self.links.target(session, new.incident_id)
            row = log_work.write_entry(
                Act.now(work, actor.handle), new, snapshot, target=target, late_after=self.late_after
            )
            session.flush()
            return queries.load_entry(session, self.links, row.id)

    def add_addendum(self, actor: Actor, entry_id: int, reason: str, text: str) -> Addendum:
        """Add to an entry, whatever became of its incident; the entry itself stays as it was written."""
        with self.database.write() as work:
            require(work.session, actor, Permission.WRITE_LOG)
            entry = work.session.get(LogEntryRow, entry_id)
            if entry is None:
                raise NotFound(f"There is no log entry {entry_id}.")
            reason, text = rules.check_addendum(reason, text)
            row = log_work.write_addendum(Act.now(work, actor.handle), entry, reason, text)
            work.session.flush()
            record = queries.load_entry(work.session, self.links, entry_id)
            if record.incident_id is not None:
                work.announce("incident", record.incident_id)
            return next(each for each in record.addenda if each.id == row.id)

    def entries(
        self,
        actor: Actor,
        wanted: LogFilter | None = None,
        *,
        limit: int = PAGE,
        after: Position | None = None,
    ) -> LogPart:
        """Entries, newest first unless asked otherwise; hand in the last part's `next` for those after it."""
        with self.database.read() as session:
            require(session, actor, Permission.READ_LOG)
            return queries.list_entries(session, self.links, wanted or LogFilter(), limit, after)

    def search(self, actor: Actor, typed: str, *, limit: int = PAGE) -> LogPart:
        """Entries in which every word, reference and CAD of `typed` is found, newest first."""
        return self.entries(actor, LogFilter(words=typed), limit=limit)

    def entry(self, actor: Actor, entry_id: int) -> LogEntry:
        """One entry with its addenda; raises NotFound."""
        with self.database.read() as session:
            require(session, actor, Permission.READ_LOG)
            return queries.load_entry(session, self.links, entry_id)

    def authors(self, actor: Actor) -> list[str]:
        """Everyone who has written an entry, for choosing one."""
        with self.database.read() as session:
            require(session, actor, Permission.READ_LOG)
            return queries.authors(session)

    def cameras(self, actor: Actor) -> list[Camera]:
        """The cameras an entry can be written about, by number."""
        with self.database.read() as session:
            require(session, actor, Permission.READ_LOG)
            rows = session.scalars(select(CameraRow).filter_by(active=True))
            return sorted((to_record(row) for row in rows), key=lambda each: number_key(each.number))

    def export(self, actor: Actor, wanted: LogFilter) -> list[LogEntry]:
        """Every entry the filter lets through, for a file to take away; the audit notes who took how many."""
        with self.database.read() as session:  # a long list must not hold up those who write
            require(session, actor, Permission.READ_LOG)
            require(session, actor, Permission.EXPORT)
            found = queries.list_entries(session, self.links, wanted, MOST_EXPORTED, None).entries
        with self.database.write() as work:
            audit.record(work, actor.handle, "log.exported", "log", "list", entries=len(found))
        return list(found)

    def now(self) -> datetime:
        """The present moment by the room's clock (UTC)."""
        return self.database.clock.now()

    def picture(self, actor: Actor, snapshot: Snapshot) -> Path:
        """The file of an entry's picture; raises NotFound when it is gone."""
        with self.database.read() as session:
            require(session, actor, Permission.READ_LOG)
        return self.snapshots.path_of(snapshot)

    @contextmanager
    def kept(self, picture: Path | None, at: datetime | None, label: str = "") -> Iterator[Snapshot | None]:
        """Keep a picture for the entry written inside the block; taken away again when that fails."""
        if picture is None:
            yield None
            return
        was_there = self.snapshots.holds(picture)
        snapshot = self.snapshots.keep(picture, at or self.database.clock.now(), label)
        try:
            yield snapshot
        except BaseException:
            if not was_there:
                self.snapshots.discard(snapshot)
            raise
