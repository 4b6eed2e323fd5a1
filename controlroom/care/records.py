"""Defines what backups, checks and a night's care report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: SHA-256 (hex) of each of its `files`, `rows` of each table, and the audit head.

    `faults`: why it was not sound when it was made. `signature` (base64) covers all of that (`care/trust.py`).
    """

    made_at: datetime
    engine: str
    revision: str
    files: Mapping[str, str]
    rows: Mapping[str, int]
    audit_sequence: int
    audit_hash: str
    faults: tuple[str, ...] = ()
    public_key: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Backup:
    """A finished backup: its folder and its manifest."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """`2026-11-21T030000Z`."""
        return self.folder.name


class Health(StrEnum):
    """The result of a check."""

    GOOD = "good"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing a check looked at, and what it found."""

    what: str
    health: Health
    words: str

    @property
    def line(self) -> str:
        """`fault  triggers: …`."""
        return f"{self.health.value:5}  {self.what}: {self.words}"


@dataclass(frozen=True)
class JobOutcome:
    """The outcome of one of a night's jobs."""

    job: str
    good: bool
    words: str
    seconds: float


@dataclass(frozen=True)
class NightOutcome:
    """The outcome of a night: shown on the status page, and by a reminder when it failed."""

    at: datetime
    jobs: tuple[JobOutcome, ...]

    @property
    def failed(self) -> tuple[JobOutcome, ...]:
        return tuple(job for job in self.jobs if not job.good)

    @property
    def words(self) -> str:
        """The whole outcome in one line."""
        shown = self.failed or self.jobs
        return "; ".join(f"{job.job}: {job.words}" for job in shown)
