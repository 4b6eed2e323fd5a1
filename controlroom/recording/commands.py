"""Implements `controlroom camera`: what `cameras/commands.py` does, and `holds`, who had control of a camera."""

import argparse
import json

from controlroom.accounts.command_sign_in import add_sign_in_options, signed_in
from controlroom.cameras.commands import add_parser as add_camera_parser


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `camera` with all its sub-commands."""
    holds = add_camera_parser(subparsers).add_parser(
        "holds", help="who had control of a camera, newest first"
    )
    holds.add_argument("number", metavar="N", help="the camera's number")
    holds.add_argument("--most", type=int, default=20, metavar="COUNT", help="how many (default 20)")
    holds.add_argument("--json", action="store_true", help="print JSON")
    add_sign_in_options(holds, "the supervisor, administrator or auditor who asks")
    holds.set_defaults(handler=_holds)


def _holds(options: argparse.Namespace) -> int:
    from controlroom.clock import show_moment
    from controlroom.codec import to_plain
    from controlroom.recording.hold_history import HoldHistory

    with signed_in(options) as (database, actor):
        found = HoldHistory(database).of_number(actor, options.number, options.most)
    if options.json:
        print(json.dumps([to_plain(each) for each in found], indent=2, ensure_ascii=False))
        return 0
    for each in found:
        times = f"{show_moment(each.began_at)} to {show_moment(each.ended_at)}"
        print(f"{times}  {each.handle} at {each.desk}: {each.moves_words}, {each.ending.value}")
    if not found:
        print("Nobody has had control of this camera yet.")
    return 0
