"""What the simulated cameras cost: every stream is read, and all of the simulator's processes are counted."""

from controlroom.bench.simulate import run
from controlroom.simulator.settings import SUB


def test_every_stream_is_read_and_what_it_costs_is_told():
    measured = run(2, 2.0, warm_up_s=1.0)
    assert (measured.cameras, measured.processes) == (2, 1)
    assert 0 < measured.fps_least <= measured.fps < 2 * SUB.fps
    assert measured.cpu_percent > 0 and measured.rss_mb > 0
    assert {"fps", "cpu_percent", "rss_mb"} <= measured.to_json().keys()
