"""Records a running desk's child processes and shared memory in a ledger, and cleans up what a killed desk left.

Each desk writes `<folder>/<pid>.json` naming its children and its shared memory. A ledger whose process has gone
(the pid is free, or belongs to a process started at another time) is what `kill -9` leaves: its children are ended,
its segments unlinked.
"""

import contextlib
import json
import logging
import os
import threading
from dataclasses import dataclass
from multiprocessing import shared_memory
from pathlib import Path

import psutil

from controlroom.platform import owner_only
from controlroom.small_files import read_json

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Noted:
    """A process by its number and the time it was started at (seconds since the epoch)."""

    pid: int
    started: float | None = None


@dataclass(frozen=True)
class Ledger(Noted):
    """What a process wrote of itself: its shared memory and its children."""

    segments: tuple[str, ...] = ()
    children: tuple[Noted, ...] = ()


def _started(pid: int) -> float | None:
    """Return the start time of process `pid` (seconds since the epoch), None when there is none."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


class RunFolder:
    """This process's ledger in `folder`. Thread-safe; every note is on disk before the call returns.

    A full or read-only disk costs the ledger (logged once), never the child or the picture it was to note.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        owner_only(folder)
        self._path = folder / f"{os.getpid()}.json"
        self._lock = threading.Lock()
        self._segments: set[str] = set()
        self._children: dict[int, float | None] = {}
        self._told = False
        self._write()

    def note_segment(self, name: str) -> None:
        """Note a shared memory segment; call it before creating the segment."""
        with self._lock:
            self._segments.add(name)
            self._write()

    def forget_segment(self, name: str) -> None:
        """Remove the note of a segment that was unlinked in order."""
        with self._lock:
            self._segments.discard(name)
            self._write()

    def note_child(self, pid: int) -> None:
        with self._lock:
            self._children[pid] = _started(pid)
            self._write()

    def forget_child(self, pid: int) -> None:
        """Remove the note of a child that has ended and was waited for."""
        with self._lock:
            self._children.pop(pid, None)
            self._write()

    def close(self) -> None:
        """Delete the ledger, because nothing is left behind."""
        with self._lock:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:  # the next start sweeps it
                log.warning("the ledger of running processes cannot be taken away: %s", error)

    def _write(self) -> None:
        content = {
            "pid": os.getpid(),
            "started": _started(os.getpid()),
            "segments": sorted(self._segments),
            "children": [{"pid": pid, "started": at} for pid, at in self._children.items()],
        }
        draft = self._path.with_suffix(".new")
        try:
            draft.write_text(json.dumps(content))
            draft.replace(self._path)
        except OSError as error:
            if not self._told:
                log.error("the ledger of running processes cannot be written: %s", error)
            self._told = True
        else:
            self._told = False


def running(folder: Path) -> list[int]:
    """List the process ids of those who write a ledger in `folder` and are alive."""
    found: list[int] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            ledger = read_json(path, Ledger)
        except (OSError, ValueError):
            continue
        if _is_running(ledger):
            found.append(ledger.pid)
    return found


def sweep(folder: Path) -> list[str]:
    """Clean up what dead runs left in `folder`; returns a plain sentence for each thing removed."""
    done: list[str] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            ledger = read_json(path, Ledger)
        except (OSError, ValueError):
            ledger = Ledger(-1)  # cut short, or not ours: nothing it names is touched
        if _is_running(ledger):
            continue
        done += [text for child in ledger.children if (text := _end_orphan(child))]
        done += [text for name in ledger.segments if (text := _unlink(name))]
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    for text in done:
        log.warning("swept up after a run that was killed: %s", text)
    return done


def _is_running(entry: Noted) -> bool:
    started = _started(entry.pid) if entry.pid > 0 else None
    return started is not None and abs(started - (entry.started or 0)) < 1.0


def _end_orphan(child: Noted) -> str:
    if not _is_running(child):
        return ""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(child.pid)
        process.kill()
        process.wait(3)
    return f"process {child.pid}"


def _unlink(name: str) -> str:
    try:
        segment = shared_memory.SharedMemory(name)
    except (FileNotFoundError, ValueError):
        return ""
    segment.close()
    # Attaching registered the name with this process's resource tracker (until 3.13); unlink takes it off again.
    with contextlib.suppress(FileNotFoundError):
        segment.unlink()
    return f"shared memory {name}"
