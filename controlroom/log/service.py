"""Reads, searches and exports the log for a person. What people write comes in through the outbox."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from controlroom.accounts.access import reading, require
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import service as audit
from controlroom.cameras.records import Camera
from controlroom.cameras.service import cameras_in_use
from controlroom.database.unit_of_work import Database
from controlroom.errors import NotFound
from controlroom.log import queries, rules
from controlroom.log.links import EntryLinks
from controlroom.log.records import LogEntry, LogFilter, Part, Position, Snapshot
from controlroom.log.snapshots import SnapshotStore
from controlroom.log.tables import LogEntryRow
from controlroom.log.vocabulary import Vocabulary
from controlroom.texts import takes_texts

PAGE = 100  # entries a page
MOST_EXPORTED = 20_000  # rows in one file; a year of the room's log


@takes_texts
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
        """`late_after` says how long after the event an entry counts as late; it is asked at every use."""
        self.database = database
        self.vocabulary = vocabulary
        self.snapshots = snapshots
        self.links = links
        self._late_after = late_after

    @property
    def late_after(self) -> timedelta:
        """How long after the event an entry counts as late, as the room has set it now."""
        return self._late_after()

    def entries(
        self,
        actor: Actor,
        wanted: LogFilter | None = None,
        limit: int = PAGE,
        after: Position | None = None,
    ) -> Part[LogEntry]:
        """Entries, newest first unless asked otherwise; pass the last part's `next` for those after it."""
        with reading(self.database, actor, Permission.READ_LOG) as session:
            return queries.list_entries(session, self.links, wanted or LogFilter(), limit, after)

    def search(self, actor: Actor, typed: str, *, limit: int = PAGE) -> Part[LogEntry]:
        """Entries in which every word, reference and CAD of `typed` is found, newest first."""
        return self.entries(actor, LogFilter(words=typed), limit=limit)

    def entry(self, actor: Actor, entry_id: int) -> LogEntry:
        """One entry with its addenda; raises NotFound."""
        with reading(self.database, actor, Permission.READ_LOG) as session:
            return queries.load_entry(session, self.links, entry_id)

    def authors(self, actor: Actor) -> list[str]:
        """Everyone who has written an entry, for choosing one."""
        with reading(self.database, actor, Permission.READ_LOG) as session:
            return queries.authors(session)

    def cameras(self, actor: Actor) -> list[Camera]:
        """The cameras an entry can be written about, by number."""
        with reading(self.database, actor, Permission.READ_LOG) as session:
            return cameras_in_use(session)

    def export(self, actor: Actor, wanted: LogFilter) -> list[LogEntry]:
        """Every entry the filter lets through, for an exported file; the audit notes who took how many."""
        # A long list must not hold up those who write: it is read before the audit entry is written.
        with reading(self.database, actor, Permission.READ_LOG) as session:
            require(session, actor, Permission.EXPORT)
            found = queries.list_entries(session, self.links, wanted, MOST_EXPORTED, None).records
        with self.database.write() as work:
            audit.record(work, actor.handle, "log.exported", "log", "list", entries=len(found))
        return list(found)

    def now(self) -> datetime:
        """The present moment by the room's clock (UTC)."""
        return self.database.clock.now()

    def picture(self, actor: Actor, snapshot: Snapshot) -> Path:
        """The file of an entry's picture; raises NotFound when it is gone, or belongs to no entry this person sees."""
        with reading(self.database, actor, Permission.READ_LOG) as session:
            query = select(LogEntryRow.id).filter_by(
                snapshot_path=snapshot.path, snapshot_sha256=snapshot.sha256
            )
            if session.scalars(query.limit(1)).first() is None:
                raise NotFound("There is no such picture.", remedy="Reload the page.")
        return self.snapshots.path_of(snapshot)

    @contextmanager
    def kept(self, picture: Path | None, at: datetime | None) -> Iterator[Snapshot | None]:
        """Store a picture for the entry written inside the block; it is removed again when that fails."""
        if picture is None:
            yield None
            return
        snapshot = self.snapshots.keep(picture, at or self.now())
        try:
            yield snapshot
        except BaseException:
            self.snapshots.discard(snapshot)
            raise
