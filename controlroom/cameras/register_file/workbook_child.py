"""Reads an XLSX or ODS file in a process of its own and prints its cells as JSON: `python -m … PATH MOST_ROWS`.

A workbook is a foreign archive: a few kilobytes may unpack to gigabytes, and two filled cells in opposite corners ask
for a table of seventeen milliards. What it costs, it costs this process, which `workbook_reader.py` bounds and ends.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from controlroom.cameras.onvif.safe_xml import Node, parse_safely
from controlroom.cameras.register_file.cells import LONGEST_CELL, MOST_COLUMNS, column_letters

MOST_UNPACKED = 128 * 1024 * 1024  # bytes
MOST_PARTS = 2_000
MOST_SHEETS = 8
MOST_MEMORY = 1024 * 1024 * 1024  # bytes of address space
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE, _VALUE = re.compile(rb'\br="([A-Z]{1,3}[0-9]{1,7})"'), re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="([0-9]{1,7})"')


class _Refused(Exception):
    """The workbook is not read; says why in one word that `workbook_reader.py` knows."""


def main(arguments: Sequence[str]) -> None:
    """Print the sheets of a workbook, or why they are not read."""
    _bound_memory()
    try:
        answer: dict[str, Any] = {"sheets": list(_sheets(Path(arguments[0]), int(arguments[1])))}
    except _Refused as refused:
        answer = {"refused": str(refused)}
    except PasswordError:
        answer = {"refused": "password"}
    except (
        CalamineError,
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        OSError,
    ) as error:
        answer = {"refused": "unreadable", "why": str(error)[:200]}
    except MemoryError:
        answer = {"refused": "too large"}
    json.dump(answer, sys.stdout)


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent watches
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _sheets(path: Path, most_rows: int) -> Iterator[dict[str, Any]]:
    parts = _check_archive(path)
    with CalamineWorkbook.from_path(path) as workbook:
        tables = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        for each in tables[:MOST_SHEETS]:
            sheet = workbook.get_sheet_by_name(each.name)
            yield {
                "name": each.name,
                "hidden": each.visible != SheetVisibleEnum.Visible,
                "rows": [
                    [_plain(cell) for cell in row[:MOST_COLUMNS]]
                    for row in sheet.to_python(skip_empty_area=False, nrows=most_rows)
                ],
                "merged": [_range(each) for each in _merged(sheet)[:20]],
                **_oddities(path, parts.get(each.name)),
            }


def _check_archive(path: Path) -> dict[str, str]:
    """Unpack everything once within the bounds; returns the part of each sheet of an XLSX file by the sheet's name."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise _Refused("too large")
        unpacked = 0
        for part in parts:
            if part.flag_bits & 1:
                raise _Refused("password")
            with archive.open(part) as stream:
                while block := stream.read(1024 * 1024):
                    unpacked += len(block)
                    if unpacked > MOST_UNPACKED:
                        raise _Refused("too large")
        names = set(archive.namelist())
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise _Refused("password")
        return _parts_of_sheets(archive) if "xl/workbook.xml" in names else {}


def _parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    targets = {
        each.get("Id", ""): each.get("Target", "") for each in _xml(archive, "xl/_rels/workbook.xml.rels")
    }
    book = _xml(archive, "xl/workbook.xml")
    found = {}
    for each in book.iter():
        if str(each.tag).endswith("}sheet"):
            target = targets.get(each.get(relations, ""), "")
            found[each.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return {name: part for name, part in found.items() if part in archive.namelist()}


def _xml(archive: zipfile.ZipFile, part: str) -> Node:
    root = parse_safely(archive.read(part))
    if root is None:
        raise ValueError(f"{part} is no XML")
    return root


def _oddities(path: Path, part: str | None) -> dict[str, Any]:
    """What calamine does not tell of a sheet of an XLSX file: formulas that failed, and hidden rows."""
    if part is None:
        return {}
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part)
    errors = {}
    for attributes, inside in _CELL.findall(content) if b't="e"' in content else ():
        place = _PLACE.search(attributes)
        if b't="e"' in attributes and place is not None:
            value = _VALUE.search(inside)
            errors[place[1].decode()] = value[1].decode("ascii", "replace") if value else "#ERROR"
    return {"errors": errors, "hidden_rows": [int(each) for each in _HIDDEN_ROW.findall(content)]}


def _merged(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        return list(sheet.merged_cell_ranges or ())
    except (CalamineError, ValueError):  # ODS does not tell
        return []


def _range(cells: tuple[tuple[int, int], tuple[int, int]]) -> str:
    (top, left), (bottom, right) = cells
    return f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"


def _plain(value: object) -> object:
    """A cell as JSON: text and numbers as they are, others as a list of their kind and text."""
    if isinstance(value, str):
        return value[: LONGEST_CELL + 1]
    if isinstance(value, bool):
        return ["yes or no", "yes" if value else "no"]
    if isinstance(value, int | float):
        return value if abs(value) < float("inf") else ["error", str(value)]
    if isinstance(value, date | datetime | time | timedelta):
        return ["date", str(value).removesuffix(" 00:00:00")]
    return ["error", str(value)[:40]]


if __name__ == "__main__":
    main(sys.argv[1:])
