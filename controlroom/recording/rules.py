"""Holds the recorder's pure rules: when a job is due, what a check changes, and what availability means."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from controlroom.cameras.devices import FaultKind
from controlroom.clock import local_date, london
from controlroom.recording.records import CameraAvailability, CameraHealth, HealthChange, HealthState

CHECK_AGAIN_S = 10.0  # after a first failure: one lost packet is no outage
LONGEST_CHECK_S = 180.0
FAILURES_TO_BELIEVE = 2
CHECK_LOGIN_EVERY = timedelta(hours=1)
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Every:
    """A schedule by interval, counted from the last run; a job that never ran is due at once."""

    period: timedelta
    at_once = True

    def due(self, last_run: datetime | None, now: datetime) -> datetime:
        """Return the moment of the next run; a missed one lies in the past and is caught up once, at once.

        A last run in the future (the clock was set back) counts as now.
        """
        return now if last_run is None else min(last_run, now) + self.period


@dataclass(frozen=True)
class Daily:
    """A schedule for once a day, at a wall-clock time in London; a job that never ran waits for its hour."""

    at: time
    at_once = False

    def due(self, last_run: datetime | None, now: datetime) -> datetime:
        """Return the first time the hour comes after the last run; a missed one is caught up as with Every."""
        if last_run is None:
            return now
        last = min(last_run, now)
        day = local_date(last)
        found = london(day, self.at.hour, self.at.minute)
        return found if found > last else london(day + timedelta(days=1), self.at.hour, self.at.minute)


Schedule = Every | Daily


def retry_after(failures: int) -> timedelta:
    """Return how long a job waits that failed so many times in a row."""
    return min(LONGEST_RETRY, FIRST_RETRY * 2 ** max(0, min(failures, 10) - 1))


def state_of_fault(kind: FaultKind) -> HealthState:
    """Return what a failed check says of a camera; one that answers with a refusal of any other kind is there."""
    return {
        FaultKind.UNREACHABLE: HealthState.OFFLINE,
        FaultKind.TIMED_OUT: HealthState.SILENT,
        FaultKind.NOT_ONVIF: HealthState.NOT_ONVIF,
        FaultKind.NOT_AUTHORISED: HealthState.REFUSED,
        FaultKind.CLOCK_SKEW: HealthState.REFUSED,
        FaultKind.CERTIFICATE_CHANGED: HealthState.CERTIFICATE_CHANGED,
        FaultKind.HTTPS_ONLY: HealthState.NOT_ONVIF,
    }.get(kind, HealthState.ONLINE)


@dataclass(frozen=True)
class HealthCheck:
    """What one check found."""

    at: datetime
    state: HealthState
    detail: str = ""
    answer_ms: float | None = None
    clock_drift_s: float | None = None


def after_check(known: CameraHealth, check: HealthCheck, failures: int) -> CameraHealth:
    """Return a camera's health after a check; `failures` in a row, this one included.

    A camera that was online is believed lost after `FAILURES_TO_BELIEVE` failures, and lost since the last time it
    answered.
    """
    state = check.state
    doubted = not state.answers and known.state.answers and failures < FAILURES_TO_BELIEVE
    if doubted:
        return known
    if state is known.state:
        since = known.since
    elif not state.answers and known.state.answers:
        since = known.looked_at
    else:
        since = check.at
    drift = check.clock_drift_s if check.clock_drift_s is not None else known.clock_drift_s
    return replace(
        known,
        state=state,
        since=since,
        looked_at=check.at,
        detail=check.detail,
        answer_ms=check.answer_ms,
        clock_drift_s=drift,
    )


def next_check_s(failures: int, every_s: float, chance: random.Random) -> float:
    """Return the seconds until a camera's next check: soon after a first failure, then less and less often, never
    in step.
    """
    if failures == 0:
        pause = every_s
    elif failures < FAILURES_TO_BELIEVE:
        pause = CHECK_AGAIN_S
    else:
        pause = min(LONGEST_CHECK_S, every_s * 1.5 ** (failures - FAILURES_TO_BELIEVE))
    return pause * chance.uniform(0.8, 1.2)


def availability(
    changes: Sequence[HealthChange], start: datetime, end: datetime, before: HealthState = HealthState.UNKNOWN
) -> CameraAvailability:
    """Add up how the time from `start` to `end` was spent; `changes` by time, `before` is the state at `start`."""
    answered = missing = unknown = 0.0
    moment, state = start, before
    within = [(each.at, each.state) for each in changes if start <= each.at <= end]
    for at, following in [*within, (end, HealthState.UNKNOWN)]:
        seconds = (at - moment).total_seconds()
        if state is HealthState.UNKNOWN:
            unknown += seconds
        elif state.answers:
            answered += seconds
        else:
            missing += seconds
        moment, state = at, following
    return CameraAvailability(answered, missing, unknown)
