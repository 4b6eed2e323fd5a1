"""Kills desk, media worker, control and recorder at random for minutes, to see whether all comes back and nothing
is lost.

A driven desk types into the log, shows cameras and pans one without a pause. Whatever is killed the program itself
has to restart, except the desk, which a person would open again.
"""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

import psutil

from controlroom.bench.driven import DrivenDesk
from controlroom.bench.site import Site, TypingFigures, moving, new_site, restless_fleet, stopped_after_ms
from controlroom.errors import Unavailable
from controlroom.simulator.fleet import Fleet

# How often each comes up in a round; a desk takes longest to open again.
VICTIMS = {
    "desk": 1,
    "media worker": 3,
    "control": 3,
    "recorder": 2,
    "recorder's control": 3,
    "workstation": 1,
}
PAUSE_S = (0.5, 3.0)
LONGEST_ROUND_S = 300.0
BACK_WITHIN_S = 90.0
STANDS_WITHIN_S = 15.0


@dataclass(frozen=True)
class RampageFigures(TypingFigures):
    """The figures. `killed` counts by victim; the rest has to be zero, true, or within its limit."""

    seconds: float
    killed: dict[str, int]
    back: bool
    back_after_s: float
    database_sound: bool
    longest_run_on_ms: dict[str, float]
    """The longest a camera moved on after its desk, its control, or both with all else of the desk were killed."""
    cameras_stopped: bool
    leaked_processes: int
    leaked_segments: int
    tracebacks: list[str]
    """Last lines of those in the log files of desk and recorder."""

    @property
    def good(self) -> bool:
        clean = not (self.leaked_processes or self.leaked_segments)
        return super().good and clean and self.back and self.database_sound and self.cameras_stopped


@dataclass
class _Run:
    site: Site
    fleet: Fleet
    victims: Mapping[str, int]
    desk: DrivenDesk
    accepted: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    longest_ms: dict[str, float] = field(default_factory=dict)
    bag: list[str] = field(default_factory=list)

    def next_victim(self) -> str:
        """Return which process is killed next: every round in another order."""
        if not self.bag:
            self.bag = [name for name, times in self.victims.items() for _ in range(times)]
            random.shuffle(self.bag)
        return self.bag.pop()

    def leave_desk(self) -> None:
        """Take what the desk had reported."""
        self.desk.kill()
        self.accepted += [each["text"] for each in self.desk.told("accepted")]


def run(
    seconds: float = 120.0, cameras: int = 4, *, victims: Mapping[str, int] | None = None
) -> RampageFigures:
    """Kill at random for `seconds`, then look at what is left. `victims`: how often each comes up in a round."""
    with restless_fleet(cameras) as fleet, new_site(fleet=fleet) as site:
        this = _Run(site, fleet, victims or VICTIMS, _open_desk(site))
        this.bag = [this.next_victim(), *this.bag]
        try:
            this.desk.wait_ready()
            _wait_until_back(this, cameras)
            began = time.monotonic()
            # A round at least, so that each was killed; in an order nobody chose.
            while time.monotonic() - began < (seconds if not this.bag else seconds + LONGEST_ROUND_S):
                time.sleep(random.uniform(*PAUSE_S))
                site.note_segments()
                _kill_one(this)
            lasted = time.monotonic() - began
            back_after = _wait_until_back(this, cameras)
            site.note_segments()
        finally:
            this.leave_desk()
        stand = _stand_still(fleet)
        site.bring_in_the_rest()
        site.end_recorder()
        leaked = site.leaked_processes()
        return RampageFigures(
            **vars(site.look_for(this.accepted)),
            seconds=round(lasted, 1),
            killed={name: this.killed[name] for name in VICTIMS},
            back=True,
            back_after_s=back_after,
            database_sound=_is_whole(site),
            longest_run_on_ms=this.longest_ms,
            cameras_stopped=stand,
            leaked_processes=len(leaked),
            leaked_segments=len(site.leaked_segments()),
            tracebacks=_tracebacks(site),
        )


def _open_desk(site: Site) -> DrivenDesk:
    return site.typing_desk("--pause", "0.2", "0.8", "--wall", "--hold", recorder=True)


def _kill_one(this: _Run) -> None:
    victim = this.next_victim()
    processes = _victims(this, victim)
    if not processes:  # not back yet from the last time: later
        this.bag.insert(0, victim)
        return
    was_moving = moving(this.fleet)
    at = time.monotonic()
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            return
    this.killed[victim] += 1
    if victim in ("desk", "workstation", "control"):
        _note_run_on(this, victim, was_moving, at)
    if victim in ("desk", "workstation"):
        this.leave_desk()
        this.desk = _open_desk(this.site)
        this.desk.wait_ready()


def _victims(this: _Run, victim: str) -> list[psutil.Process]:
    site, desk = this.site, this.desk.process.pid
    try:
        own = psutil.Process(desk)
    except psutil.NoSuchProcess:
        return []
    if victim == "desk":
        return [own]
    if victim == "workstation":
        recorders = {process.pid for process in _recorder_tree(site)}
        return [own, *(child for child in own.children(recursive=True) if child.pid not in recorders)]
    if victim == "recorder":
        return _recorder_tree(site)[:1]
    if victim == "recorder's control":
        return _recorder_tree(site)[1:2]
    found = site.part(victim, under=desk)
    return [found] if found is not None else []


def _recorder_tree(site: Site) -> list[psutil.Process]:
    recorder = site.part("recorder")
    if recorder is None:
        return []
    try:
        return [recorder, *recorder.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _note_run_on(this: _Run, victim: str, places: list[int], since: float) -> None:
    """Note how long the moving cameras went on, by looking for the Stop among the orders they received."""
    for place in places:
        ran_ms = stopped_after_ms(this.fleet, since, place, STANDS_WITHIN_S)
        if ran_ms is None:
            ran_ms = round((time.monotonic() - since) * 1000, 1)
        this.longest_ms[victim] = max(this.longest_ms.get(victim, 0.0), ran_ms)


def _wait_until_back(this: _Run, cameras: int) -> float:
    """Return the seconds until pictures, control, recorder and its control were all there.

    Raises Unavailable otherwise.
    """
    began, desk = time.time(), this.desk

    def back() -> bool:
        seconds = desk.told("second")
        pictures = bool(seconds) and seconds[-1]["at"] > began and seconds[-1]["live"] == cameras
        here = desk.process.pid
        return (
            pictures
            and this.site.part("control", under=here) is not None
            and this.site.storage.contact() is not None
            and len(_recorder_tree(this.site)) >= 2
            and bool(moving(this.fleet))
        )

    desk.wait(back, BACK_WITHIN_S, "everything was back")
    return round(time.time() - began, 1)


def _stand_still(fleet: Fleet) -> bool:
    until = time.monotonic() + STANDS_WITHIN_S
    while moving(fleet):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _is_whole(site: Site) -> bool:
    with closing(sqlite3.connect(site.folder / "controlroom.db")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _tracebacks(site: Site) -> list[str]:
    logs = list((site.folder / "logs").glob("*.log*"))
    if not logs:
        raise Unavailable("The desk wrote no log.")
    found = []
    for path in logs:
        for part in path.read_text(errors="replace").split("Traceback (most recent call last):")[1:]:
            lines = [line for line in part.splitlines()[1:] if line and not line.startswith(" ")]
            found.append(lines[0][:200] if lines else "cut short")
    return found
