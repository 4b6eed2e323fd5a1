"""Log entries and their addenda as a list of lines to read aloud. Pure."""

from collections.abc import Iterable

from controlroom.log.records import Addendum, LogEntry, TimelineLine


def timeline_of_entries(entries: Iterable[LogEntry]) -> tuple[TimelineLine, ...]:
    """Entries in the order they happened, each with its addenda right below it."""
    lines: list[TimelineLine] = []
    for entry in sorted(entries, key=lambda each: (each.occurred_at, each.id)):
        lines += [line_of_entry(entry), *(line_of_addendum(each) for each in entry.addenda)]
    return tuple(lines)


def line_of_entry(entry: LogEntry) -> TimelineLine:
    """An entry as a line, headed by its camera and place."""
    camera = f"Camera {entry.camera_number}" if entry.camera_number else "Log"
    title = f"{camera}, {entry.place}" if entry.place and entry.camera_number else camera
    return TimelineLine(entry.occurred_at, entry.author, title, entry.text, entry=entry)


def line_of_addendum(addendum: Addendum) -> TimelineLine:
    """An addendum as a line, headed by its reason."""
    return TimelineLine(
        addendum.written_at, addendum.author, f"Addendum: {addendum.reason}".rstrip(": "), addendum.text
    )
