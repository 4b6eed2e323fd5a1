"""Describes what waits in the outbox, as pages see it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from controlroom.accounts.records import Actor
from controlroom.log.records import NewAddendum, NewLogEntry, Snapshot


class ItemKind(StrEnum):
    """What an item of the outbox is."""

    ENTRY = "entry"
    ADDENDUM = "addendum"
    SIGN_IN = "sign-in"  # somebody signed in from this desk's own memory while the database was away
    SIGN_OUT = "sign-out"  # and left it again
    CLOSED = "closed"  # a supervisor closed an entry the database had refused


class ItemState(StrEnum):
    """Where it stands, worded as on screen."""

    WAITING = "not yet saved"
    REFUSED = "refused"
    CLOSED = "closed"


RECORDS = frozenset({ItemKind.ENTRY, ItemKind.ADDENDUM})
"""What people wrote; the others are notes for the audit trail."""


@dataclass(frozen=True)
class About:
    """What an entry or addendum is about, as this desk knows it: shown until the database has it.

    `private`: it may belong to an incident that only named people see, so its words are shown to its writer alone.
    """

    number: str = ""  # the camera's
    place: str = ""
    incident: str = ""  # its reference
    private: bool = False


@dataclass(frozen=True)
class OutboxItem:
    """One thing accepted on this desk. `key` is written with it, so that it is saved once.

    `occurred_at` is always known here; `away` says that the database did not answer when it was accepted.
    """

    key: str
    kind: ItemKind
    actor: Actor
    accepted_at: datetime
    occurred_at: datetime
    away: bool
    entry: NewLogEntry = field(default_factory=lambda: NewLogEntry(""))
    addendum: NewAddendum | None = None
    snapshot: Snapshot | None = None
    about: About = About()
    state: ItemState = ItemState.WAITING
    reason: str = ""  # why the database refused it
    remedy: str = ""
    number: int = 0  # its place in its file

    @property
    def text(self) -> str:
        """The words, of an addendum with its reason."""
        new = self.addendum
        return f"Addendum: {new.reason}. {new.text}" if new is not None else self.entry.text

    def may_be_read_by(self, handle: str) -> bool:
        """Whether this person may read its words."""
        return not self.about.private or handle == self.actor.handle


@dataclass(frozen=True)
class Saved:
    """What became of an item: the database has it, in or below the entry `entry_id` (0 for a note)."""

    item: OutboxItem
    entry_id: int
    recorded_at: datetime
