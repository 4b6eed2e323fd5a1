"""Implements `controlroom settings`: shows every setting, its value here and where that comes from."""

import argparse

from controlroom.configuration.service import SettingsService
from controlroom.database.command_line import add_room_options, folder_of, open_room
from controlroom.settings import FILE_NAME, SETTINGS, Scope, Setting


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `settings`."""
    parser = subparsers.add_parser("settings", help="every setting, its value and where that comes from")
    add_room_options(parser)
    parser.add_argument("--markdown", action="store_true", help="print the page of documentation instead")
    parser.set_defaults(handler=_settings)


def _settings(options: argparse.Namespace) -> int:
    if options.markdown:
        print(as_markdown(), end="")
        return 0

    with open_room(options) as database:
        lines = SettingsService(database, folder_of(options)).lines()
    width = max(len(line.name) for line in lines)
    for line in lines:
        print(f"{line.name:{width}}  {line.spec.words(line.chosen)}  ({line.source.value})")
    return 0


HEAD = f"""# Settings
Status: made from the code by `controlroom settings --markdown`; a test holds it to that. Do not edit.

A value comes from the first of these that names it: the **environment**, the file `{FILE_NAME}` in the data folder,
what an administrator chose for the **room** on the settings page (kept in the database, so every desk on it has the
same), the **default**. The file and the environment belong to one computer and go first, so that a setting that
keeps a desk from working can be put right without the desk; the page then shows where the value comes from and leaves
it alone. What people choose for themselves (theme, text size) is kept for each person at each desk and goes before
everything.

Changing a setting of the room needs the permission to change settings, is checked against what it may be, and is
entered in the audit trail with the old and the new value, in one transaction. Every desk hears of it at once.
"""


def as_markdown() -> str:
    """Return the page of documentation about settings, from their declarations."""
    parts = [HEAD]
    for group in dict.fromkeys(spec.group for spec in SETTINGS.values()):
        parts.append(f"\n## {group}\n")
        parts.append("| setting | means | default | may be | changed by | takes hold |")
        parts.append("| --- | --- | --- | --- | --- | --- |")
        parts += [_row(spec) for spec in SETTINGS.values() if spec.group == group]
    return "\n".join(parts) + "\n"


def _row(spec: Setting) -> str:
    who = {Scope.COMPUTER: "file, environment", Scope.ROOM: "administrator", Scope.PERSON: "each person"}
    default = spec.words(spec.default)
    return (
        f"| `{spec.name}` | {spec.meaning} | {default} | {spec.allowed} | {who[spec.scope]} "
        f"| {spec.when.value} |"
    )
