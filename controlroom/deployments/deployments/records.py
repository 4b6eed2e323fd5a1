"""Describes deployments as pages see them: the record, its steps and its alerts."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from controlroom.deployments.bids.records import ActionNow
from controlroom.deployments.jag import Approval
from controlroom.log.records import Snapshot


class DeploymentState(StrEnum):
    """The states of a deployment, in their usual order."""

    PLANNED = "planned"
    SURVEYED = "surveyed"
    SCHEDULED = "scheduled"
    INSTALLED = "installed"
    LIVE = "live"
    REVIEW_DUE = "review due"
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    ENDING = "ending"
    REMOVED = "removed"
    EVALUATED = "evaluated"
    CLOSED = "closed"
    ABORTED = "aborted"


class DeploymentAction(StrEnum):
    """What can be done with a deployment, worded as on its button."""

    SURVEY = "Record survey"
    DPIA = "Record DPIA"
    SCHEDULE = "Schedule"
    INSTALL = "Record installation"
    SIGNS = "Record signs"
    TEST_IMAGE = "Record test picture"
    CHECK_FAILED = "Record failed check"
    GO_LIVE = "Go live"
    START_REVIEW = "Start review"
    TAKE_TO_JAG = "Take to JAG"
    CHAIR_EXTENDS = "Chair extends"
    ORDER_REMOVAL = "Order removal"
    SUSPEND = "Suspend"
    RESUME = "Resume"
    REMOVE = "Record removal"
    EVALUATE = "Evaluate"
    CLOSE = "Close"
    ABORT = "Abort"


class Dpia(StrEnum):
    """How the data-protection impact assessment stands."""

    NONE = "not done"
    PASSED = "passed"
    FAILED = "failed"


class CheckKind(StrEnum):
    """What has to be right before a camera watches, and has to stay so."""

    SURVEY = "survey"
    DPIA = "dpia"
    SIGNS = "signs"
    PICTURE = "picture"

    @property
    def words(self) -> str:
        """As it is called on screen."""
        return {"survey": "Site survey", "dpia": "DPIA", "signs": "Signs", "picture": "Test picture"}[self]


class Standing(StrEnum):
    """What a deployment looks like today: its state and the calendar together. One colour each on screen."""

    PLANNED = "planned, not decided"
    DECIDED = "decided, not yet installed"
    INSTALLED = "installed, not yet live"
    LIVE = "live"
    REVIEW_DUE = "review due"
    PAST_END = "past its end, decide"
    SUSPENDED = "suspended"
    ENDING = "to be removed"
    PAST = "past"
    ABORTED = "aborted"


@dataclass(frozen=True)
class Period:
    """One period of a deployment, both days inclusive: the first from going live, each extension another."""

    number: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Check:
    """One check as it was recorded; `picture_path` is where a test picture lies in the store."""

    kind: CheckKind
    passed: bool
    done_on: date
    reference: str = ""
    note: str = ""
    picture_path: str = ""
    picture_sha256: str = ""
    recorded_by: str = ""

    @property
    def picture(self) -> Snapshot | None:
        """The test picture, None where there is none to be shown."""
        return Snapshot(self.picture_path, self.picture_sha256) if self.picture_path else None


@dataclass(frozen=True)
class DeploymentStep:
    """One line of the checklist to a live camera: done with its fact, or what is missing."""

    name: str
    done: bool
    fact: str = ""


@dataclass(frozen=True)
class Deployment:
    """A deployment with everything a page shows of it. Days are London's.

    `ends_on` is the last day of the newest period, None before it was live. `approval` is the decision it stands
    on, None while there is none in force. `remove_by` is the day of the removal order, `chair_ended_on` the day a
    chair's action it stood on ended.
    """

    id: int
    reference: str
    state: DeploymentState
    bid_id: int
    bid_reference: str
    partner: str
    place: str
    ward: str
    column: str = ""
    unit_id: int | None = None
    asset: str = ""
    approval: Approval | None = None
    survey_on: date | None = None
    survey_note: str = ""
    dpia: Dpia = Dpia.NONE
    dpia_on: date | None = None
    dpia_reference: str = ""
    install_on: date | None = None
    installed_on: date | None = None
    signs_up_on: date | None = None
    test_image: str = ""
    test_image_at: datetime | None = None
    live_on: date | None = None
    checks: tuple[Check, ...] = ()
    periods: tuple[Period, ...] = ()
    review_due_on: date | None = None
    paper: str = ""
    tabled_for: date | None = None
    stays_to: date | None = None
    remove_by: date | None = None
    removal_decision_id: int | None = None
    chair_ended_on: date | None = None
    removed_on: date | None = None
    evaluation: str = ""
    reports_before: int | None = None
    reports_during: int | None = None
    reports_after: int | None = None
    reason: str = ""
    standing: Standing = Standing.PLANNED
    days_left: int | None = None
    steps: tuple[DeploymentStep, ...] = ()
    actions: tuple[ActionNow, ...] = ()

    @property
    def ends_on(self) -> date | None:
        """The last day of the newest period."""
        return self.periods[-1].ends_on if self.periods else None

    def newest(self, kind: CheckKind) -> Check | None:
        """The check of a kind that counts: the one recorded last."""
        return next((each for each in reversed(self.checks) if each.kind is kind), None)

    def passed(self, kind: CheckKind) -> bool:
        """True while the newest check of a kind says so."""
        newest = self.newest(kind)
        return newest is not None and newest.passed

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed last."""
        newest = (self.newest(kind) for kind in CheckKind)
        return tuple(each for each in newest if each is not None and not each.passed)

    @property
    def title(self) -> str:
        """`RDC-02 · Milton Road`, or the place alone before a unit is chosen."""
        return f"{self.asset} · {self.place}" if self.asset else self.place


@dataclass(frozen=True)
class Alert:
    """The daily alert for a unit that is up past its last day: one for each day it was raised.

    `why` says what is to be done where that is not to decide about a deployment past its end.
    """

    deployment_id: int
    reference: str
    asset: str
    place: str
    day: date
    days_past: int
    why: str = ""

    @property
    def text(self) -> str:
        """One line for the alarm list."""
        if self.why:
            return f"{self.asset} · {self.place}: {self.why}"
        days = "1 day" if self.days_past == 1 else f"{self.days_past} days"
        return f"{self.asset} · {self.place} is past its end by {days}: decide"
