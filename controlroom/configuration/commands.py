"""Implements `controlroom settings`: shows every setting, its value here and where that comes from."""

import argparse
from pathlib import Path


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `settings`."""
    parser = subparsers.add_parser("settings", help="every setting, its value and where that comes from")
    parser.add_argument("--data", type=Path, help="the data folder (default: this person's)")
    parser.add_argument("--database", help="the database's address, when it is not in the data folder")
    parser.add_argument("--markdown", action="store_true", help="print the page of documentation instead")
    parser.set_defaults(handler=_settings)


def _settings(options: argparse.Namespace) -> int:
    from controlroom.configuration.document import as_markdown

    if options.markdown:
        print(as_markdown(), end="")
        return 0
    from controlroom.clock import process_clock
    from controlroom.configuration.service import SettingsService
    from controlroom.database.engine import room_url
    from controlroom.database.opening import open_database
    from controlroom.platform import data_folder

    folder = options.data or data_folder()
    database = open_database(room_url(folder, options.database), process_clock(), options.nouns())
    try:
        lines = SettingsService(database, folder).lines()
    finally:
        database.close()
    width = max(len(line.name) for line in lines)
    for line in lines:
        print(f"{line.name:{width}}  {line.spec.words(line.chosen)}  ({line.source.value})")
    return 0
