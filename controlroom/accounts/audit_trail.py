"""Reads and verifies the audit trail for people whose role allows it."""

from collections.abc import Callable
from itertools import islice

from controlroom.accounts.access import reading
from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.audit import queries
from controlroom.audit import service as audit
from controlroom.audit.records import AuditEntry, AuditFilter, AuditPart, SignedHead, Verification
from controlroom.audit.signing import AuditFiles, newest_signed
from controlroom.audit.tables import AuditEntryRow as Row
from controlroom.database.unit_of_work import Database
from controlroom.declaration import action_words, audit_groups
from controlroom.texts import takes_texts

MOST_EXPORTED = 50_000  # rows in one file


@takes_texts
class AuditTrail:
    """What the audit page asks for; `audit` itself knows no people, so the permission is checked here."""

    def __init__(self, database: Database, files: AuditFiles | None = None) -> None:
        self._database, self._files = database, files
        self.words = action_words(database.nouns)
        self.groups = audit_groups(database.nouns)

    def entries(
        self, actor: Actor, wanted: AuditFilter, *, limit: int = queries.PART, older_than: int | None = None
    ) -> AuditPart:
        """One page of the trail, newest first; pass the last page's `before` to get older entries."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            return queries.list_entries(session, wanted, limit, older_than)

    def choices(self, actor: Actor) -> tuple[list[str], list[str]]:
        """Everyone the trail names, and every action in it: the choices of the filter."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            return queries.each_value(session, Row.actor), queries.each_value(session, Row.action)

    def export(self, actor: Actor, wanted: AuditFilter) -> list[AuditEntry]:
        """Every entry of a filter (50,000 at most), for an exported file; the trail notes who took how many."""
        with reading(self._database, actor, Permission.EXPORT_AUDIT) as session:
            found = list(islice(queries.every_entry(session, wanted), MOST_EXPORTED))
        with self._database.write() as work:
            audit.record(work, actor.handle, "audit.exported", "audit", "list", entries=len(found))
        return found

    def last_signed(self, actor: Actor) -> SignedHead | None:
        """The newest signed head, None while there is none."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            return newest_signed(session)

    def verify(self, actor: Actor, progress: Callable[[int, int], object] | None = None) -> Verification:
        """Walk the whole chain and name what is wrong; `progress` hears entries walked and entries in all."""
        with reading(self._database, actor, Permission.READ_AUDIT) as session:
            if self._files is None:
                return audit.verify(session, progress=progress)
            heads = self._files.heads if self._files.heads.path.exists() else None
            return audit.verify(session, heads=heads, trusted=self._files.trusted()[0], progress=progress)
