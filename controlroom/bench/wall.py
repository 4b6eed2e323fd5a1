"""Measures the wall: real window, real tiles, real workers, compared with the same streams merely decoded.

There are two rounds of two phases. *Shown*: every camera is on the wall at 1920 by 1080; measured are new pictures
in paint events, the event loop's lag, the delay of a frame from the camera's socket to the end of its paint, and
the processor time of the desk and all its children. *Decoded*: the wall is empty, another process decodes the same
streams and throws the pictures away. The machine is the same, minutes apart at most, so the two can be compared.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from controlroom.bench.measure import CpuClock, Figures, percentile, resident_bytes, tree
from controlroom.bench.streams import BenchStreams, decoding
from controlroom.bench.wall_window import WallWindow
from controlroom.bench.window_meters import LagMeter, LatencySampler, PaintCounter, wait, wait_for
from controlroom.processes.run_folder import RunFolder
from controlroom.processes.supervisor import Supervisor
from controlroom.video.pool import VideoPool
from controlroom.video.records import StreamState

ROUNDS = 2  # one where the time is too short for two
SHORTEST_ROUND_S = 2.5
LIVE_WITHIN_S = 40.0
SETTLE_S = 1.0
IDLE_AFTER_S = 4.0  # workers hold a closed stream for 3 s in case it is wanted again


@dataclass(frozen=True)
class WallFigures(Figures):
    """The figures, under the names they are published by; None where nothing could be measured."""

    cameras: int
    live: int
    source_fps: float
    shown_fps_per_camera: float
    first_picture_p95_s: float | None
    gui_lag_p99_ms: float | None
    latency_p95_ms: float | None
    cpu_percent_desk: float | None
    cpu_percent_workers: float | None
    decode_only_cpu_percent: float | None
    rss_mb: float

    @property
    def good(self) -> bool:
        return self.live == self.cameras


class WallBench:
    """One measurement. It needs a QApplication."""

    def __init__(self, subjects: BenchStreams, seconds: float, workers: int = 1) -> None:
        self._addresses, self._workers = subjects.addresses, workers
        self._rounds = ROUNDS if seconds >= ROUNDS * SHORTEST_ROUND_S else 1
        self._round_s = seconds / self._rounds
        self._counter = PaintCounter(len(subjects.addresses))
        self._sampler = LatencySampler(subjects.send_log, subjects.stream)
        self._lag = LagMeter()
        self._desk, self._children, self._limit = CpuClock(), CpuClock(), CpuClock()
        self._shown_s = 0.0
        self._opened_at: float | None = None
        self._fps: list[float] = []
        self._live = self._rss = 0

    def run(self) -> WallFigures:
        with tempfile.TemporaryDirectory() as folder:
            run_folder = RunFolder(Path(folder, "run"))
            supervisor = Supervisor(run_folder)
            pool = VideoPool(supervisor, run_folder, workers=self._workers)
            try:
                window = WallWindow(pool, self._addresses, self._counter, self._sampler)
                window.show()
                for _ in range(self._rounds):
                    self._show(pool, window)
                    self._decode_only()
                window.close()
            finally:
                pool.close()
                supervisor.close()
                run_folder.close()
        return self._figures()

    def _show(self, pool: VideoPool, window: WallWindow) -> None:
        opened_at = time.monotonic()
        if self._opened_at is None:
            self._opened_at = opened_at
        window.fill()
        everyone = len(self._addresses)
        wait_for(
            lambda: sum(at > opened_at for at in self._counter.last_at.values()) == everyone, LIVE_WITHIN_S
        )
        wait(SETTLE_S)
        workers = [health.pid for health in pool.health()]
        self._children.start(workers)
        self._desk.start_alone(os.getpid())
        self._lag.start()
        self._counter.counting = self._sampler.active = True
        began = time.monotonic()
        wait(self._round_s)
        self._counter.counting = self._sampler.active = False
        self._lag.stop()
        self._shown_s += time.monotonic() - began
        self._desk.stop()
        self._children.stop()
        self._note(window, workers)
        window.empty()
        wait(IDLE_AFTER_S)

    def _note(self, window: WallWindow, workers: Sequence[int | None]) -> None:
        statuses = window.statuses()
        lately = time.monotonic() - 2.0
        painted = self._counter.last_at
        self._live = sum(
            status.state is StreamState.LIVE and painted.get(place, 0.0) > lately
            for place, status in enumerate(statuses)
        )
        self._fps += [status.fps for status in statuses if status.state is StreamState.LIVE]
        self._rss = max(self._rss, resident_bytes(tree([*workers])) + resident_bytes(tree([os.getpid()])[:1]))

    def _decode_only(self) -> None:
        with decoding(self._addresses) as pid:
            wait(SETTLE_S)
            self._limit.start([pid])
            wait(min(self._round_s, 5.0))
            self._limit.stop()

    def _figures(self) -> WallFigures:
        opened_at = self._opened_at or 0.0
        first = [at - opened_at for at in self._counter.first_at.values()]
        return WallFigures(
            cameras=len(self._addresses),
            live=self._live,
            source_fps=round(sum(self._fps) / len(self._fps), 1) if self._fps else 0.0,
            shown_fps_per_camera=round(self._counter.counted / self._shown_s / len(self._addresses), 1),
            first_picture_p95_s=percentile(first, 0.95, 2),
            gui_lag_p99_ms=percentile(self._lag.samples, 0.99),
            latency_p95_ms=percentile(self._sampler.latencies_ms, 0.95),
            cpu_percent_desk=self._desk.percent,
            cpu_percent_workers=self._children.percent,
            decode_only_cpu_percent=self._limit.percent,
            rss_mb=round(self._rss / 1e6, 1),
        )
