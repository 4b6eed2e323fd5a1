"""Defines what a check found, and what the checks receive."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from controlroom.database.engine import room_url, sqlite_file
from controlroom.declaration import Nouns


class Verdict(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class CheckResult:
    """One thing that was checked: what was found, what that means for the room, what to do."""

    family: str
    name: str
    verdict: Verdict
    found: str
    meaning: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class CheckContext:
    """What the checks look at. `environment` is this process's; `now` is aware, in UTC."""

    folder: Path
    url: str = field(repr=False)
    now: datetime
    nouns: Nouns
    environment: Mapping[str, str] = field(default_factory=dict)
    cameras: bool = False

    @classmethod
    def of(
        cls,
        folder: Path,
        url: str | None,
        now: datetime,
        nouns: Nouns,
        environment: Mapping[str, str],
        *,
        cameras: bool,
    ) -> "CheckContext":
        """Make the context with the database address the desk would use."""
        return cls(folder, room_url(folder, url), now, nouns, environment, cameras)

    @property
    def file(self) -> Path | None:
        """The SQLite file, None with a server."""
        return sqlite_file(self.url)


CheckFamily = Callable[[CheckContext], Iterable[CheckResult]]


def ok(family: str, name: str, found: str) -> CheckResult:
    """Report that all is well."""
    return CheckResult(family, name, Verdict.OK, found)


def warn(family: str, name: str, found: str, meaning: str = "", remedy: str = "") -> CheckResult:
    """Report that the room works, and someone should look."""
    return CheckResult(family, name, Verdict.WARN, found, meaning, remedy)


def fail(family: str, name: str, found: str, meaning: str = "", remedy: str = "") -> CheckResult:
    """Report that something of the room does not work."""
    return CheckResult(family, name, Verdict.FAIL, found, meaning, remedy)
