"""Describes log entries and their addenda as pages see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

TEXT_MISSING = "[text missing: no purge took it]"


@dataclass(frozen=True)
class Snapshot:
    """A picture stored with an entry: its path below the snapshots folder and the SHA-256 of its bytes (hex)."""

    path: str
    sha256: str


@dataclass(frozen=True)
class NewLogEntry:
    """What someone writes into the log. `occurred_at` None means now; `snapshot` is a picture file to store with it.

    `category` and `source` come from the lists; `cad` may be typed short ("4417" means today's).
    """

    text: str
    category: str = "observation"
    source: str = "operator's own sighting"
    camera_id: int | None = None
    cad: str = ""
    occurred_at: datetime | None = None
    incident_id: int | None = None
    snapshot: Path | None = None


@dataclass(frozen=True)
class NewAddendum:
    """What someone adds to an entry: why, and the words.

    The entry is named by its id, or while it is on its way to the database by the key it was accepted with.
    """

    reason: str
    text: str
    entry_id: int = 0
    entry_key: str = ""


@dataclass(frozen=True)
class Addendum:
    """What was added to an entry afterwards: who, when, why, and the words."""

    id: int
    entry_id: int
    written_at: datetime
    author: str
    reason: str
    text: str
    brought_in_by: str = ""  # who was connected when it came in, where that was not its author

    @property
    def written_by(self) -> str:
        """Its author, with who brought it in."""
        return f"{self.author}, brought in by {self.brought_in_by}" if self.brought_in_by else self.author


@dataclass(frozen=True)
class LogEntry:
    """One entry, never changed. Where its text is gone stands which purge took it, else TEXT_MISSING."""

    id: int
    occurred_at: datetime
    recorded_at: datetime
    late: bool
    author: str
    category: str
    source: str
    text: str
    camera_id: int | None = None
    camera_number: str = ""
    place: str = ""
    ward: str = ""
    cad: str = ""
    incident_id: int | None = None
    incident_reference: str = ""
    snapshot: Snapshot | None = None
    addenda: tuple[Addendum, ...] = ()
    entry_key: str = ""  # the key a desk accepted it with, before the database had it
    accepted_at: datetime | None = None  # when that was
    brought_in_by: str = ""  # who was connected when it came in, where that was not its author
    spooled: bool = False  # it waited on a desk, since the database did not answer
    unsaved: str = ""  # "not yet saved" or "refused" while it is not in the database

    @property
    def late_by(self) -> timedelta:
        """How long after the event it was written."""
        return (self.accepted_at or self.recorded_at) - self.occurred_at


@dataclass(frozen=True)
class Position:
    """Where a page of a list ended: pass it to get the next."""

    at: datetime
    id: int


@dataclass(frozen=True)
class ListFilter:
    """Which records of a list. Empty fields do not narrow; `until` is exclusive.

    `words` may hold references and CADs too.
    """

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    camera_number: str = ""
    category: str = ""
    author: str = ""
    oldest_first: bool = False


@dataclass(frozen=True)
class LogFilter(ListFilter):
    """Which entries."""

    incident_id: int | None = None
    late_only: bool = False


class Happened(Protocol):
    """A record with a number of its own, of something that happened at a moment."""

    @property
    def id(self) -> int: ...

    @property
    def occurred_at(self) -> datetime: ...


R = TypeVar("R")


@dataclass(frozen=True)
class Part(Generic[R]):
    """Some records of a list in order; `next` leads on, None at the end."""

    records: tuple[R, ...]
    next: Position | None = None


@dataclass(frozen=True)
class TimelineLine:
    """One line to read aloud: when, who, what; with the entry it comes from, if it comes from one."""

    at: datetime
    author: str
    title: str
    text: str = ""
    entry: LogEntry | None = None

    @property
    def late(self) -> bool:
        return self.entry is not None and self.entry.late


def timeline_of_entries(entries: Iterable[LogEntry]) -> tuple[TimelineLine, ...]:
    """Entries in the order they happened, each with its addenda right below it."""
    lines: list[TimelineLine] = []
    for entry in sorted(entries, key=lambda each: (each.occurred_at, each.id)):
        lines += [line_of_entry(entry), *(line_of_addendum(each) for each in entry.addenda)]
    return tuple(lines)


def line_of_entry(entry: LogEntry) -> TimelineLine:
    """An entry as a line, headed by its camera and place."""
    camera = f"Camera {entry.camera_number}" if entry.camera_number else "Log"
    title = f"{camera}, {entry.place}" if entry.place and entry.camera_number else camera
    return TimelineLine(entry.occurred_at, entry.author, title, entry.text, entry=entry)


def line_of_addendum(addendum: Addendum) -> TimelineLine:
    """An addendum as a line, headed by its reason."""
    return TimelineLine(
        addendum.written_at, addendum.written_by, f"Addendum: {addendum.reason}".rstrip(": "), addendum.text
    )
