"""Implements `controlroom run`: the desk on this person's own data."""

import argparse
import gc

from controlroom.database.command_line import add_room_options


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `run`."""
    parser = subparsers.add_parser("run", help="open the desk")
    add_room_options(parser)
    parser.set_defaults(handler=_run)


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # loading makes hardly any garbage; with windows there, `ui/garbage.py` collects it
    from controlroom.app.run import run_desk
    from controlroom.platform import data_folder

    return run_desk(options.data or data_folder(), options.database)
