"""Describes incidents as pages see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from controlroom.log.records import ListFilter, LogEntry, TimelineLine


class IncidentState(StrEnum):
    """The states of an incident, in their usual order."""

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


class Theme(StrEnum):
    """What an incident turned on: a side of the problem analysis triangle, counted by the strategic assessment."""

    VICTIM = "victim"
    OFFENDER = "offender"
    LOCATION = "location"


LATE = "late: written "  # begins the mark of a step told late


class StepKind(StrEnum):
    """What a line of an incident's timeline is, besides log entries."""

    OPENED = "opened"
    MOVED = "moved"  # another state
    INFORMED = "informed"  # an agency was told
    AMENDED = "amended"  # category, place, references, cameras
    ADDENDUM = "addendum"


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
    theme: Theme | Literal[""] | None = None  # "" takes it away


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
    theme: Theme | None = None
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
class StepLine(TimelineLine):
    """A line of an incident's timeline that comes from one of its steps."""

    step: IncidentStep = field(kw_only=True)

    @property
    def late(self) -> bool:
        return LATE in self.step.detail


@dataclass(frozen=True)
class Reader:
    """Somebody who may be named, or is: by id and handle, with what they are ("operator, supervisor")."""

    user_id: int
    handle: str
    roles: str


@dataclass(frozen=True)
class Restriction:
    """Who alone sees an incident, since when (UTC), named by whom and why."""

    incident_id: int
    reason: str
    by: str
    at: datetime
    readers: tuple[Reader, ...]


@dataclass(frozen=True)
class IncidentFile:
    """Everything about one incident: its record, its timeline in order, and what this person may do with it now."""

    incident: Incident
    timeline: tuple[TimelineLine, ...]
    actions: tuple[IncidentAction, ...] = ()
    may_write: bool = False  # add entries, inform agencies, amend
    may_add_addendum: bool = False
    may_restrict: bool = False
    restriction: Restriction | None = None  # who alone sees it; None: everybody with the permission
    meanwhile: tuple[LogEntry, ...] = ()  # entries of no incident, logged on its cameras since it began


@dataclass(frozen=True)
class IncidentFilter(ListFilter):
    """Which incidents; `author` is who opened them."""

    ward: str = ""
    states: frozenset[IncidentState] = frozenset()
    origin: Origin | None = None
    result: Result | None = None


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
    theme: Theme | None = None  # with CONCLUDE; None leaves it as it is
    agency: str = ""
    cad: str = ""
    at: datetime | None = None
    seen_version: int | None = None
