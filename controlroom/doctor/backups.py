"""Checks the newest backup: how old it is, and where."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from controlroom import settings
from controlroom.care.manifests import backups
from controlroom.care.records import Backup
from controlroom.doctor.records import CheckContext, CheckResult, fail, ok, warn
from controlroom.errors import ControlRoomError

FAMILY = "Backups"
OLD = timedelta(days=2)  # one night may be missed


def check(context: CheckContext) -> Iterator[CheckResult]:
    """Check the folder that the settings name."""
    try:
        name = settings.load(context.folder, context.environment).backup_folder
    except ControlRoomError as error:
        yield warn(FAMILY, "Newest", f"not known: {error.what}")
        return
    folder = context.folder / name
    found = next(iter(backups(folder)), None)
    if context.file is not None and not context.file.exists():
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
        yield _judged(found, context.now)


def _judged(found: Backup, now: datetime) -> CheckResult:
    age = now - found.manifest.made_at
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


def _words(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
