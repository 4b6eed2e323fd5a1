"""Taking a list out of the room as a CSV file: asked for without stopping anything, written in the background."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from controlroom.clock import local_date, show_day, show_time
from controlroom.incidents.records import Incident
from controlroom.log.records import LogEntry
from controlroom.ui.background import Background
from controlroom.ui.kit.csv_export import plain, write_csv
from controlroom.ui.messages import Messages

ENTRY_TITLES: tuple[str, ...] = (
    "Date", "Time", "Recorded", "Late", "Author", "Camera", "Place", "Ward", "Category", "Source", "CAD", "Incident",
    "Text", "Addenda",
)  # fmt: skip
INCIDENT_TITLES: tuple[str, ...] = (
    "Reference", "State", "Date", "Time", "Category", "Source", "Found", "Place", "Ward", "Cameras", "CAD",
    "Crime reference", "Result", "Outcome", "Opened by", "First entry",
)  # fmt: skip


def entry_rows(entries: Sequence[LogEntry]) -> list[list[str]]:
    """Titles and one row an entry."""
    rows: list[list[str]] = [[*ENTRY_TITLES]]
    for each in entries:
        addenda = "; ".join(f"{more.author}, {more.reason}: {more.text}" for more in each.addenda)
        day, time = _moment(each.occurred_at)
        cells = [
            day, time, " ".join(_moment(each.recorded_at)), "late" if each.late else "", each.author,
            each.camera_number, each.place, each.ward, each.category, each.source, each.cad, each.incident_reference,
            each.text, addenda,
        ]  # fmt: skip
        rows.append([plain(cell) for cell in cells])
    return rows


def incident_rows(incidents: Sequence[Incident]) -> list[list[str]]:
    """Titles and one row an incident."""
    rows: list[list[str]] = [[*INCIDENT_TITLES]]
    for each in incidents:
        day, time = _moment(each.occurred_at)
        cells = [
            each.reference, each.state.value, day, time, each.category, each.source, each.origin.value, each.place,
            each.ward, " ".join(each.cameras), each.cad, each.crime_reference, each.result.value if each.result else "",
            each.outcome, each.opened_by, each.headline,
        ]  # fmt: skip
        rows.append([plain(cell) for cell in cells])
    return rows


def ask_for_file(parent: QWidget, name: str, chosen: Callable[[Path], None]) -> None:
    """Ask where to, without stopping anything."""
    dialog = QFileDialog(parent, "Export the list", name, "CSV files (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.show()


def take_away(
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


def _moment(at: datetime) -> tuple[str, str]:
    return show_day(local_date(at)), show_time(at, seconds=True)
