"""The data folder at the start: made, ours, writable."""

import os
from pathlib import Path

from controlroom.errors import Unavailable
from controlroom.platform import WINDOWS, owner_only

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
