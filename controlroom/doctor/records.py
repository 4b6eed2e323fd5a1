"""What a check found, and what the checks are given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from controlroom.database.engine import room_url, sqlite_file
from controlroom.declaration import Nouns


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One thing looked at: what was found, what that means for the room, what to do."""

    family: str
    name: str
    verdict: Verdict
    found: str
    meaning: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Given:
    """What the checks look at. `environment` is this process's; `now` aware, in UTC."""

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
    ) -> "Given":
        """With the address the desk would use."""
        return cls(folder, room_url(folder, url), now, nouns, environment, cameras)

    @property
    def file(self) -> Path | None:
        """The SQLite file, None with a server."""
        return sqlite_file(self.url)


Look = Callable[[Given], Iterable[Check]]


def ok(family: str, name: str, found: str) -> Check:
    """All is well."""
    return Check(family, name, Verdict.OK, found)


def warn(family: str, name: str, found: str, meaning: str = "", remedy: str = "") -> Check:
    """The room works, and someone should look."""
    return Check(family, name, Verdict.WARN, found, meaning, remedy)


def fail(family: str, name: str, found: str, meaning: str = "", remedy: str = "") -> Check:
    """Something of the room does not work."""
    return Check(family, name, Verdict.FAIL, found, meaning, remedy)
