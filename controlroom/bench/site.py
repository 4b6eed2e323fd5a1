"""Prepares a new room for measurements: an operator who types, cameras, driven desks; and looks at what is left.

Every process started for it carries its mark, so that leftovers are found whoever started them.
"""

import contextlib
import itertools
import json
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import shared_memory
from pathlib import Path

import psutil
from sqlalchemy import select

from controlroom.accounts.records import Role, User
from controlroom.accounts.service import AccountService
from controlroom.accounts.sign_in import SignInService
from controlroom.audit import service as audit
from controlroom.audit.act import SYSTEM
from controlroom.audit.service import verify
from controlroom.bench.driven import DrivenDesk
from controlroom.bench.measure import Figures
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.service import to_row
from controlroom.clock import process_clock
from controlroom.database.engine import room_url
from controlroom.database.opening import open_database
from controlroom.database.unit_of_work import Database
from controlroom.errors import RuleBroken, Unavailable
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.nouns import NOUNS
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.recording.storage_folder import RecorderStorage
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import CameraSettings, PtzQuirks
from controlroom.site_key import SiteKey

MARK = "CONTROLROOM_BENCH_MARK"
LOGIN = "typist"
PARTS = {
    "media worker": "controlroom.video.worker",
    "control": "controlroom.cameras.control",
    "recorder": "controlroom.app.recorder",
    "desk": "controlroom.bench.driven_desk",
}
DRAINED_WITHIN_S = 60.0
GONE_WITHIN_S = 10.0


@dataclass(frozen=True)
class TypingFigures(Figures):
    """What became of the entries that desks reported to their operator as accepted."""

    accepted: int
    written: int
    marked_as_kept: int
    """Those that went through the outbox while the database was away."""
    lost: int
    written_twice: int
    out_of_order: int
    audit_chain_sound: bool

    @property
    def good(self) -> bool:
        return not (self.lost or self.written_twice or self.out_of_order) and self.audit_chain_sound


@dataclass
class Site:
    """One data folder, with its database there or at `url`."""

    folder: Path
    url: str | None = None
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    segments: set[str] = field(default_factory=set)
    desks: int = 0

    @property
    def storage(self) -> RecorderStorage:
        return RecorderStorage(self.folder / "recorder")

    def database(self) -> "closing[Database]":
        """Open the database for the duration of a block."""
        return closing(open_database(room_url(self.folder, self.url), process_clock(), NOUNS))

    def desk(self, *arguments: str, recorder: bool = False) -> DrivenDesk:
        """Start a desk. A recorder outlives its desk by design: only who ends it asks for one."""
        environment = {MARK: self.mark, "CONTROLROOM_RECORDER": "start" if recorder else "off"}
        login = (LOGIN, self.password)
        return DrivenDesk(self.folder, login, self.url, arguments=arguments, environment=environment)

    def typing_desk(self, *arguments: str, recorder: bool = False) -> DrivenDesk:
        """Start a desk that types entries into the log."""
        self.desks += 1
        return self.desk("--typing", f"{self.mark}-{self.desks:03d}", *arguments, recorder=recorder)

    def bring_in_the_rest(self) -> None:
        """Run a last desk, which nobody kills: it writes what the killed ones had accepted."""
        desk = self.desk()
        try:
            desk.wait_ready()

            def is_empty() -> bool:
                seconds = desk.told("second")
                return len(seconds) > 1 and seconds[-1]["kept"] == 0

            desk.wait(is_empty, DRAINED_WITHIN_S, "everything kept was written")
        finally:
            desk.end()

    def look_for(self, accepted: Collection[str]) -> TypingFigures:
        query = (
            select(LogTextRow.text, LogEntryRow.spooled)
            .join(LogEntryRow, LogEntryRow.id == LogTextRow.entry_id)
            .where(LogTextRow.text.like(f"{self.mark}-%"))
            .order_by(LogEntryRow.id)
        )
        with self.database() as database, database.read() as session:
            rows, sound = session.execute(query).all(), verify(session).sound
        counts = Counter(text for text, _ in rows)
        return TypingFigures(
            accepted=len(accepted),
            written=len(rows),
            marked_as_kept=sum(spooled for _, spooled in rows),
            lost=sum(text not in counts for text in accepted),
            written_twice=sum(count - 1 for count in counts.values()),
            out_of_order=sum(later[0] < earlier[0] for earlier, later in itertools.pairwise(rows)),
            audit_chain_sound=sound,
        )

    def processes(self) -> list[psutil.Process]:
        """List every running process of this site: desks and recorder with all their children."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def part(self, name: str, *, under: int | None = None) -> psutil.Process | None:
        """Return the process that runs a part of the program; `under`: only that process's child."""
        for process in self.processes():
            try:
                fits = PARTS[name] in process.cmdline()
                if fits and (under is None or process.ppid() == under):
                    return process
            except psutil.Error:
                continue
        return None

    def note_segments(self) -> None:
        """Note the shared memory that the ledgers name now."""
        for path in (self.folder / "run").glob("*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                self.segments.update(json.loads(path.read_text())["segments"])

    def leaked_segments(self) -> list[str]:
        """List the shared memory that was noted and is still there."""
        return [name for name in sorted(self.segments) if _exists(name)]

    def end_recorder(self) -> None:
        """End the recorder in order, if one runs."""
        with contextlib.suppress(Unavailable):
            RecorderSupervisor(self.folder, self.storage, start=False).stop()

    def leaked_processes(self) -> list[str]:
        """List what still runs after everything was ended; waits for it a while."""
        until = time.monotonic() + GONE_WITHIN_S
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.2)
        return [" ".join(process.cmdline()[:4]) for process in left if process.is_running()]

    def clear(self) -> None:
        """End by force what a failed measurement left."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()


@contextlib.contextmanager
def new_site(url: str | None = None, fleet: Fleet | None = None) -> Iterator[Site]:
    """Make a room with an operator and the simulated cameras, if any. Raises RuleBroken for a database in use."""
    with tempfile.TemporaryDirectory(prefix="controlroom-bench-", ignore_cleanup_errors=True) as name:
        site = Site(Path(name), url)
        with site.database() as database:
            add_operator(database, LOGIN, site.password)
            if fleet is not None:
                register_cameras(database, fleet, SiteKey.load_or_create(site.folder / "site.key"))
        try:
            yield site
        finally:
            site.clear()


def add_operator(database: Database, login: str, password: str) -> User:
    """Add somebody who may write into the log of a new room. Raises RuleBroken for a database in use."""
    if not SignInService(database).is_empty():
        raise RuleBroken(
            "This database is in use: it has accounts.",
            "The measurement writes thousands of entries into the log, which could not be taken out again.",
            "Name an empty database.",
        )
    accounts = AccountService(database)
    first = accounts.add_first("bench-administrator", "Bench administrator", secrets.token_urlsafe(12))
    return accounts.add(first, login, f"Bench {login}", password, {Role.OPERATOR})


def register_cameras(database: Database, fleet: Fleet, site_key: SiteKey) -> None:
    """Enter simulated cameras into a new room's register."""
    with database.write() as work:
        for each in fleet.cameras:
            new = NewCamera(
                each.number,
                each.name,
                Place(each.name, "Bench", "Fairfield", 51.37, -0.1),
                host=each.host,
                port=each.onvif_port,
                username=each.username,
                password=each.password,
                has_ptz=True,
                main_stream=each.main_url,
                sub_stream=each.sub_url,
            )
            work.session.add(to_row(new, site_key, work.now))
            audit.record(work, SYSTEM, "camera.added", "camera", new.number, host=new.host)
        work.announce("camera", "all")


def restless_fleet(cameras: int) -> Fleet:
    """Make cameras that ignore the time-out of a move: they go on until somebody stops them."""
    settings = [
        CameraSettings(f"{number:03}", f"Street {number}", seed=number, ptz=PtzQuirks(ignore_timeout=True))
        for number in range(1, cameras + 1)
    ]
    return Fleet(settings, loops=True, discovery=False)


def moving(fleet: Fleet) -> list[int]:
    """Return the cameras (by place) whose heads move now."""
    return [each["place"] for each in fleet.state()["cameras"] if each["moving"]]


def stopped_after_ms(fleet: Fleet, since: float, place: int = 1, within_s: float = 30.0) -> float | None:
    """Return the milliseconds from `since` (monotonic) to the Stop that the camera received; None when none came."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        for order in fleet.camera_state(place)["orders"]:
            if order["order"] == "stop" and order["at_ns"] / 1e9 > since:
                return round((order["at_ns"] / 1e9 - since) * 1000, 1)
        time.sleep(0.02)
    return None


def _exists(name: str) -> bool:
    try:
        segment = shared_memory.SharedMemory(name)
    except (FileNotFoundError, ValueError):
        return False
    segment.close()
    return True
