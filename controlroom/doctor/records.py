"""Defines what a check found, and what the checks receive."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError

from controlroom.database.engine import open_engine, sqlite_file
from controlroom.declaration import Nouns
from controlroom.errors import ControlRoomError


class Verdict(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class CheckResult:
    """One thing that was checked: what was found, what that means for the room, what to do.

    `family` is the heading it stands under; `examine` fills it in.
    """

    name: str
    verdict: Verdict
    found: str
    meaning: str = ""
    remedy: str = ""
    family: str = ""


@dataclass(frozen=True)
class CheckContext:
    """What the checks look at. `environment` is this process's; `now` is aware, in UTC."""

    folder: Path
    url: str = field(repr=False)
    now: datetime
    nouns: Nouns
    environment: Mapping[str, str] = field(default_factory=dict)
    cameras: bool = False

    @property
    def file(self) -> Path | None:
        """The SQLite file, None with a server."""
        return sqlite_file(self.url)

    def rows(self, query: str) -> Sequence[Row] | None:
        """Read from the database as it stands: no rows before its file is made, None where they may not be read."""
        if self.file is not None and not self.file.exists():
            return []
        engine = open_engine(self.url)
        try:
            with engine.connect() as connection:
                return connection.execute(text(query)).all()
        except (SQLAlchemyError, ControlRoomError):
            return None
        finally:
            engine.dispose()


CheckFamily = Callable[[CheckContext], Iterable[CheckResult]]


def ok(name: str, found: str) -> CheckResult:
    """Report that all is well."""
    return CheckResult(name, Verdict.OK, found)


def warn(name: str, found: str, meaning: str = "", remedy: str = "") -> CheckResult:
    """Report that the room works, and someone should look."""
    return CheckResult(name, Verdict.WARN, found, meaning, remedy)


def fail(name: str, found: str, meaning: str = "", remedy: str = "") -> CheckResult:
    """Report that something of the room does not work."""
    return CheckResult(name, Verdict.FAIL, found, meaning, remedy)


def broken(name: str, error: ControlRoomError) -> CheckResult:
    """Report a failure in the error's own words."""
    return fail(name, error.what, error.meaning, error.remedy)
