"""Implements `controlroom run`: the desk on this person's own data."""

import argparse
import gc
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `run`."""
    parser = subparsers.add_parser("run", help="open the desk")
    parser.add_argument("--data", type=Path, help="the data folder (default: this person's)")
    parser.add_argument("--database", help="the database's address, when it is not in the data folder")
    parser.set_defaults(handler=_run)


def _run(options: argparse.Namespace) -> int:
    gc.disable()  # loading makes hardly any garbage; with windows there, `ui/garbage.py` collects it
    from controlroom.app.run import run_desk
    from controlroom.platform import data_folder

    return run_desk(options.data or data_folder(), options.database)
