"""Writes the program's log files: one rotating set for each process, limited in size, without secrets.

    desk.log, desk.log.1 … desk.log.4    what the desk and the children it starts had to say
    desk-crash.log                       what the interpreter could still write when it died (faulthandler)
    desk-crash-<when>.log                the same of an earlier run; the newest five are retained

A full disk never stops the program: lines that cannot be written are dropped and counted, and the first line that
can be written again says how many. A second process of the same name on one folder writes `desk-2.log`.
"""

import faulthandler
import logging
import logging.handlers
import re
import sys
import threading
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

from controlroom.platform import FileLock, owner_only

log = logging.getLogger(__name__)

FILES = 5  # of one process, the one being written included
CRASHES_KEPT = 5
LONGEST_LINE = 20_000  # characters of one entry, traceback included
TALKATIVE = ("alembic",)  # only its warnings: it has two lines for every look at a revision, once a second
TRY_AGAIN_S = 5.0  # after a line could not be written

_NAMES = (
    r"(?:password|passwd|passphrase|pass_word|(?<![^\W_])pass(?![^\W_])|pwd|secret|token|nonce|response|"
    r"api[_-]?key|credentials?|site[_-]?key)"
)
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\\+\"(?:(?!\\+\").)*\\+\""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # rtsp://name:s/ecret@host: the password may hold @ and /; http://host:80/a@b has a port there and no password
    (
        re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@:\"'<>]*:(?!\d{1,5}(?:[/?#]|$))[^\s\"'<>]*@"),
        r"\1***@",
    ),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/?#\"'<>]+@"), r"\1***@"),
    # <wsse:Password Type="…">secret</wsse:Password>
    (
        re.compile(r"(?is)(<(?:[\w-]+:)?(?:password|passwd|nonce|secret|token)\b[^>]*>).*?(?=</|$)"),
        r"\1***",
    ),
    # Authorization: Digest username="a", response="b" — up to the line's end or, inside a dict, its closing quote
    (
        re.compile(
            r"(?im)\b((?:proxy-)?authorization|(?:set-)?cookie|x-auth[\w-]*)([\"']?\s*[=:]\s*)"
            rf"(?:b?(?:{_QUOTED})|[^\r\n]*)"
        ),
        r"\1\2***",
    ),
    # "password": "secret", password='secret', PASSWORD 'secret', --password secret, token=secret
    (
        re.compile(rf"(?i)({_NAMES}\w{{0,20}})(\\*[\"']?\s*[=:]\s*|\s+(?=['\"]))b?(?:{_QUOTED}|[^\s\"'}}]+)"),
        r"\1\2***",
    ),
    (re.compile(r"(?i)(--?(?:password|passphrase|pwd|token|secret)[ =])\S+"), r"\1***"),
)
_kept_out: dict[str, None] = {}
_kept_out_lock = threading.Lock()
SHORTEST_KEPT_OUT, MOST_KEPT_OUT = 6, 2000


def keep_out(secret: str) -> None:
    """Remove `secret` from every line this process logs from now on, wherever it stands; very short ones are left."""
    if len(secret) < SHORTEST_KEPT_OUT:
        return
    with _kept_out_lock:
        _kept_out[secret] = None
        while len(_kept_out) > MOST_KEPT_OUT:
            del _kept_out[next(iter(_kept_out))]


def redact(text: str) -> str:
    """Return `text` without passwords: in addresses, behind their names, in headers and XML, and known ones."""
    with _kept_out_lock:
        known = list(_kept_out)
    for secret in known:
        for shape in (quote(secret, safe=""), secret):
            if shape in text:
                text = text.replace(shape, "***")
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then removes secrets and cuts off what is too long."""

    converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        kept = redact(line[:LONGEST_LINE])
        return kept if len(line) <= LONGEST_LINE else f"{kept} … ({len(line) - LONGEST_LINE} characters more)"


class SturdyFileHandler(logging.handlers.RotatingFileHandler):
    """Rotates, and drops lines rather than disturb the program when the disk does not accept them."""

    def __init__(self, path: Path, *, max_bytes: int, files: int = FILES) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=files - 1, encoding="utf-8", delay=True)
        self.lost = 0
        self._failing_until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, or count it as lost."""
        if self._failing_until:
            if time.monotonic() >= self._failing_until:
                self._failing_until = 0.0
                super().emit(self._about_the_lost())
            if self._failing_until:  # still, or again
                self.lost += 1
                return
            self.lost = 0
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Print and raise nothing: the next attempt is some seconds away."""
        self.lost += 1
        self._failing_until = time.monotonic() + TRY_AGAIN_S
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()

    def close(self) -> None:
        """Close; what a full disk still held back is lost."""
        with suppress(OSError, ValueError):
            super().close()

    def _about_the_lost(self) -> logging.LogRecord:
        words = "%s lines could not be written to the log"
        return logging.LogRecord(__name__, logging.WARNING, "", 0, words, (self.lost,), None)


class ProcessLogs(ExitStack):
    """The logs of one process, from `set_up` until `close`. `crashed_before` is the last run's crash file, if any."""

    def __init__(self) -> None:
        super().__init__()
        self.crashed_before: Path | None = None
        self.path: Path | None = None


def set_up(
    folder: Path | None,
    *,
    name: str = "desk",
    level: int = logging.INFO,
    to_stderr: bool = False,
    megabytes: float = 10.0,
) -> ProcessLogs:
    """Send this process's log to `folder`/`name`.log, limited to `megabytes` in all, and to stderr when asked.

    It never fails: with a folder that cannot be written the log goes to stderr only.
    """
    made = ProcessLogs()
    handlers: list[logging.Handler] = []
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            name = _free_name(folder, name, made)
            made.path = folder / f"{name}.log"
            handlers.append(SturdyFileHandler(made.path, max_bytes=int(megabytes * 1_000_000 / FILES)))
            _record_crashes(folder, name, made)
        except OSError as error:
            to_stderr = True
            log.warning("no log can be kept in %s: %s", folder, error.strerror)
    if to_stderr:
        handlers.append(logging.StreamHandler())
    formatter = RedactingFormatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s")
    formatter.default_time_format = "%Y-%m-%dT%H:%M:%S"
    formatter.datefmt = "%Y-%m-%dT%H:%M:%S"
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
        made.callback(lambda handler=handler: (root.removeHandler(handler), handler.close()))
    before = root.level
    root.setLevel(level)
    made.callback(lambda: root.setLevel(before))
    for talkative in TALKATIVE:
        logger = logging.getLogger(talkative)
        made.callback(partial(logger.setLevel, logger.level))
        logger.setLevel(max(level, logging.WARNING))
    _log_what_nobody_caught(made)
    return made


def _free_name(folder: Path, name: str, made: ProcessLogs) -> str:
    """Return `name`, or `name-2` … if another process writes that: two that rotate one file would lose lines."""
    for number in range(1, 10):
        chosen = name if number == 1 else f"{name}-{number}"
        lock = FileLock.take(folder / f".{chosen}.lock")
        if lock is not None:
            made.callback(lock.release)
            return chosen
    return f"{name}-10"


def _record_crashes(folder: Path, name: str, made: ProcessLogs) -> None:
    path = folder / f"{name}-crash.log"
    if path.exists() and path.stat().st_size:
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        made.crashed_before = path.rename(folder / f"{name}-crash-{when:%Y%m%dT%H%M%S}.log")
        for old in sorted(folder.glob(f"{name}-crash-*.log"))[:-CRASHES_KEPT]:
            old.unlink(missing_ok=True)
    file: IO[str] = path.open("w", encoding="utf-8")
    owner_only(path)
    was_enabled = faulthandler.is_enabled()
    faulthandler.enable(file)

    def stop() -> None:
        if was_enabled and sys.__stderr__ is not None:
            with suppress(OSError, ValueError):
                faulthandler.enable(sys.__stderr__)
        else:
            faulthandler.disable()
        file.close()
        with suppress(OSError):
            if not path.stat().st_size:
                path.unlink()

    made.callback(stop)


def _log_what_nobody_caught(made: ProcessLogs) -> None:
    before, before_in_threads = sys.excepthook, threading.excepthook

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("nobody caught this", exc_info=(kind, error, trace))
        before(kind, error, trace)

    def caught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        where = arguments.thread.name if arguments.thread else "a thread"
        error = arguments.exc_value
        if error is not None:
            log.critical("nobody caught this in %s", where, exc_info=error)
        before_in_threads(arguments)

    sys.excepthook, threading.excepthook = caught, caught_in_thread
    made.callback(lambda: setattr(sys, "excepthook", before))
    made.callback(lambda: setattr(threading, "excepthook", before_in_threads))
