"""Writes the report of a fault: what a developer needs to mend it, and nothing about people.

It never contains what an exception says (unless Python itself worded it), what a log line was filled with (unless it is
a number or a technical name), values of variables, or what is typed in any field.
"""

import logging
import os
import platform
import re
import sys
import traceback
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

import psutil

from controlroom.clock import show_moment
from controlroom.logs import redact

PACKAGES = ("PySide6_Essentials", "SQLAlchemy", "alembic", "psycopg", "opencv-python", "av", "zeep", "psutil")
LINES_KEPT = 120
MOST_CAUSES, MOST_FRAMES = 4, 40
LEAST_TYPED = 3  # characters: shorter words in fields would blot out half the report
# Their words come from the interpreter and name types and attributes, never anybody's text.
_WORDED_BY_PYTHON = (
    AttributeError,
    IndexError,
    ImportError,
    MemoryError,
    ModuleNotFoundError,
    NameError,
    RecursionError,
    TypeError,
    UnboundLocalError,
    ZeroDivisionError,
)
# Figures, references, camera numbers, names of processes and modules: a login, a plate or a name is none of them.
_TECHNICAL = re.compile(
    r"\d[\d.:,]*|[A-Z]?\d{1,4}|(?:INC|REQ|EV|BID|DEP|DSA|RDC|VAN|F)-[A-Z0-9-]{1,16}"
    r"|(?:media|worker|control|recorder|desk)(?:[- ]?\d+)?|controlroom(?:\.\w+)+",
    re.ASCII,
)
_QUOTED = re.compile(r"(['\"])(.*?)\1", re.DOTALL)
_LEFT_OUT = "…"


@dataclass(frozen=True)
class FaultFacts:
    """What went wrong, as the report tells it."""

    name: str  # short, the same for the same fault
    where: str
    first_at: datetime
    last_at: datetime
    count: int
    trace: str


class LogTail(logging.Handler):
    """Holds the last lines of the program's log, without the values they were filled with."""

    def __init__(self, most: int = LINES_KEPT) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """Hold one line."""
        try:
            self._lines.append(plain_line(record))
        except Exception:
            self.handleError(record)

    def lines(self) -> list[str]:
        """Oldest first."""
        return list(self._lines)


def plain_line(record: logging.LogRecord) -> str:
    """A log record as one line: its own words, its arguments only where they cannot be anybody's text."""
    at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
    words = "(text left out)"
    if record.name == "controlroom" or record.name.startswith("controlroom."):
        words = _filled(str(record.msg), record.args)
    said = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
    return f"{at} {record.levelname} {record.name}: {words}{f' [{said}]' if said else ''}"


def _filled(template: str, given: object) -> str:
    arguments: object = given
    if isinstance(given, tuple):
        arguments = tuple(_harmless(each) for each in given)
    elif isinstance(given, Mapping):
        arguments = {name: _harmless(each) for name, each in given.items()}
    # %d and %.1f of what was left out: shown as text, since a placeholder is no number
    template = re.sub(
        r"%(\(\w+\))?[-+ #0-9.]*[a-zA-Z]", lambda found: f"%{found[1] or ''}s", template.replace("%%", "\0")
    )
    return (template % arguments if arguments else template).replace("\0", "%")


def _harmless(value: object) -> str:
    if isinstance(value, bool | int | float):
        return f"{value:.3f}" if isinstance(value, float) else str(value)
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, Path):
        return value.name if _TECHNICAL.fullmatch(value.name) else _LEFT_OUT
    text = str(value)
    return text if _TECHNICAL.fullmatch(text) else _LEFT_OUT


def trace_of(error: BaseException) -> str:
    """The traceback with its causes, oldest first; messages only where Python worded them."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < MOST_CAUSES and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n\nwhich led to\n\n".join(_one_trace(each) for each in reversed(chain))


def _one_trace(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    lines = []
    for frame in frames:
        lines.append(f"  {short_path(frame.filename)}:{frame.lineno} in {frame.name}")
        if frame.line:
            lines.append(f"      {frame.line}")
    return "\n".join([*lines, headline(error)])


def headline(error: BaseException) -> str:
    """The exception's type, with its words only where Python itself chose them."""
    name = type(error).__name__
    if type(error) in _WORDED_BY_PYTHON:
        return f"{name}: {_QUOTED.sub(_names_only, str(error))}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: [{error.errno}] {os.strerror(error.errno)}"
    return f"{name} ({len(str(error))} characters left out)" if str(error) else name


def _names_only(quoted: re.Match[str]) -> str:
    """Quoted words stay when they are the name of something in the code."""
    return quoted[0] if all(part.isidentifier() for part in quoted[2].split(".")) else _LEFT_OUT


def short_path(filename: str) -> str:
    """A source file's path from the package on: the report must not say where the program is on this machine."""
    parts = Path(filename).parts
    for start in ("site-packages", "controlroom", "tests"):
        if start in parts:
            at = len(parts) - 1 - parts[::-1].index(start)
            return "/".join(parts[at + (start == "site-packages") :])
    return parts[-1] if parts else filename


def frames_of(trace: TracebackType | None) -> Iterable[str]:
    """The short paths a traceback goes through."""
    return (short_path(frame.filename) for frame in traceback.extract_tb(trace))


def report(
    fault: FaultFacts,
    facts: Mapping[str, str],
    log_lines: Sequence[str],
    typed: Iterable[str] = (),
) -> str:
    """The whole report as text. `facts` about the installation; `typed` in any field now, to be taken out."""
    about = {
        "Fault": fault.name,
        "Where": fault.where,
        "First": show_moment(fault.first_at),
        "Last": show_moment(fault.last_at),
        "Times": str(fault.count),
        **_program(),
        **facts,
    }
    parts = [
        "Control Room: report of a fault",
        "Times are London's in the list, UTC in the log. Personal text and secrets are left out.",
        "",
        *(f"{name}: {value}" for name, value in about.items()),
        "",
        "What failed",
        fault.trace,
        "",
        f"The last {len(log_lines)} lines of the log" if log_lines else "Nothing was logged yet.",
        *log_lines,
        "",
    ]
    return _without(redact("\n".join(parts)), typed).replace(str(Path.home()), "~")


def _program() -> dict[str, str]:
    process = psutil.Process()
    since = datetime.fromtimestamp(process.create_time(), UTC)
    memory = process.memory_info().rss / 2**20
    return {
        "Program": f"controlroom {_version('controlroom')}",
        "Process": f"{process.pid}, since {show_moment(since)}, {memory:.0f} MiB, {process.num_threads()} threads",
        "Platform": platform.platform(),
        "Python": sys.version.split()[0],
        "Packages": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _without(text: str, typed: Iterable[str]) -> str:
    lines = {line.strip() for each in typed for line in each.splitlines()}
    for line in sorted(lines, key=len, reverse=True):
        if len(line) >= LEAST_TYPED:
            text = text.replace(line, _LEFT_OUT)
    return text
