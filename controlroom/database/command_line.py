"""Adds the two options by which a command names its room, and opens that room's database."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

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
def open_room(options: argparse.Namespace) -> "Iterator[Database]":
    """Open the room's database for the length of a block."""
    from controlroom.clock import process_clock
    from controlroom.database.engine import room_url
    from controlroom.database.opening import open_database

    url = room_url(folder_of(options), options.database)
    database = open_database(url, process_clock(), options.nouns())
    try:
        yield database
    finally:
        database.close()
