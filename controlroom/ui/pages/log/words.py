"""The log as rows of a file."""

from collections.abc import Sequence

from controlroom.log.records import LogEntry
from controlroom.ui.kit.export import day_and_time


def export_rows(entries: Sequence[LogEntry]) -> list[list[str]]:
    """Titles and one row an entry."""
    titles = (
        "Date", "Time", "Recorded", "Late", "Author", "Camera", "Place", "Ward", "Category", "Source", "CAD",
        "Incident", "Text", "Addenda",
    )  # fmt: skip
    rows = [[*titles]]
    for each in entries:
        addenda = "; ".join(f"{more.author}, {more.reason}: {more.text}" for more in each.addenda)
        rows.append([
            *day_and_time(each.occurred_at), " ".join(day_and_time(each.recorded_at)), "late" if each.late else "",
            each.author, each.camera_number, each.place, each.ward, each.category, each.source, each.cad,
            each.incident_reference, each.text, addenda,
        ])  # fmt: skip
    return rows
