"""What every part of the demonstration's rapid deployment writes into: the transaction and its audit entries."""

from datetime import datetime
from typing import Any

from controlroom.audit import service as audit
from controlroom.audit.service import PendingEntry
from controlroom.database.unit_of_work import Work
from controlroom.deployments.policy import Policy


class Book:
    """The transaction, the coordinator's handle, and the audit entries gathered on the way."""

    def __init__(self, work: Work, coordinator: str, policy: Policy) -> None:
        self.work, self.coordinator, self.policy = work, coordinator, policy
        self.entries: list[PendingEntry] = []

    def note(
        self,
        at: datetime,
        action: str,
        kind: str,
        subject: str,
        *,
        who: str = "",
        text: str = "",
        **detail: Any,
    ) -> None:
        """Note that something was done at a moment, by the coordinator unless `who` says otherwise."""
        self.entries.append(PendingEntry(who or self.coordinator, action, kind, subject, detail, text, at))

    def write(self) -> None:
        """Hand the entries to the chain, in the order of their time."""
        audit.add(self.work, *sorted(self.entries, key=lambda entry: entry.at or self.work.now))
