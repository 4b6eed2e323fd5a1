"""The newest backup: how old, and where."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from controlroom import settings
from controlroom.doctor.records import Check, Given, fail, ok, warn
from controlroom.errors import ControlRoomError

FAMILY = "Backups"
OLD = timedelta(days=2)  # one night may be missed
LEFT_BEHIND = (".part", ".partial", ".tmp", ".sha256", ".json", ".log")


def look(given: Given) -> Iterator[Check]:
    """In the folder the settings name."""
    try:
        name = settings.load(given.folder, given.environment).backup_folder
    except ControlRoomError as error:
        yield warn(FAMILY, "Newest", f"not known: {error.what}")
        return
    folder = given.folder / name
    found = newest(folder)
    if given.file is not None and not given.file.exists():
        yield ok(FAMILY, "Newest", "nothing to back up yet")
    elif found is None:
        yield warn(
            FAMILY,
            "Newest",
            f"none in {folder}",
            "Nothing could be brought back today.",
            "`controlroom db backup` makes one; the nightly care makes them by itself.",
        )
    else:
        yield _judged(found, given.now)


def _judged(found: Path, now: datetime) -> Check:
    age = now - datetime.fromtimestamp(found.stat().st_mtime, UTC)
    words = f"{found.name}, {_words(age)} old"
    if age > OLD:
        return fail(
            FAMILY,
            "Newest",
            words,
            "Everything since then would be lost with this disk.",
            "See why the nightly care does not run (the status page), or run `controlroom db backup`.",
        )
    return ok(FAMILY, "Newest", words)


def newest(folder: Path) -> Path | None:
    """The newest backup in `folder`, None when there is none."""
    try:
        files = [each for each in folder.rglob("*") if each.is_file() and each.suffix not in LEFT_BEHIND]
    except OSError:
        return None
    return max(files, key=lambda each: each.stat().st_mtime, default=None)


def _words(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
