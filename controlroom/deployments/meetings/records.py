"""Describes meetings, their agenda and their decisions as pages see them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MeetingState(StrEnum):
    """A meeting lies ahead (or is being held), was held, or was cancelled."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Subject(StrEnum):
    """What a decision is about: a bid for a unit, or a deployment that stands already."""

    BID = "bid"
    DEPLOYMENT = "deployment"


class Outcome(StrEnum):
    """What was decided. The first four are for bids, then two for deployments, then three for the chair's action."""

    APPROVED = "approved"
    WAITLISTED = "waitlisted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    EXTENDED = "extended"
    ENDED = "ended"
    RATIFIED = "ratified"
    NOT_RATIFIED = "not ratified"
    LAPSED = "lapsed"


BID_OUTCOMES = (Outcome.APPROVED, Outcome.WAITLISTED, Outcome.DEFERRED, Outcome.REFUSED)
DEPLOYMENT_OUTCOMES = (Outcome.EXTENDED, Outcome.ENDED)


@dataclass(frozen=True)
class Meeting:
    """One meeting of the JAG; `day` and `time` ("10:00") are London's."""

    id: int
    day: date
    time: str
    place: str
    state: MeetingState
    minutes: str = ""
    version: int = 0

    @property
    def planned(self) -> bool:
        """True until it is held or cancelled."""
        return self.state is MeetingState.PLANNED


@dataclass(frozen=True)
class Decision:
    """One recorded decision, never changed.

    `taken_by` is the meeting or the chair; `recorded_by` the coordinator's handle. `ratification` is the answer to a
    chair's action: of the first meeting held since, or lapsed. Until then it stands, at most until `stands_until`.
    """

    id: int
    subject: Subject
    bid_id: int
    bid_reference: str
    place: str
    outcome: Outcome
    decided_on: date
    taken_by: str
    recorded_by: str
    reason: str = ""
    rank: int | None = None
    score: float | None = None
    departs: bool = False
    signed_off_by: str = ""
    by_chair: bool = False
    stands_until: date | None = None
    ratification: Outcome | None = None


@dataclass(frozen=True)
class RankedBid:
    """A tabled bid in its place on the agenda. `parts` are (part, points of 100) in the policy's order.

    `above_line` says whether the free units reach down to it; `score_today` is its score by the weights in force.
    """

    bid_id: int
    reference: str
    place: str
    ward: str
    summary: str
    rank: int
    score: float
    parts: tuple[tuple[str, float], ...]
    above_line: bool
    decision: Decision | None = None
    score_today: float = 0.0


@dataclass(frozen=True)
class LeftOff:
    """A scored bid that waits for a decision and is not on the agenda; `why` says where it waits instead."""

    bid_id: int
    reference: str
    place: str
    score: float
    score_today: float
    why: str = ""


def is_better(other: LeftOff, bid: RankedBid) -> bool:
    """True when a bid that is left off ranks better, by the scores as given or by the weights in force."""
    return other.score > bid.score or other.score_today > bid.score_today


@dataclass(frozen=True)
class DeploymentItem:
    """A standing deployment the meeting has to decide: extend or end."""

    deployment_id: int
    reference: str
    bid_reference: str
    asset: str
    place: str
    ends_on: date
    days_left: int
    paper: str
    decision: Decision | None = None


@dataclass(frozen=True)
class ChairItem:
    """A chair's action to be ratified or ended."""

    decision: Decision
    ratification: Decision | None = None


AgendaItem = ChairItem | DeploymentItem | RankedBid


@dataclass(frozen=True)
class Agenda:
    """A meeting's business in its order: chair's actions, standing deployments, then bids in ranking order.

    `units_free` are the assets in store and unpromised, or coming back; `claims` the approved bids of earlier meetings
    that still wait for one of them. `left_off` are scored bids that wait and are not on it, best first. `unusual` says
    that its day is a bank holiday or in Christmas week.
    """

    meeting: Meeting
    chair: tuple[ChairItem, ...]
    deployments: tuple[DeploymentItem, ...]
    bids: tuple[RankedBid, ...]
    units_free: tuple[str, ...]
    claims: int = 0
    needs_information: int = 0
    unusual: str = ""
    left_off: tuple[LeftOff, ...] = ()

    @property
    def free(self) -> int:
        """How many units this meeting can give."""
        return max(0, len(self.units_free) - self.claims)

    @property
    def better_left_off(self) -> list[LeftOff]:
        """What is left off although it ranks better than a bid that is on the agenda."""
        return [each for each in self.left_off if any(is_better(each, bid) for bid in self.bids)]

    @property
    def open_items(self) -> list[AgendaItem]:
        """What still needs a decision, in the agenda's order."""
        found: list[AgendaItem] = [item for item in self.chair if item.ratification is None]
        found += [item for item in self.deployments if item.decision is None]
        found += [item for item in self.bids if item.decision is None]
        return found

    @property
    def undecided(self) -> int:
        """How many items the meeting cannot close without; closing ends a chair's action it did not answer."""
        return sum(not isinstance(item, ChairItem) for item in self.open_items)

    @property
    def unanswered(self) -> int:
        """How many chair's actions end when the meeting closes now."""
        return sum(isinstance(item, ChairItem) for item in self.open_items)
