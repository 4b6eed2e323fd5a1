"""Defines how the log asks which incident an entry belongs to, without importing incidents.

`incidents/links.py` is the one implementation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Select
from sqlalchemy.orm import Session

from controlroom.audit.act import Act
from controlroom.log.tables import LogEntryRow


@dataclass(frozen=True)
class Link:
    """The incident an entry belongs to."""

    incident_id: int
    reference: str


class LinkTarget(Protocol):
    """An incident that an entry about to be written joins."""

    @property
    def reference(self) -> str:
        """Its reference, which goes into what searching reads and into the audit entry."""
        ...

    def add(self, act: Act, entry: LogEntryRow) -> None:
        """Make the entry, which has its number by now, part of it."""
        ...


class EntryLinks(Protocol):
    """Which incident each entry belongs to: at most one."""

    def target(self, session: Session, incident_id: int) -> LinkTarget:
        """The incident, locked; raises NotFound, or RuleBroken when nothing can be added to it."""
        ...

    def of_entries(self, session: Session, entry_ids: Sequence[int]) -> Mapping[int, Link]:
        """The links of these entries, by entry."""
        ...

    def entries_of(self, incident_id: int) -> Select[int]:
        """The ids of an incident's entries."""
        ...

    def entries_with_cad(self, cad: str) -> Select[int]:
        """The ids of the entries of incidents that have this CAD."""
        ...

    def entries_with_reference(self, pattern: str) -> Select[int]:
        """The ids of the entries of the incidents with this reference, whole or with % for the year."""
        ...
