"""Reads a CSV file: UTF-8 or Windows' own letters, separated by commas, semicolons or tabs."""

import codecs
import csv
import io
from collections.abc import Callable, Sequence

from controlroom.cameras.register_file.cells import LONGEST_CELL, MOST_COLUMNS, Cell, Sheet
from controlroom.errors import InvalidInput

_SEPARATORS = (",", ";", "\t")
_FIRST_LINES = 4_000  # characters in which the separator is found out
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(content: bytes, source: str, headings: Callable[[Sequence[str]], int], most_rows: int) -> Sheet:
    """Read the rows of a CSV file. Raises InvalidInput for what is none.

    `headings(cells)` says how many known headings a row has: the separator that shows most is the file's.
    """
    text = _text(content, source)
    declared = text.splitlines()[0].strip().strip('"').casefold() if text.strip() else ""
    told = declared[4:] if declared.startswith("sep=") and len(declared) == 5 else ""
    separator = told or max(_SEPARATORS, key=lambda each: _most_headings(text, each, headings))
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            rows.append([Cell(each[: LONGEST_CELL + 1]) for each in row[:MOST_COLUMNS]])
            if len(rows) > most_rows:
                break
    except csv.Error as error:
        raise InvalidInput(
            f"{source} cannot be read as a table from line {reader.line_num} on ({error}).",
            "A quotation mark is opened there and not closed, or closed within a cell.",
            "Save it once more from the spreadsheet, as CSV or as XLSX.",
        ) from error
    if told:
        rows[0] = []  # the line that names the separator counts, and holds nothing
    return Sheet(source, rows)


def _text(content: bytes, source: str) -> str:
    try:
        if content.startswith(_UTF_16):
            return content.decode("utf-16")
        if b"\0" not in content:
            try:
                return content.decode("utf-8-sig")
            except UnicodeDecodeError:
                return content.decode("cp1252")
    except UnicodeDecodeError:
        pass
    raise InvalidInput(
        f"{source} is no sheet.",
        "It is neither XLSX nor ODS, and no text that a spreadsheet writes.",
        "Save the list from the spreadsheet as XLSX, ODS or CSV.",
    )


def _most_headings(text: str, separator: str, headings: Callable[[Sequence[str]], int]) -> int:
    try:
        return max(
            map(headings, csv.reader(io.StringIO(text[:_FIRST_LINES], newline=""), delimiter=separator)),
            default=0,
        )
    except csv.Error:
        return 0
