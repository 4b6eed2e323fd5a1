"""Implements `controlroom settings`: shows every setting, its value here and where that comes from."""

import argparse

from controlroom.database.command_line import add_room_options, folder_of, open_room


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `settings`."""
    parser = subparsers.add_parser("settings", help="every setting, its value and where that comes from")
    add_room_options(parser)
    parser.add_argument("--markdown", action="store_true", help="print the page of documentation instead")
    parser.set_defaults(handler=_settings)


def _settings(options: argparse.Namespace) -> int:
    from controlroom.configuration.document import as_markdown

    if options.markdown:
        print(as_markdown(), end="")
        return 0
    from controlroom.configuration.service import SettingsService

    with open_room(options) as database:
        lines = SettingsService(database, folder_of(options)).lines()
    width = max(len(line.name) for line in lines)
    for line in lines:
        print(f"{line.name:{width}}  {line.spec.words(line.chosen)}  ({line.source.value})")
    return 0
