"""Catches unexpected faults wherever they arise, counts them, and tells of each once, without stopping anything.

A fault may come from a slot or an event handler (`sys.excepthook`), a thread (`threading.excepthook`), an object being
destroyed (`sys.unraisablehook`), work in the background (`Messages.error`), or Qt itself. All of them arrive at
`Faults.take`, on any thread, which never raises; `happened` follows on the window's thread, at most four times a second
however often the fault repeats. A fault in the panel that shows faults is logged and goes no further.

A fatal message of Qt ends the process when the handler returns: its report is written to the log's folder before, and
`left_behind` finds it at the next start.
"""

import hashlib
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from controlroom.clock import Clock, process_clock
from controlroom.ui.shell.fault_report import (
    FaultFacts,
    LogTail,
    frames_of,
    headline,
    report,
    short_path,
    trace_of,
)
from controlroom.ui.timers import one_shot

log = logging.getLogger(__name__)
MOST = 40  # different faults remembered
TOLD_EVERY_MS = 250
LAST_WORDS = "last-fault.txt"
OWN_FILES = (
    "controlroom/ui/shell/fault_panel.py",
    "controlroom/ui/shell/faults.py",
    "controlroom/ui/shell/fault_report.py",
)


class QtFault(Exception):
    """Qt itself said that something is gravely wrong."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault, however often it happened."""

    facts: FaultFacts
    told: bool = field(default=True)  # False: not shown, since showing it is what fails

    @property
    def count(self) -> int:
        """How often it happened."""
        return self.facts.count

    @property
    def where(self) -> str:
        """What was under way."""
        return self.facts.where


class Faults(QObject):
    """Every fault of this run. `facts` tells about the installation, `typed` what is in the fields now."""

    happened = Signal(object)  # Fault
    _posted = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Clock | None = None,
        facts: Callable[[], Mapping[str, str]] = dict,
        typed: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        super().__init__(parent)
        self.tail = LogTail()
        self.facts, self.typed = facts, typed
        self._clock = clock or process_clock()
        self._lock = threading.Lock()
        self._known: dict[str, Fault] = {}
        self._news: deque[str] = deque()
        self._timer = one_shot(self, TOLD_EVERY_MS, self._tell)
        self._posted.connect(self._soon, Qt.ConnectionType.QueuedConnection)

    def take(self, error: BaseException, where: str) -> None:
        """A fault happened while `where` ("work in the background"). Any thread; never raises."""
        try:
            self._take(error, where)
        except Exception:  # nothing may fail here: the caller has failed already
            log.exception("a fault could not be kept")

    def all(self) -> list[Fault]:
        """Every different fault, the newest last."""
        with self._lock:
            return list(self._known.values())

    def report_of(self, fault: Fault) -> str:
        """The report to copy or save (window's thread: it asks what is typed in the fields)."""
        return report(fault.facts, self.facts(), self.tail.lines(), self.typed())

    def _take(self, error: BaseException, where: str) -> None:
        trace = trace_of(error)
        name = "F-" + hashlib.sha256(f"{where}{_places(error)}".encode()).hexdigest()[:6].upper()
        now = self._clock.now()
        with self._lock:
            known = self._known.pop(name, None)
            if known is None:
                told = not any(path.endswith(OWN_FILES) for path in frames_of(error.__traceback__))
                fault = Fault(FaultFacts(name, where, now, now, 1, trace), told)
                while len(self._known) >= MOST:
                    self._known.pop(next(iter(self._known)))
            else:
                fault = replace(known, facts=replace(known.facts, last_at=now, count=known.count + 1))
            self._known[name] = fault
            if fault.told and name not in self._news:
                self._news.append(name)
        count = fault.count
        if count & (count - 1) == 0:  # 1, 2, 4, 8 …: a fault in every paint must not fill the log
            log.error("fault %s, number %d, in %s", name, count, where, exc_info=error)
        if fault.told:
            self._posted.emit()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        with self._lock:
            news = [self._known[name] for name in self._news if name in self._known]
            self._news.clear()
        for fault in news:
            self.happened.emit(fault)


def _places(error: BaseException) -> str:
    """What makes two faults the same: the type and the lines it went through."""
    places = []
    current: BaseException | None = error
    while current is not None and len(places) < 3:
        trace, lines = current.__traceback__, []
        while trace is not None:
            lines.append(f"{short_path(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
            trace = trace.tb_next
        places.append(f"{type(current).__name__}{lines[-8:]}{headline(current) if not lines else ''}")
        current = current.__cause__
    return "|".join(places)


# -- the hooks: the one place where they are set ---------------------------------------------------------------------


def install(faults: Faults, folder: Path | None = None) -> Callable[[], None]:
    """Send every unexpected fault of this process to `faults`; the returned function puts things back.

    `folder` is where the report of a fatal error is written.
    """
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    root = logging.getLogger()
    root.addHandler(faults.tail)

    def in_window(kind: type[BaseException], error: BaseException, trace: object) -> None:
        if issubclass(kind, Exception):
            faults.take(error, "the window's own work")
        else:
            before[0](kind, error, trace)  # type: ignore[arg-type]

    def in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
            faults.take(given.exc_value, "a thread")

    def taken_away(given: "sys.UnraisableHookArgs") -> None:
        if given.exc_value is not None:
            faults.take(given.exc_value, "an object being taken away")

    qt_before: list[Callable[..., object] | None] = [None]

    def from_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        _from_qt(faults, folder, kind, text)
        if qt_before[0] is not None:
            qt_before[0](kind, context, text)

    sys.excepthook, threading.excepthook, sys.unraisablehook = in_window, in_thread, taken_away
    qt_before[0] = qInstallMessageHandler(from_qt)

    def put_back() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        qInstallMessageHandler(qt_before[0])
        root.removeHandler(faults.tail)

    return put_back


def _from_qt(faults: Faults, folder: Path | None, kind: QtMsgType, text: str) -> None:
    if kind == QtMsgType.QtFatalMsg:
        log.critical("Qt ends the program: %s", text)
        faults.take(QtFault(text), "Qt, which ended the program")
        _write_last_words(faults, folder)
    elif kind == QtMsgType.QtCriticalMsg:
        faults.take(QtFault(text), "Qt")
    elif kind == QtMsgType.QtWarningMsg:
        log.warning("Qt warns: %s", text)
    else:
        log.debug("Qt says: %s", text)


def _write_last_words(faults: Faults, folder: Path | None) -> None:
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LAST_WORDS).write_text(faults.report_of(faults.all()[-1]), encoding="utf-8")
    except Exception:
        log.exception("the last report could not be written")


def typed_now() -> list[str]:
    """What stands in every field that can be typed in (window's thread)."""
    found: list[str] = []
    for widget in QApplication.allWidgets():
        if isinstance(widget, QLineEdit) and not widget.isReadOnly():
            if isinstance(widget.parent(), QAbstractSpinBox):  # a number or a date, nobody's words
                continue
            found.append(widget.text())
        elif isinstance(widget, QPlainTextEdit | QTextEdit) and not widget.isReadOnly():
            found.append(widget.toPlainText())
    return found


def left_behind(folder: Path) -> Path | None:
    """The report a fatal end left in `folder`, put aside so that it is offered once; None when there is none."""
    path = folder / LAST_WORDS
    try:
        return path.replace(path.with_name("earlier-fault.txt")) if path.exists() else None
    except OSError as error:
        log.warning("the report left behind cannot be put aside: %s", error)
        return None
