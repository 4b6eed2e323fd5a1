"""Opens a file of the register, whatever kind it is: told by its content, not by its name."""

from pathlib import Path

from controlroom.cameras.register_file.cells import MOST_ROWS, Sheet
from controlroom.cameras.register_file.columns import count_known
from controlroom.cameras.register_file.csv_reader import read_csv
from controlroom.cameras.register_file.records import ReadFile
from controlroom.cameras.register_file.rows import HEADINGS_WITHIN, heading_row, read_rows
from controlroom.cameras.register_file.workbook_reader import read_workbook
from controlroom.errors import InvalidInput, Unavailable
from controlroom.small_files import read_bytes

LARGEST = 32 * 1024 * 1024  # bytes
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READ_ROWS = MOST_ROWS + HEADINGS_WITHIN + 1


def read_register_file(path: Path) -> ReadFile:
    """Read CSV, XLSX or ODS. Raises InvalidInput for what is no sheet of cameras, Unavailable for what is not there."""
    content = _content(path)
    if not content.strip():
        raise InvalidInput(f"{path.name} is empty.", remedy="Choose the file with the list of cameras.")
    if content.startswith(_OLE):
        raise InvalidInput(*_why_not_ole(content, path.name))
    if content.startswith(_ZIP):
        return read_rows(_sheet_of_cameras(read_workbook(path, _READ_ROWS), path.name))
    return read_rows(read_csv(content, path.name, count_known, _READ_ROWS))


def _content(path: Path) -> bytes:
    try:
        return read_bytes(path, LARGEST)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be read ({error.strerror or type(error).__name__}).",
            remedy="Choose another file.",
        ) from error
    except ValueError as error:
        raise InvalidInput(
            f"{path.name} is not read: {error}.", remedy="Choose the list of cameras alone."
        ) from error


def _why_not_ole(content: bytes, source: str) -> tuple[str, str, str]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return (
            f"{source} is protected by a password.",
            "Nothing of it can be read.",
            "Save it once more without a password.",
        )
    return (
        f"{source} is a spreadsheet of before 2007, or no spreadsheet.",
        "Of its kind only XLSX and ODS are read.",
        "Open it in the spreadsheet and save it as XLSX, ODS or CSV.",
    )


def _sheet_of_cameras(sheets: list[Sheet], source: str) -> Sheet:
    """The first sheet with headings of a register; the others are named."""
    if not sheets:
        raise InvalidInput(
            f"{source} has no sheet that is shown.", remedy="Show the sheet, and save it again."
        )
    chosen = next((each for each in sheets if heading_row(each) is not None), sheets[0])
    others = [each.name for each in sheets if each is not chosen and any(each.rows)]
    notes = chosen.notes
    if others:
        notes = (f"Read from sheet “{chosen.name}”; not from {', '.join(others)}.", *notes)
    return Sheet(chosen.source, chosen.rows, chosen.name, notes)
