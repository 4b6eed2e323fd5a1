"""Implements `controlroom demo`: the demonstration borough with live simulated cameras, somebody signed in."""

import argparse
import re
from pathlib import Path

ROLES = ("operator", "supervisor", "coordinator", "administrator", "auditor")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `demo`."""
    parser = subparsers.add_parser("demo", help="the demonstration borough with simulated cameras")
    parser.add_argument("--cameras", type=_count, default=16, help="simulated cameras (default 16)")
    parser.add_argument("--user", choices=ROLES, default="operator", help="who sits down first")
    parser.add_argument(
        "--tour",
        type=Path,
        metavar="DIR",
        help="walk through every page, leaving pictures and tour.json in DIR",
    )
    parser.add_argument(
        "--size", type=_size, metavar="WxH", help="the window's size for the tour (default 1920x1080)"
    )
    parser.add_argument(
        "--at",
        metavar="MOMENT",
        help="when it is in the demonstration, as London's clocks show it (2027-03-28T01:30; default: now)",
    )
    parser.set_defaults(handler=_demo)


def _demo(options: argparse.Namespace) -> int:
    from controlroom.clock import set_process_clock
    from controlroom.demo.moment import read_moment, words_for
    from controlroom.demo.run import run_demo

    if options.at is not None:
        moment = read_moment(options.at)
        set_process_clock(moment)
        print(f"The demonstration's clock: {words_for(options.at, moment)}.", flush=True)
    return run_demo(options.cameras, options.user, options.tour, options.size)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 116:
        raise argparse.ArgumentTypeError("the borough has 116 cameras: choose 1 to 116")
    return number


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", text)
    if found is None:
        raise argparse.ArgumentTypeError("a size is width and height in pixels, such as 1920x1080")
    return int(found[1]), int(found[2])
