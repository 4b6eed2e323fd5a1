"""Log entries, addenda and incidents as the pages see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from controlroom.incidents.restricted.records import Restriction

TEXT_REMOVED = "[text removed: its retention has ended]"


class IncidentState(StrEnum):
    """The road of an incident."""

    OPEN = "open"
    MONITORING = "monitoring"
    POLICE_INFORMED = "police informed"
    POLICE_ON_SCENE = "police on scene"
    CONCLUDED = "concluded"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class IncidentAction(StrEnum):
    """What moves an incident along, worded as on its button."""

    MONITOR = "Start monitoring"
    INFORM_POLICE = "Police informed"
    POLICE_ARRIVE = "Police on scene"
    CONCLUDE = "Conclude"
    SUBMIT = "Submit"
    APPROVE = "Approve"
    RETURN = "Return"
    REOPEN = "Reopen"


class Result(StrEnum):
    """How an incident ended."""

    ARREST = "arrest"
    DISPERSED = "dispersed"
    LOCATED_SAFE = "located safe"
    NO_TRACE = "no trace"
    PASSED_ON = "passed to another agency"
    NO_ACTION = "no action"


class Origin(StrEnum):
    """Found by the operator, or asked for by someone else."""

    PROACTIVE = "proactive"
    REACTIVE = "reactive"


class StepKind(StrEnum):
    """What a line of an incident's timeline is, besides log entries."""

    OPENED = "opened"
    MOVED = "moved"  # another state
    INFORMED = "informed"  # an agency was told
    AMENDED = "amended"  # category, place, references, cameras
    ADDENDUM = "addendum"


@dataclass(frozen=True)
class Snapshot:
    """A picture kept with an entry: its path below the snapshots folder and the SHA-256 of its bytes (hex)."""

    path: str
    sha256: str


@dataclass(frozen=True)
class NewLogEntry:
    """What someone writes into the log. `occurred_at` None means now; `snapshot` is a picture file to keep with it.

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
class Addendum:
    """What was added to an entry afterwards: who, when, why, and the words."""

    id: int
    entry_id: int
    written_at: datetime
    author: str
    reason: str
    text: str


@dataclass(frozen=True)
class LogEntry:
    """One entry, never changed. Text that was purged at the end of its retention reads TEXT_REMOVED."""

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
    accepted_at: datetime | None = None  # when a desk took it, before the database had it
    spooled: bool = False  # it waited on a desk, since the database did not answer
    unsaved: str = ""  # "not yet saved" or "refused" while it is not in the database

    @property
    def late_by(self) -> timedelta:
        """How long after the event it was written."""
        return (self.accepted_at or self.recorded_at) - self.occurred_at


@dataclass(frozen=True)
class Position:
    """Where a page of a list ended: hand it in to get the next."""

    at: datetime
    id: int


@dataclass(frozen=True)
class LogFilter:
    """Which entries. Empty fields do not narrow; `until` is exclusive; `words` may hold references and CADs too."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    camera_number: str = ""
    category: str = ""
    author: str = ""
    incident_id: int | None = None
    late_only: bool = False
    oldest_first: bool = False


@dataclass(frozen=True)
class LogPart:
    """Some entries in order; `next` leads on, None at the end."""

    entries: tuple[LogEntry, ...]
    next: Position | None = None


@dataclass(frozen=True)
class NewIncident:
    """What opens an incident. `origin` None follows from the source; `place` and `ward` from the camera."""

    category: str
    text: str
    source: str = "operator's own sighting"
    camera_id: int | None = None
    place: str = ""
    ward: str = ""
    cad: str = ""
    crime_reference: str = ""
    origin: Origin | None = None
    occurred_at: datetime | None = None
    snapshot: Path | None = None


@dataclass(frozen=True)
class Amendment:
    """What to change while an incident is being worked on; None leaves as it is."""

    category: str | None = None
    source: str | None = None
    origin: Origin | None = None
    place: str | None = None
    ward: str | None = None
    cad: str | None = None
    crime_reference: str | None = None


@dataclass(frozen=True)
class Incident:
    """An incident. `headline` is the text of its first entry; `version` grows with every step."""

    id: int
    reference: str
    state: IncidentState
    category: str
    source: str
    origin: Origin
    place: str
    ward: str
    cameras: tuple[str, ...]
    cad: str
    crime_reference: str
    opened_by: str
    opened_at: datetime
    occurred_at: datetime
    changed_at: datetime
    version: int
    headline: str = ""
    result: Result | None = None
    outcome: str = ""
    submitted_by: str = ""
    restricted: bool = False

    @property
    def number(self) -> str:
        """The reference's short form, as people say it: "00412"."""
        return self.reference.rsplit("-", 1)[-1]

    @property
    def title(self) -> str:
        """`Robbery, George Street`."""
        return ", ".join(part for part in (self.category[:1].upper() + self.category[1:], self.place) if part)


@dataclass(frozen=True)
class IncidentStep:
    """A line of the timeline that is not a log entry."""

    id: int
    kind: StepKind
    at: datetime
    recorded_at: datetime
    author: str
    action: str = ""
    from_state: str = ""
    to_state: str = ""
    agency: str = ""
    result: str = ""
    outcome: str = ""
    detail: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class TimelineLine:
    """One line to read aloud: when, who, what; with the entry or step it comes from."""

    at: datetime
    author: str
    title: str
    text: str = ""
    entry: LogEntry | None = None
    step: IncidentStep | None = None

    @property
    def late(self) -> bool:
        """True when it was written long after it happened."""
        return self.entry is not None and self.entry.late


@dataclass(frozen=True)
class IncidentFile:
    """Everything about one incident: itself, its timeline in order, and what this person may do with it now."""

    incident: Incident
    timeline: tuple[TimelineLine, ...]
    actions: tuple[IncidentAction, ...] = ()
    may_write: bool = False  # add entries, inform agencies, amend
    may_add_addendum: bool = False
    may_restrict: bool = False
    restriction: Restriction | None = None  # who alone sees it; None: everybody with the permission


@dataclass(frozen=True)
class IncidentFilter:
    """Which incidents. Empty fields do not narrow; `until` is exclusive."""

    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    camera_number: str = ""
    category: str = ""
    author: str = ""
    ward: str = ""
    states: frozenset[IncidentState] = frozenset()
    origin: Origin | None = None
    result: Result | None = None
    oldest_first: bool = False


@dataclass(frozen=True)
class IncidentPart:
    """Some incidents in order; `next` leads on, None at the end."""

    incidents: tuple[Incident, ...]
    next: Position | None = None


@dataclass(frozen=True)
class Step:
    """What someone says when moving an incident along.

    `reason` is needed to return, to reopen, and to conclude without the police having come; `result` to conclude.
    `at` is when it happened, None means now. `seen_version` refuses to act on what someone else changed meanwhile.
    """

    action: IncidentAction
    reason: str = ""
    result: Result | None = None
    outcome: str = ""
    agency: str = ""
    cad: str = ""
    at: datetime | None = None
    seen_version: int | None = None
