"""The data folder at the start: made, ours, writable; and what to do when the database in it is damaged."""

import os
from pathlib import Path

from controlroom.database.engine import sqlite_file
from controlroom.doctor.backups import newest
from controlroom.errors import Unavailable
from controlroom.platform import WINDOWS, owner_only
from controlroom.settings import Settings

_NOT_STARTED = "The desk was not started; nothing was changed."


def prepare(folder: Path) -> None:
    """Make the folder and close it to others. Raises Unavailable where it is somebody else's or cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        owner = folder.stat().st_uid
        if not WINDOWS and owner != os.geteuid():
            raise Unavailable(
                f"The data folder {folder} belongs to another user (number {owner}).",
                _NOT_STARTED,
                "Start it as that person, or name another folder with --data.",
            )
        owner_only(folder)
        probe = folder / f".writable-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise Unavailable(
            f"The data folder {folder} cannot be written: {error.strerror or error}.",
            _NOT_STARTED,
            "Make room on the disk or mount it for writing, then start again; or name another folder with --data. "
            "`controlroom doctor` says more.",
        ) from error


def with_newest_backup(error: Unavailable, folder: Path, url: str, settings: Settings) -> Unavailable:
    """The refusal of a damaged file, naming the newest backup; any other refusal as it is."""
    path = sqlite_file(url)
    if path is None or "is damaged" not in error.what:
        return error
    found = newest(folder / settings.backup_folder)
    where = (
        f"The newest backup is {found}."
        if found
        else f"There is no backup in {folder / settings.backup_folder}."
    )
    return Unavailable(
        error.what,
        error.meaning,
        f"{where} Copy the folder somewhere safe first; then `controlroom db restore` puts a backup in place.",
    )
