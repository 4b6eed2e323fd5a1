"""Lists as CSV files that spreadsheets open without running anything in them."""

import csv
from collections.abc import Sequence
from pathlib import Path

from controlroom.errors import Unavailable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows, titles first; raises Unavailable. The byte order mark tells Excel that it is UTF-8."""
    try:
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise Unavailable(
            f"The list could not be written to {path}: {error.strerror}.",
            "Nothing was exported.",
            "Choose another folder, or make room.",
        ) from error
