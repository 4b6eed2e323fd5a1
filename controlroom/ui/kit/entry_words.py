"""How log entries and their times are worded on screen, in the log and in incidents."""

from datetime import date, datetime, timedelta

from controlroom.clock import local, local_date, show_day, show_moment, show_time
from controlroom.log.records import LogEntry

OWN_SIGHTING = "operator's own sighting"  # goes without saying in small print


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def day_heading(moment: datetime, today: date | None = None) -> str:
    """`Friday 20 November 2026`, said of today and yesterday by name where `today` is known."""
    here = local(moment)
    words = f"{here:%A} {here.day} {here:%B %Y}"
    if today is not None and here.date() == today:
        return f"Today, {words}"
    if today is not None and here.date() == today - timedelta(days=1):
        return f"Yesterday, {words}"
    return words


def where(entry: LogEntry) -> str:
    """Camera and place of an entry: `014 George Street`."""
    return " ".join(part for part in (entry.camera_number, entry.place) if part)


def late_words(entry: LogEntry) -> str:
    """`late: written 22:58`, with the day when it is another one; empty for an entry in time."""
    if not entry.late:
        return ""
    same = local_date(entry.recorded_at) == local_date(entry.occurred_at)
    return f"late: written {show_time(entry.recorded_at) if same else show_moment(entry.recorded_at)}"


def how_long(span: timedelta) -> str:
    """`17 min`, `2 h 5 min`, `3 d`."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} d"


def spoken_entry(entry: LogEntry) -> str:
    """An entry as one sentence, for screen readers and tool tips."""
    parts = [f"{show_day(local_date(entry.occurred_at))} {show_time(entry.occurred_at)}", where(entry)]
    parts += [
        entry.category,
        entry.text,
        entry.author,
        entry.incident_reference,
        late_words(entry),
        entry.unsaved,
    ]
    return ", ".join(part for part in parts if part)
