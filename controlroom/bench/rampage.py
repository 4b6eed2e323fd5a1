"""Kills desk, media worker, control and recorder at random for minutes, to see whether all comes back and nothing
is lost.

A driven desk types into the log, shows cameras and pans one without a pause. Whatever is killed the program itself
has to restart, except the desk, which a person would open again.
"""

import random
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field

import psutil
from sqlalchemy import select

from controlroom.audit.service import verify
from controlroom.bench.driven import DrivenDesk
from controlroom.bench.kills import bring_in_the_rest
from controlroom.bench.site import Site, moving, site_with
from controlroom.clock import process_clock
from controlroom.database.engine import room_url
from controlroom.database.opening import open_database
from controlroom.errors import Unavailable
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.nouns import NOUNS

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
PAUSE_OF_TYPIST = ("0.2", "0.8")
BACK_WITHIN_S = 90.0
STANDS_WITHIN_S = 15.0


@dataclass(frozen=True)
class RampageFigures:
    """The figures. `killed` counts by victim; the rest has to be zero, true, or within its limit."""

    seconds: float
    killed: dict[str, int]
    back: bool
    back_after_s: float
    accepted: int
    written: int
    lost: int
    written_twice: int
    database_sound: bool
    audit_chain_sound: bool
    longest_run_on_ms: dict[str, float]
    """The longest a camera moved on after its desk, its control, or both with all else of the desk were killed."""
    cameras_stopped: bool
    leaked_processes: int
    leaked_segments: int
    tracebacks: list[str]
    """Last lines of those in the log files of desk and recorder."""

    @property
    def sound(self) -> bool:
        """True when everything is back, whole, still and clean."""
        nothing = not (self.lost or self.written_twice or self.leaked_processes or self.leaked_segments)
        return (
            nothing and self.back and self.database_sound and self.audit_chain_sound and self.cameras_stopped
        )

    def to_json(self) -> dict[str, object]:
        """Return what the command prints."""
        return asdict(self)

    def in_words(self) -> str:
        """Return a few plain lines for a person."""
        kills = ", ".join(f"{name} {count}" for name, count in self.killed.items())
        return "\n".join(
            (
                f"{sum(self.killed.values())} kills in {self.seconds:.0f} s: {kills}",
                f"everything back: {'yes' if self.back else 'NO'}, after {self.back_after_s} s",
                f"{self.accepted} entries accepted, {self.written} in the log; lost {self.lost}, "
                f"written twice {self.written_twice}",
                f"database {'sound' if self.database_sound else 'DAMAGED'}, audit chain "
                f"{'sound' if self.audit_chain_sound else 'BROKEN'}",
                f"a camera ran on for {self.longest_run_on_ms} ms at most, by what was killed; at the end they "
                f"{'stand' if self.cameras_stopped else 'STILL MOVE'}",
                f"left behind: {self.leaked_processes} processes, {self.leaked_segments} pieces of shared memory; "
                f"tracebacks in the logs: {'; '.join(self.tracebacks) or 'none'}",
            )
        )


@dataclass
class _Run:
    site: Site
    mark: str
    victims: Mapping[str, int]
    number: int = 0
    desk: DrivenDesk | None = None
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

    def open_desk(self) -> DrivenDesk:
        """Open a new desk."""
        self.number += 1
        typing = ("--typing", f"{self.mark}-{self.number:03d}", "--pause", *PAUSE_OF_TYPIST)
        self.desk = self.site.desk(*typing, "--wall", "--hold")
        self.desk.wait_ready()
        return self.desk

    def leave_desk(self) -> None:
        """Take what the desk had reported."""
        if self.desk is not None:
            self.desk.kill()
            self.accepted += [each["text"] for each in self.desk.told("accepted")]
            self.desk = None


def run(
    seconds: float = 120.0, cameras: int = 4, *, victims: Mapping[str, int] | None = None
) -> RampageFigures:
    """Kill at random for `seconds`, then look at what is left. `victims`: how often each comes up in a round."""
    with site_with(cameras) as site:
        this = _Run(site, secrets.token_hex(3), victims or VICTIMS)
        this.bag = [this.next_victim(), *this.bag]
        try:
            this.open_desk()
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
        stand = _stand_still(site)
        bring_in_the_rest(site.folder, site.login, site.password, None)
        site.end_recorder()
        leaked = site.leaked_processes()
        return _look(this, lasted, back_after, stand, len(leaked))


def _kill_one(this: _Run) -> None:
    victim = this.next_victim()
    processes = _victims(this, victim)
    if not processes:  # not back yet from the last time: later
        this.bag.insert(0, victim)
        return
    was_moving = moving(this.site.fleet)
    at = time.monotonic()
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            return
    this.killed[victim] += 1
    if victim in ("desk", "workstation"):
        _note_run_on(this, victim, was_moving, at)
        this.leave_desk()
        this.open_desk()
    elif victim == "control":
        _note_run_on(this, victim, was_moving, at)


def _victims(this: _Run, victim: str) -> list[psutil.Process]:
    assert this.desk is not None
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
        until = time.monotonic() + STANDS_WITHIN_S
        taken = None
        while taken is None and time.monotonic() < until:
            orders = this.site.fleet.camera_state(place)["orders"]
            after = [
                each["at_ns"] / 1e9
                for each in orders
                if each["order"] == "stop" and each["at_ns"] / 1e9 > since
            ]
            taken = after[0] if after else None
            time.sleep(0.02)
        ran = ((taken or time.monotonic()) - since) * 1000
        this.longest_ms[victim] = max(this.longest_ms.get(victim, 0.0), round(ran, 1))


def _wait_until_back(this: _Run, cameras: int) -> float:
    """Return the seconds until pictures, control, recorder and its control were all there.

    Raises Unavailable otherwise.
    """
    began = time.time()
    assert this.desk is not None
    desk = this.desk

    def back() -> bool:
        seconds = desk.told("second")
        pictures = bool(seconds) and seconds[-1]["at"] > began and seconds[-1]["live"] == cameras
        here = desk.process.pid
        return (
            pictures
            and this.site.part("control", under=here) is not None
            and this.site.storage.contact() is not None
            and len(_recorder_tree(this.site)) >= 2
            and bool(moving(this.site.fleet))
        )

    desk.wait(back, BACK_WITHIN_S, "everything was back")
    return round(time.time() - began, 1)


def _stand_still(site: Site) -> bool:
    until = time.monotonic() + STANDS_WITHIN_S
    while moving(site.fleet):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _look(this: _Run, lasted: float, back_after: float, stand: bool, leaked: int) -> RampageFigures:
    site = this.site
    texts, chain = _read(site, this.mark)
    counts = Counter(texts)
    return RampageFigures(
        seconds=round(lasted, 1),
        killed={name: this.killed[name] for name in VICTIMS},
        back=True,
        back_after_s=back_after,
        accepted=len(this.accepted),
        written=len(texts),
        lost=sum(text not in counts for text in this.accepted),
        written_twice=sum(count - 1 for count in counts.values()),
        database_sound=_is_whole(site),
        audit_chain_sound=chain,
        longest_run_on_ms=this.longest_ms,
        cameras_stopped=stand,
        leaked_processes=leaked,
        leaked_segments=len(site.leaked_segments()),
        tracebacks=_tracebacks(site),
    )


def _is_whole(site: Site) -> bool:
    with closing(sqlite3.connect(site.folder / "controlroom.db")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _read(site: Site, mark: str) -> tuple[list[str], bool]:
    database = open_database(room_url(site.folder, None), process_clock(), NOUNS)
    try:
        with database.read() as session:
            query = (
                select(LogTextRow.text)
                .join(LogEntryRow, LogEntryRow.id == LogTextRow.entry_id)
                .where(LogTextRow.text.like(f"{mark}-%"))
            )
            return list(session.scalars(query)), verify(session).sound
    finally:
        database.close()


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
