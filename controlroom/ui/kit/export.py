"""Exports a list to a CSV file: asks where without stopping anything, and writes in the background.

Spreadsheets open such a file without running anything that stands in it.
"""

import csv
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from controlroom.clock import local_date, show_day, show_time
from controlroom.errors import Unavailable
from controlroom.texts import harmless_cell
from controlroom.ui.background import Background
from controlroom.ui.messages import Messages


def day_and_time(at: datetime) -> tuple[str, str]:
    """A moment as two cells."""
    return show_day(local_date(at)), show_time(at, seconds=True)


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows, titles first; raises Unavailable. The byte order mark tells Excel that it is UTF-8."""
    try:
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows([harmless_cell(cell) for cell in row] for row in rows)
    except OSError as error:
        raise Unavailable(
            f"The list could not be written to {path}: {error.strerror}.",
            "Nothing was exported.",
            "Choose another folder, or make room.",
        ) from error


def ask_for_file(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> None:
    """Ask where to write the file, without stopping anything."""
    dialog = QFileDialog(parent, "Export the list", name, "CSV files (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.show()


def export_rows(
    read: Callable[[], list[list[str]]],
    path: Path,
    background: Background,
    messages: Messages,
    owner: QWidget,
) -> None:
    """Read all rows and write them to `path`, then say so."""

    def work() -> int:
        rows = read()
        write_csv(path, rows)
        return len(rows) - 1

    background.run(
        work, lambda count: messages.show(f"{count} rows exported to {path.name}.", "done"), owner=owner
    )
