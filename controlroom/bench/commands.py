"""Implements `controlroom bench …`, which measures this machine and what the program withstands."""

import argparse
import json
import os
import sys


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `bench` and its measurements."""
    parser = subparsers.add_parser("bench", help="measure this machine with the program's own parts")
    measurements = parser.add_subparsers(dest="measurement", required=True, metavar="MEASUREMENT")
    wall = measurements.add_parser(
        "wall", help="a wall of live pictures against the same streams only decoded"
    )
    wall.add_argument("--cameras", type=_count, default=16, help="how many (default 16)")
    wall.add_argument("--seconds", type=_seconds, default=15.0, help="time the wall is shown (default 15)")
    wall.add_argument("--source", help="streams of your own: an address in which {n} stands for 1, 2, 3 ...")
    wall.add_argument("--user", default="", help="user name for --source")
    wall.add_argument("--password-env", metavar="VAR", help="environment variable that holds the password")
    wall.add_argument("--stream", choices=("sub", "main"), default="sub", help="which simulated stream")
    wall.add_argument("--workers", type=_count, default=1, help="picture processes (default 1)")
    wall.set_defaults(handler=_wall)
    simulate = measurements.add_parser(
        "simulate", help="what the simulated cameras cost, their sub streams read but not decoded"
    )
    simulate.add_argument("--cameras", type=_count, default=16, help="how many (default 16)")
    simulate.add_argument("--seconds", type=_seconds, default=30.0, help="time measured (default 30)")
    simulate.set_defaults(handler=_simulate)
    kills = measurements.add_parser(
        "kills", help="a desk killed in mid-entry: is an accepted entry ever lost?"
    )
    kills.add_argument("--times", type=_count, default=100, help="how often (default 100)")
    kills.add_argument(
        "--database", help="an empty PostgreSQL database (default: SQLite in a folder of its own)"
    )
    kills.add_argument("--postgresql", action="store_true", help="start a PostgreSQL server for it")
    kills.set_defaults(handler=_kills)
    outage = measurements.add_parser("outage", help="a desk at work while its PostgreSQL server is stopped")
    outage.add_argument("--minutes", type=float, default=10.0, help="how long (default 10)")
    outage.add_argument("--cameras", type=_count, default=4, help="simulated cameras on the wall (default 4)")
    outage.set_defaults(handler=_outage)
    processes = measurements.add_parser(
        "processes", help="how soon the desk and its parts are there, back, and how soon cameras stop"
    )
    processes.add_argument("--cameras", type=_count, default=4, help="simulated cameras (default 4)")
    processes.set_defaults(handler=_processes)
    rampage = measurements.add_parser("rampage", help="kill -9 of every process at random")
    rampage.add_argument("--seconds", type=_seconds, default=120.0, help="how long (default 120)")
    rampage.add_argument("--cameras", type=_count, default=4, help="simulated cameras (default 4)")
    rampage.set_defaults(handler=_rampage)
    audit = measurements.add_parser("audit", help="many processes writing audited entries at once")
    audit.add_argument("--processes", type=_count, default=8, help="how many (default 8)")
    audit.add_argument("--writes", type=_writes, default=500, help="entries of each (default 500)")
    audit.add_argument(
        "--database", help="an empty database to write into (default: a file in a temporary folder)"
    )
    audit.set_defaults(handler=_audit)
    first = measurements.add_parser(
        "first-start", help="from an empty folder to a live picture, driven as a person would"
    )
    first.set_defaults(handler=_first_start)
    switch = measurements.add_parser("switch", help="operators changing over at a desk, keyboard only")
    switch.set_defaults(handler=_switch)
    for each in measurements.choices.values():
        each.add_argument("--json", action="store_true", help="print the figures as JSON")


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 500:
        raise argparse.ArgumentTypeError("use a number from 1 to 500")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 2 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("use 2 to 3600 seconds")
    return seconds


def _writes(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError("use a number from 1 to 100000")
    return number


def _audit(options: argparse.Namespace) -> int:
    import tempfile
    from pathlib import Path

    from controlroom.bench.audit import run
    from controlroom.database.engine import sqlite_url

    with tempfile.TemporaryDirectory(prefix="controlroom-bench-") as folder:
        url = options.database or sqlite_url(Path(folder) / "bench.db")
        measured = run(url, options.processes, options.writes)
    print(json.dumps(measured.to_json()) if options.json else measured.in_words())
    return 0 if measured.good else 1


def _wall(options: argparse.Namespace) -> int:
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
        print(
            f"Measuring {options.cameras} cameras; this takes about {_duration(options):.0f} s.",
            file=sys.stderr,
        )
    with subjects as streams:
        measured = WallBench(streams, options.seconds, options.workers).run()
    print(json.dumps(measured.to_json()) if options.json else measured.in_words())
    return 0 if measured.live == options.cameras else 1


def _simulate(options: argparse.Namespace) -> int:
    from controlroom.bench import simulate

    measured = simulate.run(options.cameras, options.seconds)
    print(json.dumps(measured.to_json()) if options.json else measured.in_words())
    return 0


def _switch(options: argparse.Namespace) -> int:
    from controlroom.bench.switching import ALLOWED_MS, in_words, measure

    figures = measure()
    print(json.dumps(figures) if options.json else in_words(figures))
    return 0 if figures["switch_ms_max"] <= ALLOWED_MS else 1


def _first_start(options: argparse.Namespace) -> int:
    from controlroom.bench.first_start import ALLOWED_S, in_words, measure

    figures = measure()
    print(json.dumps(figures) if options.json else in_words(figures))
    return 0 if figures["person_s"] <= ALLOWED_S else 1


def _duration(options: argparse.Namespace) -> float:
    return options.seconds * 1.7 + 20 + options.cameras * 0.1


def _kills(options: argparse.Namespace) -> int:
    from controlroom.bench import kills
    from controlroom.bench.server import PostgreSQL

    if options.postgresql:
        with PostgreSQL() as server:
            done = kills.run(options.times, server.url("room"))
    else:
        done = kills.run(options.times, options.database)
    print(json.dumps(done.to_json()) if options.json else done.in_words())
    return 0 if done.sound else 1


def _outage(options: argparse.Namespace) -> int:
    from controlroom.bench import outage

    done = outage.run(options.minutes, options.cameras)
    print(json.dumps(done.to_json()) if options.json else done.in_words())
    return 0 if done.sound else 1


def _processes(options: argparse.Namespace) -> int:
    from controlroom.bench import processes

    done = processes.run(options.cameras)
    print(json.dumps(done.to_json()) if options.json else done.in_words())
    for name in done.broken:
        print(f"limit broken: {name}", file=sys.stderr)
    return 0 if done.sound else 1


def _rampage(options: argparse.Namespace) -> int:
    from controlroom.bench import rampage

    done = rampage.run(options.seconds, options.cameras)
    print(json.dumps(done.to_json()) if options.json else done.in_words())
    return 0 if done.sound else 1
