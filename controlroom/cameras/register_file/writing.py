"""Writes the register to CSV or XLSX: a file that can be read back, without passwords, and runs in no spreadsheet."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from controlroom.cameras.records import Camera
from controlroom.cameras.register_file.columns import COLUMNS, FileColumn
from controlroom.cameras.register_file.fields import escaped
from controlroom.errors import InvalidInput, Unavailable

KINDS = (".xlsx", ".csv")
SHEET = "Cameras"
_WRITTEN: tuple[FileColumn, ...] = tuple(each for each in COLUMNS if each.value is not None)


def write_register(path: Path, cameras: Sequence[Camera]) -> None:
    """Write the cameras to a file of the kind its name says. Raises InvalidInput, Unavailable."""
    rows = [[each.value(camera) for each in _WRITTEN if each.value] for camera in cameras]
    write_table(path, [each.heading for each in _WRITTEN], rows, [each.width for each in _WRITTEN])


def write_empty(path: Path) -> None:
    """Write a sheet with every heading, the password's too, for people to fill in."""
    write_table(path, [each.heading for each in COLUMNS], [], [each.width for each in COLUMNS])


def write_table(
    path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[int] = ()
) -> None:
    """Write headings and rows; numbers stay numbers, every other value is text. Raises InvalidInput, Unavailable."""
    writers: dict[str, Callable[..., None]] = {".csv": _write_csv, ".xlsx": _write_xlsx}
    write = writers.get(path.suffix.casefold())
    if write is None:
        raise InvalidInput(
            f"“{path.name}” says no kind of file that is written.", remedy="End its name with .xlsx or .csv."
        )
    try:
        write(path, headings, rows, widths)
    except OSError as error:
        raise Unavailable(
            f"The list could not be written to {path}: {error.strerror or error}.",
            "Nothing was exported.",
            "Choose another folder, or make room.",
        ) from error


def _write_csv(
    path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]], _widths: Sequence[int]
) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    """A number as it is, since it runs nowhere; anything else as text that runs nowhere."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return "" if value is None else repr(value)
    return escaped(str(value))


def _write_xlsx(
    path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[int]
) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet(SHEET)
    as_text, heading = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    for column, width in enumerate(widths):  # text, so that 014 stays 014 when somebody types it
        numeric = headings[column] in _NUMERIC
        sheet.set_column(column, column, width, None if numeric else as_text)
    sheet.freeze_panes(1, headings.index("Number") + 1 if "Number" in headings else 0)
    for column, words in enumerate(headings):
        sheet.write_string(0, column, words, heading)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _write_cell(sheet, line, column, value, as_text)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)
    try:
        book.close()
    except FileCreateError as error:
        raise (
            error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))
        ) from error


_NUMERIC = frozenset(("Latitude", "Longitude", "Kept, days", "Port"))


def _write_cell(sheet: Any, line: int, column: int, value: object, as_text: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, escaped(str(value)), as_text)
