"""Prepares the data folder at the start: makes it, checks that it is ours and writable, and shares it among desks.

Each desk takes a number, says who it is, and sees the others. A number is a lock file in `desks/` naming computer,
process and since when; the system lets go of the lock however the desk ends. What a desk stores for itself in the
folder (window places, pictures under way) carries its number, so that no desk empties another's.
"""

import json
import logging
import os
import shutil
import socket
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from controlroom.clock import Clock, show_moment
from controlroom.errors import Unavailable
from controlroom.log.snapshots import SNAPSHOTS
from controlroom.platform import WINDOWS, FileLock, close_to_others, owner_only, private_folder
from controlroom.small_files import read_json

log = logging.getLogger(__name__)
FORMER_PRESETS = "presets"  # pictures of presets, before the room's database had them
BACKUPS = "backups"  # unless the settings name another folder
_NOT_STARTED = "The desk was not started; nothing was changed."


def prepare(folder: Path) -> None:
    """Make the folder and close it to others. Raises Unavailable where it is somebody else's or cannot be written."""
    try:
        private_folder(folder)
        owner = folder.stat().st_uid
        if not WINDOWS and owner != os.geteuid():
            raise Unavailable(
                f"The data folder {folder} belongs to another user (number {owner}).",
                _NOT_STARTED,
                "Start it as that person, or name another folder with --data.",
            )
        owner_only(folder)
        close_left_open(folder / SNAPSHOTS, folder / BACKUPS)
        shutil.rmtree(folder / FORMER_PRESETS, ignore_errors=True)
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


def close_left_open(*folders: Path) -> None:
    """Close to others, with all that is in them, folders that an earlier version or a umask left open."""
    for each in folders:
        if (
            each.is_dir()
            and not each.is_symlink()
            and stat.S_IMODE(each.stat().st_mode) & 0o077
            and not WINDOWS
        ):
            log.warning(
                "%s was open to others; %s files and folders are closed now", each, close_to_others(each)
            )


MOST_DESKS = 32


@dataclass(frozen=True)
class OtherDesk:
    """Another desk that has this data folder open. `since` is None where its file could not be read."""

    number: int
    host: str = ""
    pid: int = 0
    since: datetime | None = None

    def __str__(self) -> str:
        who = f"on {self.host}, process {self.pid}" if self.host else "of unknown place"
        return f"a desk {who}" + (f", since {show_moment(self.since)}" if self.since else "")


class DeskSlot:
    """This desk's number in its data folder, held until closed."""

    def __init__(self, folder: Path, number: int, lock: FileLock | None) -> None:
        self.folder, self.number, self._lock = folder, number, lock

    @classmethod
    def take(cls, folder: Path, clock: Clock) -> "DeskSlot":
        """The first free number. A folder that takes no lock files gives a number nobody else has anyway."""
        place = folder / "desks"
        try:
            place.mkdir(parents=True, exist_ok=True)
            owner_only(place)
            for number in range(1, MOST_DESKS + 1):
                lock = FileLock.take(place / f"{number}.lock")
                if lock is not None:
                    about = {
                        "host": socket.gethostname(),
                        "pid": os.getpid(),
                        "since": clock.now().isoformat(),
                    }
                    lock.write(json.dumps(about).encode())
                    slot = cls(folder, number, lock)
                    slot.clear_pictures()
                    return slot
        except OSError as error:
            log.warning("this desk could not note itself in the data folder: %s", error)
            return cls(folder, os.getpid() + MOST_DESKS, None)
        raise Unavailable(
            f"{MOST_DESKS} desks have this data folder open already.", remedy="Close one, or use PostgreSQL."
        )

    @property
    def window_file(self) -> Path:
        """Where this desk remembers its looks."""
        return self.folder / ("window.json" if self.number == 1 else f"window-{self.number}.json")

    @property
    def pictures(self) -> Path:
        """Where this desk's pictures lie until the log has them."""
        return self.folder / "run" / f"pictures-{self.number}"

    def clear_pictures(self) -> None:
        """Take away pictures of desks that were killed: they belong to nobody, and show people."""
        held = {each.number for each in self.others()}
        for path in (self.folder / "run").glob("pictures*"):
            number = path.name.removeprefix("pictures").removeprefix("-")
            if not (number.isdigit() and int(number) in held):
                shutil.rmtree(path, ignore_errors=True)

    def others(self) -> list[OtherDesk]:
        """The other desks that have this folder open now."""
        found = []
        for path in sorted((self.folder / "desks").glob("*.lock")):
            if not path.stem.isdigit() or int(path.stem) == self.number:
                continue
            try:
                lock = FileLock.take(path)
            except OSError:
                continue
            if lock is not None:
                lock.release()
            else:
                found.append(_read(path))
        return found

    def close(self) -> None:
        """Give the number back."""
        if self._lock is not None:
            self._lock.release(remove=True)


@dataclass(frozen=True)
class _About:
    """What a desk writes into its slot."""

    host: str
    pid: int
    since: datetime


def _read(path: Path) -> OtherDesk:
    try:
        about = read_json(path, _About)
        return OtherDesk(int(path.stem), about.host, about.pid, about.since)
    except (OSError, ValueError):
        return OtherDesk(int(path.stem))
