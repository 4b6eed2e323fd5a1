"""Implements `controlroom bench …`, which measures this machine and what the program withstands."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from controlroom.bench.measure import Figures

Number = TypeVar("Number", int, float)
# Each function imports its measurement only when it runs, so that the help stays quick.


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `bench` and its measurements."""
    parser = subparsers.add_parser("bench", help="measure this machine with the program's own parts")
    measurements = parser.add_subparsers(dest="measurement", required=True, metavar="MEASUREMENT")

    def add(
        name: str,
        measure: "Callable[[argparse.Namespace], Figures]",
        words: str,
        *,
        cameras: int = 0,
        seconds: float = 0.0,
    ) -> argparse.ArgumentParser:
        each = measurements.add_parser(name, help=words)
        each.add_argument("--json", action="store_true", help="print the figures as JSON")
        if cameras:
            words = f"simulated cameras (default {cameras})"
            each.add_argument("--cameras", type=_from_to(1, 500), default=cameras, help=words)
        if seconds:
            words = f"time measured (default {seconds:.0f})"
            each.add_argument("--seconds", type=_from_to(2.0, 3600.0), default=seconds, help=words)
        each.set_defaults(handler=lambda options: _report(options, measure(options)))
        return each

    words = "a wall of live pictures against the same streams only decoded"
    wall = add("wall", _wall, words, cameras=16, seconds=15)
    wall.add_argument("--source", help="streams of your own: an address in which {n} stands for 1, 2, 3 ...")
    wall.add_argument("--user", default="", help="user name for --source")
    wall.add_argument("--password-env", metavar="VAR", help="environment variable that holds the password")
    wall.add_argument("--stream", choices=("sub", "main"), default="sub", help="which simulated stream")
    wall.add_argument("--workers", type=_from_to(1, 500), default=1, help="picture processes (default 1)")
    words = "what the simulated cameras cost, their sub streams read but not decoded"
    add("simulate", _simulate, words, cameras=16, seconds=30)
    words = "how quickly cameras are identified over ONVIF, against stock onvif-zeep"
    add("onvif", _onvif, words, cameras=104)
    kills = add("kills", _kills, "a desk killed in mid-entry: is an accepted entry ever lost?")
    kills.add_argument("--times", type=_from_to(1, 500), default=100, help="how often (default 100)")
    kills.add_argument(
        "--database", help="an empty PostgreSQL database (default: SQLite in a folder of its own)"
    )
    kills.add_argument("--postgresql", action="store_true", help="start a PostgreSQL server for it")
    outage = add("outage", _outage, "a desk at work while its PostgreSQL server is stopped", cameras=4)
    outage.add_argument("--minutes", type=float, default=10.0, help="how long (default 10)")
    words = "how soon the desk and its parts are there, back, and how soon cameras stop"
    add("processes", _processes, words, cameras=4)
    add("rampage", _rampage, "kill -9 of every process at random", cameras=4, seconds=120)
    ptz = add(
        "ptz", _ptz, "random keys at three desks, under kills, dropped links and garbled replies", cameras=3
    )
    ptz.add_argument("--minutes", type=_from_to(0.05, 600.0), default=5.0, help="how long (default 5)")
    audit = add("audit", _audit, "many processes writing audited entries at once")
    audit.add_argument("--processes", type=_from_to(1, 500), default=8, help="how many (default 8)")
    audit.add_argument(
        "--writes", type=_from_to(1, 100_000), default=500, help="entries of each (default 500)"
    )
    audit.add_argument(
        "--database", help="an empty database to write into (default: a file in a temporary folder)"
    )
    add("first-start", _first_start, "from an empty folder to a live picture, driven as a person would")
    add(
        "text-size",
        _text_size,
        "a step of text size, on every page of a desk with the demonstration's records",
    )
    add("switch", _switch, "operators changing over at a desk, keyboard only")


def _from_to(least: Number, most: Number) -> Callable[[str], Number]:
    def number(text: str) -> Number:
        value = type(least)(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"use a number from {least:.0f} to {most:.0f}")
        return value

    return number


def _report(options: argparse.Namespace, figures: "Figures") -> int:
    print(json.dumps(figures.to_json()) if options.json else figures.in_words())
    for name in figures.broken:
        print(f"limit broken: {name}", file=sys.stderr)
    return 0 if figures.good else 1


def _audit(options: argparse.Namespace) -> "Figures":
    import tempfile
    from pathlib import Path

    from controlroom.bench.audit import run
    from controlroom.database.engine import sqlite_url

    with tempfile.TemporaryDirectory(prefix="controlroom-bench-") as folder:
        url = options.database or sqlite_url(Path(folder) / "bench.db")
        return run(url, options.processes, options.writes)


def _wall(options: argparse.Namespace) -> "Figures":
    from controlroom.platform import has_display, on_termination

    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from controlroom.bench.streams import foreign, simulated
    from controlroom.bench.wall import WallBench
    from controlroom.bench.window_meters import interrupted
    from controlroom.ui import theme

    on_termination(interrupted.set)
    app = QApplication.instance() or QApplication([])
    if isinstance(app, QApplication):
        theme.apply(app)
    if options.source:
        password = os.environ.get(options.password_env, "") if options.password_env else ""
        subjects = foreign(options.source, options.cameras, options.user, password)
    else:
        subjects = simulated(options.cameras, options.stream)
    if not options.json:
        takes_s = options.seconds * 1.7 + 20 + options.cameras * 0.1
        print(f"Measuring {options.cameras} cameras; this takes about {takes_s:.0f} s.", file=sys.stderr)
    with subjects as streams:
        return WallBench(streams, options.seconds, options.workers).run()


def _simulate(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import simulate

    return simulate.run(options.cameras, options.seconds)


def _onvif(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import onvif

    return onvif.run(options.cameras)


def _switch(_options: argparse.Namespace) -> "Figures":
    from controlroom.bench.whole_program import SwitchFigures, measured_by

    return SwitchFigures(**measured_by("controlroom.bench.switching"))


def _text_size(_options: argparse.Namespace) -> "Figures":
    from controlroom.bench.whole_program import TextSizeFigures, measured_by

    return TextSizeFigures(**measured_by("controlroom.bench.text_size"))


def _first_start(_options: argparse.Namespace) -> "Figures":
    from controlroom.bench.whole_program import FirstStartFigures, measured_by

    return FirstStartFigures(**measured_by("controlroom.bench.first_start"))


def _kills(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import kills
    from controlroom.bench.server import PostgreSQL

    if not options.postgresql:
        return kills.run(options.times, options.database)
    with PostgreSQL() as server:
        return kills.run(options.times, server.url("room"))


def _outage(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import outage

    return outage.run(options.minutes, options.cameras)


def _processes(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import processes

    return processes.run(options.cameras)


def _ptz(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import ptz

    return ptz.run(options.minutes, options.cameras)


def _rampage(options: argparse.Namespace) -> "Figures":
    from controlroom.bench import rampage

    return rampage.run(options.seconds, options.cameras)
