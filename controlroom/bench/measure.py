"""Counts and times: percentiles, processor time and memory of process trees; and the figures a measurement gives."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import psutil


@dataclass(frozen=True)
class Figures:
    """What a measurement found, in fields named as they are published: `_ms`, `_s`, `_mb` and `percent` are units."""

    LIMITS: ClassVar[Mapping[str, float]] = {}
    """The most that a figure may be."""
    LEAST: ClassVar[Mapping[str, float]] = {}
    """The least that a figure may be."""

    @property
    def broken(self) -> list[str]:
        """The figures beyond their limits, or with one and not measured."""
        values = self.to_json()
        above = [name for name, most in self.LIMITS.items() if values[name] is None or values[name] > most]
        below = [name for name, least in self.LEAST.items() if values[name] is None or values[name] < least]
        return above + below

    @property
    def good(self) -> bool:
        """Whether everything is as it has to be; otherwise the command fails."""
        return not self.broken

    def to_json(self) -> dict[str, Any]:
        """Return what the command prints with `--json`."""
        return asdict(self)

    def in_words(self) -> str:
        """Return a line for each figure, for a person."""
        lines = []
        for name, value in self.to_json().items():
            limit = f" (at most {self.LIMITS[name]:.0f})" if name in self.LIMITS else ""
            limit += f" (at least {self.LEAST[name]:.0f})" if name in self.LEAST else ""
            lines.append(f"{name}: {value}{limit}{'  BROKEN' if name in self.broken else ''}")
        return "\n".join(lines)


def percentile(values: Sequence[float], share: float, digits: int = 1) -> float | None:
    """Return the value that `share` (0 to 1) of `values` do not exceed, rounded; None without values."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))], digits)


def tree(pids: Iterable[int | None]) -> list[psutil.Process]:
    """Return the processes with these ids and all their descendants that still run."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            root = psutil.Process(pid) if pid is not None else None
            for process in [] if root is None else [root, *root.children(recursive=True)]:
                found[process.pid] = process
        except psutil.NoSuchProcess:
            continue
    return list(found.values())


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """Add up the user and system time used so far by these processes."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def resident_bytes(processes: Iterable[psutil.Process]) -> int:
    """Add up the memory of these processes; shared memory counts once if the system can tell (PSS on Linux)."""
    total = 0
    for process in processes:
        try:
            full = process.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        total += getattr(full, "pss", 0) or full.rss
    return total


class CpuClock:
    """Measures the share of one core used by a set of processes over several stretches of time."""

    def __init__(self) -> None:
        self._seconds = self._elapsed = 0.0
        self._processes: list[psutil.Process] = []
        self._began = self._used = 0.0

    def start(self, pids: Iterable[int | None]) -> None:
        self._processes = tree(pids)
        self._began, self._used = time.monotonic(), cpu_seconds(self._processes)

    def start_alone(self, pid: int) -> None:
        """Start a stretch of one process without its children."""
        self.start([])
        self._processes = [psutil.Process(pid)]
        self._used = cpu_seconds(self._processes)

    def stop(self) -> None:
        """End the stretch and add it up."""
        self._seconds += cpu_seconds(self._processes) - self._used
        self._elapsed += time.monotonic() - self._began

    @property
    def percent(self) -> float | None:
        """Percent of one core; None when nothing was measured."""
        return None if self._elapsed <= 0 else round(100 * self._seconds / self._elapsed, 1)
