"""Measures how soon the desk is there, how soon its killed parts come back, and how soon a camera then stops.

It runs a real desk offscreen, real child processes, a recorder, and simulated cameras that ignore the time-out of a
move: only an order stops them, and its time is taken where it arrives.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import psutil

from controlroom.bench.driven import DrivenDesk
from controlroom.bench.site import Site, moving, site_with, stopped_after_ms
from controlroom.errors import Unavailable

LIMITS: dict[str, float] = {
    "first_picture_ms": 3000,
    "worker_restart_ms": 3000,
    "stop_after_desk_kill_ms": 500,
    "stop_after_control_kill_ms": 2000,
    "leaked_processes": 0,
    "leaked_segments": 0,
}
RECORDER_LIMIT_MS = 6000.0  # a lease of 2.5 s, and the way to the camera
LIVE_WITHIN_S = 60.0


@dataclass(frozen=True)
class ProcessFigures:
    """The figures, under the names they are published by. Milliseconds; None where nothing came."""

    desk_start_ms: float | None
    """From starting the process to its window shown."""
    first_picture_ms: float | None
    """From the window shown to the first picture."""
    worker_restart_ms: float | None
    """From the kill of the media worker to a new picture on every tile."""
    stop_after_desk_kill_ms: float | None
    stop_after_control_kill_ms: float | None
    leaked_processes: int
    leaked_segments: int
    recorder_start_ms: float | None
    """From the window shown to the recorder's first answer (it starts after the first pictures)."""
    recorder_restart_ms: float | None
    stop_by_recorder_ms: float | None
    """From killing desk and control together to the Stop that the recorder sent."""
    load_per_core: float
    """How many processes wanted each core when it began (1 is busy): above that, times say more of the machine."""

    @property
    def broken(self) -> list[str]:
        """Return the names of the limits that do not hold."""
        values = asdict(self)
        found = [name for name, most in LIMITS.items() if values[name] is None or values[name] > most]
        by_recorder = self.stop_by_recorder_ms
        if by_recorder is None or by_recorder > RECORDER_LIMIT_MS:
            found.append("stop_by_recorder_ms")
        return found

    @property
    def sound(self) -> bool:
        """True when every limit holds."""
        return not self.broken

    def to_json(self) -> dict[str, object]:
        """Return what the command prints."""
        return asdict(self)

    def in_words(self) -> str:
        """Return a line for each figure."""
        lines = []
        for name, value in asdict(self).items():
            most = LIMITS.get(name, RECORDER_LIMIT_MS if name == "stop_by_recorder_ms" else None)
            limit = f" (at most {most:.0f})" if most is not None else ""
            lines.append(f"{name}: {value}{limit}{'  BROKEN' if name in self.broken else ''}")
        return "\n".join(lines)


def run(cameras: int = 4) -> ProcessFigures:
    """Measure all of it once."""
    load = round(psutil.getloadavg()[0] / (psutil.cpu_count() or 1), 1)
    with site_with(cameras) as site:
        desk = site.desk("--wall", "--hold")
        try:
            start, first = _start(desk, cameras)
            recorder_start = _recorder_answers(site, desk)
            worker = _worker_restart(site, desk)
            control = _kill_control(site, desk)
            recorder_restart = _recorder_restart(site)
            site.note_segments()
            killed = _kill_desk(site, desk)
        finally:
            desk.kill()
        desk = site.desk("--wall", "--hold")
        try:
            _start(desk, cameras)
            by_recorder = _kill_both(site, desk)
        finally:
            desk.kill()
        desk = site.desk("--wall")
        _start(desk, cameras)
        site.note_segments()
        desk.end()
        site.end_recorder()
        return ProcessFigures(
            desk_start_ms=start,
            first_picture_ms=first,
            worker_restart_ms=worker,
            stop_after_desk_kill_ms=killed,
            stop_after_control_kill_ms=control,
            leaked_processes=len(site.leaked_processes()),
            leaked_segments=len(site.leaked_segments()),
            recorder_start_ms=recorder_start,
            recorder_restart_ms=recorder_restart,
            stop_by_recorder_ms=by_recorder,
            load_per_core=load,
        )


def _start(desk: DrivenDesk, cameras: int) -> tuple[float, float | None]:
    desk.wait_ready()
    shown = desk.told("shown")[0]["at"]
    desk.wait(
        lambda: any(each["live"] == cameras for each in desk.told("live")),
        LIVE_WITHIN_S,
        "every camera was live",
    )
    first = next((each["at"] for each in desk.told("live") if each["live"]), None)
    return _ms(desk.started_at, shown), None if first is None else _ms(shown, first)


def _recorder_answers(site: Site, desk: DrivenDesk) -> float:
    shown = desk.told("shown")[0]["at"]
    _wait(lambda: site.storage.contact() is not None, 60, "the recorder answered")
    return _ms(shown, time.time())


def _worker_restart(site: Site, desk: DrivenDesk) -> float:
    worker = site.part("media worker", under=desk.process.pid)
    if worker is None:
        raise Unavailable("No media worker was found.")
    at = time.monotonic()
    worker.kill()

    def again() -> float | None:
        return next((each["at"] for each in desk.told("pictures") if each["oldest"] > at), None)

    began = time.time()
    desk.wait(lambda: again() is not None, LIVE_WITHIN_S, "every camera showed pictures again")
    return _ms(began, again() or 0.0)


def _kill_control(site: Site, desk: DrivenDesk) -> float | None:
    _wait(lambda: moving(site.fleet), 60, "the camera moved")
    control = site.part("control", under=desk.process.pid)
    if control is None:
        raise Unavailable("No control process was found.")
    at = time.monotonic()
    control.kill()
    return stopped_after_ms(site.fleet, at)


def _recorder_restart(site: Site) -> float:
    before = site.storage.contact()
    recorder = site.part("recorder")
    if recorder is None or before is None:
        raise Unavailable("No recorder was found.")
    at = time.monotonic()
    recorder.kill()

    def again() -> bool:
        contact = site.storage.contact()
        return contact is not None and contact.pid != before.pid

    _wait(again, 90, "the recorder was started again")
    return round((time.monotonic() - at) * 1000, 1)


def _kill_desk(site: Site, desk: DrivenDesk) -> float | None:
    _wait(lambda: moving(site.fleet), 60, "the camera moved")
    at = time.monotonic()
    desk.process.kill()
    return stopped_after_ms(site.fleet, at)


def _kill_both(site: Site, desk: DrivenDesk) -> float | None:
    _wait(lambda: moving(site.fleet), 60, "the camera moved")
    control = site.part("control", under=desk.process.pid)
    time.sleep(3)  # the lease is there, and the recorder has met the camera
    at = time.monotonic()
    desk.process.kill()
    if control is not None:
        control.kill()
    return stopped_after_ms(site.fleet, at)


def _wait(holds: Callable[[], object], timeout_s: float, what: str) -> None:
    until = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > until:
            raise Unavailable(f"Waited {timeout_s:.0f} s in vain until {what}.")
        time.sleep(0.02)


def _ms(before: float, after: float) -> float:
    return round((after - before) * 1000, 1)
