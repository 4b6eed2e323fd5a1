"""Implements `controlroom camera import|export|range`: the register from and to a file, and an address range asked.

Whoever imports or exports signs in as a person who may change the register.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from controlroom.accounts.command_sign_in import add_sign_in_options, signed_in
from controlroom.database.command_line import folder_of
from controlroom.errors import InvalidInput, RuleBroken

if TYPE_CHECKING:
    from controlroom.accounts.records import Actor
    from controlroom.cameras.devices import DiscoveredDevice
    from controlroom.cameras.register_file.records import Preview
    from controlroom.cameras.register_import import RegisterImport


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `import` and `export` to the commands about cameras."""
    take = commands.add_parser(
        "import", help="compare a CSV, XLSX or ODS file with the register, and import it"
    )
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--accept", action="store_true", help="write what is new or differs; else only compare")
    take.add_argument(
        "--without-faulty", action="store_true", help="accept though rows have faults, and leave those out"
    )
    take.add_argument("--faults", type=Path, metavar="FILE", help="write the list of faults to .csv or .xlsx")
    take.add_argument("--json", action="store_true", help="print JSON")
    take.set_defaults(handler=_import)
    give = commands.add_parser("export", help="write the register to a .csv or .xlsx file, without passwords")
    give.add_argument("file", type=Path, metavar="FILE")
    give.add_argument("--empty", action="store_true", help="only the headings, to be filled in; asks no room")
    give.set_defaults(handler=_export)
    for parser in (take, give):
        add_sign_in_options(parser, "the supervisor who does it")


def add_range_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `range` to the commands about cameras."""
    ask = commands.add_parser("range", help="ask each address of a range, without a password")
    ask.add_argument("range", metavar="RANGE", help="10.20.30.1-40 or 10.20.30.0/26")
    ask.add_argument("--port", type=int, default=80)
    ask.add_argument("--json", action="store_true", help="print JSON")
    add_sheet_option(ask)
    ask.set_defaults(handler=_range)


def add_sheet_option(parser: argparse.ArgumentParser) -> None:
    """Add `--sheet`, which writes what was found to a sheet to be filled in and imported."""
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="write them to .xlsx or .csv, to be filled in and imported"
    )


def write_sheet(path: Path, devices: "Sequence[DiscoveredDevice]") -> None:
    """Write devices that were found as rows of a register file, numbered from 001."""
    from controlroom.cameras.register_file.columns import BY_FIELD, COLUMNS
    from controlroom.cameras.register_file.found import found_file
    from controlroom.cameras.register_file.writing import write_table

    fields = [each.field for each in COLUMNS]
    rows = [[row.given.get(field, "") for field in fields] for row in found_file(devices, (), path.name).rows]
    write_table(path, [BY_FIELD[each].heading for each in fields], rows, [each.width for each in COLUMNS])


def _range(options: argparse.Namespace) -> int:
    from concurrent.futures import ThreadPoolExecutor
    from dataclasses import asdict

    from controlroom.cameras.address_range import AT_ONCE, RangeSearch, read_range
    from controlroom.cameras.onvif.probe import ask_once

    addresses = read_range(options.range)
    if not 1 <= options.port <= 65_535:
        raise InvalidInput(f"{options.port} is not a port.", remedy="Ports run from 1 to 65535.")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        search = RangeSearch(
            addresses, lambda host: pool.submit(ask_once, host, options.port), _tell_progress
        )
        try:
            devices = search.run()
        except KeyboardInterrupt:
            search.stop()
            raise
        finally:
            print(file=sys.stderr)
    if options.sheet is not None:
        write_sheet(options.sheet, devices)
    if options.json:
        print(json.dumps([asdict(each) for each in devices], indent=2, ensure_ascii=False))
    else:
        lines = [
            f"{each.host}:{each.port}  {each.name or 'wants a login'}{'  (HTTPS)' if each.secure else ''}"
            for each in devices
        ]
        print("\n".join(lines) or "No camera answered.")
    return 0


def _tell_progress(asked: int, found: int) -> None:
    print(f"\r{asked} asked, {found} found", end="", file=sys.stderr, flush=True)


@contextmanager
def _signed_in(options: argparse.Namespace) -> "Iterator[tuple[RegisterImport, Actor]]":
    from controlroom.cameras.keys.service import sealed_passwords
    from controlroom.cameras.register_import import RegisterImport
    from controlroom.site_key import FILE_NAME, for_room

    folder = folder_of(options)
    with signed_in(options) as (database, actor):
        yield RegisterImport(database, for_room(folder / FILE_NAME, sealed_passwords(database))), actor


def _import(options: argparse.Namespace) -> int:
    from controlroom.cameras.register_file.reading import read_register_file
    from controlroom.cameras.register_file.words import counted, write_faults

    file = read_register_file(options.file)
    with _signed_in(options) as (register, actor):
        preview = register.preview(actor, file)
        faulty = len({each.line for each in preview.rows if each.faults})
        _print(preview, as_json=options.json)
        if options.faults is not None:
            write_faults(options.faults, preview)
        if not options.accept:
            return 1 if faulty else 0
        if faulty and not options.without_faulty:
            raise RuleBroken(
                f"{counted(faulty, 'row')} with faults.",
                "Nothing was written.",
                "Correct the file, or import the others with --without-faulty.",
            )
        imported = register.accept(actor, preview.rows, file.source)
    if not options.json:
        print(f"Imported: {imported.added} added, {imported.changed} changed.")
    return 0


def _print(preview: "Preview", *, as_json: bool) -> None:
    from controlroom.cameras.register_file.words import detail, remarks, summary

    if as_json:
        rows = [
            {
                "row": each.line,
                "number": each.number,
                "name": each.name,
                "state": each.state.value,
                "faults": [fault.words for fault in each.faults],
                "changes": [change.words for change in each.changes],
                "notes": list(each.notes),
            }
            for each in preview.rows
        ]
        told = {"summary": summary(preview), "remarks": remarks(preview), "rows": rows}
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for each in sorted(preview.rows, key=lambda row: not row.faults):
        if each.faults or each.wanted:
            print(f"{each.state.value:8} {each.number:8} {each.name}  {detail(each)}".rstrip())
    print("\n".join((summary(preview), *remarks(preview))))


def _export(options: argparse.Namespace) -> int:
    from controlroom.cameras.register_file.words import counted
    from controlroom.cameras.register_file.writing import write_empty, write_register

    if options.empty:
        write_empty(options.file)
        print(f"A sheet to fill in is at {options.file}.")
        return 0
    with _signed_in(options) as (register, actor):
        cameras = register.registered(actor)
        write_register(options.file, cameras)
    print(f"{counted(len(cameras), 'camera')} written to {options.file}, without passwords.")
    return 0
