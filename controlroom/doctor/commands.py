"""Implements the command `controlroom doctor`."""

import argparse
import json
import os
import sys
import textwrap
from dataclasses import asdict

from controlroom.clock import process_clock
from controlroom.database.command_line import add_room_options, folder_of
from controlroom.database.engine import room_url
from controlroom.doctor.examination import examine, worst
from controlroom.doctor.folder import mend
from controlroom.doctor.records import CheckContext, Verdict

MARKS = {"ok": "ok  ", "warn": "look", "fail": "FAIL"}
WIDTH = 100


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor`."""
    parser = subparsers.add_parser("doctor", help="check this installation and explain what is found")
    add_room_options(parser)
    parser.add_argument(
        "--cameras", action="store_true", help="see whether each camera answers, without a login"
    )
    parser.add_argument("--mend", action="store_true", help="first close to others what is open to them")
    parser.add_argument("--json", action="store_true", help="print the checks as JSON")
    parser.set_defaults(handler=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    folder, now = folder_of(options), process_clock().now()
    url = room_url(folder, options.database)
    context = CheckContext(folder, url, now, options.nouns(), os.environ, options.cameras)
    if options.mend:
        for line in mend(context):
            print(line, file=sys.stderr)
    checks = []
    family = ""
    for check in examine(context):
        checks.append(check)
        if options.json:
            continue
        if check.family != family:
            family = check.family
            print(f"\n{family}")
        _print(check.verdict.value, check.name, check.found, (check.meaning, check.remedy))
    verdict = worst(checks)
    if options.json:
        print(json.dumps({"verdict": verdict, "checks": [asdict(check) for check in checks]}, indent=1))
    else:
        counts = [sum(check.verdict is each for check in checks) for each in (Verdict.FAIL, Verdict.WARN)]
        print(f"\n{len(checks)} checks: {counts[0]} failed, {counts[1]} to look at.")
    return 1 if verdict is Verdict.FAIL else 0


def _print(verdict: str, name: str, found: str, rest: tuple[str, ...]) -> None:
    lead = f"  {MARKS[verdict]}  {name:<20} "
    print(textwrap.fill(lead + found, WIDTH, subsequent_indent=" " * len(lead)))
    for words in filter(None, rest):
        print(textwrap.fill(words, WIDTH, initial_indent=" " * len(lead), subsequent_indent=" " * len(lead)))
