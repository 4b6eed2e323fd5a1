"""Prepares a data folder for measurements: cameras on its register, an operator, and checks for leftovers."""

import contextlib
import json
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import shared_memory
from pathlib import Path

import psutil

from controlroom.bench.driven import DrivenDesk
from controlroom.bench.kills import make_typist
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.service import to_row
from controlroom.clock import process_clock
from controlroom.database.engine import room_url
from controlroom.database.opening import open_database
from controlroom.errors import Unavailable
from controlroom.nouns import NOUNS
from controlroom.recording.recorder_supervisor import RecorderSupervisor
from controlroom.recording.storage_folder import RecorderStorage
from controlroom.simulator.fleet import Fleet
from controlroom.simulator.settings import CameraSettings, PtzQuirks
from controlroom.site_key import SiteKey

MARK = "CONTROLROOM_BENCH_MARK"
PARTS = {
    "media worker": "controlroom.video.worker",
    "control": "controlroom.cameras.control",
    "recorder": "controlroom.app.recorder",
    "desk": "controlroom.bench.driven_desk",
}


@dataclass
class Site:
    """One data folder.

    Every process started here carries its mark, so that leftovers are found whoever started them.
    """

    folder: Path
    fleet: Fleet
    login: str = "typist-bench"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    segments: set[str] = field(default_factory=set)

    @property
    def storage(self) -> RecorderStorage:
        """The recorder's storage folder."""
        return RecorderStorage(self.folder / "recorder")

    def desk(self, *arguments: str, recorder: bool = True) -> DrivenDesk:
        """Start a desk."""
        return DrivenDesk(
            self.folder,
            self.login,
            self.password,
            arguments=arguments,
            recorder=recorder,
            environment={MARK: self.mark},
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

    def leaked_processes(self, within_s: float = 10.0) -> list[str]:
        """List what still runs after everything was ended; waits for it a while."""
        until = time.monotonic() + within_s
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.2)
        return [" ".join(process.cmdline()[:4]) for process in left if process.is_running()]

    def clear(self) -> None:
        """End by force what a failed measurement left."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()


@contextlib.contextmanager
def site_with(cameras: int) -> Iterator[Site]:
    """Make a site whose cameras ignore the time-out of a move: they go on until somebody stops them."""
    settings = [
        CameraSettings(f"{number:03}", f"Street {number}", seed=number, ptz=PtzQuirks(ignore_timeout=True))
        for number in range(1, cameras + 1)
    ]
    with (
        tempfile.TemporaryDirectory(prefix="controlroom-processes-", ignore_cleanup_errors=True) as name,
        Fleet(settings, loops=True, discovery=False) as fleet,
    ):
        site = Site(Path(name), fleet)
        make_typist(site.folder, None, site.login, site.password)
        register(site.folder, fleet)
        try:
            yield site
        finally:
            site.clear()


def register(folder: Path, fleet: Fleet, url: str | None = None) -> None:
    """Put the simulated cameras on the register."""
    site_key = SiteKey.load_or_create(folder / "site.key")
    database = open_database(room_url(folder, url), process_clock(), NOUNS)
    try:
        with database.write() as work:
            for each in fleet.cameras:
                place = Place(each.name, "Bench", "Fairfield", 51.37, -0.1)
                login = (each.host, each.onvif_port, each.username, each.password)
                new = NewCamera(
                    each.number,
                    each.name,
                    place,
                    *login,
                    has_ptz=True,
                    main_stream=each.main_url,
                    sub_stream=each.sub_url,
                )
                work.session.add(to_row(new, site_key, work.now))
            work.announce("camera", "all")
    finally:
        database.close()


def moving(fleet: Fleet, places: Sequence[int] | None = None) -> list[int]:
    """Return the cameras (by place) whose heads move now."""
    states = fleet.state()["cameras"]
    return [
        each["place"] for each in states if each["moving"] and (places is None or each["place"] in places)
    ]


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
