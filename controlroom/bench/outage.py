"""Stops a PostgreSQL server under a working desk, to see what is lost, what goes on, and when it is back."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from controlroom.bench.driven import LIVE_WITHIN_S, Event
from controlroom.bench.measure import percentile
from controlroom.bench.server import PostgreSQL
from controlroom.bench.site import TypingFigures, new_site
from controlroom.simulator.fleet import Fleet

BEFORE_S = 15.0
WORK = ("--pause", "1.5", "4", "--wall", "--steer-every", "5")  # seconds between entries, and between moves
BACK_WITHIN_S = 120.0
STARTS_AFTER_S = 2.5  # a desk tells something every second: a longer gap is between two of them


@dataclass(frozen=True)
class OutageFigures(TypingFigures):
    """The figures. Pictures and PTZ are those of the time without a database; `_before` is for comparison."""

    minutes: float
    accepted_while_away: int
    accept_ms_p95: float | None
    noticed_after_s: float
    all_saved_after_s: float
    cameras: int
    live_least: int
    restarted_and_live_s: float
    pictures_per_second: float
    pictures_per_second_before: float
    steered: int
    steered_of: int
    window_late_ms_p95: float | None
    window_late_ms_p95_before: float | None
    threads_most: int
    threads_before: int

    @property
    def good(self) -> bool:
        return super().good and self.live_least == self.cameras and self.steered == self.steered_of


def run(minutes: float, cameras: int = 4, *, before_s: float = BEFORE_S) -> OutageFigures:
    """Stop the server under a working desk for `minutes`, start it again, and count."""
    with (
        PostgreSQL() as server,
        Fleet(cameras, loops=True, discovery=False, control=False) as fleet,
        new_site(server.url("room"), fleet) as site,
    ):
        desk = site.typing_desk(*WORK)
        try:
            desk.wait_ready()
            desk.wait_live(cameras)
            began = time.time()
            time.sleep(before_s)
            server.stop()
            stopped = time.time()
            time.sleep(minutes * 30)
            desk.end()
            first, again = desk.events, time.monotonic()
            desk = site.typing_desk(*WORK)
            desk.wait_live(cameras, " at a desk started without its database")
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
        events = [*first, *desk.events]
        entries = site.look_for([each["text"] for each in events if each["event"] == "accepted"])
    return _figures(events, entries, (began, stopped, started), cameras, restarted_s)


def _all_saved(second: Event, started: float) -> bool:
    return second["at"] > started and second["here"] and second["kept"] == 0


def _figures(
    events: Sequence[Event],
    entries: TypingFigures,
    moments: tuple[float, float, float],
    cameras: int,
    restarted_s: float,
) -> OutageFigures:
    began, stopped, started = moments
    away = [each for each in events if each["event"] == "accepted" and each["away"]]
    seconds = [each for each in events if each["event"] == "second"]
    before = [each for each in seconds if began < each["at"] <= stopped]
    during = [each for each in seconds if stopped < each["at"] <= started]
    full = _once_up(during, cameras)
    steers = [each for each in events if each["event"] == "steered" and stopped < each["at"] <= started]
    lost_at = next((each["at"] for each in during if not each["here"]), started)
    saved_at = next((each["at"] for each in seconds if _all_saved(each, started)), 0.0)
    return OutageFigures(
        **vars(entries),
        minutes=round((started - stopped) / 60, 2),
        accepted_while_away=len(away),
        accept_ms_p95=percentile([each["ms"] for each in away if each["ms"] is not None], 0.95),
        noticed_after_s=round(lost_at - stopped, 1),
        all_saved_after_s=round(saved_at - started, 1),
        cameras=cameras,
        live_least=min((each["live"] for each in full), default=0),
        restarted_and_live_s=restarted_s,
        pictures_per_second=_mean([each["fps"] for each in full]),
        pictures_per_second_before=_mean([each["fps"] for each in before]),
        steered=sum(bool(each["moved"]) for each in steers),
        steered_of=len(steers),
        window_late_ms_p95=percentile([each["lag_ms"] for each in during], 0.95),
        window_late_ms_p95_before=percentile([each["lag_ms"] for each in before], 0.95),
        threads_most=max((each["threads"] for each in during), default=0),
        threads_before=max((each["threads"] for each in before), default=0),
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


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 1) if values else 0.0
