"""Measures how quickly many simulated cameras are identified over ONVIF, against stock `onvif-zeep`.

Each way runs in a process of its own over the same cameras, with the same calls (`onvif_clients.py`).
"""

import json
import subprocess
import sys
from dataclasses import dataclass

from controlroom.bench.measure import Figures
from controlroom.bench.onvif_clients import ClientFigures
from controlroom.errors import Unavailable
from controlroom.simulator.fleet import Fleet, SimulatedCamera

WITHIN_S = 900


@dataclass(frozen=True)
class OnvifFigures(Figures):
    """The figures for all cameras together; the ratios are stock's processor time over ours.

    `construct_ratio` is of making a client, `identify_ratio` of everything from nothing, client included, and
    `calls_ratio` of the calls alone.
    """

    LIMITS = {"wall_s": 10, "cpu_s": 4, "rss_growth_mb": 120}  # for 104 cameras
    LEAST = {"construct_ratio": 20, "identify_ratio": 6}
    cameras: int
    connected: int
    wall_s: float
    cpu_s: float
    rss_growth_mb: float
    construct_ratio: float
    identify_ratio: float
    calls_ratio: float
    stock_wall_s: float
    stock_rss_growth_mb: float

    @property
    def broken(self) -> list[str]:
        """The figures beyond their limits, and cameras that were not identified."""
        return [*super().broken, *(["connected"] if self.connected < self.cameras else [])]


def run(cameras: int) -> OnvifFigures:
    """Measure both ways, ours first. Raises Unavailable when one of them fails or they read different things."""
    with Fleet(cameras, control=False) as fleet:
        ours, stock = _measured("ours", fleet.cameras), _measured("stock", fleet.cameras)
    if (ours.profiles, ours.presets) != (stock.profiles, stock.presets):
        raise Unavailable(f"The two clients read different things: {ours} and {stock}.")
    return OnvifFigures(
        cameras=cameras,
        connected=ours.connected,
        wall_s=ours.wall_s,
        cpu_s=round(ours.cpu_s, 2),
        rss_growth_mb=ours.rss_growth_mb,
        construct_ratio=round(stock.construct_s / ours.construct_s, 1),
        identify_ratio=round(stock.cpu_s / ours.cpu_s, 1),
        calls_ratio=round(stock.calls_s / ours.calls_s, 1),
        stock_wall_s=stock.wall_s,
        stock_rss_growth_mb=stock.rss_growth_mb,
    )


def _measured(way: str, cameras: list[SimulatedCamera]) -> ClientFigures:
    asked = [
        {"host": each.host, "port": each.onvif_port, "username": each.username, "password": each.password}
        for each in cameras
    ]
    command = [sys.executable, "-m", "controlroom.bench.onvif_clients", way]
    done = subprocess.run(
        command, input=json.dumps(asked) + "\n", capture_output=True, text=True, timeout=WITHIN_S, check=False
    )
    if done.returncode:
        raise Unavailable(f"The client '{way}' failed.", done.stderr[-1000:])
    return ClientFigures(**json.loads(done.stdout.splitlines()[-1]))
