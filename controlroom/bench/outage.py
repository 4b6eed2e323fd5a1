"""Stops a PostgreSQL server under a working desk, to see what is lost, what goes on, and when it is back."""

import itertools
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from controlroom.audit.service import verify
from controlroom.bench.driven import DrivenDesk, Event
from controlroom.bench.kills import make_typist
from controlroom.bench.server import PostgreSQL
from controlroom.cameras.records import NewCamera, Place
from controlroom.cameras.service import to_row
from controlroom.clock import process_clock
from controlroom.database.opening import open_database
from controlroom.log.tables import LogEntryRow, LogTextRow
from controlroom.nouns import NOUNS
from controlroom.simulator.fleet import Fleet
from controlroom.site_key import SiteKey

BEFORE_S = 15.0
PAUSE_S = ("1.5", "4")  # between entries
STEER_EVERY_S = "5"
LIVE_WITHIN_S = 300.0  # a machine that is busy with other things takes its time
BACK_WITHIN_S = 120.0
STARTS_AFTER_S = 2.5  # a desk tells something every second: a longer gap is between two of them


@dataclass(frozen=True)
class OutageFigures:
    """The figures. Pictures and PTZ are those of the time without a database; `_before` is for comparison."""

    minutes: float
    accepted: int
    accepted_while_away: int
    written: int
    marked_as_kept: int
    lost: int
    written_twice: int
    out_of_order: int
    accept_ms_p95: float
    noticed_after_s: float
    all_saved_after_s: float
    cameras: int
    live_least: int
    restarted_and_live_s: float
    pictures_per_second: float
    pictures_per_second_before: float
    steered: int
    steered_of: int
    window_late_ms_p95: float
    window_late_ms_p95_before: float
    threads_most: int
    threads_before: int
    audit_chain_sound: bool

    @property
    def sound(self) -> bool:
        """True when nothing was lost, doubled or put out of order, and pictures and steering went on."""
        kept = not (self.lost or self.written_twice or self.out_of_order) and self.audit_chain_sound
        return kept and self.live_least == self.cameras and self.steered == self.steered_of

    def to_json(self) -> dict[str, object]:
        """Return what the command prints."""
        return asdict(self)

    def in_words(self) -> str:
        """Return a few plain lines for a person."""
        return "\n".join(
            (
                f"{self.minutes} minutes without the database, noticed after {self.noticed_after_s} s",
                f"{self.accepted_while_away} entries accepted meanwhile ({self.accepted} in all), each within "
                f"{self.accept_ms_p95} ms (95 %)",
                f"{self.written} in the log, {self.marked_as_kept} marked; all saved {self.all_saved_after_s} s "
                "after the server was started again",
                f"lost {self.lost}, written twice {self.written_twice}, out of order {self.out_of_order}",
                f"pictures: {self.live_least} of {self.cameras} live at the least, {self.pictures_per_second} a second "
                f"(before: {self.pictures_per_second_before})",
                f"a desk started without the database showed every picture after {self.restarted_and_live_s} s",
                f"steering: {self.steered} of {self.steered_of} orders carried out",
                f"the window answers within {self.window_late_ms_p95} ms (95 %; before: "
                f"{self.window_late_ms_p95_before}); {self.threads_most} threads at most "
                f"(before: {self.threads_before})",
                f"the audit chain is {'sound' if self.audit_chain_sound else 'BROKEN'}",
            )
        )


def run(minutes: float, cameras: int = 4, *, before_s: float = BEFORE_S) -> OutageFigures:
    """Stop the server under a working desk for `minutes`, start it again, and count."""
    with (
        tempfile.TemporaryDirectory(prefix="controlroom-outage-", ignore_cleanup_errors=True) as name,
        PostgreSQL() as server,
        Fleet(cameras, loops=True, discovery=False, control=False) as fleet,
    ):
        folder, url = Path(name), server.url("room")
        login, password, mark = "typist-outage", secrets.token_urlsafe(12), secrets.token_hex(3)
        make_typist(folder, url, login, password)
        _register(folder, url, fleet)
        words = ("--pause", *PAUSE_S, "--wall", "--steer-every", STEER_EVERY_S)
        desk = DrivenDesk(folder, login, password, url=url, arguments=("--typing", f"{mark}-a", *words))
        try:
            desk.wait_ready()
            desk.wait(
                lambda: any(each["live"] == cameras for each in desk.told("second")),
                LIVE_WITHIN_S,
                "every camera was live",
            )
            began = time.time()
            time.sleep(before_s)
            server.stop()
            stopped = time.time()
            time.sleep(minutes * 30)
            desk.end()
            first, again = desk.events, time.monotonic()
            desk = DrivenDesk(folder, login, password, url=url, arguments=("--typing", f"{mark}-b", *words))
            desk.wait(
                lambda: any(each["live"] == cameras for each in desk.told("second")),
                LIVE_WITHIN_S,
                "every camera was live at a desk started without its database",
            )
            restarted_s = round(time.monotonic() - again, 1)
            desk.wait(
                lambda: any(each["away"] for each in desk.told("accepted")),
                LIVE_WITHIN_S,
                "an entry was accepted without the database",
            )
            time.sleep(max(0.0, stopped + minutes * 60 - time.time()))
            server.start()
            started = time.time()
            desk.wait(
                lambda: any(_all_saved(each, started) for each in desk.told("second")),
                BACK_WITHIN_S,
                "everything kept was written",
            )
            time.sleep(3)
        finally:
            desk.end()
        rows, sound = _read(url, mark)
    events = [*first, *desk.events]
    return _figures(events, rows, (began, stopped, started), cameras, sound, restarted_s)


def _all_saved(second: Event, started: float) -> bool:
    return second["at"] > started and second["here"] and second["kept"] == 0


def _figures(
    events: Sequence[Event],
    rows: Sequence[tuple[str, bool]],
    moments: tuple[float, float, float],
    cameras: int,
    sound: bool,
    restarted_s: float,
) -> OutageFigures:
    began, stopped, started = moments
    accepted = [each for each in events if each["event"] == "accepted"]
    away = [each for each in accepted if each["away"]]
    seconds = [each for each in events if each["event"] == "second"]
    before = [each for each in seconds if began < each["at"] <= stopped]
    during = [each for each in seconds if stopped < each["at"] <= started]
    full = _once_up(during, cameras)
    steers = [each for each in events if each["event"] == "steered" and stopped < each["at"] <= started]
    texts = [text for text, _ in rows]
    counts = Counter(texts)
    lost_at = next((each["at"] for each in during if not each["here"]), started)
    saved_at = next((each["at"] for each in seconds if _all_saved(each, started)), 0.0)
    return OutageFigures(
        minutes=round((started - stopped) / 60, 2),
        accepted=len(accepted),
        accepted_while_away=len(away),
        written=len(rows),
        marked_as_kept=sum(spooled for _, spooled in rows),
        lost=sum(each["text"] not in counts for each in accepted),
        written_twice=sum(count - 1 for count in counts.values()),
        out_of_order=sum(later < earlier for earlier, later in itertools.pairwise(texts)),
        accept_ms_p95=_share([each["ms"] for each in away if each["ms"] is not None], 0.95),
        noticed_after_s=round(lost_at - stopped, 1),
        all_saved_after_s=round(saved_at - started, 1),
        cameras=cameras,
        live_least=min((each["live"] for each in full), default=0),
        restarted_and_live_s=restarted_s,
        pictures_per_second=_mean([each["fps"] for each in full]),
        pictures_per_second_before=_mean([each["fps"] for each in before]),
        steered=sum(bool(each["moved"]) for each in steers),
        steered_of=len(steers),
        window_late_ms_p95=_share([each["lag_ms"] for each in during], 0.95),
        window_late_ms_p95_before=_share([each["lag_ms"] for each in before], 0.95),
        threads_most=max((each["threads"] for each in during), default=0),
        threads_before=max((each["threads"] for each in before), default=0),
        audit_chain_sound=sound,
    )


def _once_up(seconds: Sequence[Event], cameras: int) -> list[Event]:
    """Leave out the moments in which a desk started meanwhile was still connecting to its cameras."""
    found, connecting = [], False
    for number, each in enumerate(seconds):
        starts = number > 0 and each["at"] - seconds[number - 1]["at"] > STARTS_AFTER_S
        connecting = (connecting or starts) and each["live"] < cameras
        if not connecting:
            found.append(each)
    return found


def _register(folder: Path, url: str, fleet: Fleet) -> None:
    site_key = SiteKey.load_or_create(folder / "site.key")
    database = open_database(url, process_clock(), NOUNS)
    try:
        with database.write() as work:
            for camera in fleet.cameras:
                place = Place(camera.name, "Bench", "Fairfield", 51.37, -0.1)
                new = NewCamera(
                    camera.number,
                    camera.name,
                    place,
                    host=camera.host,
                    port=camera.onvif_port,
                    username=camera.username,
                    password=camera.password,
                    main_stream=camera.main_url,
                    sub_stream=camera.sub_url,
                    has_ptz=True,
                )
                work.session.add(to_row(new, site_key, work.now))
            work.announce("camera", "all")
    finally:
        database.close()


def _read(url: str, mark: str) -> tuple[list[tuple[str, bool]], bool]:
    database = open_database(url, process_clock(), NOUNS)
    try:
        with database.read() as session:
            query = (
                select(LogTextRow.text, LogEntryRow.spooled)
                .join(LogEntryRow, LogEntryRow.id == LogTextRow.entry_id)
                .where(LogTextRow.text.like(f"{mark}-%"))
                .order_by(LogEntryRow.occurred_at, LogEntryRow.id)
            )
            return [(text, spooled) for text, spooled in session.execute(query)], verify(session).sound
    finally:
        database.close()


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 1) if values else 0.0


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0
