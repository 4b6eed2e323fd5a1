"""Reading the audit trail as a person: only those whose role allows it."""

from controlroom.accounts.permissions import Permission
from controlroom.accounts.records import Actor
from controlroom.accounts.service import require
from controlroom.audit import service as audit
from controlroom.audit.records import AuditEntry, Verification
from controlroom.database.unit_of_work import Database


class AuditTrail:
    """What the audit page asks for. `audit` itself knows no people, so the permission is checked here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, actor: Actor, limit: int = 500) -> list[AuditEntry]:
        """The newest `limit` entries, newest first."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_AUDIT)
            return audit.newest(session, limit)

    def verify(self, actor: Actor) -> Verification:
        """Walk the whole chain and name the first fault."""
        with self._database.read() as session:
            require(session, actor, Permission.READ_AUDIT)
            return audit.verify(session)
