"""Defines what the recorder knows and reports: leases, camera health, jobs, and its own state. Plain records."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from controlroom.cameras.holds.rules import Ending
from controlroom.processes.records import ProcessHealth


@dataclass(frozen=True)
class Lease:
    """A desk's notice that it is steering a camera; `until` is monotonic seconds of the recorder's clock.

    `key` tells the desk from every other.
    """

    camera_id: str
    desk: str
    since: float
    until: float
    key: str = ""


class HealthState(StrEnum):
    """How a camera answered its last check."""

    UNKNOWN = "not looked at"
    ONLINE = "online"
    OFFLINE = "offline"
    SILENT = "does not answer"
    REFUSED = "login refused"
    NOT_ONVIF = "not ONVIF"
    CERTIFICATE_CHANGED = "another certificate"

    @property
    def answers(self) -> bool:
        """True when the camera itself is there, whatever it says to our login."""
        return self in (HealthState.ONLINE, HealthState.REFUSED, HealthState.CERTIFICATE_CHANGED)


@dataclass(frozen=True)
class CameraHealth:
    """A camera's health: since when it is in that state and when it was last checked (aware, UTC).

    `answer_ms`: from the call to the camera's answer. `clock_drift_s` is positive when the camera is ahead.
    """

    camera_id: int
    state: HealthState
    since: datetime
    looked_at: datetime
    detail: str = ""
    answer_ms: float | None = None
    clock_drift_s: float | None = None


@dataclass(frozen=True)
class PastHold:
    """A hold that is over: who had control of a camera, at which desk, for how long, and how it ended."""

    camera: str
    handle: str
    desk: str
    began_at: datetime
    ended_at: datetime
    moves: int
    ending: Ending

    @property
    def moves_words(self) -> str:
        """`12 movements`."""
        return f"{self.moves:,} movement{'' if self.moves == 1 else 's'}"


@dataclass(frozen=True)
class HealthChange:
    """A camera's change to that state at `at`."""

    at: datetime
    state: HealthState
    detail: str = ""


@dataclass(frozen=True)
class CameraAvailability:
    """For how long a camera answered within a stretch of time. Seconds; `unknown_s`: nobody checked."""

    answered_s: float
    missing_s: float
    unknown_s: float

    @property
    def share(self) -> float | None:
        """The answered share (0 to 1) of the time somebody checked; None when nobody did."""
        known = self.answered_s + self.missing_s
        return self.answered_s / known if known > 0 else None


class RunOutcome(StrEnum):
    """How a job's last run went."""

    NEVER = "not run yet"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


SIGNING = "signing"
"""The name of the job that signs the audit's head each hour, and looks whether the file of signed heads is whole."""


@dataclass(frozen=True)
class JobState:
    """A periodic job: what it does, how its last run went, and when it is due next (aware, UTC)."""

    name: str
    title: str
    outcome: RunOutcome = RunOutcome.NEVER
    words: str = ""
    last_run: datetime | None = None
    last_done: datetime | None = None
    next_due: datetime | None = None


class RecorderPresence(StrEnum):
    """Whether the recorder runs, as a desk sees it."""

    OFF = "switched off"
    STARTING = "starting"
    RUNNING = "running"
    AWAY = "does not answer"


@dataclass(frozen=True)
class RecorderState:
    """What a recorder reports about itself. Ages in seconds."""

    version: str
    pid: int
    age_s: float
    memory_bytes: int | None
    database: str
    processes: tuple[ProcessHealth, ...] = ()
    jobs: tuple[JobState, ...] = ()
    leases: tuple[tuple[str, str, float], ...] = ()
    """Camera, desk, seconds left."""
    holds: tuple[tuple[str, str, str, int], ...] = ()
    """Camera, who holds it, at which desk, the hold's number."""
    counts: dict[str, int] = field(default_factory=dict)
    """Cameras by health state."""
    troubled: tuple[CameraHealth, ...] = ()
    """Cameras that are not online, the longest so first."""
    online: tuple[int, ...] = ()
    """Cameras that answered their last check, by id."""
    stops: int = 0
    """Cameras stopped since it started because a desk fell silent."""
    trouble: str = ""
    """What it found damaged when it started, and put aside."""


@dataclass(frozen=True)
class RecorderSnapshot:
    """The recorder's last known state. `heard_age_s` since its last answer; `reason` why it is not running."""

    presence: RecorderPresence
    state: RecorderState | None = None
    heard_age_s: float | None = None
    restarts: int = 0
    reason: str = ""
