"""Describes bids as pages see them."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class BidState(StrEnum):
    """The states of a bid, in their usual order."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_INFORMATION = "needs information"
    ASSESSED = "assessed"
    TABLED = "tabled"
    APPROVED = "approved"
    WAITLISTED = "waitlisted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    DEPLOYED = "deployed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class BidAction(StrEnum):
    """What can be done with a bid, worded as on its button. Decisions are taken at meetings or by the chair."""

    EDIT = "Edit"
    SUBMIT = "Submit"
    ASK = "Ask for information"
    ASSESS = "Assess"
    TABLE = "Table at meeting"
    CHAIR = "Record chair's action"
    PLAN = "Plan deployment"
    LAPSE = "Let lapse"
    WITHDRAW = "Withdraw"


@dataclass(frozen=True)
class ActionNow:
    """An action of the state a bid or a deployment is in; `why_not` is empty when it can be taken now."""

    action: StrEnum
    why_not: str = ""

    @property
    def ready(self) -> bool:
        """True when nothing stands in the way."""
        return not self.why_not


@dataclass(frozen=True)
class BidContent:
    """What a partner states (rule 3, docs/rules.md).

    Counts are reports in the last 3 and 12 months; coordinates are WGS 84 degrees.
    """

    partner: str = ""
    contact: str = ""
    place: str = ""
    ward: str = ""
    latitude: float | None = None
    longitude: float | None = None
    objectives: tuple[str, ...] = ()
    reports_3_months: int | None = None
    reports_12_months: int | None = None
    evidence: str = ""
    causes: str = ""
    tried: str = ""
    less_intrusive: str = ""
    overlooked_homes: str = ""
    times_of_concern: str = ""
    success_measures: str = ""
    plan: str = ""
    agencies: tuple[str, ...] = ()
    beyond_one_agency: bool = False
    medium_term_plan: bool = False
    agencies_committed: bool = False


@dataclass(frozen=True)
class NearestCamera:
    """The nearest permanent camera of a place: `distance_m` away as the crow flies, of use up to `usable_m`."""

    number: str
    name: str
    distance_m: float
    usable_m: float

    @property
    def covers(self) -> bool:
        """True when the place lies within its usable range."""
        return self.distance_m <= self.usable_m


@dataclass(frozen=True)
class ScoreLine:
    """One part of a score as it was given: 0 to 10, its weight then, the points of 100 it made, and a note."""

    part: str
    title: str
    given: int
    weight: float
    points: float
    note: str = ""


@dataclass(frozen=True)
class Assessment:
    """What an assessor gives: a score 0 to 10 by part, and a note by part where there is something to say."""

    given: dict[str, int]
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BidDeployment:
    """The newest deployment of a bid that was not aborted; `under_way` until its unit is removed."""

    id: int
    reference: str
    under_way: bool


@dataclass(frozen=True)
class Bid:
    """A bid with everything a page shows of it. `score` is 0 to 100, None until assessed.

    `nearest` is worked out from the register until the bid is assessed, and as it was then afterwards.
    """

    id: int
    reference: str
    state: BidState
    content: BidContent
    version: int
    question: str = ""
    reason: str = ""
    submitted_on: date | None = None
    nearest: NearestCamera | None = None
    score: float | None = None
    lines: tuple[ScoreLine, ...] = ()
    meeting_day: date | None = None
    deployment_id: int | None = None
    deployment: str = ""
    actions: tuple[ActionNow, ...] = ()
