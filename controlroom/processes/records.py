"""Defines a child process as the status page shows it."""

from dataclasses import dataclass
from enum import StrEnum


class ProcessState(StrEnum):
    """The state of a process, in words for the status page."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    FAILING = "cannot start"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ProcessHealth:
    """One line of the status page. Ages in seconds; `pid` is None while the process is down.

    `memory_bytes` is the resident set (psutil's RSS), shared pages included; None while down or not known.
    `reason` says why it is down or was last started again, in plain words.
    """

    name: str
    pid: int | None
    state: ProcessState
    age_s: float
    restarts: int
    last_beat_age_s: float | None
    memory_bytes: int | None = None
    reason: str = ""
