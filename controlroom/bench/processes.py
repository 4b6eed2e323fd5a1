"""Measures how soon the desk is there, how soon its killed parts come back, and how soon a camera then stops.

It runs a real desk offscreen, real child processes, a recorder, and simulated cameras that ignore the time-out of a
move: only an order stops them, and its time is taken where it arrives.
"""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from controlroom.bench.driven import DrivenDesk
from controlroom.bench.measure import Figures
from controlroom.bench.site import Site, moving, new_site, restless_fleet, stopped_after_ms
from controlroom.errors import Unavailable
from controlroom.simulator.fleet import Fleet

LIVE_AGAIN_WITHIN_S = 60.0


@dataclass(frozen=True)
class ProcessFigures(Figures):
    """The figures, under the names they are published by. Milliseconds; None where nothing came."""

    LIMITS = {
        "first_picture_ms": 3000,
        "worker_restart_ms": 3000,
        "stop_after_desk_kill_ms": 500,
        "stop_after_control_kill_ms": 2000,
        "leaked_processes": 0,
        "leaked_segments": 0,
        "stop_by_recorder_ms": 6000,  # a lease of 2.5 s, and the way to the camera
    }

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


def run(cameras: int = 4) -> ProcessFigures:
    """Measure all of it once."""
    load = round(psutil.getloadavg()[0] / (psutil.cpu_count() or 1), 1)
    with restless_fleet(cameras) as fleet, new_site(fleet=fleet) as site:
        desk = site.desk("--wall", "--hold", recorder=True)
        try:
            start, first = _start(desk, cameras)
            recorder_start = _recorder_answers(site, desk)
            worker = _worker_restart(desk, _part(site, "media worker", desk))
            control = _run_on(fleet, lambda: [_part(site, "control", desk)])
            recorder_restart = _recorder_restart(site)
            site.note_segments()
            killed = _run_on(fleet, lambda: [desk.process])
        finally:
            desk.kill()
        desk = site.desk("--wall", "--hold", recorder=True)
        try:
            _start(desk, cameras)
            # After 3 s the lease is there, and the recorder has met the camera.
            by_recorder = _run_on(fleet, lambda: [desk.process, _part(site, "control", desk)], after_s=3)
        finally:
            desk.kill()
        desk = site.desk("--wall", recorder=True)
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
    desk.wait_live(cameras)
    first = next((each["at"] for each in desk.told("live") if each["live"]), None)
    return _ms(desk.started_at, shown), None if first is None else _ms(shown, first)


def _part(site: Site, name: str, desk: DrivenDesk | None = None) -> psutil.Process:
    """Return the process that runs a part of the program, of `desk` where one is given. Raises Unavailable."""
    found = site.part(name, under=None if desk is None else desk.process.pid)
    if found is None:
        raise Unavailable(f"No {name} process was found.")
    return found


def _recorder_answers(site: Site, desk: DrivenDesk) -> float:
    shown = desk.told("shown")[0]["at"]
    _wait(lambda: site.storage.contact() is not None, 60, "the recorder answered")
    return _ms(shown, time.time())


def _worker_restart(desk: DrivenDesk, worker: psutil.Process) -> float:
    at = time.monotonic()
    worker.kill()

    def again() -> float | None:
        return next((each["at"] for each in desk.told("pictures") if each["oldest"] > at), None)

    began = time.time()
    desk.wait(lambda: again() is not None, LIVE_AGAIN_WITHIN_S, "every camera showed pictures again")
    return _ms(began, again() or 0.0)


def _recorder_restart(site: Site) -> float:
    before, recorder = site.storage.contact(), _part(site, "recorder")
    at = time.monotonic()
    recorder.kill()

    def again() -> bool:
        contact = site.storage.contact()
        return contact is not None and before is not None and contact.pid != before.pid

    _wait(again, 90, "the recorder was started again")
    return _ms(at, time.monotonic())


def _run_on(
    fleet: Fleet,
    victims: Callable[[], Sequence[psutil.Process | subprocess.Popen[bytes]]],
    *,
    after_s: float = 0.0,
) -> float | None:
    """Kill processes while a camera moves; return the milliseconds until it was told to stop."""
    _wait(lambda: moving(fleet), 60, "the camera moved")
    doomed = victims()
    time.sleep(after_s)
    at = time.monotonic()
    for process in doomed:
        process.kill()
    return stopped_after_ms(fleet, at)


def _wait(holds: Callable[[], object], timeout_s: float, what: str) -> None:
    until = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > until:
            raise Unavailable(f"Waited {timeout_s:.0f} s in vain until {what}.")
        time.sleep(0.02)


def _ms(before: float, after: float) -> float:
    return round((after - before) * 1000, 1)
