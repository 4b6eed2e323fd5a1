"""Measures what the simulated cameras cost, with clients that read their sub streams without decoding.

The cameras run as in the demonstration: streets drawn and encoded live, painted ahead, in a process of their own.
"""

import time
from dataclasses import dataclass

from controlroom.bench.measure import CpuClock, Figures, resident_bytes, tree
from controlroom.bench.stream_readers import Readers
from controlroom.simulator.fleet import Fleet

WARM_UP_S = 15.0
"""From every stream's first picture on: streets are painted and sprites made in this time."""


@dataclass(frozen=True)
class SimulatorFigures(Figures):
    """The figures, for all simulator processes together."""

    cameras: int
    seconds: float
    fps: float
    """Pictures a second of one stream, on average."""
    fps_least: float
    """The slowest stream's."""
    cpu_percent: float
    """Of one core."""
    rss_mb: float
    """Resident memory; what processes share is counted once (PSS) where the system tells."""
    processes: int


def run(cameras: int, seconds: float, warm_up_s: float = WARM_UP_S) -> SimulatorFigures:
    """Measure for `seconds` after the warm-up. Raises Unavailable when a stream gives no picture."""
    with (
        Fleet(cameras, prepare=True, control=False) as fleet,
        Readers([camera.stream_url() for camera in fleet.cameras]) as readers,
    ):
        readers.wait_for_pictures()
        time.sleep(warm_up_s)
        clock = CpuClock()
        before, began = readers.pictures(), time.monotonic()
        clock.start([fleet.pid])
        time.sleep(seconds)
        clock.stop()
        after, elapsed = readers.pictures(), time.monotonic() - began
        simulators = tree([fleet.pid])
        memory = resident_bytes(simulators) / 1e6
    rates = [(late - early) / elapsed for early, late in zip(before, after, strict=True)]
    return SimulatorFigures(
        cameras=cameras,
        seconds=round(elapsed, 1),
        fps=round(sum(rates) / len(rates), 2),
        fps_least=round(min(rates), 2),
        cpu_percent=clock.percent or 0.0,
        rss_mb=round(memory, 1),
        processes=len(simulators),
    )
