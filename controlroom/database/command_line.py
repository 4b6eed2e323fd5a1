"""Adds the two options by which a command names its room, opens that room's database, and asks for passwords."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from controlroom.errors import InvalidInput

if TYPE_CHECKING:
    from controlroom.database.unit_of_work import Database


def add_room_options(parser: argparse.ArgumentParser) -> None:
    """Add `--data` and `--database`."""
    parser.add_argument("--data", type=Path, help="the data folder (default: this person's)")
    parser.add_argument("--database", help="the database's address, when it is not in the data folder")


def folder_of(options: argparse.Namespace) -> Path:
    """The data folder of the room, absolute."""
    from controlroom.platform import data_folder

    return (options.data or data_folder()).absolute()


@contextmanager
def open_room(options: argparse.Namespace, *, there: bool = False) -> "Iterator[Database]":
    """Open the room's database for the length of a block; a file is made where none is, unless it has to be `there`."""
    from controlroom.clock import process_clock
    from controlroom.database.engine import room_url
    from controlroom.database.opening import open_database, require_there

    url = room_url(folder_of(options), options.database)
    if there:
        require_there(url)
    database = open_database(url, process_clock(), options.nouns())
    try:
        yield database
    finally:
        database.close()


def ask(prompt: str, remedy: str, read: Callable[[str], str] = getpass.getpass) -> str:
    """Return what somebody types at the terminal, not shown unless `read` shows it. Raises InvalidInput without one."""
    with suppress(EOFError):  # Ctrl+D
        if sys.stdin is not None and sys.stdin.isatty():
            return read(f"{prompt}: ")
    raise InvalidInput(
        f"Nobody typed an answer to “{prompt}”: there is no terminal, or its input ended.", remedy=remedy
    )


def ask_password(prompt: str, option: str, variable: str | None) -> str:
    """Return a password from the environment variable that `option` named, else typed at the terminal."""
    if variable is None:
        return ask(prompt, f"Use {option} VAR.")
    if variable not in os.environ:
        raise InvalidInput("The environment has no variable of that name.")
    return os.environ[variable]
