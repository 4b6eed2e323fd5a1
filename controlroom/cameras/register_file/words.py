"""Puts a compared file into words, and writes the list of its faults for whoever made the file."""

from pathlib import Path

from controlroom.cameras.register_file.records import ComparedRow, Preview, RowState
from controlroom.cameras.register_file.writing import write_table

FAULT_HEADINGS = ("Cell", "Column", "Value", "What is wrong", "What to do")
_FAULT_WIDTHS = (8, 16, 30, 60, 60)


def summary(preview: Preview) -> str:
    """`116 rows: 12 with faults, 100 new, 3 differ, 1 the same.`"""
    told = (
        (RowState.FAULTY, "with faults"),
        (RowState.NEW, "new"),
        (RowState.DIFFERS, "differ"),
        (RowState.SAME, "the same"),
    )
    counts = ", ".join(f"{preview.count(state):,} {words}" for state, words in told if preview.count(state))
    return f"{counted(len(preview.rows), 'row')}: {counts or 'nothing to import'}."


def remarks(preview: Preview) -> list[str]:
    """What else is to be known before anything is accepted."""
    found = list(preview.notes)
    if preview.ignored:
        found.append(f"Columns that are not known and count for nothing: {', '.join(preview.ignored)}.")
    if preview.unnamed:
        told = ", ".join(preview.unnamed[:12]) + (", …" if len(preview.unnamed) > 12 else "")
        count = counted(len(preview.unnamed), "camera")
        stay = "is not named in the file, and stays as it is"
        if len(preview.unnamed) > 1:
            stay = "are not named in the file, and stay as they are"
        found.append(f"{count} of the register {stay}: {told}.")
    found.append("An empty cell leaves what the register says.")
    return found


def detail(row: ComparedRow) -> str:
    """What a row has to say, in one line: its faults, else what changes, else its remarks, else where a new one is."""
    if row.faults:
        return "  ".join(fault.words for fault in row.faults)
    return "; ".join([each.words for each in row.changes] or row.notes or _where(row))


def _where(row: ComparedRow) -> list[str]:
    """Address, make and model of a new camera, as far as they are told."""
    given = row.given
    if row.state is not RowState.NEW or not given.get("host"):
        return []
    address = f"{given['host']}:{given['port']}" if "port" in given else given["host"]
    return [" ".join(filter(None, (address, given.get("make"), given.get("model"))))]


def counted(number: int, word: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def write_faults(path: Path, preview: Preview) -> int:
    """Write the faults to CSV or XLSX, a line each; returns how many. Raises InvalidInput, Unavailable."""
    rows = [(each.where, each.heading, each.value, each.what, each.remedy) for each in preview.faults]
    write_table(path, FAULT_HEADINGS, rows, _FAULT_WIDTHS)
    return len(rows)
