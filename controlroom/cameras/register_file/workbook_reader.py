"""Reads an XLSX or ODS file through a process of its own, and ends that process when it asks for too much."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import psutil

from controlroom.cameras.register_file.cells import EMPTY, Cell, Kind, Sheet, column_letters, number_cell
from controlroom.errors import InvalidInput, Unavailable

MODULE = "controlroom.cameras.register_file.workbook_child"
MOST_SECONDS = 60.0
MOST_RESIDENT = 768 * 1024 * 1024  # bytes
MOST_ANSWER = 64 * 1024 * 1024  # bytes
_LOOK_EVERY_S = 0.02
_REFUSALS = {
    "password": (
        "{source} is protected by a password.",
        "Nothing of it can be read.",
        "Save it once more without a password. Give passwords of cameras on the page instead.",
    ),
    "too large": (
        "{source} is not read: unpacked it would be far larger than any register.",
        "A file that grows so when it is opened may be meant to stop the computer.",
        "Save the list alone in a new file, as XLSX, ODS or CSV.",
    ),
    "unreadable": (
        "{source} cannot be read as a spreadsheet.",
        "It is damaged, or something else than its name says.",
        "Save it once more from the spreadsheet, as XLSX, ODS or CSV.",
    ),
}


class _Cells(msgspec.Struct):
    """One sheet as the child prints it."""

    name: str
    hidden: bool
    rows: list[list[str | float | list[str]]]
    merged: list[str] = []
    errors: dict[str, str] = {}
    hidden_rows: list[int] = []


class _Answer(msgspec.Struct):
    sheets: list[_Cells] = []
    refused: str = ""
    why: str = ""


def read_workbook(path: Path, most_rows: int, *, most_seconds: float = MOST_SECONDS) -> list[Sheet]:
    """Return the visible sheets of a workbook, of each its first rows. Raises InvalidInput for one that is not read."""
    answer = _ask_child(path, most_rows, most_seconds)
    if answer.refused:
        raise InvalidInput(*_refusal(answer.refused, path.name))
    return [_sheet(each, path.name) for each in answer.sheets if not each.hidden]


def _ask_child(path: Path, most_rows: int, most_seconds: float) -> _Answer:
    command = [sys.executable, "-m", MODULE, str(path.absolute()), str(most_rows)]
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise Unavailable(
            f"The process that reads spreadsheets did not start ({error.strerror}).", remedy="Try again."
        ) from error
    with child:
        printed = bytearray()
        reader = threading.Thread(target=_collect, args=(child, printed), daemon=True)
        reader.start()
        try:
            within = _watch(child, printed, most_seconds)
        finally:
            child.kill()
            reader.join()
    if not within or child.returncode:
        return _Answer(refused="too large" if not within or child.returncode < 0 else "unreadable")
    try:
        return msgspec.json.decode(bytes(printed), type=_Answer)
    except msgspec.DecodeError:
        return _Answer(refused="unreadable")


def _collect(child: "subprocess.Popen[bytes]", printed: bytearray) -> None:
    assert child.stdout is not None
    while len(printed) <= MOST_ANSWER and (block := child.stdout.read1(65_536)):  # type: ignore[attr-defined]
        printed += block


def _watch(child: "subprocess.Popen[bytes]", printed: bytearray, most_seconds: float) -> bool:
    """Wait for the child's end; False when it takes too much time, memory or words before."""
    until = time.monotonic() + most_seconds
    while time.monotonic() < until and len(printed) <= MOST_ANSWER:
        try:
            child.wait(_LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            if _resident(child.pid) > MOST_RESIDENT:
                return False
        else:
            return True
    return False


def _resident(pid: int) -> int:
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0


def _refusal(word: str, source: str) -> tuple[str, str, str]:
    what, meaning, remedy = _REFUSALS.get(word, _REFUSALS["unreadable"])
    return what.format(source=source), meaning, remedy


def _sheet(read: _Cells, source: str) -> Sheet:
    notes = []
    if read.merged:
        notes.append(f"Cells are merged ({', '.join(read.merged)}): only the first of them has a value.")
    if read.hidden_rows:
        told = ", ".join(map(str, read.hidden_rows[:20])) + (", …" if len(read.hidden_rows) > 20 else "")
        notes.append(f"Rows are hidden in the sheet and count all the same: {told}.")
    rows = [
        [_cell(cell, read.errors.get(f"{column_letters(column)}{line}")) for column, cell in enumerate(row)]
        for line, row in enumerate(read.rows, 1)
    ]
    return Sheet(source, rows, read.name, tuple(notes))


def _cell(value: Any, error: str | None) -> Cell:
    if error is not None:
        return Cell(error, Kind.ERROR)
    if isinstance(value, str):
        return Cell(value) if value else EMPTY
    if isinstance(value, list):
        return Cell(value[1], Kind(value[0]))
    return number_cell(value)
